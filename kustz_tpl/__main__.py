"""The console script's entry point."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from typing import NoReturn

# New objects before the garbage collector runs; a short run creates fewer.
_NEW_OBJECTS = 100_000


def main() -> None:
    """Run the command line; SystemExit ends it."""
    from kustz_tpl.cli.exit_codes import exit_codes  # noqa: PLC0415 - start-up time

    with exit_codes():
        # This import too, so that Ctrl-C during it has no traceback.
        from kustz_tpl.cli import app  # noqa: PLC0415 - as above

        app(prog_name="kustz-tpl")


def run() -> NoReturn:
    """Run the command line as a process, and exit at once.

    Everything is written and closed by then, and freeing every object and module would take an
    eighth of a short run. Only after a user's Python filters does Python end as usual.
    """
    gc.set_threshold(_NEW_OBJECTS)
    code: str | int | None = 0
    try:
        main()
    except SystemExit as end:
        code = end.code
    if "kustz_tpl.patches.python_filters" in sys.modules:
        sys.exit(code)
    with suppress(OSError):
        sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    run()

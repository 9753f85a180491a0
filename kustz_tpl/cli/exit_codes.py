"""Turns errors into messages and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from kustz_tpl.errors import InputError

FAILED = 1
INTERRUPTED = 130


@contextmanager
def exit_codes() -> Iterator[None]:
    """Run the command line; everything but a bug ends with a message and an exit code.

    A closed pipe ends the run with 1 and without a message, as nobody reads it. A bug keeps its
    traceback.
    """
    sys.stdout, sys.stderr = _prepared(sys.stdout), _prepared(sys.stderr)
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except (InputError, OSError) as error:
        _discard_output()
        with suppress(OSError):
            _show(error)
        raise SystemExit(FAILED) from None
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None


def _prepared(stream: TextIO | None) -> TextIO:
    """Return a stream that accepts any string; a closed one discards it."""
    if stream is None:
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - open until the process ends
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure:
        # Manifests are always UTF-8; a terminal has its own encoding.
        encoding = stream.encoding if stream.isatty() else "utf-8"
        reconfigure(encoding=encoding, errors="backslashreplace", newline="\n")
    return stream


def _discard_output() -> None:
    """Keep the interpreter from flushing to a full or closed stream again at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _show(error: InputError | OSError) -> None:
    from kustz_tpl.cli.diagnostics import print_diagnostics  # noqa: PLC0415 - start-up time
    from kustz_tpl.errors import Diagnostic  # noqa: PLC0415 - start-up time
    from kustz_tpl.output.disk import reason  # noqa: PLC0415 - start-up time

    if isinstance(error, InputError):
        print_diagnostics(error.diagnostics)
    elif not isinstance(error, BrokenPipeError):
        place = str(error.filename or "standard output")
        print_diagnostics([Diagnostic(place, 0, 0, "", reason(error))])

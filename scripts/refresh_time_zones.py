"""Rewrite the table of time zones from the tzdata.zi of an IANA release, given as argument."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

MODULE = Path(__file__).parent.parent / "kustz_tpl" / "notation" / "time_zones.py"
PAGE = '''"""The names of IANA's time zones, release {release}: the same on every machine."""

from __future__ import annotations

TIME_ZONES = frozenset(
    """
{names}
    """.split()  # noqa: SIM905 - one name a line is long
)
'''


def main() -> None:
    """Write the module."""
    lines = Path(sys.argv[1]).read_text("utf-8").splitlines()
    names = {line.split()[1] for line in lines if line.startswith("Z ")}
    names |= {line.split()[2] for line in lines if line.startswith("L ")}
    wrapped = textwrap.indent(
        textwrap.fill(
            " ".join(sorted(names - {"Factory"})),
            95,
            break_long_words=False,
            break_on_hyphens=False,
        ),
        "    ",
    )
    release = lines[0].removeprefix("# version ")
    MODULE.write_text(PAGE.format(release=release, names=wrapped), "utf-8", newline="\n")


if __name__ == "__main__":
    main()

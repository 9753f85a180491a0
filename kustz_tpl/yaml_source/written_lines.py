"""Finds the line of a template that writes a field, by the columns of its keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kustz_tpl.errors import KeyPath

_TAG = "{%"
_COMMENTS = ("#", "{#")


class _Line(NamedTuple):
    """Hold a line's number, the column of its text, and its text; each dash is a line itself."""

    number: int
    column: int
    text: str


def find_line(text: str, path: KeyPath) -> int:
    """Return the only line that writes a field, 0 if there is none or more than one.

    A template may compute a part of the page, so this is a look at the text, not a reading.
    """
    regions = [_lines(text)]
    found: set[int] = set()
    for step in path:
        below = [each for region in regions for each in _below(region, step)]
        found = {line.number for line, _ in below}
        regions = [region for _, region in below]
    return found.pop() if len(found) == 1 else 0


def find_key(texts: Mapping[str, str], key: str, value: str | None) -> list[tuple[str, int]]:
    """Return the files and lines that write a key, with a value if there is one."""
    return [
        (file, number)
        for file, text in texts.items()
        for number, line in enumerate(text.splitlines(), 1)
        if (found := _written(key).search(line)) and (value is None or value in found[1])
    ]


def _lines(text: str) -> list[_Line]:
    """Return the lines of a text that write something."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        rest = line.lstrip()
        while rest.startswith("- "):
            found.append(_Line(number, len(line) - len(rest), "-"))
            rest = rest[2:].lstrip()
        if rest and not rest.startswith(_COMMENTS):
            found.append(_Line(number, len(line) - len(rest), rest))
    return found


def _below(region: list[_Line], step: str | int) -> Iterator[tuple[_Line, list[_Line]]]:
    """Yield each line of a region that writes a step, with what is below it."""
    written = [line for line in region if not line.text.startswith(_TAG)]
    column = min((line.column for line in written), default=0)
    at = [index for index, line in enumerate(region) if _is_step(line, column, step)]
    if isinstance(step, int) and len(written) == len(region):
        at = at[step : step + 1]
    for index in at:
        end = next(
            (
                place
                for place in range(index + 1, len(region))
                if _ends(region[place], column, step)
            ),
            len(region),
        )
        yield region[index], region[index + 1 : end]


def _is_step(line: _Line, column: int, step: str | int) -> bool:
    if line.column != column:
        return False
    return line.text == "-" if isinstance(step, int) else bool(_written(step).match(line.text))


def _ends(line: _Line, column: int, step: str | int) -> bool:
    """Check whether a line is no longer below a key; an item may be at the key's own column."""
    if line.text.startswith(_TAG):
        return False
    is_item = line.text == "-" and isinstance(step, str)
    return line.column < column or (line.column == column and not is_item)


def _written(key: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|[\s{{,'\"-]){re.escape(key)}['\"]?\s*:(.*)")

"""Puts the text of values and fragments into a longer scalar."""

from __future__ import annotations

import re
import textwrap
from typing import Protocol

from kustz_tpl.engine.limits import WORK
from kustz_tpl.engine.page import INSIDE, Page, assemble
from kustz_tpl.engine.parts import Fragment, Placeholder, fragment_parts

_LINE_BREAK = r"\n(?!\n)"
_SHORT = 1 << 16
_SPLICED = 8  # steps, by the time that it takes


class Splicer(Protocol):
    """What knows a placeholder's text."""

    def spliced(self, placeholder: Placeholder, column: int) -> str:
        """Return the text that goes into a longer scalar, at a column of it."""


def splice(text: str, page: Page, splicer: Splicer, *, column: int, is_literal: bool) -> str:
    """Put the placeholders' text into a text that begins at a column.

    Values stay as they are; a fragment's own lines go on at its column, if the text is a
    literal one: the columns of a folded or quoted text mean nothing.
    """
    pieces: list[str] = []
    at = size = 0
    for match in INSIDE.finditer(text):
        placeholder = page.placeholders[int(match[match.lastindex or 0])]
        pieces.append(text[at : match.start()])
        column = _column(pieces[-1], column)
        pieces.append(splicer.spliced(placeholder, column if is_literal else 0))
        column = _column(pieces[-1], column)
        at = match.end()
        size += len(pieces[-1])
        if size > _SHORT:
            WORK.get().text(size)
    return "".join([*pieces, text[at:]])


def fragment_text(fragment: Fragment, splicer: Splicer, column: int) -> str:
    """Return a fragment's text, its margin moved to a column."""
    WORK.get().step(_SPLICED + len(fragment_parts(fragment)))  # it may be printed often
    page = assemble(fragment_parts(fragment), lambda _: "scalar")
    text = textwrap.dedent(page.text).strip("\n").rstrip()
    moved = re.sub(_LINE_BREAK, "\n" + " " * column, text)
    return splice(moved, page, splicer, column=column, is_literal=True)


def _column(text: str, column: int) -> int:
    """Return the column after a text that began at a column."""
    _, line_break, last = text.rpartition("\n")
    return len(last) if line_break else column + len(last)

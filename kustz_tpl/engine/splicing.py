"""Puts the text of values and fragments into a longer scalar."""

from __future__ import annotations

import re
import textwrap
from typing import Protocol

from kustz_tpl.engine.page import INSIDE, Page, assemble
from kustz_tpl.engine.parts import Fragment, Hole, fragment_parts

_LINE_BREAK = re.compile(r"\n(?!\n|\Z)")


class Splicer(Protocol):
    """What knows a hole's text."""

    def spliced(self, hole: Hole) -> str:
        """Return the text that goes into a longer scalar."""


def splice(text: str, page: Page, splicer: Splicer, *, is_literal: bool) -> str:
    """Put the holes' text into a text; in a literal one a fragment's lines keep their column.

    The columns of a folded or quoted text mean nothing.
    """
    pieces: list[str] = []
    at = column = 0
    for match in INSIDE.finditer(text):
        hole = page.holes[int(match[match.lastindex or 0])]
        before, inner = text[at : match.start()], splicer.spliced(hole)
        at = match.end()
        column = _column(before, column)
        if is_literal and isinstance(hole.value, Fragment):
            inner = _LINE_BREAK.sub("\n" + " " * column, inner)
        column = _column(inner, column)
        pieces += [before, inner]
    return "".join([*pieces, text[at:]])


def fragment_text(fragment: Fragment, splicer: Splicer) -> str:
    """Return a fragment's text without its margin."""
    page = assemble(fragment_parts(fragment), _kind)
    text = textwrap.dedent(page.text).strip("\n").rstrip()
    return splice(text, page, splicer, is_literal=True)


def _kind(hole: Hole) -> str:
    return "blank" if isinstance(hole.value, Fragment) and not hole.value else "scalar"


def _column(text: str, column: int) -> int:
    """Return the column after a text that began at a column."""
    _, line_break, last = text.rpartition("\n")
    return len(last) if line_break else column + len(last)

"""Joins the parts of a rendered template into one page of YAML with placeholders.

Three placeholders exist, all made of characters that no template may hold: one where a value
stands, one as a mapping's key where a mapping's entries join their siblings, one as a list's
item where a list's items do.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from kustz_tpl.engine.errors import TemplateError
from kustz_tpl.engine.parts import BEGIN, END, LEFT, RIGHT, Fragment, Hole, Part, Text

WHOLE = re.compile(f"{LEFT}(\\d+){RIGHT}")
SPREAD = re.compile(f"{LEFT}[*-](\\d+){RIGHT}")
# Inside a longer scalar no placeholder spreads, but a block scalar's lines look like siblings.
INSIDE = re.compile(
    f"{LEFT}(\\d+){RIGHT}|{LEFT}\\*(\\d+){RIGHT}: 0|- {LEFT}-(\\d+){RIGHT}",
)

_MARK = re.compile(f"([{BEGIN}{END}])")
_ALONE = re.compile(
    f"^( *)((?:- +)*){LEFT}(\\d+){RIGHT}([ \\t]*(?:#[^\\n]*)?(?:\\n|\\Z))",
    re.MULTILINE,
)
_NEXT_LINE = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*( *)[^ \n]")

LEFT_OPEN = "break or continue leaves a block, call, filter or include tag open"


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a template, counted from 1."""

    template: str
    line: int


@dataclass(slots=True)
class Page:
    """The text of a page, what its placeholders stand for and where its lines come from."""

    holes: list[Hole | Fragment] = field(default_factory=list)
    text: str = ""
    _joined: str = ""
    _texts: list[tuple[int, Text]] = field(default_factory=list)
    _removed: list[int] = field(default_factory=list)

    def place(self, line: int) -> Place:
        """Return where a line of the page, counted from 0, was written."""
        for removed in self._removed:
            line += removed <= line
        start = _line_start(self._joined, line)
        index = bisect_right(self._texts, start, key=lambda entry: entry[0]) - 1
        if index < 0:
            return self._first_place()
        begin, text = self._texts[index]
        return Place(text.template, text.line + self._joined.count("\n", begin, start))

    def _first_place(self) -> Place:
        for hole in self.holes:
            if isinstance(hole, Hole) and hole.template:
                return Place(hole.template, hole.line)
        first = self._texts[0][1] if self._texts else Text("", 0, "")
        return Place(first.template, first.line)


Kind = Callable[[Hole | Fragment], str]


def assemble(parts: Iterable[Part], kind: Kind) -> Page:
    """Join parts to a page; `kind` tells "mapping", "sequence", "scalar" or "blank" of a hole."""
    page = Page()
    pieces: list[str] = []
    length = 0
    for part in _regions(parts):
        if isinstance(part, Text):
            page._texts.append((length, part))  # noqa: SLF001 - its maker
            piece = part.text
        else:
            piece = f"{LEFT}{len(page.holes)}{RIGHT}"
            page.holes.append(part)
        pieces.append(piece)
        length += len(piece)
    page._joined = page.text = "".join(pieces)  # noqa: SLF001
    if page.holes:
        page.text = _ALONE.sub(lambda match: _join_siblings(match, page, kind), page.text)
    return page


def _regions(parts: Iterable[Part]) -> list[Part]:
    """Make a fragment of all that stands between two marks."""
    stack: list[list[Part]] = [[]]
    for part in parts:
        if not isinstance(part, Text) or not _MARK.search(part.text):
            stack[-1].append(part)
            continue
        line = part.line
        for piece in _MARK.split(part.text):
            _place_piece(stack, Text(part.template, line, piece))
            line += piece.count("\n")
    if len(stack) > 1:
        raise _left_open(parts)
    return stack[0]


def _place_piece(stack: list[list[Part]], piece: Text) -> None:
    if piece.text == BEGIN:
        stack.append([])
    elif piece.text == END:
        if len(stack) == 1:
            raise TemplateError(LEFT_OPEN, piece.template, piece.line)
        inner = stack.pop()
        stack[-1].append(Fragment(inner))
    elif piece.text:
        stack[-1].append(piece)


def _left_open(parts: Iterable[Part]) -> TemplateError:
    texts = [part for part in parts if isinstance(part, Text) and BEGIN in part.text]
    return TemplateError(LEFT_OPEN, texts[-1].template, texts[-1].line)


def _join_siblings(match: re.Match[str], page: Page, kind: Kind) -> str:
    """Rewrite a line that is nothing but one placeholder, if that joins its siblings."""
    indent, dashes, number, end = match.groups()
    what = kind(page.holes[int(number)])
    if what == "blank" and not dashes:
        page._removed.append(page._joined.count("\n", 0, match.start()))  # noqa: SLF001
        return ""
    if what in ("blank", "scalar") or (dashes and not _has_sibling(match)):
        return match[0]
    if what == "mapping":
        return f"{indent}{dashes}{LEFT}*{number}{RIGHT}: 0{end}"
    return f"{indent}{dashes}- {LEFT}-{number}{RIGHT}{end}"


def _has_sibling(match: re.Match[str]) -> bool:
    """Tell whether the next line goes on where the placeholder behind the dashes stands."""
    following = _NEXT_LINE.match(match.string, match.end())
    return following is not None and len(following[1]) == len(match[1]) + len(match[2])


def _line_start(text: str, line: int) -> int:
    position = 0
    for _ in range(line):
        position = text.find("\n", position) + 1
    return position

"""Joins the parts of a rendered template into one page of YAML with placeholders.

In the page, a placeholder is written as its number between two characters that no template may
contain. A placeholder alone on its line also has a sign: `*` for a structure whose entries join the
keys of a block mapping, `-` for one whose items join a block sequence, `+` for anything in flow
style, and `#` for a fragment that contains only comments.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import NamedTuple

from kustz_tpl.engine.parts import (
    BEGIN,
    BLANKS,
    EDGE,
    END,
    LEFT,
    RIGHT,
    Fragment,
    Part,
    Placeholder,
    Text,
    fragment_parts,
)

# A text of nothing but placeholders, each alone on its line, and comments.
ONLY_HOLES = re.compile(
    f"(?:[ \\t]*(?:(?:{LEFT}\\d+{RIGHT}|{LEFT}\\*\\d+{RIGHT}: 0|- {LEFT}-\\d+{RIGHT})[ \\t]*)?"
    "(?:#[^\\n]*)?(?:\\n|\\Z))*"
)
WHOLE = re.compile(f"{LEFT}\\+?(\\d+){RIGHT}")
JOINING = re.compile(f"{LEFT}([*+-])(\\d+){RIGHT}")
# What follows the key that stands for a mapping's entries.
JOINED_VALUE = {"*": "0", "+": ""}
# In a longer scalar nothing joins, but a block scalar's lines look like siblings.
INSIDE = re.compile(
    f"{LEFT}\\+?(\\d+){RIGHT}|{LEFT}\\*(\\d+){RIGHT}(?:: 0)?|(?:- )?{LEFT}-(\\d+){RIGHT}"
    f"|# {LEFT}#(\\d+){RIGHT}",
)

_MARK = re.compile(f"([{BEGIN}{END}])")
_EDGE_LINES = f"(?m)^[ \\t]*{EDGE}[ \\t{EDGE}]*(?:\\n|\\Z)"
_ALONE = re.compile(
    f"^( *)((?:- +)*){LEFT}(\\d+){RIGHT}((?:[ \\t]+#[^\\n]*|[ \\t]*)(?:\\n|\\Z))",
    re.MULTILINE,
)
# No possessive group, here or elsewhere: Python 3.11 before 3.11.5 matches those wrongly.
# Holes one behind the other, as a loop on one line makes them.
_RUN = re.compile(f"(?:{LEFT}\\d+{RIGHT}[ \\t]*){{2,}}")
_NUMBER = f"{LEFT}(\\d+){RIGHT}"
_NEXT_LINE = re.compile(r"(?:[ \t]*+(?:#[^\n]*+)?\n)*( *+)([^ \t\n#])")
_FORMS = {
    "mapping": f"{LEFT}*{{}}{RIGHT}: 0",
    "sequence": f"- {LEFT}-{{}}{RIGHT}",
    "flow": f"{LEFT}+{{}}{RIGHT}",
    "comment": f"# {LEFT}#{{}}{RIGHT}",
}


class Place(NamedTuple):
    """A line of a template, counted from 1."""

    template: str
    line: int


class Page:
    """The text of a page, what its placeholders stand for and where its lines come from."""

    def __init__(
        self, placeholders: list[Placeholder], text: str, origins: list[tuple[int, Part]]
    ) -> None:
        """Take the text of joined parts and where each begins in it."""
        self.placeholders = placeholders
        self.text = text
        self._joined = text
        self._origins = origins
        self._removed: list[int] = []

    def place(self, line: int) -> Place:
        """Return where a line of the page, counted from 0, was written.

        A line that is nothing but the text of another template, such as a block that it overrides,
        was written there.
        """
        whole = INSIDE.fullmatch(self.text.split("\n")[line].strip())
        placeholder = self.placeholders[int(whole[whole.lastindex or 0])] if whole else None
        inner = _first_place(placeholder) if placeholder and placeholder.ordinal < 0 else None
        if placeholder and inner and inner.template != placeholder.template:
            return inner
        for removed in self._removed:
            line += removed <= line
        start = _line_start(self._joined, line)
        while self._joined.startswith(EDGE, start):  # it may be of the template around
            start += 1
        begin, part = self._origins[bisect_right(self._origins, start, key=itemgetter(0)) - 1]
        lines = self._joined.count("\n", begin, start) if isinstance(part, Text) else 0
        return Place(part.template, part.line + lines)


def _first_place(part: Part) -> Place | None:
    """Return where the first text or print of a part was written, None if it is blank."""
    if isinstance(part, Text):
        text = part.text.lstrip(BLANKS)
        line = part.line + part.text.count("\n", 0, len(part.text) - len(text))
        return Place(part.template, line) if text else None
    if part.ordinal >= 0 or type(part.value) is not Fragment:
        return Place(part.template, part.line)
    return next(filter(None, map(_first_place, fragment_parts(part.value))), None)


Kind = Callable[[Placeholder], str]


def assemble(parts: Iterable[Part], kind: Kind) -> Page:
    """Join parts to a page.

    `kind` returns "mapping", "sequence", "scalar" or, of a fragment, "comment".
    """
    placeholders: list[Placeholder] = []
    origins: list[tuple[int, Part]] = []
    pieces: list[str] = []
    length = 0
    for part in _regions(parts):
        if isinstance(part, Text):
            piece = part.text
        elif type(part.value) is Fragment and not part.value:
            piece = EDGE
        else:
            piece = f"{LEFT}{len(placeholders)}{RIGHT}"
            placeholders.append(part)
        origins.append((length, part))
        pieces.append(piece)
        length += len(piece)
    joined = "".join(pieces)
    page = Page(placeholders, joined, origins)
    if EDGE in joined:
        _remove_edges(page)
    page.text = _RUN.sub(lambda match: _run(match, page, kind), page.text)
    page.text = _ALONE.sub(
        lambda match: _alone(match, kind(placeholders[int(match[3])])), page.text
    )
    return page


def _regions(parts: Iterable[Part]) -> list[Part]:
    """Make a fragment of all that stands between two marks; Jinja's tags keep them in pairs."""
    stack: list[list[Part]] = []
    begins: list[Text] = []
    inner: list[Part] = []
    for part in parts:
        if type(part) is not Text or not _MARK.search(part.text):
            inner.append(part)
            continue
        template, line, text = part
        for piece in _MARK.split(text):
            if piece == BEGIN:
                stack.append(inner)
                begins.append(Text(template, line, piece))
                inner = []
            elif piece == END:
                begin = begins.pop()
                region = Placeholder(Fragment(inner), begin.template, begin.line, -1)
                inner = stack.pop()
                inner.append(region)
            elif piece:
                inner.append(Text(template, line, piece))
                line += piece.count("\n")
    return inner


def _remove_edges(page: Page) -> None:
    pieces: list[str] = []
    at = line = 0
    for match in re.finditer(_EDGE_LINES, page.text):
        pieces.append(page.text[at : match.start()])
        line += pieces[-1].count("\n")
        page._removed.append(line)  # noqa: SLF001 - its maker
        line += 1
        at = match.end()
    page.text = "".join([*pieces, page.text[at:]]).replace(EDGE, "")


def _run(match: re.Match[str], page: Page, kind: Kind) -> str:
    """Make one fragment of several that end a line, each on its own, if all are structures."""
    text, begin, end = match.string, match.start(), match.end()
    before, after = text[max(begin - 1, 0) : begin], text[end : end + 1]
    blanks = match[0][len(match[0].rstrip()) :]
    if before not in ("", "\n", " ", "\t") or after not in ("", "\n", "#" if blanks else ""):
        return match[0]
    placeholders = [page.placeholders[int(number)] for number in re.findall(_NUMBER, match[0])]
    if not all(
        isinstance(placeholder.value, Fragment) and kind(placeholder) != "scalar"
        for placeholder in placeholders
    ):
        return match[0]
    first = placeholders[0]
    line_break = Text(first.template, first.line, "\n")
    parts = [part for placeholder in placeholders for part in (placeholder, line_break)]
    page.placeholders.append(Placeholder(Fragment(parts), first.template, first.line, -1))
    return f"{LEFT}{len(page.placeholders) - 1}{RIGHT}{blanks}"


def _alone(match: re.Match[str], what: str) -> str:
    """Return how a line that is nothing but one placeholder is written."""
    indent, dashes, number, end = match.groups()
    following = _NEXT_LINE.match(match.string, match.end())
    has_sibling = following is not None and len(following[1]) == len(indent + dashes)
    if what != "comment" and not dashes and following and following[2] in ",]}":
        what = "flow"  # nothing of block style goes on like that
    if what == "scalar" or (dashes and not has_sibling):
        return match[0]
    form = _FORMS[what].format(number)
    return f"{indent}{dashes}{form}{end}"


def _line_start(text: str, line: int) -> int:
    position = 0
    for _ in range(line):
        position = text.find("\n", position) + 1
    return position

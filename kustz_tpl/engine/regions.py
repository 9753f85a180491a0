"""Reads a template's tags before Jinja does: marks regions, finds what stands between braces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from jinja2 import Environment, TemplateSyntaxError
from jinja2.lexer import get_lexer

from kustz_tpl.engine.parts import BEGIN, EDGE, END

# They make markup or noise, turn captured text into data, or are for debugging.
REMOVED_TAGS = frozenset(("autoescape", "debug", "do", "filter", "trans"))

_REGIONS = frozenset(("block", "call", "include"))
_REGION_ENDS = frozenset(("endblock", "endcall", "include"))
_CAPTURES = frozenset(("block", "call", "macro", "set"))
_CAPTURE_ENDS = frozenset(("endblock", "endcall", "endmacro", "endset"))
_TAG_ENDS = frozenset(("block_end", "comment_end", "raw_end"))
_LONGEST_EXPRESSION = 80


class Token(NamedTuple):
    """A token of Jinja's lexer and its position in the source."""

    position: int
    line: int
    kind: str
    text: str

    @property
    def end(self) -> int:
        """Return the position behind the token."""
        return self.position + len(self.text)


@dataclass(slots=True)
class _Tag:
    name: str
    line: int
    opening: Token
    closing: Token
    is_assignment: bool


def mark_regions(source: str, name: str | None) -> tuple[str, list[int]]:
    """Return the source with its regions and edges marked, and the line of every print.

    The marks go outside of a region's tags, so that Jinja's trimming stops at them and the
    tag's column is known; none holds a newline. Refuses the removed tags.
    """
    tokens = list(_tokens(source, name))
    marks: list[tuple[int, str]] = []
    for tag in _tags(tokens):
        if tag.name in REMOVED_TAGS:
            raise TemplateSyntaxError(f"the tag {tag.name} is removed", tag.line, name)
        marks += _marks(tag)
    marks += [(position, EDGE) for position in _kept_line_breaks(tokens, source)]
    lines = [token.line for token in tokens if token.kind == "variable_begin"]
    return _inserted(source, sorted(marks, key=itemgetter(0))), lines


def _inserted(source: str, marks: Iterable[tuple[int, str]]) -> str:
    pieces, at = [], 0
    for position, mark in marks:
        pieces += [source[at:position], mark]
        at = position
    return "".join([*pieces, source[at:]])


def expression(source: str, ordinal: int) -> str:
    """Return the text between the braces of one print, on one line and not too long."""
    begin, found = 0, []
    for token in _tokens(source, None):
        if token.kind == "variable_begin":
            begin = token.end
        elif token.kind == "variable_end":
            found.append(source[begin : token.position])
    text = " ".join(found[ordinal].split()) if ordinal < len(found) else ""
    return text if len(text) <= _LONGEST_EXPRESSION else text[: _LONGEST_EXPRESSION - 1] + "…"


def _marks(tag: _Tag) -> Iterator[tuple[int, str]]:
    begin, end = tag.opening.position, tag.closing.position + len(tag.closing.text.rstrip())
    if tag.name in _CAPTURE_ENDS and tag.opening.text.endswith("-"):
        yield begin, EDGE
    if tag.name in _REGIONS:
        yield begin, BEGIN
    if tag.name in _REGION_ENDS:
        yield end, END
    if tag.name in _CAPTURES and tag.closing.text.startswith("-") and not tag.is_assignment:
        yield end, EDGE


def _kept_line_breaks(tokens: Iterable[Token], source: str) -> Iterator[int]:
    """Yield where Jinja would trim a line break that a page needs.

    Only tags that are alone on their line vanish with it. What a minus has put behind the text
    of the line before is not alone.
    """
    has_text = False
    for token in tokens:
        if token.kind == "data":
            _, line_break, last = token.text.rpartition("\n")
            has_text = bool(last.strip()) or (has_text and not line_break)
        elif token.kind == "variable_begin":
            has_text = True
        elif token.kind in _TAG_ENDS and has_text and source.startswith("\n", token.end):
            yield token.end


def _tags(tokens: Iterable[Token]) -> Iterator[_Tag]:
    opening, name, operator = None, None, ""
    for token in tokens:
        if token.kind == "block_begin":
            opening, name, operator = token, None, ""
        elif opening is None:
            continue
        elif token.kind == "block_end":
            if name is not None:
                yield _Tag(name.text, name.line, opening, token, operator == "=")
            opening = None
        elif token.kind == "name" and name is None:
            name = token
        elif token.text in ("=", "|") and not operator:
            operator = token.text


def _tokens(source: str, name: str | None) -> Iterator[Token]:
    """Yield every token.

    Jinja's lexer tells no positions; blanks aside it leaves nothing out, so each token is the
    next occurrence of its text.
    """
    position = 0
    lexer = get_lexer(Environment(keep_trailing_newline=True))  # noqa: S701 - it renders nothing
    # Where Jinja's lexer fails it takes the file's name for the template's.
    for line, kind, text in lexer.tokeniter(source, name, name):
        position = source.find(text, position)
        yield Token(position, line, kind, text)
        position += len(text)

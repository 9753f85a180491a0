"""Marks in a template's source where text takes its place at its tag's column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter

from jinja2 import TemplateSyntaxError

from kustz_tpl.engine.parts import BEGIN, EDGE, END
from kustz_tpl.engine.removed import REMOVED_TAGS
from kustz_tpl.engine.tags import Tag, Token, read_tags, read_tokens
from kustz_tpl.engine.whitespace import kept_blanks

# A tag or a comment with the blanks that its minuses cut, and what is left of others.
_TAG = r"(?:[ \t]+(?=\{[%#]-))?\{[%#].*?(?:-[%#]\}[ \t]*|[%#]\})"
_PRINT = r"\{\{|[%#}]\}"
_BLANKS = re.compile(r"\s*")
_TEXT_ON_LINE = re.compile(r"[^\S\n]*\S")
# Bounds for what looks at the same text for each of many tags.
_MOST_JOINED = 100
_LONGEST_LINE = 1000

_REGIONS = frozenset(("block", "call", "include"))
_REGION_ENDS = frozenset(("endblock", "endcall", "include"))
_CAPTURES = frozenset(("block", "call", "macro", "set"))
_CAPTURE_ENDS = frozenset(("endblock", "endcall", "endmacro", "endset"))


def mark_regions(source: str, name: str | None) -> tuple[str, list[int]]:
    """Return the source with its regions and edges marked, and the line of every print.

    The marks go outside of a region's tags, so that Jinja's trimming stops at them and the
    tag's column is known; none holds a newline. Refuses the removed tags.
    """
    tokens = read_tokens(source, name)
    tags = list(read_tags(tokens))
    for tag in tags:
        if tag.name in REMOVED_TAGS:
            raise TemplateSyntaxError(f"the tag {tag.name} is removed", tag.line, name)
    marks = [mark for tag in tags for mark in _marks(source, tag)]
    closings = _closings(tokens)
    marks += [
        (tag.closing.end, EDGE + " " * column + EDGE)
        for tag in tags
        if tag.name == "block" and _begins_with_text(source, tag, closings)
        if (column := _column(source, tag))
    ]
    marks += [(position, EDGE) for position in kept_blanks(source, tokens, tags, _REGIONS)]
    lines = [token.line for token in tokens if token.kind == "variable_begin"]
    return _inserted(source, sorted(marks, key=itemgetter(0))), lines


def _inserted(source: str, marks: Iterable[tuple[int, str]]) -> str:
    pieces, at = [], 0
    for position, mark in marks:
        pieces += [source[at:position], mark]
        at = position
    return "".join([*pieces, source[at:]])


def _marks(source: str, tag: Tag) -> Iterator[tuple[int, str]]:
    begin, end = tag.opening.position, tag.closing.position + len(tag.closing.text.rstrip())
    if tag.name in _CAPTURE_ENDS and tag.opening.text.endswith("-"):
        yield begin, EDGE
    if tag.name in _REGIONS:
        yield _begin(source, tag.opening), BEGIN
    if tag.name in _REGION_ENDS:
        # A minus cuts the blanks on the tag's own line, where text follows.
        yield end if "\n" in tag.closing.text else tag.closing.end, END
        yield from _kept_line_break(source, end)
    cuts_lines = tag.closing.text.startswith("-") and "\n" in tag.closing.text
    if tag.name in _CAPTURES and cuts_lines and not tag.is_assignment:
        yield end, EDGE


def _closings(tokens: Iterable[Token]) -> dict[int, Token]:
    """Return the end of each tag and comment by the position where it begins."""
    found: dict[int, Token] = {}
    begin = 0
    for token in tokens:
        if token.kind in ("block_begin", "comment_begin"):
            begin = token.position
        elif token.kind in ("block_end", "comment_end"):
            found[begin] = token
    return found


def _begins_with_text(source: str, tag: Tag, closings: Mapping[int, Token]) -> bool:
    """Tell whether text follows a tag on its line, to which minuses may join it."""
    at, is_joined = tag.closing.end, False
    for _ in range(0 if "\n" in tag.closing.text else _MOST_JOINED):
        position = _BLANKS.match(source, at).end()  # type: ignore[union-attr]
        is_on_line = is_joined or "\n" not in source[at:position]
        if not source.startswith(("{%-", "{#-"), position) or position not in closings:
            return is_on_line or source.startswith("{{-", position)
        closing = closings[position]
        at, is_joined = closing.end, closing.text.startswith("-")
        if not is_joined:
            return _TEXT_ON_LINE.match(source, at) is not None
    return False


def _column(source: str, tag: Tag) -> int:
    """Return the column of a tag without other tags on its line, 0 behind a printed value."""
    start = tag.opening.position
    line = source.rfind("\n", 0, start) + 1
    before = re.sub(_TAG, "", source[line:start]) if start - line < _LONGEST_LINE else ""
    if re.search(_PRINT, before):
        return 0
    is_cut = tag.opening.text.endswith("-") and before.strip()
    return len(before.rstrip() if is_cut else before)


def _begin(source: str, opening: Token) -> int:
    """Return where a region begins: at its tag, or where text ends that a minus joins it to."""
    if not opening.text.endswith("-"):
        return opening.position
    line = source.rfind("\n", 0, opening.position) + 1
    text = source[line : opening.position].rstrip()
    return line + len(text) if text else opening.position


def _kept_line_break(source: str, end: int) -> Iterator[tuple[int, str]]:
    """Keep the line break behind a region from the minus of the next tag: the line is its own."""
    following = source.find("{", end)
    between = source[end:following]
    if (
        "\n" in between
        and between.isspace()
        and source[following : following + 3] in ("{%-", "{#-")
    ):
        yield following, EDGE

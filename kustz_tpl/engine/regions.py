"""Marks in a template's source where text takes its place at its tag's column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import itemgetter

from jinja2 import TemplateSyntaxError

from kustz_tpl.engine.parts import BEGIN, EDGE, END
from kustz_tpl.engine.tags import Tag, Token, read_tags, read_tokens
from kustz_tpl.engine.whitespace import kept_blanks

# They make markup or noise, turn captured text into data, or are for debugging.
REMOVED_TAGS = frozenset(("autoescape", "debug", "do", "filter", "trans"))

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

"""Finds where Jinja would trim blanks that a page needs.

Jinja cuts the indentation in front of a tag and the line break behind it. That is right where
tags are all there is on a line; where there is text too, or a region, the line is the page's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from kustz_tpl.engine.tags import Tag, Token

_BEGINS = frozenset(("block_begin", "comment_begin", "raw_begin"))
_ENDS = frozenset(("block_end", "comment_end", "raw_end"))
_DEPTHS = {"raw_begin": 1, "raw_end": -1}
_BRANCHES = frozenset(("elif", "else"))


class _Line:
    """What a line holds: text, regions, blanks between tags, how deep it goes, where its tags are.

    A minus has put what follows it behind the line before.
    """

    __slots__ = ("depth", "first", "has_gap", "has_region", "has_text", "last", "lowest")

    def __init__(self, *, has_text: bool = False) -> None:
        self.has_text = has_text
        self.has_region = self.has_gap = False
        self.depth = self.lowest = 0
        self.first: int | None = None
        self.last: int | None = None

    @property
    def is_regular(self) -> bool:
        """Check whether each pair of tags has the line for itself, or the line is but tags."""
        is_whole = self.depth == self.lowest == 0
        return is_whole or self.last is None or not (self.has_text or self.has_gap)

    def open(self, token: Token, tag: Tag | None, regions: Collection[str]) -> None:
        """Take the beginning of a tag, a comment or a raw text."""
        if self.first is None and not self.has_text:
            self.first = token.position
        # A minus joins two lines of tags.
        self.has_gap = self.has_gap or (self.last is not None and token.text[2:3] == "-")
        self.depth += tag.depth if tag else _DEPTHS.get(token.kind, 0)
        is_branch = tag is not None and tag.name in _BRANCHES
        self.lowest = min(self.lowest, self.depth - is_branch)
        self.has_region = self.has_region or (tag is not None and tag.name in regions)

    def kept(self, source: str) -> Iterator[int]:
        """Yield where the blanks of a regular line are kept."""
        is_kept = self.has_text or self.has_gap or (self.has_region and not self.depth)
        if is_kept and self.first is not None:
            yield self.first
        if self.last is None:
            return
        line_break = source.find("\n", self.last)
        ends_line = line_break >= 0 and not source[self.last : line_break].strip()
        if ends_line and (is_kept or line_break > self.last):
            yield self.last


def kept_blanks(
    source: str, tokens: Iterable[Token], tags: Iterable[Tag], regions: Collection[str]
) -> Iterator[int]:
    """Yield the positions of tags, before or behind them, whose blanks are not to be trimmed.

    Where a tag shares its line with a part of what it opens or closes, the blanks before one tag
    may be another's column: then all are kept, and the page drops the lines of nothing but tags.
    """
    tokens = list(tokens)
    lines = list(_lines(tokens, tags, regions))
    if all(line.is_regular for line in lines):
        for line in lines:
            yield from line.kept(source)
        return
    for token in tokens:
        if token.kind in _BEGINS and token.text[2:3] != "-":
            yield token.position
        elif token.kind in _ENDS and not token.text.startswith("-"):
            yield token.end


def _lines(
    tokens: Iterable[Token], tags: Iterable[Tag], regions: Collection[str]
) -> Iterator[_Line]:
    by_position = {tag.opening.position: tag for tag in tags}
    line = _Line()
    for token in tokens:
        if token.kind == "data":
            before, line_break, _ = token.text.partition("\n")
            line.has_text = line.has_text or bool(before.strip())
            if line_break:
                yield line
                line = _Line(has_text=bool(token.text.rpartition("\n")[2].strip()))
            elif line.last is not None:
                line.has_gap = True
        elif token.kind == "variable_begin":
            line.has_text = True
        elif token.kind in _BEGINS:
            line.open(token, by_position.get(token.position), regions)
        elif token.kind in _ENDS:
            line.depth += _DEPTHS.get(token.kind, 0)
            line.last = token.end
    yield line

"""Finds where Jinja would trim blanks that a page needs.

Jinja cuts the indentation in front of a tag and the line break behind it. That is right where
tags are all there is on a line; where there is text too, or a region, the line is the page's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from kustz_tpl.engine.tags import Tag, Token

_BEGINS = frozenset(("block_begin", "comment_begin", "raw_begin"))
_ENDS = frozenset(("block_end", "comment_end", "raw_end"))
_DEPTHS = {"raw_begin": 1, "raw_end": -1}


@dataclass(slots=True)
class _Line:
    """What a line holds: text, regions, tags opened less closed, and where the tags are.

    A minus has put what follows it behind the line before.
    """

    has_text: bool = False
    has_region: bool = False
    depth: int = 0
    first: int | None = None
    last: int | None = None

    def kept(self, source: str) -> Iterator[int]:
        """Yield where the blanks of this line are kept."""
        if not self.has_text and (self.depth or not self.has_region):
            return
        if self.first is not None and not self.depth:
            yield self.first
        if self.last is not None and source.startswith("\n", self.last):
            yield self.last


def kept_blanks(
    source: str, tokens: Iterable[Token], tags: Iterable[Tag], regions: Collection[str]
) -> Iterator[int]:
    """Yield the positions of tags, before or behind them, whose blanks are not to be trimmed."""
    by_position = {tag.opening.position: tag for tag in tags}
    line = _Line()
    for token in tokens:
        if token.kind == "data":
            before, line_break, _ = token.text.partition("\n")
            line.has_text = line.has_text or bool(before.strip())
            if line_break:
                yield from line.kept(source)
                line = _Line(bool(token.text.rpartition("\n")[2].strip()))
        elif token.kind == "variable_begin":
            line.has_text = True
        elif token.kind in _BEGINS:
            if line.first is None and not line.has_text:
                line.first = token.position
            tag = by_position.get(token.position)
            line.depth += tag.depth if tag else _DEPTHS.get(token.kind, 0)
            line.has_region = line.has_region or (tag is not None and tag.name in regions)
        elif token.kind in _ENDS:
            line.depth += _DEPTHS.get(token.kind, 0)
            line.last = token.end
    yield from line.kept(source)

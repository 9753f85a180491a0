"""Where each node of a YAML text begins and ends, for edits that keep every other byte."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from kustz_tpl.yaml_source.loader import parse
from kustz_tpl.yaml_source.tree import Scalar

Kind: TypeAlias = Literal["scalar", "list", "map", "alias"]

# A node's event begins at its anchor; comments and line breaks may follow that.
_ANCHOR = re.compile(r"&[^\s,\[\]{}]+(?:\s+(?:#[^\r\n]*)?)*")


class Span(NamedTuple):
    """Hold a node of a text and where it is, without its anchor; offsets count characters.

    `style` is the quote or sign of a scalar (nothing if it is plain), and `{` of a collection
    in flow style. `text` is that of a scalar, or the name of an alias. `keys` has the keys of a
    map, `values` those of a map or list, and an alias has its target as its only value.
    """

    kind: Kind
    start: int
    end: int
    style: str
    text: str
    anchor: str | None
    keys: list[Span]
    values: list[Span]

    @property
    def is_null(self) -> bool:
        """Check whether it is a scalar that YAML reads as null."""
        return self.kind == "scalar" and Scalar(self.text, is_plain=not self.style).is_null

    def walk(self) -> Iterator[Span]:
        """Yield this node and those below it, without what aliases repeat."""
        yield self
        for each in (*self.keys, *self.values) if self.kind != "alias" else ():
            yield from each.walk()


class _Builder:
    """Build the spans of one document from its events."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._events = parse(text)
        self._anchors: dict[str, Span] = {}

    def build(self) -> Span | None:
        for event in self._events:
            if isinstance(event, NodeEvent):
                return self._node(event)
        return None

    def _node(self, event: Event) -> Span:
        start, end = _offsets(event)
        if isinstance(event, AliasEvent):
            name = str(event.anchor)
            return Span("alias", start, end, "", name, None, [], [self._anchors[name]])
        assert isinstance(event, (ScalarEvent, CollectionStartEvent))  # noqa: S101 - no other node
        if event.anchor and (match := _ANCHOR.match(self._text, start)):
            start = min(match.end(), end) if isinstance(event, ScalarEvent) else match.end()
        if isinstance(event, ScalarEvent):
            node = Span("scalar", start, end, event.style or "", event.value, event.anchor, [], [])
        else:
            node = self._collection(event, start)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _collection(self, event: CollectionStartEvent, start: int) -> Span:
        is_map = isinstance(event, MappingStartEvent)
        keys: list[Span] = []
        values: list[Span] = []
        following = next(self._events)
        while not isinstance(following, CollectionEndEvent):
            is_key = is_map and len(keys) == len(values)
            (keys if is_key else values).append(self._node(following))
            following = next(self._events)
        # A block's end event is behind the comments that follow it.
        end = _offsets(following)[1] if event.flow_style else max(start, values[-1].end)
        kind: Kind = "map" if is_map else "list"
        style = "{" if event.flow_style else ""
        return Span(kind, start, end, style, "", event.anchor, keys, values)


def find_spans(text: str) -> Span | None:
    """Return the root node of a text that was read without a problem; None if it has no node."""
    return _Builder(text).build()


def _offsets(event: Event) -> tuple[int, int]:
    assert event.start_mark is not None  # noqa: S101 - the parser marks every event
    assert event.end_mark is not None  # noqa: S101 - as above
    return event.start_mark.index, event.end_mark.index

"""Reads a page as YAML and puts each value into the node where its placeholder stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn, Protocol, TypeAlias

import yaml

from kustz_tpl.engine.errors import TemplateError
from kustz_tpl.engine.events import Events
from kustz_tpl.engine.limits import WORK
from kustz_tpl.engine.page import INSIDE, JOINED_VALUE, JOINING, WHOLE, Page
from kustz_tpl.engine.parts import LEFT, Fragment, Hole
from kustz_tpl.engine.scalar import typed
from kustz_tpl.engine.splicing import Splicer, splice
from kustz_tpl.engine.value import DEEPEST, INSIDE_A_TEXT, STRUCTURES, Values
from kustz_tpl.engine.writer import quoted

NO_KEY = "a mapping or a list cannot be a key"

# What begins a node; PyYAML types every event as an Event.
_NodeEvent: TypeAlias = Any
_STRING_TAGS = (None, "!", "tag:yaml.org,2002:str")


class Filler(Splicer, Protocol):
    """What is put into a page's placeholders."""

    values: Values

    def value(self, hole: Hole) -> Any:  # noqa: ANN401 - any plain data
        """Return what stands alone in a node."""

    def kind(self, hole: Hole) -> str:
        """Tell "mapping", "sequence", "scalar" or, of a fragment, "comment" of a hole."""


class PageReader:
    """Read the events of one page."""

    def __init__(self, page: Page, filler: Filler, events: Events) -> None:
        """Fill the page's holes with what the filler makes of them."""
        self._parser = events
        self.page = page
        self.filler = filler
        self._anchors: dict[str, Any] = {}
        self._events: Iterator[yaml.Event] = iter(())
        self._depth = 0

    def documents(self) -> list[Any]:
        """Return the page's documents, without empty ones."""
        self._events = self._parser.of(self.page.text)
        try:
            return [value for value in self._documents() if value is not None]
        except yaml.MarkedYAMLError as error:
            raise self._no_yaml(error) from error

    def _no_yaml(self, error: yaml.MarkedYAMLError) -> TemplateError:
        from kustz_tpl.engine.faults import lone_hole, no_yaml  # noqa: PLC0415 - start-up time

        hole = lone_hole(self.page, error)
        if hole is None:
            return no_yaml(self.page, error)
        self.filler.value(hole)  # a fragment that is no YAML either says so itself
        message = "only a mapping or a list may stand alone among keys or items"
        return TemplateError(message, hole.template, hole.line)

    def _documents(self) -> Iterator[Any]:
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._anchors = {}
                yield self._node(next(self._events))

    def _node(self, event: _NodeEvent) -> Any:  # noqa: ANN401 - any plain data
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event)
        else:
            value = self._collection(event)
        if event.anchor:
            self._anchors[event.anchor] = value
        return value

    def _collection(self, event: _NodeEvent) -> Any:  # noqa: ANN401
        if event.tag not in (None, "!"):
            self._fail(event, f"the tag {event.tag} is not known here")
        self._depth += 1
        if self._depth > DEEPEST:
            self._fail(event, f"nested deeper than {DEEPEST} levels")
        is_map = isinstance(event, yaml.MappingStartEvent)
        value = self._mapping() if is_map else self._sequence()
        self._depth -= 1
        return value

    def _alias(self, event: yaml.AliasEvent) -> Any:  # noqa: ANN401
        if event.anchor not in self._anchors:
            self._fail(event, f"no anchor {event.anchor} before this alias")
        return self._anchors[event.anchor]

    def _scalar(self, event: yaml.ScalarEvent) -> Any:  # noqa: ANN401
        if event.tag not in _STRING_TAGS:
            self._fail(event, f"the tag {event.tag} is not known here")
        text, is_plain = event.value, not event.style and event.tag is None
        if LEFT not in text:
            return self._literal(event, typed(text) if is_plain else text)
        whole = WHOLE.fullmatch(text) if is_plain else None
        if whole:
            return self.filler.value(self.page.holes[int(whole[1])])
        if not event.style:
            self._refuse_structures(text)
        is_literal = event.style == "|"
        return splice(text, self.page, self.filler, column=0, is_literal=is_literal)

    def _refuse_structures(self, text: str) -> None:
        """Refuse in a plain text the fragments that would be none if they were written there."""
        for match in INSIDE.finditer(text):
            hole = self.page.holes[int(match[match.lastindex or 0])]
            if isinstance(hole.value, Fragment) and self.filler.kind(hole) in STRUCTURES:
                raise TemplateError(INSIDE_A_TEXT, hole.template, hole.line)

    def _sequence(self) -> list[Any]:
        items: list[Any] = []
        for event in self._until(yaml.SequenceEndEvent):
            joining = self._joining(event)
            value = self.filler.value(joining[1]) if joining else self._node(event)
            if joining and isinstance(value, list):
                items.extend(value)
            else:
                items.append(value)
        return items

    def _mapping(self) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        merges: list[tuple[int, list[dict[str, Any]]]] = []
        for event in self._until(yaml.MappingEndEvent):
            joining = self._joining(event)
            if joining:
                self._join(entries, self._joined(event, *joining), event)
            elif _is_merge(event):
                merges.append((len(entries), self._merge(event)))
            else:
                key = self._key(event)
                self._join(entries, {key: self._node(next(self._events))}, event)
        return _merged(entries, merges) if merges else entries

    def _until(self, end: type[yaml.Event]) -> Iterator[yaml.Event]:
        while not isinstance(event := next(self._events), end):
            yield event

    def _joining(self, event: yaml.Event) -> tuple[str, Hole] | None:
        """Return sign and hole of a structure that joins its siblings."""
        if not isinstance(event, yaml.ScalarEvent) or LEFT not in event.value:
            return None
        match = JOINING.fullmatch(event.value)
        return (match[1], self.page.holes[int(match[2])]) if match else None

    def _joined(self, event: _NodeEvent, sign: str, hole: Hole) -> dict[str, Any]:
        """Return the entries that join a mapping's."""
        following: _NodeEvent = next(self._events)
        value = self.filler.value(hole)
        if not isinstance(value, dict):
            self._fail(event, "a list cannot join the keys of a mapping")
        is_alone = isinstance(following, yaml.ScalarEvent) and not following.style
        if not is_alone or following.value != JOINED_VALUE[sign]:
            self._fail(event, "nothing may follow a mapping that joins its siblings")
        return value

    def _join(self, entries: dict[str, Any], more: dict[str, Any], event: yaml.Event) -> None:
        for key, value in more.items():
            if key in entries:
                self._fail(event, f"the key {quoted(key)} is already there")
            entries[key] = value

    def _merge(self, event: yaml.Event) -> list[dict[str, Any]]:
        value = self._node(next(self._events))
        maps = value if isinstance(value, list) else [value]
        if not all(isinstance(item, dict) for item in maps):
            self._fail(event, "<< takes a mapping or a list of mappings")
        return maps

    def _key(self, event: _NodeEvent) -> str:
        if isinstance(event, yaml.AliasEvent):
            key = self._alias(event)
        elif isinstance(event, yaml.ScalarEvent):
            key = self._key_value(event)
        else:
            self._fail(event, NO_KEY)
        if isinstance(key, bool) or not isinstance(key, (str, int, float)):
            self._fail(event, "a key must be a string or a number")
        text = str(key)
        if fault := self.filler.values.key_fault(text):
            self._fail(event, fault)
        return text

    def _key_value(self, event: _NodeEvent) -> Any:  # noqa: ANN401
        """Return a written key as it was written, a printed one with its type."""
        whole = WHOLE.fullmatch(event.value)
        hole = self.page.holes[int(whole[1])] if whole else None
        if hole and isinstance(hole.value, Fragment):
            if not event.style and self.filler.kind(hole) in STRUCTURES:
                self._fail(event, NO_KEY)
            value: Any = self.filler.spliced(hole, 0)
        elif LEFT in event.value or event.tag not in _STRING_TAGS:
            value = self._scalar(event)
        else:
            value = event.value
        if event.anchor:
            self._anchors[event.anchor] = value
        return value

    def _literal(self, event: yaml.Event, value: Any) -> Any:  # noqa: ANN401
        fault = self.filler.values.fault(value)
        if fault:
            self._fail(event, fault)
        return value

    def _fail(self, event: _NodeEvent, message: str) -> NoReturn:
        from kustz_tpl.engine.faults import fault_at  # noqa: PLC0415 - start-up time

        raise fault_at(self.page, event.start_mark.line, message)


def _merged(
    entries: dict[str, Any], merges: list[tuple[int, list[dict[str, Any]]]]
) -> dict[str, Any]:
    """Return entries with those that each << adds at its place; the first of a key wins."""
    written = list(entries.items())
    merged: dict[str, Any] = {}
    at = 0
    for position, maps in merges:
        merged.update(written[at:position])
        at = position
        for other in maps:
            known = {**entries, **merged}
            WORK.get().step(len(known) + len(other))
            merged.update({key: other[key] for key in other if key not in known})
    merged.update(written[at:])
    return merged


def _is_merge(event: _NodeEvent) -> bool:
    return isinstance(event, yaml.ScalarEvent) and event.value == "<<" and not event.style

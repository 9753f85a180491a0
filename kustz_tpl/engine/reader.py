"""Reads a page as YAML and puts each value into the node where its placeholder stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, NoReturn, Protocol, TypeAlias

import yaml

from kustz_tpl.engine.errors import TemplateError
from kustz_tpl.engine.events import Events
from kustz_tpl.engine.limits import WORK
from kustz_tpl.engine.page import INSIDE, JOINED_VALUE, JOINING, WHOLE, Page
from kustz_tpl.engine.parts import LEFT, MARKS, RESERVED, RIGHT, Fragment, Placeholder
from kustz_tpl.engine.scalar import typed
from kustz_tpl.engine.splicing import Splicer, splice
from kustz_tpl.engine.value import (
    ALONE,
    DEEPEST,
    INSIDE_A_TEXT,
    NO_ITEMS,
    NO_KEYS,
    STRUCTURES,
    Values,
)
from kustz_tpl.engine.writer import quoted

NO_KEY = "a mapping or a list cannot be a key"
_ESCAPED_MARK = re.compile(f"\\\\(?:u|U0000)(?i:{'|'.join(f'{ord(mark):04x}' for mark in MARKS)})")

# A placeholder alone on its line, followed by an item or another one: siblings, if all are structures.
_SIBLINGS = re.compile(
    f"{LEFT}(\\d+){RIGHT}[ \\t]*(?:\\n[ \\t]*)+(?:-[ \\n]|{LEFT}\\d+{RIGHT}[ \\t]*(?:\\n|\\Z))"
)
_DASH = re.compile(r"^( *)-[ \n]", re.MULTILINE)

# What begins a node; PyYAML types every event as an Event.
_NodeEvent: TypeAlias = Any
_SCALAR, _END_OF_MAPPING, _END_OF_SEQUENCE = (
    yaml.ScalarEvent,
    yaml.MappingEndEvent,
    yaml.SequenceEndEvent,
)
_KINDS: dict[type, str] = {
    yaml.MappingStartEvent: "mapping",
    yaml.SequenceStartEvent: "sequence",
}
_STRING_TAGS = (None, "!", "tag:yaml.org,2002:str")


class Filler(Splicer, Protocol):
    """What is put into a page's placeholders."""

    values: Values

    def value(self, placeholder: Placeholder) -> Any:  # noqa: ANN401 - any plain data
        """Return what stands alone in a node."""

    def kind(self, placeholder: Placeholder) -> str:
        """Return "mapping", "sequence", "scalar" or, of a fragment, "comment"."""

    def is_written(self, placeholder: Placeholder) -> bool:
        """Check whether the template's own text makes a placeholder what it is, and not a value."""


class PageReader:
    """Read the events of one page."""

    def __init__(self, page: Page, filler: Filler, events: Events) -> None:
        """Fill the page's placeholders with what the filler makes of them."""
        self._parser = events
        self.page = page
        self.filler = filler
        self._anchors: dict[str, Any] = {}
        self._seen: list[yaml.Event] = []
        self._events: Iterator[yaml.Event] | None = None
        self._next: Callable[[], _NodeEvent] = iter(()).__next__
        self._depth = 0
        # The key whose value is read, None within a sequence.
        self._at_key: _NodeEvent = None

    def kind(self) -> str:
        """Return "mapping", "sequence" or "scalar" for the first document, else "comment".

        The first event of the node decides, and no value can change it. Text that is not YAML up
        to there may be a line of a block scalar.
        """
        self._events = self._all_events()
        try:
            for event in self._events:
                self._seen.append(event)
                if isinstance(event, yaml.NodeEvent) and not _is_null(event):
                    return _KINDS.get(type(event), "scalar")
        except (yaml.MarkedYAMLError, TemplateError):
            self._seen, self._events = [], None
            return "scalar"
        return "comment"

    def documents(self) -> list[Any]:
        """Return the page's documents, without empty ones; once."""
        self._events = chain(self._seen, self._events or self._all_events())
        try:
            return [value for value in self._documents(self._events) if value is not None]
        except yaml.MarkedYAMLError as error:
            raise self._no_yaml(error) from error

    def _all_events(self) -> Iterator[yaml.Event]:
        events = self._parser.of(self.page.text)
        return self._written(events) if _ESCAPED_MARK.search(self.page.text) else events

    def _written(self, events: Iterator[_NodeEvent]) -> Iterator[yaml.Event]:
        """Refuse marks that an escape made; those that the page has are the engine's own."""
        for event in events:
            if _is_scalar(event) and event.style == '"':
                raw = self.page.text[event.start_mark.index : event.end_mark.index]
                made = _ESCAPED_MARK.search(raw)
                if made and any(event.value.count(mark) > raw.count(mark) for mark in MARKS):
                    line = event.start_mark.line + raw.count("\n", 0, made.start())
                    self._fail_at(line, RESERVED)
            yield event

    def _no_yaml(self, error: yaml.MarkedYAMLError) -> TemplateError:
        from kustz_tpl.engine import faults  # noqa: PLC0415 - start-up time

        if misfit := faults.find_misfit(self.page, error):
            # A fragment that is no YAML either says so itself.
            self.filler.value(misfit.placeholder)
            return faults.fault_at(self.page, misfit.line, misfit.message)
        return faults.no_yaml(self.page, error)

    def _documents(self, events: Iterator[yaml.Event]) -> Iterator[Any]:
        self._next = events.__next__
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._anchors, self._at_key = {}, None
                yield self._node(self._next())

    def _node(self, event: _NodeEvent) -> Any:  # noqa: ANN401 - any plain data
        kind = type(event)
        if kind is yaml.AliasEvent:
            return self._alias(event)
        value = self._scalar(event) if kind is _SCALAR else self._collection(event)
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
            return self.filler.value(self.page.placeholders[int(whole[1])])
        if not event.style:
            self._refuse_siblings(event)
            self._refuse_structures(text)
        is_literal = event.style == "|"
        spliced = splice(text, self.page, self.filler, column=0, is_literal=is_literal)
        return self._literal(event, spliced)

    def _refuse_siblings(self, event: _NodeEvent) -> None:
        """Refuse what YAML takes for one text although structures there would be siblings."""
        text, start = self.page.text, event.start_mark.index
        before = text[text.rfind("\n", 0, start) + 1 : start]
        if not before.strip(" -") and (found := _SIBLINGS.match(text, start)):
            placeholder = self.page.placeholders[int(found[1])]
            raise TemplateError(ALONE, placeholder.template, placeholder.line)

    def _refuse_structures(self, text: str) -> None:
        """Refuse in a plain text the fragments that would be none if they were written there."""
        for match in INSIDE.finditer(text):
            placeholder = self.page.placeholders[int(match[match.lastindex or 0])]
            if (
                isinstance(placeholder.value, Fragment)
                and self.filler.kind(placeholder) in STRUCTURES
            ):
                raise TemplateError(INSIDE_A_TEXT, placeholder.template, placeholder.line)

    def _sequence(self) -> list[Any]:
        items: list[Any] = []
        above: _NodeEvent = self._at_key
        lost: _NodeEvent = None
        has_items = False
        while type(event := self._next()) is not _END_OF_SEQUENCE:
            self._at_key = None
            joining = self._joining(event)
            if joining and joining[0] == "-":
                more = self.filler.value(joining[1])
                WORK.get().node(len(more))  # one list may join twice, and the whole again
                items.extend(more)
                if self.filler.is_written(joining[1]):
                    has_items = True
                elif above and event.start_mark.column - 2 == above.start_mark.column:
                    lost = lost or event
            else:
                has_items = True
                items.append(self._node(event))
        if lost and not has_items:  # in the column of keys, and there is no item to join
            self._fail(lost, NO_KEYS)
        return items

    def _mapping(self) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        merges: list[tuple[int, list[dict[str, Any]]]] = []
        last: _NodeEvent = None
        while type(event := self._next()) is not _END_OF_MAPPING:
            if joining := self._joining(event):
                if last and not self.filler.is_written(joining[1]):
                    self._refuse_items(last, event)
                last = None
                self._join(entries, self._joined(event, *joining), event)
            elif type(event) is _SCALAR and event.value == "<<" and not event.style:
                merges.append((len(entries), self._merge(event)))
            else:
                key = self._key(event)
                self._at_key = event
                last = self._next()
                value = self._node(last)
                if key in entries:
                    self._fail_again(key, event)
                entries[key] = value
        return _merged(entries, merges) if merges else entries

    def _refuse_items(self, last: _NodeEvent, event: _NodeEvent) -> None:
        """Refuse a mapping that joins keys although what is before it is an item in its column."""
        if _KINDS.get(type(last)) == "sequence" and not last.flow_style:
            dash = _DASH.search(self.page.text, last.start_mark.index - last.start_mark.column)
            if dash and len(dash[1]) == event.start_mark.column:
                self._fail(event, NO_ITEMS)

    def _joining(self, event: _NodeEvent) -> tuple[str, Placeholder] | None:
        """Return sign and placeholder of a structure that joins its siblings."""
        if type(event) is not _SCALAR or event.style or LEFT not in event.value:
            return None
        match = JOINING.fullmatch(event.value)
        return (match[1], self.page.placeholders[int(match[2])]) if match else None

    def _joined(self, event: _NodeEvent, sign: str, placeholder: Placeholder) -> dict[str, Any]:
        """Return the entries that join a mapping's."""
        following: _NodeEvent = self._next()
        value = self.filler.value(placeholder)
        if not isinstance(value, dict):
            self._fail(event, NO_KEYS if isinstance(value, list) else ALONE)
        is_alone = _is_scalar(following) and not following.style
        if not is_alone or following.value != JOINED_VALUE[sign]:
            self._fail(event, "nothing may follow a mapping that joins its siblings")
        return value

    def _join(self, entries: dict[str, Any], more: dict[str, Any], event: _NodeEvent) -> None:
        for key, value in more.items():
            if key in entries:
                self._fail_again(key, event)
            entries[key] = value

    def _merge(self, event: yaml.Event) -> list[dict[str, Any]]:
        value = self._node(self._next())
        maps = value if isinstance(value, list) else [value]
        if not all(isinstance(item, dict) for item in maps):
            self._fail(event, "<< takes a mapping or a list of mappings")
        return maps

    def _key(self, event: _NodeEvent) -> str:
        if type(event) is _SCALAR:
            key = self._key_value(event)
        elif type(event) is yaml.AliasEvent:
            key = self._alias(event)
        else:
            self._fail(event, NO_KEY)
        if type(key) is not str and (isinstance(key, bool) or not isinstance(key, (int, float))):
            self._fail(event, "a key must be a string or a number")
        text = str(key)
        if fault := self.filler.values.key_fault(text):
            self._fail(event, fault)
        return text

    def _key_value(self, event: _NodeEvent) -> Any:  # noqa: ANN401
        """Return a written key as it was written, a printed one with its type."""
        has_hole = LEFT in event.value
        whole = WHOLE.fullmatch(event.value) if has_hole else None
        placeholder = self.page.placeholders[int(whole[1])] if whole else None
        if placeholder and isinstance(placeholder.value, Fragment):
            if not event.style and self.filler.kind(placeholder) in STRUCTURES:
                self._fail(event, NO_KEY)
            value: Any = self.filler.spliced(placeholder, 0)
        elif has_hole or event.tag not in _STRING_TAGS:
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

    def _fail_again(self, key: str, event: _NodeEvent) -> NoReturn:
        self._fail(event, f"the key {quoted(key)} is already there")

    def _fail(self, event: _NodeEvent, message: str) -> NoReturn:
        self._fail_at(event.start_mark.line, message)

    def _fail_at(self, line: int, message: str) -> NoReturn:
        from kustz_tpl.engine.faults import fault_at  # noqa: PLC0415 - start-up time

        raise fault_at(self.page, line, message)


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


def _is_scalar(event: _NodeEvent) -> bool:
    return type(event) is _SCALAR


def _is_null(event: _NodeEvent) -> bool:
    """Check whether a node is a document of no value."""
    is_plain = _is_scalar(event) and not event.style and event.tag is None
    return is_plain and LEFT not in event.value and typed(event.value) is None

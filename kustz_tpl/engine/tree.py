"""Parses a page and puts each value into the node where its placeholder stands."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeAlias

import yaml

from kustz_tpl.engine.errors import TemplateError
from kustz_tpl.engine.page import INSIDE, SPREAD, WHOLE, Page, assemble
from kustz_tpl.engine.parts import LEFT, Fragment, Hole, fragment_parts
from kustz_tpl.engine.scalar import typed
from kustz_tpl.engine.value import Values, kind_of
from kustz_tpl.engine.writer import quoted

DEEPEST = 100
# Aliases let a small page stand for a large one.
MOST_NODES = 200_000

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# What begins a node; PyYAML types every event as an Event.
_NodeEvent: TypeAlias = Any
_STRING_TAGS = (None, "!", "tag:yaml.org,2002:str")


@dataclass(slots=True)
class Tree:
    """The documents of a page as plain data, and the comments before the first key."""

    documents: list[Any]
    comments: list[str]


class TreeBuilder:
    """Turn what a template yielded into data; one builder serves one rendering."""

    def __init__(self, values: Values) -> None:
        """Check values with `values`."""
        self.values = values
        self._fragments: dict[int, Tree | TemplateError] = {}

    def build(self, fragment: Fragment) -> Tree:
        """Return the tree of a whole template."""
        page = assemble(fragment_parts(fragment), self._kind)
        documents = _PageReader(page, self).documents()
        return Tree(documents, _comments(page.text))

    def value(self, hole: Hole | Fragment) -> Any:  # noqa: ANN401 - any plain data
        """Return what stands alone in a node."""
        if isinstance(hole, Fragment):
            documents = self._fragment(hole).documents
            return documents[0] if documents else None
        return self.values.plain(hole)

    def spliced(self, hole: Hole | Fragment) -> str:
        """Return the text that goes into a longer scalar."""
        if isinstance(hole, Hole):
            return self.values.text(hole)
        page = assemble(fragment_parts(hole), lambda _: "scalar")
        text = textwrap.dedent(page.text).strip("\n").rstrip()
        return WHOLE.sub(lambda match: self.spliced(page.holes[int(match[1])]), text)

    def _kind(self, hole: Hole | Fragment) -> str:
        if isinstance(hole, Hole):
            return kind_of(hole.value)
        if not hole:
            return "blank"
        try:
            documents = self._fragment(hole).documents
        except TemplateError:  # no YAML of its own: it may be a line of a block scalar
            return "scalar"
        return kind_of(documents[0]) if documents else "blank"

    def _fragment(self, fragment: Fragment) -> Tree:
        known = self._fragments.get(id(fragment))
        if known is None:
            known = self._fragments[id(fragment)] = self._build_fragment(fragment)
        if isinstance(known, TemplateError):
            raise known
        return known

    def _build_fragment(self, fragment: Fragment) -> Tree | TemplateError:
        try:
            tree = self.build(fragment)
        except TemplateError as error:
            return error
        if len(tree.documents) > 1:
            first = assemble(fragment_parts(fragment), lambda _: "scalar").place(0)
            return TemplateError("a fragment of several documents", first.template, first.line)
        return tree


@dataclass(slots=True)
class _PageReader:
    """Read the events of one page."""

    page: Page
    builder: TreeBuilder
    _anchors: dict[str, Any] = field(default_factory=dict)
    _events: Iterator[yaml.Event] = field(default_factory=lambda: iter(()))
    _depth: int = 0
    _nodes: int = 0
    _sizes: dict[str, int] = field(default_factory=dict)

    def documents(self) -> list[Any]:
        self._events = iter(yaml.parse(self.page.text, Loader=_LOADER))
        try:
            return [value for value in self._documents() if value is not None]
        except yaml.MarkedYAMLError as error:
            raise _no_yaml(self.page, error) from error
        except yaml.reader.ReaderError as error:
            place = self.page.place(0)
            character = f"the character U+{_code(error.character):04X} is not allowed in YAML"
            raise TemplateError(character, place.template, place.line) from error

    def _documents(self) -> Iterator[Any]:
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._anchors = {}
                yield self._node(next(self._events))

    def _node(self, event: _NodeEvent) -> Any:  # noqa: ANN401 - any plain data
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        before = self._nodes
        self._count(event, 1)
        value = self._new_node(event)
        if event.anchor:
            self._anchors[event.anchor] = value
            self._sizes[event.anchor] = self._nodes - before
        return value

    def _count(self, event: yaml.Event, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > MOST_NODES:
            self._fail(event, f"more than {MOST_NODES} nodes")

    def _new_node(self, event: _NodeEvent) -> Any:  # noqa: ANN401
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
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
        self._count(event, self._sizes.get(event.anchor, 1))
        return self._anchors[event.anchor]

    def _scalar(self, event: yaml.ScalarEvent) -> Any:  # noqa: ANN401
        text, is_plain = event.value, not event.style and event.tag is None
        if event.tag not in _STRING_TAGS:
            self._fail(event, f"the tag {event.tag} is not known here")
        if LEFT not in text:
            return self._literal(event, typed(text) if is_plain else text)
        whole = WHOLE.fullmatch(text) if is_plain else None
        if whole:
            return self.builder.value(self.page.holes[int(whole[1])])
        return INSIDE.sub(self._splice, text)

    def _splice(self, match: Any) -> str:  # noqa: ANN401 - re.Match
        return self.builder.spliced(self.page.holes[int(match[match.lastindex])])

    def _sequence(self) -> list[Any]:
        items: list[Any] = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            spread = self._spread(event)
            if spread is None:
                items.append(self._node(event))
            else:
                items.extend(self.builder.value(spread))
        return items

    def _mapping(self) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        merged: list[dict[str, Any]] = []
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            spread = self._spread(event)
            if spread is not None:
                next(self._events)
                self._join(entries, self.builder.value(spread), event)
            elif _is_merge(event):
                merged += self._merge(event)
            else:
                key = self._key(event)
                self._join(entries, {key: self._node(next(self._events))}, event)
        for other in merged:
            entries.update({key: other[key] for key in other if key not in entries})
        return entries

    def _spread(self, event: yaml.Event) -> Hole | Fragment | None:
        if not isinstance(event, yaml.ScalarEvent) or LEFT not in event.value:
            return None
        match = SPREAD.fullmatch(event.value)
        return self.page.holes[int(match[1])] if match else None

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

    def _key(self, event: yaml.Event) -> str:
        if isinstance(event, yaml.AliasEvent):
            key = self._alias(event)
        elif isinstance(event, yaml.ScalarEvent):
            key = self._key_text(event)
        else:
            self._fail(event, "a mapping or a list cannot be a key")
        if isinstance(key, bool) or not isinstance(key, (str, int, float)):
            self._fail(event, "a key must be a string or a number")
        text = str(key)
        if fault := self.values.key_fault(text):
            self._fail(event, fault)
        if event.anchor:
            self._anchors[event.anchor] = text
        return text

    def _key_text(self, event: yaml.ScalarEvent) -> Any:  # noqa: ANN401
        """Return a written key as it was written, a printed one with its type."""
        if LEFT not in event.value:
            return event.value
        whole = WHOLE.fullmatch(event.value)
        hole = self.page.holes[int(whole[1])] if whole else None
        return self.builder.spliced(hole) if isinstance(hole, Fragment) else self._scalar(event)

    def _literal(self, event: yaml.Event, value: Any) -> Any:  # noqa: ANN401
        fault = self.values.fault(value)
        if fault:
            self._fail(event, fault)
        return value

    @property
    def values(self) -> Values:
        return self.builder.values

    def _fail(self, event: _NodeEvent, message: str) -> NoReturn:
        place = self.page.place(event.start_mark.line)
        raise TemplateError(message, place.template, place.line)


def _is_merge(event: yaml.Event) -> bool:
    return isinstance(event, yaml.ScalarEvent) and event.value == "<<" and not event.style


def _comments(text: str) -> list[str]:
    """Return the comment lines before the first key; one with a value in it is not kept."""
    found: list[str] = []
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            break
        if stripped and LEFT not in stripped:
            found.append(stripped)
    return found


def _code(character: int | str | bytes) -> int:
    return character if isinstance(character, int) else ord(character)


def _no_yaml(page: Page, error: yaml.MarkedYAMLError) -> TemplateError:
    mark = error.problem_mark or error.context_mark
    line = mark.line if mark else 0
    place = page.place(line)
    what = error.problem or error.context or "not understood"
    opened = error.context_mark
    if opened and mark and opened.line < line:
        what += f", {error.context} that begins on line {page.place(opened.line).line}"
    excerpt = _excerpt(page.text, line)
    return TemplateError(f"no YAML: {what}", place.template, place.line, excerpt=excerpt)


def _excerpt(text: str, line: int) -> str:
    """Return the rendered lines around a fault; values show as `{{ … }}`."""
    lines = text.split("\n")
    first = max(0, line - 2)
    return "\n".join(
        f"{'>' if number == line else ' '} {INSIDE.sub('{{ … }}', lines[number])}"
        for number in range(first, min(len(lines), line + 3))
        if number < len(lines) - 1 or lines[number]
    )

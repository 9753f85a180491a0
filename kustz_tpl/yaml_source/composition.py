"""Compose YAML events to a tree of nodes with places, without recursion."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import NamedTuple, TypeAlias

from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from kustz_tpl.errors import Diagnostic, InputError, Message, NotationError
from kustz_tpl.messages import Shown, quoted
from kustz_tpl.yaml_source.tree import NULL, IsSecret, Place, Scalar

NodeEvent: TypeAlias = "ScalarEvent | MappingStartEvent | SequenceStartEvent"

MAX_DEPTH = 100
"""The maximum depth of nested mappings and lists."""

TOO_DEEP = f"expected at most {MAX_DEPTH} nested mappings and lists"

MAX_NODES = 100_000
"""The maximum number of values in a file, including those that aliases repeat."""

MERGE = None
"""The key of an entry that `<<` merges into its mapping."""

Locate: TypeAlias = "Callable[[int, int], Place]"
"""Converts the line and column of the parser, which count from 0, to a place."""


class ScalarNode(NamedTuple):
    """A scalar of the text."""

    place: Place
    scalar: Scalar


class ListNode(NamedTuple):
    """A sequence of the text."""

    place: Place
    items: list[Node]


class MapNode(NamedTuple):
    """A mapping of the text: its entries as key, place of the key, value."""

    place: Place
    entries: list[tuple[str | None, Place, Node]]


class AliasNode(NamedTuple):
    """An alias of the text and the node that its anchor marks."""

    place: Place
    target: Node


class RefusedNode(NamedTuple):
    """A node with a problem: its content is unknown, or incomplete if it is a collection."""

    place: Place
    target: Node


Node: TypeAlias = "ScalarNode | ListNode | MapNode | AliasNode | RefusedNode"


class _Key(NamedTuple):
    """The key whose value comes next; one that is not `is_wanted` was refused.

    Without a text, a refused key is a merge with unknown content: it may be any key.
    """

    text: str | None
    place: Place
    is_wanted: bool


class _Frame:
    """A collection that is still open."""

    __slots__ = ("key", "node", "repeated", "seen")

    def __init__(self, node: ListNode | MapNode) -> None:
        self.node = node
        self.seen: dict[str | None, Place] = {}
        self.key: _Key | None = None
        self.repeated: set[str] = set()


def strip(node: Node) -> ScalarNode | ListNode | MapNode:
    """Return the node behind aliases and refusals."""
    while isinstance(node, (AliasNode, RefusedNode)):
        node = node.target
    return node


def is_refused(node: Node) -> bool:
    """Check whether a node, or the node behind an alias, has a problem."""
    while isinstance(node, AliasNode):
        node = node.target
    return isinstance(node, RefusedNode)


def kind(node: Node) -> str:
    """Name the kind of a node in the words of messages."""
    match strip(node):
        case MapNode():
            return "a mapping"
        case ListNode():
            return "a list"
        case ScalarNode(scalar=scalar) if scalar.is_null:
            return "null"
    return "a string"


class Composer:
    """Build the tree of one document in `root` from its events, and collect `diagnostics`."""

    def __init__(self, locate: Locate, is_secret: IsSecret) -> None:
        """Take the function that returns places, and the one that says what is never shown."""
        self.root: Node | None = None
        self.diagnostics: list[Diagnostic] = []
        self.top_key: str | None = None  # the key of the top mapping that is being read
        self.locate = locate
        self._is_secret = is_secret
        self._anchors: dict[str, Node] = {}
        self._open: list[_Frame] = []
        self._count = 0
        self._documents = 0

    def take(self, event: Event) -> None:
        """Add one event; raises InputError where it would be dangerous to go on."""
        match event:
            case ScalarEvent():
                scalar = Scalar(event.value, is_plain=not event.style)
                self._start(event, ScalarNode(self._place(event), scalar))
            case MappingStartEvent():
                self._open_frame(event, MapNode(self._place(event), []))
            case SequenceStartEvent():
                self._open_frame(event, ListNode(self._place(event), []))
            case CollectionEndEvent():
                frame = self._open.pop()
                if frame.repeated and isinstance(frame.node, MapNode):
                    _refuse_repeated(frame.node, frame.repeated)
            case AliasEvent():
                self._take_alias(event)
            case DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    message = NotationError("one document", Shown("a second one"))
                    raise self.fail(self._place(event), message)

    def fail(self, place: Place, message: Message) -> InputError:
        """Return the exception that stops reading: the problems so far and this one."""
        self.report(place, message)
        return InputError(*self.ordered())

    def ordered(self) -> tuple[Diagnostic, ...]:
        """Return the problems in line order, each once: an alias repeats those of its target."""
        found = dict.fromkeys(self.diagnostics)
        return tuple(sorted(found, key=lambda each: (each.line, each.column)))

    def report(self, place: Place, message: Message) -> None:
        """Record a problem; reading goes on."""
        hides = self._is_secret(self.top_key)
        self.diagnostics.append(Diagnostic.at(place, "", message, hides=hides))

    def _place(self, event: Event) -> Place:
        assert event.start_mark is not None  # noqa: S101 - the parser marks every event
        return self.locate(event.start_mark.line, event.start_mark.column)

    def _start(self, event: NodeEvent, node: Node) -> None:
        """Add a node that is not an alias, and remember its anchor."""
        if event.tag is not None:
            shown = event.tag.replace("tag:yaml.org,2002:", "!!")
            hint = "put a string that starts with ! in quotes"
            self.report(node.place, NotationError("no tag", shown, hint=hint))
            node = RefusedNode(node.place, node)
        self._add(node)
        if event.anchor is not None:
            self._anchors[event.anchor] = node

    def _open_frame(self, event: NodeEvent, node: ListNode | MapNode) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise self.fail(node.place, TOO_DEEP)
        self._start(event, node)
        self._open.append(_Frame(node))

    def _take_alias(self, event: AliasEvent) -> None:
        place = self._place(event)
        target = self._anchors.get(event.anchor or "")
        if target is None:
            self.report(place, NotationError("an anchor before its alias", f"*{event.anchor}"))
            target = _unknown(place)
        named = strip(target)
        if any(frame.node is named for frame in self._open):
            got = Shown(f"{quoted(f'*{event.anchor}')} inside it")
            self.report(place, NotationError("an alias of something complete", got))
            target = _unknown(place)
        self._add(AliasNode(place, target))

    def _add(self, node: Node) -> None:
        self._count += 1
        if self._count > MAX_NODES:
            raise self.fail(node.place, f"expected at most {MAX_NODES} values")
        if not self._open:
            self.root = node
            return
        frame = self._open[-1]
        if isinstance(frame.node, ListNode):
            frame.node.items.append(node)
        elif frame.key is None:
            self._take_key(frame, node)
        else:
            key, frame.key = frame.key, None
            if key.is_wanted:
                frame.node.entries.append((key.text, key.place, node))
            elif key.text is MERGE:
                frame.node.entries.append((MERGE, key.place, _unknown(key.place)))
            else:
                frame.repeated.add(key.text)

    def _take_key(self, frame: _Frame, node: Node) -> None:
        is_top = len(self._open) == 1
        if is_top:
            self.top_key = None
        frame.key = self._key(frame, node)
        if is_top:
            self.top_key = frame.key.text

    def _key(self, frame: _Frame, node: Node) -> _Key:
        named = strip(node)
        if not isinstance(named, ScalarNode):
            self.report(node.place, NotationError("a string as a key", Shown(kind(named))))
            return _Key(MERGE, node.place, is_wanted=False)
        if isinstance(node, AliasNode) and is_refused(node):
            return _Key(MERGE, node.place, is_wanted=False)
        is_merge = named.scalar.text == "<<" and named.scalar.is_plain
        text = MERGE if is_merge else named.scalar.text
        first = frame.seen.get(text)
        if first is None:
            frame.seen[text] = node.place
        else:
            self.report(node.place, _duplicate(text, first))
        return _Key(text, node.place, is_wanted=first is None)


def _unknown(place: Place) -> RefusedNode:
    return RefusedNode(place, ScalarNode(place, NULL))


def _refuse_repeated(node: MapNode, repeated: Container[str | None]) -> None:
    """Refuse the first value of a repeated key, except a string: a section may go on below."""
    for at, (key, place, first) in enumerate(node.entries):
        known = strip(first)
        is_string = isinstance(known, ScalarNode) and not known.scalar.is_null
        if key in repeated and not is_string:
            node.entries[at] = (key, place, RefusedNode(first.place, first))


def _duplicate(key: str | None, first: Place) -> NotationError:
    where = f"the first is at line {first.line}" if first.line else "it was written before"
    if key is MERGE:
        return NotationError("one <<", Shown("another"), hint=f"{where}; write <<: [*a, *b]")
    return NotationError("unique keys", Shown(f"{quoted(key)} twice"), hint=where)

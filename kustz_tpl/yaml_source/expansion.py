"""Expand a tree of nodes to plain data: repeat aliases, merge, and keep all places."""

from __future__ import annotations

from collections.abc import Iterator

from kustz_tpl.errors import InputError, KeyPath, Message, NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.yaml_source.composition import (
    MAX_DEPTH,
    MAX_NODES,
    MERGE,
    AliasNode,
    Composer,
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    is_refused,
    kind,
    strip,
)
from kustz_tpl.yaml_source.tree import NULL, Data, Place

Entries = dict[str, tuple[Place, Node]]


class Expansion:
    """Expand one tree; `places`, `key_places` and `unsure` are filled on the way.

    The count of values stops an alias bomb, because each repeated or merged value counts.
    """

    def __init__(self, composer: Composer) -> None:
        """Take the composer, which collects the problems found here too."""
        self.places: dict[KeyPath, Place] = {}
        self.key_places: dict[KeyPath, Place] = {}
        self.unsure: set[KeyPath] = set()
        self._composer = composer
        self._count = 0
        self._alias: Place | None = None

    def expand(self, node: Node, path: KeyPath = (), depth: int = 0) -> Data:
        """Return the data of the node at a path."""
        self.places[path] = node.place
        if len(path) == 1:
            self._composer.top_key = str(path[0])
        if isinstance(node, AliasNode):
            outer, self._alias = self._alias, self._alias or node.place
            data = self._data(node.target, path, depth)
            self._alias = outer
            return data
        return self._data(node, path, depth)

    def _data(self, node: Node, path: KeyPath, depth: int) -> Data:
        self._tally(node, depth)
        if isinstance(node, ListNode):
            return [self.expand(x, (*path, i), depth + 1) for i, x in enumerate(node.items)]
        if isinstance(node, MapNode):
            entries: dict[str, Data] = {}
            for key, (place, child) in self._entries(node, path, depth).items():
                self.key_places[*path, key] = place
                entries[key] = self.expand(child, (*path, key), depth + 1)
            return entries
        if isinstance(node, ScalarNode):
            return node.scalar
        self.unsure.add(path)
        known = strip(node)
        return NULL if isinstance(known, ScalarNode) else self._data(known, path, depth)

    def _entries(self, node: MapNode, path: KeyPath, depth: int) -> Entries:
        """Return the entries of a mapping with the merged ones; its own entries win."""
        result: Entries = {}
        for key, place, child in node.entries:
            if key is not MERGE:
                result[key] = (place, child)
                continue
            outer, self._alias = self._alias, self._alias or child.place
            for source in self._sources(child, path):
                self._tally(source, depth)
                for name, entry in self._entries(source, path, depth + 1).items():
                    self._tally(source, depth)
                    result.setdefault(name, entry)
            self._alias = outer
        return result

    def _sources(self, node: Node, path: KeyPath) -> Iterator[MapNode]:
        """Yield the mappings to merge into the one at a path."""
        named = strip(node)
        for source in named.items if isinstance(named, ListNode) else [node]:
            target = strip(source)
            if isinstance(target, MapNode):
                yield target
                continue
            self.unsure.add(path)
            if not is_refused(source):
                message = NotationError(
                    "a mapping or a list of mappings to merge", Shown(kind(target))
                )
                self._composer.report(source.place, message)

    def _tally(self, node: Node, depth: int) -> None:
        self._count += 1
        if self._count > MAX_NODES:
            message = NotationError(f"at most {MAX_NODES} values", Shown("more through aliases"))
            raise self._fail(node, message)
        if depth > MAX_DEPTH:
            raise self._fail(node, f"expected at most {MAX_DEPTH} nested mappings and lists")

    def _fail(self, node: Node, message: Message) -> InputError:
        return self._composer.fail(self._alias or node.place, message)

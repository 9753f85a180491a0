"""A JSON merge patch (RFC 7386) of data that keeps the places of what it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal, NamedTuple, TypeAlias, TypeVar

from kustz_tpl.errors import KeyPath
from kustz_tpl.yaml_source.tree import Data, Place, Scalar

T = TypeVar("T")

Effect: TypeAlias = Literal["removes", "is data", "is nothing"]
OfNull: TypeAlias = "Callable[[KeyPath, Scalar, Data | None], Effect]"
"""Says what a null of a patch does at a path, where the base has this value or none."""


class Layer(NamedTuple):
    """Hold a map with the places of its values and keys.

    `shown` is how a message names a path that is written elsewhere than it takes effect.
    """

    data: dict[str, Data]
    places: Mapping[KeyPath, Place]
    key_places: Mapping[KeyPath, Place]
    shown: Mapping[KeyPath, KeyPath] = {}

    def part(self, at: KeyPath, to: KeyPath, keys: tuple[str, ...]) -> Layer:
        """Return the entries of some keys of the map at a path, as if they stood at another."""
        found: Data = self.data
        for step in at:
            found = found.get(str(step), {}) if isinstance(found, dict) else {}
        entries = (
            {key: found[key] for key in keys if key in found} if isinstance(found, dict) else {}
        )
        data: dict[str, Data] = entries
        for step in reversed(to):
            data = {str(step): data}
        moved = _moved(self.places, at, to, entries)
        return Layer(
            data if entries else {},
            moved,
            _moved(self.key_places, at, to, entries),
            {path: (*at, *path[len(to) :]) for path in moved if len(path) > len(to)},
        )


def merge_patch(base: Layer, patch: Layer, of_null: OfNull | None = None) -> Layer:
    """Return the base with the patch over it.

    Mappings are merged by key at any depth, null takes away, everything else replaces. A key of
    the base keeps its place in the order, new ones follow. An empty value, as of a section whose
    lines are all commented out, takes nothing away.
    """
    merge = _Merge(of_null or _of_null)
    data = merge.merged(base.data, patch.data, ())
    gone = frozenset(merge.replaced)
    return Layer(
        data,
        {**patch.places, **_kept(base.places, gone)},
        {**patch.key_places, **_kept(base.key_places, gone)},
        {**patch.shown, **_kept(base.shown, gone)},
    )


def find_idle_nulls(base: Data, patch: Data, at: KeyPath = ()) -> Iterator[KeyPath]:
    """Yield where a patch takes away what the base does not have."""
    for key, value in patch.items() if isinstance(patch, dict) else ():
        below = base.get(key) if isinstance(base, dict) else None
        if _takes_away(value) and below is None:
            yield (*at, key)
        yield from find_idle_nulls(below or {}, value, (*at, key))


def _of_null(_path: KeyPath, null: Scalar, below: Data | None) -> Effect:
    if null.text:
        return "removes"
    return "is data" if below is None else "is nothing"


def _takes_away(value: Data) -> bool:
    return isinstance(value, Scalar) and value.is_null and bool(value.text)


class _Merge:
    """Merge data, and remember the paths where nothing of the base is left."""

    def __init__(self, of_null: OfNull) -> None:
        self.replaced: list[KeyPath] = []
        self._of_null = of_null

    def merged(self, base: Data, patch: dict[str, Data], at: KeyPath) -> dict[str, Data]:
        merged = dict(base) if isinstance(base, dict) else {}
        for key, value in patch.items():
            here, below = (*at, key), merged.get(key)
            if isinstance(value, dict):
                if not isinstance(below, dict):
                    self.replaced.append(here)
                merged[key] = self.merged(merged.get(key, {}), value, here)
                continue
            null = isinstance(value, Scalar) and value.is_null and self._of_null(here, value, below)
            if null == "is nothing":
                continue
            self.replaced.append(here)
            if null == "removes":
                merged.pop(key, None)
            else:
                merged[key] = value
        return merged


def _kept(places: Mapping[KeyPath, T], gone: frozenset[KeyPath]) -> dict[KeyPath, T]:
    depths = {len(path) for path in gone}
    return {
        path: place
        for path, place in places.items()
        if not any(path[:depth] in gone for depth in depths)
    }


def _moved(
    places: Mapping[KeyPath, Place], at: KeyPath, to: KeyPath, keys: Mapping[str, Data]
) -> dict[KeyPath, Place]:
    depth = len(at)
    moved = {
        (*to, *path[depth:]): place
        for path, place in places.items()
        if len(path) > depth and path[:depth] == at and path[depth] in keys
    }
    whole = places.get(at)
    return {to[:end]: whole for end in range(1, len(to) + 1) if whole and moved} | moved

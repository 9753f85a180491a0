"""A JSON merge patch (RFC 7386) of data that keeps the places of what it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeVar

from kustz_tpl.yaml_source.tree import NULL, Data, Path, Place, Scalar

T = TypeVar("T")


class Layer(NamedTuple):
    """Hold a map with the places of its values and keys.

    `shown` is how a message names a path that is written elsewhere than it takes effect.
    """

    data: dict[str, Data]
    places: Mapping[Path, Place]
    key_places: Mapping[Path, Place]
    shown: Mapping[Path, Path] = {}

    def part(self, at: Path, to: Path, keys: tuple[str, ...]) -> Layer:
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


def merge_patch(base: Layer, patch: Layer) -> Layer:
    """Return the base with the patch over it.

    Mappings are merged by key at any depth, null takes away, everything else replaces. A key of
    the base keeps its place in the order, new ones follow. An empty value, as of a section whose
    lines are all commented out, takes nothing away.
    """
    replaced: list[Path] = []
    data = _merged(base.data, patch.data, (), replaced)
    gone = tuple(replaced)
    return Layer(
        data,
        {**patch.places, **_kept(base.places, gone)},
        {**patch.key_places, **_kept(base.key_places, gone)},
        {**patch.shown, **_kept(base.shown, gone)},
    )


def find_idle_nulls(base: Data, patch: Data, at: Path = ()) -> Iterator[Path]:
    """Yield where a patch takes away what the base does not have."""
    for key, value in patch.items() if isinstance(patch, dict) else ():
        below = base.get(key) if isinstance(base, dict) else None
        if _takes_away(value) and below is None:
            yield (*at, key)
        yield from find_idle_nulls(below or {}, value, (*at, key))


def _takes_away(value: Data) -> bool:
    return isinstance(value, Scalar) and value.is_null and bool(value.text)


def _merged(base: Data, patch: dict[str, Data], at: Path, replaced: list[Path]) -> dict[str, Data]:
    merged = dict(base) if isinstance(base, dict) else {}
    for key, value in patch.items():
        here = (*at, key)
        if isinstance(value, dict):
            if not isinstance(merged.get(key), dict):
                replaced.append(here)
            merged[key] = _merged(merged.get(key, {}), value, here, replaced)
            continue
        if key in merged and value == NULL:
            continue
        replaced.append(here)
        if _takes_away(value):
            merged.pop(key, None)
        else:
            merged[key] = value
    return merged


def _kept(places: Mapping[Path, T], gone: tuple[Path, ...]) -> dict[Path, T]:
    return {
        path: place
        for path, place in places.items()
        if not any(path[: len(each)] == each for each in gone)
    }


def _moved(
    places: Mapping[Path, Place], at: Path, to: Path, keys: Mapping[str, Data]
) -> dict[Path, Place]:
    depth = len(at)
    moved = {
        (*to, *path[depth:]): place
        for path, place in places.items()
        if len(path) > depth and path[:depth] == at and path[depth] in keys
    }
    whole = places.get(at)
    return {to[:end]: whole for end in range(1, len(to) + 1) if whole and moved} | moved

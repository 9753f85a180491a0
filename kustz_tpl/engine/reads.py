"""Notes which keys of a context the templates read."""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, Mapping, ValuesView
from typing import Any, NamedTuple

ANY = "*"
"""Stands for every key of a mapping in a path to watch."""

Path = tuple[str, ...]


class Noted(dict[str, Any]):
    """A mapping that notes which of its keys are read; what reads it whole reads all."""

    __slots__ = ("_read",)

    def __init__(self, entries: Mapping[str, Any], read: set[str]) -> None:
        """Take the entries, and the set that gets the keys."""
        super().__init__(entries)
        self._read = read

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 - any value
        """Return the value of a key."""
        self._read.add(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None, /) -> Any:  # noqa: ANN401 - any value
        """Return the value of a key, or the default."""
        self._read.add(key)
        return super().get(key, default)

    def __iter__(self) -> Iterator[str]:
        """Yield the keys, and note every one of them as read."""
        self._read.update(super().keys())
        return super().__iter__()

    def items(self) -> ItemsView[str, Any]:  # type: ignore[override]
        """Return the entries."""
        self._read.update(super().keys())
        return super().items()

    def values(self) -> ValuesView[Any]:  # type: ignore[override]
        """Return the values."""
        self._read.update(super().keys())
        return super().values()


class Watched(NamedTuple):
    """Hold a context, and the keys that templates have read so far by the path of their map.

    Of the top level it is the tree of each page that tells.
    """

    context: Mapping[str, Any]
    reads: Mapping[Path, set[str]]

    def is_read(self, path: Path) -> bool:
        """Check whether a path that is watched was read."""
        return path[-1] in self.reads.get(path[:-1], ())


def watch(context: Mapping[str, Any], paths: Iterable[Path]) -> Watched:
    """Return a context that notes which of the paths templates read.

    A step `*` is any key: what is read of one entry counts for all.
    """
    reads: dict[Path, set[str]] = {}
    watched = dict(context)
    for path in paths:
        _watch(watched, path, (), reads)
    return Watched(watched, reads)


def _watch(entries: dict[str, Any], path: Path, at: Path, reads: dict[Path, set[str]]) -> None:
    """Put maps that note their reads along a path."""
    if len(path) == 1:
        return
    inner = (*at, path[0])
    for key in list(dict.keys(entries)) if path[0] == ANY else path[:1]:
        value = dict.__getitem__(entries, key)
        if not isinstance(value, Noted):
            value = Noted(value, reads.setdefault(inner, set()))
            dict.__setitem__(entries, key, value)
        _watch(value, path[1:], inner, reads)

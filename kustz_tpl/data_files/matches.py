"""Finds the paths that a pattern matches; the author of a repository may have made a maze."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from fnmatch import filter as matching
from pathlib import Path
from typing import NamedTuple

_ANY_DEPTH = "**"


class _Spot(NamedTuple):
    """A path that a pattern's first parts match, and whether a link is in it after a wildcard."""

    path: str
    is_behind_link: bool = False


def find_matches(pattern: str, folder: Path = Path()) -> list[str]:
    """Return the paths in a folder that a pattern matches, sorted and relative to it.

    `*`, `?` and `[…]` match names, `**` folders at any depth; none matches a hidden name. Each
    part of a pattern is matched once per path, and no wildcard looks behind a link that another
    one may have found: links to a folder above would make endlessly many paths.
    """
    parts = Path(pattern).parts
    if not parts:
        return ["."] if pattern else []
    spots, is_wild = {_Spot("")}, False
    for number, part in enumerate(parts):
        is_last = number == len(parts) - 1
        if part == _ANY_DEPTH:
            spots = {each for spot in spots for each in _below(folder, spot, is_last=is_last)}
        elif re.search(r"[*?[]", part):
            spots = {each for spot in spots for each in _named(folder, spot, part)}
        else:
            spots = {each for spot in spots for each in _at(folder, spot, part, is_wild=is_wild)}
        is_wild = is_wild or part == _ANY_DEPTH or re.search(r"[*?[]", part) is not None
    return sorted({spot.path for spot in spots if spot.path})


def _at(folder: Path, spot: _Spot, name: str, *, is_wild: bool) -> Iterator[_Spot]:
    path = os.path.join(spot.path, name)  # noqa: PTH118 - text
    whole = folder / path
    if os.path.lexists(whole):
        is_behind = spot.is_behind_link or (is_wild and whole.is_symlink())
        yield _Spot(path, is_behind)


def _named(folder: Path, spot: _Spot, pattern: str) -> Iterator[_Spot]:
    links = {} if spot.is_behind_link else _entries(folder / spot.path)
    names = [each for each in links if pattern.startswith(".") or not each.startswith(".")]
    for name in matching(names, pattern):
        yield _Spot(os.path.join(spot.path, name), links[name])  # noqa: PTH118 - text


def _entries(folder: Path) -> dict[str, bool]:
    """Return the names in a folder, and whether each is a link; nothing if it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return {each.name: each.is_symlink() for each in entries}
    except OSError:
        return {}


def _below(folder: Path, spot: _Spot, *, is_last: bool) -> Iterator[_Spot]:
    """Yield a folder and all folders in it, and for the last part of a pattern what they hold."""
    if spot.is_behind_link:
        return
    top = folder / spot.path
    for path, folders, files in os.walk(top):
        folders[:] = [each for each in folders if not each.startswith(".")]
        inner = os.path.relpath(path, top)
        here = spot.path if inner == "." else os.path.join(spot.path, inner)  # noqa: PTH118 - text
        yield _Spot(here)
        names = [*folders, *files] if is_last else []
        yield from (_Spot(os.path.join(here, each)) for each in names if not each.startswith("."))  # noqa: PTH118 - text

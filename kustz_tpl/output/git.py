"""What git knows about files: tracked, changed, unmerged, ignored."""

from __future__ import annotations

import hashlib
import os
import stat
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from kustz_tpl.errors import ProgramError
from kustz_tpl.git_command import ask_git, find_repository

__all__ = ["FileState", "Repositories"]

_HASHES = {40: "sha1", 64: "sha256"}
_FILE_MODES = {b"100644", b"100755"}
_PATHS_AT_ONCE = 500


class FileState(NamedTuple):
    """What git knows about a file; outside of a repository, nothing.

    A clean file is a regular file with the content that git has staged or committed, apart from
    line ends: overwriting it loses nothing. An unmerged file is in a merge conflict.
    """

    is_tracked: bool = False
    is_clean: bool = False
    is_unmerged: bool = False


_UNKNOWN = FileState()


class Repositories:
    """Ask git about files; each repository is read once for all applications of a run.

    Each method raises ProgramError if git cannot or will not read a repository.
    """

    def __init__(self) -> None:
        """Start without asking git."""
        self._places: dict[str, tuple[str, str | None]] = {}
        self._known: dict[str, _Repository] = {}

    def states(self, paths: Iterable[Path]) -> dict[Path, FileState]:
        """Return the state of each file, without running a filter of the repository."""
        found = dict.fromkeys(paths, _UNKNOWN)
        for repository, names in self._grouped(found):
            found |= repository.states(names)
        return found

    def tracked(self, paths: Iterable[Path]) -> frozenset[Path]:
        """Return the files in git's index; git is asked once for all."""
        found: set[Path] = set()
        for repository, names in self._grouped(paths):
            found |= repository.tracked(names)
        return frozenset(found)

    def ignored(self, paths: Iterable[Path]) -> frozenset[Path]:
        """Return the files that git would not commit; outside of a repository, all."""
        given = frozenset(paths)
        committed: set[Path] = set()
        for repository, names in self._grouped(given):
            committed |= names.keys() - repository.ignored(names)
        return given - committed

    def names(self, paths: Iterable[Path]) -> dict[Path, str]:
        """Return the path of each file in its repository; files outside of one are left out."""
        return {
            path: os.fsdecode(name)
            for _, names in self._grouped(paths)
            for path, name in names.items()
        }

    def _grouped(self, paths: Iterable[Path]) -> Iterator[tuple[_Repository, dict[Path, bytes]]]:
        """Yield each repository with its files and their names in it."""
        groups: defaultdict[str, dict[Path, bytes]] = defaultdict(dict)
        for path in paths:
            folder, name = os.path.split(path)
            if folder not in self._places:
                real = os.path.realpath(folder)
                self._places[folder] = real, find_repository(real)
            real, top = self._places[folder]
            if top is not None:
                # The file itself may be a link: git tracks the link.
                whole = os.path.join(real, name)  # noqa: PTH118 - text is fast
                inner = os.fsencode(os.path.relpath(whole, top))
                groups[top][path] = inner.replace(os.sep.encode(), b"/")
        for top, names in groups.items():
            if top not in self._known:
                self._known[top] = _Repository(top)
            yield self._known[top], names


class _Repository:
    """One repository, whose index is read once."""

    def __init__(self, top: str) -> None:
        self._top = top

    @cached_property
    def _index(self) -> Mapping[bytes, list[tuple[bytes, bytes]]]:
        """Return the hash and stage of each file by its name."""
        found: defaultdict[bytes, list[tuple[bytes, bytes]]] = defaultdict(list)
        for entry in ask_git(["ls-files", "--stage", "-z"], self._top).split(b"\0")[:-1]:
            about, _, name = entry.partition(b"\t")
            mode, digest, stage = about.split()
            # A link or a submodule is tracked, but never has the content of a file.
            found[name].append((digest if mode in _FILE_MODES else b"", stage))
        return dict(found)

    def tracked(self, names: Mapping[Path, bytes]) -> frozenset[Path]:
        return frozenset(path for path, name in names.items() if name in self._index)

    def states(self, names: Mapping[Path, bytes]) -> dict[Path, FileState]:
        states = {path: self._state(path, self._index.get(name)) for path, name in names.items()}
        in_doubt = [
            path for path, each in states.items() if not any(each[1:]) and os.path.lexists(path)
        ]
        committed = self._committed([names[path] for path in in_doubt])
        for path in in_doubt:
            if _has_content(path, committed.get(names[path])):
                states[path] = states[path]._replace(is_clean=True)
        return states

    @staticmethod
    def _state(path: Path, entries: list[tuple[bytes, bytes]] | None) -> FileState:
        if entries is None:
            return _UNKNOWN
        if any(stage != b"0" for _, stage in entries):
            return FileState(is_tracked=True, is_unmerged=True)
        return FileState(is_tracked=True, is_clean=_has_content(path, entries[0][0]))

    def _committed(self, names: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the hash of each file in the last commit."""
        found: dict[bytes, bytes] = {}
        for start in range(0, len(names), _PATHS_AT_ONCE):
            # With ./ a name that starts with a colon is not a pattern.
            some = [f"./{os.fsdecode(name)}" for name in names[start : start + _PATHS_AT_ONCE]]
            words = ["ls-tree", "-z", "HEAD", "--", *some]
            try:
                entries = ask_git(words, self._top).split(b"\0")[:-1]
            except ProgramError:  # no commit yet
                return {}
            for entry in entries:
                about, _, name = entry.partition(b"\t")
                mode, _, digest = about.split()
                if mode in _FILE_MODES:
                    found[name] = digest
        return found

    def ignored(self, names: Mapping[Path, bytes]) -> frozenset[Path]:
        given = b"".join(b"./%b\0" % name for name in names.values())
        found = set(ask_git(["check-ignore", "-z", "--stdin"], self._top, given).split(b"\0"))
        return frozenset(path for path, name in names.items() if b"./" + name in found)


def _has_content(path: Path, digest: bytes | None) -> bool:
    """Return whether a regular file has the content of a blob, apart from line ends."""
    if not digest:
        return False
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return False
        content = path.read_bytes()
    except OSError:
        return False
    return digest in {_hash(content, digest), _hash(content.replace(b"\r\n", b"\n"), digest)}


def _hash(content: bytes, like: bytes) -> bytes:
    """Return git's hash of a content, with the algorithm of another hash."""
    header = b"blob %d\0" % len(content)
    found = hashlib.new(_HASHES[len(like)], header + content, usedforsecurity=False)
    return found.hexdigest().encode()

"""What git knows of files with secrets: a file that it tracks is kept out by no .gitignore."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

# A secret lies in the `secrets/` of its output folder.
_SECRETS = ":(glob)**/secrets/**"
_MOST_SPECS = 500  # a command line is no longer than this; else all files are listed


class Repositories:
    """Tell which secrets git tracks; a repository is asked once, for all applications in it."""

    def __init__(self) -> None:
        """Ask nothing yet."""
        self._tracked: dict[str, frozenset[bytes]] = {}

    def tracked(self, folder: Path, names: Iterable[str]) -> list[str]:
        """Return those of the names below an output folder that git tracks.

        There are none where there is no git or no repository.
        """
        real = os.path.realpath(folder)
        tops: dict[str, str | None] = {}
        return [name for name in names if self._tracks(real, name, tops)]

    def _tracks(self, folder: str, name: str, tops: dict[str, str | None]) -> bool:
        path = os.path.join(folder, name)  # noqa: PTH118
        top = _top(os.path.dirname(path), tops)  # noqa: PTH120
        if top is None:
            return False
        if top not in self._tracked:
            # A repository that begins in `secrets/` holds nothing else.
            is_inner = len(top) > len(folder)
            self._tracked[top] = frozenset(_listed(top, ":/" if is_inner else _SECRETS))
        return _below(path, top) in self._tracked[top]


def is_tracked(path: Path) -> bool:
    """Tell whether git tracks a file."""
    real = _real(path)
    top = _top(os.path.dirname(real))  # noqa: PTH120 - as all paths here, a text
    return top is not None and any(_listed(top, f":(literal){os.path.relpath(real, top)}"))


def is_ignored(path: Path) -> bool:
    """Tell whether git would leave a file out of a commit, or there is no git to ask."""
    real = _real(path)
    top = _top(os.path.dirname(real))  # noqa: PTH120 - as all paths here, a text
    git = shutil.which("git") if top else None
    if git is None:
        return True
    words = [git, "check-ignore", "--quiet", "--", real]
    return subprocess.run(words, cwd=top, capture_output=True, check=False).returncode != 1  # noqa: S603


class Exposed(NamedTuple):
    """Say that git has a file, or would add it; `name` is its path in the repository."""

    name: str
    is_tracked: bool


def find_exposed(paths: Iterable[Path]) -> dict[Path, Exposed]:
    """Return the files that git does not keep out of a commit.

    Each repository is asked once for all of them. Where it cannot be asked there are none.
    """
    tops: dict[str, str | None] = {}
    names: dict[str, dict[bytes, Path]] = {}
    for path in paths:
        real = _real(path)
        top = _top(os.path.dirname(real), tops)  # noqa: PTH120 - as all paths here, a string
        if top:
            names.setdefault(top, {})[_below(real, top)] = path
    exposed = {}
    for top, known in names.items():
        ignored = _ignored(top, known)
        left = known.keys() - ignored if ignored is not None else ()
        specs = [f":(literal){os.fsdecode(name)}" for name in left]
        tracked = _listed(top, *(specs if len(specs) <= _MOST_SPECS else ())) if specs else ()
        for name in left:
            exposed[known[name]] = Exposed(os.fsdecode(name), name in tracked)
    return exposed


def _ignored(top: str, names: Iterable[bytes]) -> set[bytes] | None:
    """Return which files git ignores, None if it cannot say."""
    git = shutil.which("git")
    if git is None:
        return None
    words = [git, "check-ignore", "-z", "--stdin"]
    asked = b"".join(name + b"\0" for name in names)
    done = subprocess.run(words, cwd=top, input=asked, capture_output=True, check=False)  # noqa: S603 - git
    return set(done.stdout.split(b"\0")) if done.returncode in (0, 1) else None


def _real(path: Path) -> str:
    """Return a path without links on the way; the file itself may be one."""
    return os.path.join(os.path.realpath(path.parent), path.name)  # noqa: PTH118


def _top(folder: str, known: dict[str, str | None] | None = None) -> str | None:
    """Return the folder of the repository around a real folder, which need not exist.

    `known` keeps the answers for the folders on the way.
    """
    known = {} if known is None else known
    passed: list[str] = []
    while folder not in known:
        passed.append(folder)
        parent = os.path.dirname(folder)  # noqa: PTH120
        if os.path.exists(os.path.join(folder, ".git")):  # noqa: PTH110, PTH118 - Path's raises
            known[folder] = folder
        elif parent == folder:
            known[folder] = None
        else:
            folder = parent
    known |= dict.fromkeys(passed, known[folder])
    return known[folder]


def _listed(top: str, *pathspecs: str) -> list[bytes]:
    """Return what git tracks of a repository, relative to its folder."""
    git = shutil.which("git")
    if git is None:
        return []
    # A user may have told git to read pathspecs in another way.
    settings = {key: each for key, each in os.environ.items() if not key.endswith("_PATHSPECS")}
    words = [git, "ls-files", "-z", "--", *pathspecs]
    done = subprocess.run(words, cwd=top, env=settings, capture_output=True, check=False)  # noqa: S603 - git
    return [name for name in done.stdout.split(b"\0") if name] if done.returncode == 0 else []


def _below(path: str, top: str) -> bytes:
    return os.fsencode(os.path.relpath(path, top)).replace(os.sep.encode(), b"/")

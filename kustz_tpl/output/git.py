"""What git knows of files with secrets: a file that it tracks is kept out by no .gitignore."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

# A secret lies in the `secrets/` of its output folder.
_SECRETS = ":(glob)**/secrets/**"


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
        top = _top(real)
        if top is None:
            return []
        if top not in self._tracked:
            self._tracked[top] = frozenset(_listed(top, _SECRETS))
        known = self._tracked[top]
        return [name for name in names if _below(os.path.join(real, name), top) in known]  # noqa: PTH118


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


def _real(path: Path) -> str:
    """Return a path without links on the way; the file itself may be one."""
    return os.path.join(os.path.realpath(path.parent), path.name)  # noqa: PTH118


def _top(folder: str) -> str | None:
    """Return the folder of the repository around a real folder, which need not exist."""
    while not os.path.exists(os.path.join(folder, ".git")):  # noqa: PTH110, PTH118 - Path's raises
        parent = os.path.dirname(folder)  # noqa: PTH120
        if parent == folder:
            return None
        folder = parent
    return folder


def _listed(top: str, pathspec: str) -> list[bytes]:
    """Return what git tracks of a repository, relative to its folder."""
    git = shutil.which("git")
    if git is None:
        return []
    words = [git, "ls-files", "-z", "--", pathspec]
    done = subprocess.run(words, cwd=top, capture_output=True, check=False)  # noqa: S603 - git
    return [name for name in done.stdout.split(b"\0") if name] if done.returncode == 0 else []


def _below(path: str, top: str) -> bytes:
    return os.fsencode(os.path.relpath(path, top)).replace(os.sep.encode(), b"/")

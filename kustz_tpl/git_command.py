"""Runs git without any code of the repository, and finds the repository around a folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from subprocess import CompletedProcess

from kustz_tpl.errors import ProgramError
from kustz_tpl.programs import find_program, run_program

# Settings of a repository by which git would run its code. No command that we call applies
# filters, text conversions or an external diff: files are hashed and compared in Python.
_SETTINGS = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "submodule.recurse=false",
    "safe.bareRepository=explicit",
    "merge.conflictStyle=merge",
)
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",  # a partial clone could fetch with any command it names
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_MARKERS: tuple[bytes, ...] = (b"<<<<<<< ", b"=======", b">>>>>>> ")


def find_repository(folder: str) -> str | None:
    """Return the folder of the repository around a real folder, which need not exist."""
    while not os.path.lexists(os.path.join(folder, ".git")):  # noqa: PTH118 - as all paths here, text
        parent = os.path.dirname(folder)  # noqa: PTH120
        if parent == folder:
            return None
        folder = parent
    return folder


def find_conflict(content: bytes) -> int:
    """Return the line of the first merge conflict that git marked in a file, or 0."""
    if b"<<<<<<< " not in content:
        return 0
    wanted, first = _MARKERS, 0
    for number, line in enumerate(content.splitlines(), 1):
        if line.startswith(wanted[0]):
            first = first or number
            wanted = wanted[1:]
            if not wanted:
                return first
    return 0


def run_git(words: Sequence[str], folder: str, given: bytes = b"") -> CompletedProcess[bytes]:
    """Run git in a folder, the top of a repository or outside any; raises ProgramError.

    Only the user's settings apply: neither the environment nor the folders above select another
    repository.
    """
    git = find_program("git", "install git")
    environment = {key: each for key, each in os.environ.items() if not key.startswith("GIT_")}
    environment |= _ENVIRONMENT | {"GIT_CEILING_DIRECTORIES": os.path.dirname(folder)}  # noqa: PTH120
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    return run_program([git, "--no-pager", *settings, *words], environment, given, folder)


def ask_git(words: Sequence[str], top: str, given: bytes = b"") -> bytes:
    """Return what git prints about a repository; raises ProgramError if git refuses."""
    done = run_git(words, top, given)
    if done.returncode not in {0, 1}:
        if b"safe.directory" in done.stderr:
            hint = f"to trust it, run: git config --global --add safe.directory {top}"
            raise ProgramError(f"the repository {top} belongs to another user; {hint}")
        raise ProgramError(f"git cannot read the repository {top}; run git status there to see why")
    return done.stdout

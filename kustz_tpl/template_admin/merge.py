"""Merges three versions of a file with git."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from kustz_tpl.errors import ProgramError
from kustz_tpl.git_command import run_git

_MARKS = re.compile(r"^<{7} .*^={7}$.*^>{7} ", re.MULTILINE | re.DOTALL)
_MOST_CONFLICTS = 127


class Labels(NamedTuple):
    """Hold the names of the versions in conflict markers."""

    yours: str
    base: str
    theirs: str


def merge(yours: str, base: str, theirs: str, labels: Labels) -> str:
    """Return `yours` with the changes from `base` to `theirs`; conflicts get git's markers.

    Raises ProgramError without git.
    """
    if yours == base:
        return theirs
    if theirs in (base, yours):
        return yours
    with TemporaryDirectory() as folder:
        files = []
        for name, text in (("yours", yours), ("base", base), ("theirs", theirs)):
            files.append(Path(folder) / name)
            files[-1].write_bytes(text.encode())
        return _git(files, labels)


def has_conflict(text: str) -> bool:
    """Check whether a text has git conflict markers."""
    return _MARKS.search(text) is not None


def _git(files: list[Path], labels: Labels) -> str:
    names = [word for label in (labels.yours, labels.base, labels.theirs) for word in ("-L", label)]
    try:
        words = ["merge-file", "-p", *names, *(file.name for file in files)]
        run = run_git(words, str(files[0].parent))
    except ProgramError as error:
        raise ProgramError(f"merging needs git: {error}") from None
    if run.returncode > _MOST_CONFLICTS:
        raise ProgramError(f"git merge-file: {run.stderr.decode(errors='replace').strip()}")
    return run.stdout.decode()

"""A three-way merge of texts, by git."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

_MARKS = re.compile(r"^<{7} .*^={7}$.*^>{7} ", re.MULTILINE | re.DOTALL)
_MOST_CONFLICTS = 127


class MergeError(Exception):
    """Say why git could not merge."""


class Labels(NamedTuple):
    """Name the sides of a merge as the conflict marks do."""

    yours: str
    base: str
    theirs: str


def merge(yours: str, base: str, theirs: str, labels: Labels) -> str:
    """Return `yours` with what changed from `base` to `theirs`, conflicts marked as git does.

    Raises MergeError where there is no git.
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
    """Tell whether a text holds git's conflict marks."""
    return _MARKS.search(text) is not None


def _git(files: list[Path], labels: Labels) -> str:
    names = [word for label in (labels.yours, labels.base, labels.theirs) for word in ("-L", label)]
    # The user's own settings must not change the marks.
    command = ["git", "-c", "merge.conflictStyle=merge", "merge-file", "-p", *names]
    try:
        run = subprocess.run(  # noqa: S603 - git, with files of ours
            [*command, *map(str, files)], capture_output=True, check=False, cwd=files[0].parent
        )
    except FileNotFoundError:
        raise MergeError("merging needs git, and there is none on PATH") from None
    if run.returncode > _MOST_CONFLICTS:
        raise MergeError(f"git merge-file: {run.stderr.decode(errors='replace').strip()}")
    return run.stdout.decode()

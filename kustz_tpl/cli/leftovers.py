"""Lists folders that earlier runs generated and that are no longer listed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from kustz_tpl.cli.tasks import Request, Task, index_folders, leftover_pattern
from kustz_tpl.cli.terminal import as_argument, print_note
from kustz_tpl.git_command import find_repository
from kustz_tpl.output.leftovers import Leftover, find_leftovers, read_owner


def print_leftovers(asked: Request, tasks: Sequence[Task], written: Sequence[Path]) -> None:
    """Print the folders that are no longer generated, with the commands that remove them."""
    pattern = leftover_pattern(asked, tasks)
    if pattern is None:
        return
    owners = () if asked.is_whole else [name for name in map(read_owner, written) if name]
    if not (owners or asked.is_whole):
        return  # the owners of the folders are not known before something is written
    for left in find_leftovers(pattern, [*written, *index_folders(asked, tasks)], owners):
        what = "it" if left.parts == (left.path,) else "it and its files"
        command = _command(left)
        print_note(f"{left.path.as_posix()}: no longer generated; to remove {what}, run: {command}")


def _command(left: Leftover) -> str:
    if not find_repository(os.path.realpath(left.path.parent)):
        return f"rm -r {_words(left.parts)}"
    # git rm keeps untracked secret files, but removes the .gitignore that protects them.
    secrets = f" && rm -r {_words(left.secrets)}" if left.secrets else ""
    return f"git rm -r {_words(left.parts)}{secrets}"


def _words(paths: Iterable[Path]) -> str:
    return " ".join(as_argument(path.as_posix()) for path in paths)

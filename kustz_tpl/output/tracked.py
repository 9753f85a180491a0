"""Refuse to write a secret into a file that git already tracks, which no .gitignore keeps out."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from kustz_tpl.errors import InputError, Problem

if TYPE_CHECKING:
    from kustz_tpl.application import Generated


def refuse_tracked(generated: Generated, folder: Path) -> None:
    """Raise InputError if git tracks a secret file that is about to be written."""
    secrets = [folder / path for path, file in generated.files.items() if file.kind == "secret"]
    problems = [
        Problem(
            path.as_posix(),
            0,
            0,
            "",
            "git tracks this file; take it out with git rm --cached first",
        )
        for path in tracked(secrets)
    ]
    if problems:
        raise InputError(*problems)


def tracked(paths: Iterable[Path]) -> list[Path]:
    """Return those of the paths that git tracks; none where there is no git or no repository."""
    by_name = {path.absolute(): path for path in paths}
    if not by_name:
        return []
    folder = next(iter(by_name)).parent
    # Git has to be able to go there; whoever writes tells of a folder nobody may enter.
    while not (os.path.isdir(folder) and os.access(folder, os.X_OK)):  # noqa: PTH112 - Path's raises
        folder = folder.parent
    git = shutil.which("git") if _is_in_repository(folder) else None
    if git is None:
        return []
    words = [git, "ls-files", "-z", "--full-name", "--", *map(str, by_name)]
    found = {name for name in _output(words, folder).split(b"\0") if name}
    top = Path(_output([git, "rev-parse", "--show-toplevel"], folder).decode().rstrip("\n"))
    return [
        path
        for absolute, path in by_name.items()
        if _below(absolute, top) in {name.decode(errors="replace") for name in found}
    ]


def is_ignored(path: Path) -> bool:
    """Tell whether git would leave a file out of a commit, or there is no git to ask."""
    folder = path.absolute().parent
    git = shutil.which("git") if _is_in_repository(folder) else None
    if git is None:
        return True
    words = [git, "check-ignore", "--quiet", "--", str(path.absolute())]
    return subprocess.run(words, cwd=folder, capture_output=True, check=False).returncode != 1  # noqa: S603


def _is_in_repository(folder: Path) -> bool:
    return any(
        os.path.exists(parent / ".git")  # noqa: PTH110 - Path's raises where we may not look
        for parent in (folder.resolve(), *folder.resolve().parents)
    )


def _output(words: list[str], folder: Path) -> bytes:
    done = subprocess.run(words, cwd=folder, capture_output=True, check=False)  # noqa: S603 - git
    return done.stdout if done.returncode == 0 else b""


def _below(path: Path, top: Path) -> str:
    real = path.parent.resolve() / path.name
    return real.relative_to(top).as_posix() if real.is_relative_to(top) else ""

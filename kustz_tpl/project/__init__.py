"""The project file of a repository, and the folder that it is in."""

from __future__ import annotations

import os
from pathlib import Path

from kustz_tpl.data_files.real_path import real_path

PROJECT_FILE = "kustz-project.yml"


def find_project(folder: str, known: dict[str, tuple[str | None, bool]]) -> str | None:
    """Return the real folder of the project of a real folder; `known` saves looking twice.

    It is looked for up to the top of the repository; outside of any, in the folder and the current
    one alone, as folders above may be another user's.
    """
    found, top = _find(folder, known)
    if top or found is None or found in {folder, os.path.realpath(os.curdir)}:
        return found
    return folder if os.path.lexists(os.path.join(folder, PROJECT_FILE)) else None  # noqa: PTH118


def _find(folder: str, known: dict[str, tuple[str | None, bool]]) -> tuple[str | None, bool]:
    """Return the nearest folder with a project file, and whether there is a repository above."""
    if folder in known:
        return known[folder]
    is_top = os.path.lexists(os.path.join(folder, ".git"))  # noqa: PTH118 - text
    is_project = os.path.lexists(os.path.join(folder, PROJECT_FILE))  # noqa: PTH118 - text
    parent = os.path.dirname(folder)  # noqa: PTH120 - text
    is_last = is_top or parent == folder
    above, is_below = (None, is_top) if is_last else _find(parent, known)
    known[folder] = (folder if is_project else above), is_below
    return known[folder]


def is_inside(path: Path, folder: Path) -> bool:
    """Check whether the real location of a path is inside a folder, or is it."""
    real, top = real_path(os.path.abspath(path), {}), os.path.realpath(folder)  # noqa: PTH100
    return real == top or real.startswith(os.path.join(top, ""))  # noqa: PTH118 - text

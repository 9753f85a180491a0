"""Finds the folder for compiled templates, which are kept between runs."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


def cache_folder(trees: Iterable[str]) -> Path | None:
    """Return this program's folder in the user's cache, None if the user has none.

    It is below `$XDG_CACHE_HOME` or `%LOCALAPPDATA%`, else below `~/.cache`, and never in one of
    the given real folders: its content is code, and there a stranger may have written it.
    """
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or "~/.cache"
    folder = Path(os.path.expanduser(base))  # noqa: PTH111 - Path's raises where there is no home
    if not folder.is_absolute():
        return None
    real = Path(os.path.realpath(folder))
    return None if any(map(real.is_relative_to, trees)) else folder / "kustz-tpl"

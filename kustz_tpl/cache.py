"""Where compiled templates are kept between runs."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path | None:
    """Return this program's folder in the user's cache, None where the user has none.

    It is below `$XDG_CACHE_HOME` or `%LOCALAPPDATA%`, else below `~/.cache`.
    """
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or "~/.cache"
    folder = Path(os.path.expanduser(base))  # noqa: PTH111 - Path's raises where there is no home
    return folder / "kustz-tpl" if folder.is_absolute() else None

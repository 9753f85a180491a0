"""A file of secrets outside the output folder: for its owner alone, and never half written."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from kustz_tpl.output.disk import reported


def read_private(path: Path) -> bytes | None:
    """Return what a file holds, None where there is none."""
    with reported(path):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None


def write_private(path: Path, content: bytes) -> None:
    """Put a file in place with mode 0600; where a link leads, not over it."""
    target = path.resolve()
    interim = target.with_name(f".{target.name}.kustz-tpl")
    with reported(path):
        try:
            handle = os.open(interim, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            interim.replace(target)
        finally:
            with suppress(OSError):
                interim.unlink()

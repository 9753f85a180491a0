"""A file of secrets outside the output folder: for its owner alone, and never half written."""

from __future__ import annotations

from pathlib import Path

from kustz_tpl.output.disk import replace_file, reported


def read_private(path: Path) -> bytes | None:
    """Return what a file holds, None where there is none."""
    with reported(path):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None


def write_private(path: Path, content: bytes) -> None:
    """Put a file in place with mode 0600; where a link leads, not over it."""
    with reported(path):
        replace_file(path.resolve(), content, 0o600)

"""The table of Kubernetes' own fields."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any


def types() -> dict[str, dict[str, str]]:
    """Return the kind of every field of every type, from the newest Kubernetes known."""
    found: dict[str, dict[str, str]] = _table()["types"]
    return found


@cache
def versions() -> dict[str, dict[str, Any]]:
    """Return what only some versions of Kubernetes have, as `scripts/refresh_fields.py` says."""
    return _read("versions.json")


@cache
def _table() -> dict[str, Any]:
    """Return the table that `scripts/refresh_fields.py` writes."""
    return _read("fields.json")


def _read(name: str) -> dict[str, Any]:
    import json  # noqa: PLC0415 - start-up time

    found: dict[str, Any] = json.loads(Path(__file__).with_name(name).read_bytes())
    return found

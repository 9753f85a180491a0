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
def newer_fields() -> dict[tuple[str, str], str]:
    """Return the version in which a field of a type appeared, if later than the oldest known."""
    return {(kind, field): version for kind, field, version in _table()["since"]}


@cache
def _table() -> dict[str, Any]:
    """Return the table that `scripts/refresh_fields.py` writes."""
    import json  # noqa: PLC0415 - start-up time

    found: dict[str, Any] = json.loads(Path(__file__).with_name("fields.json").read_bytes())
    return found

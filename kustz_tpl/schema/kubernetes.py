"""The table of Kubernetes' own fields."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def types() -> dict[str, dict[str, str]]:
    """Return the kind of every field of every type, from the newest Kubernetes known.

    `scripts/refresh_fields.py` writes the table.
    """
    import json  # noqa: PLC0415 - start-up time

    table = json.loads(Path(__file__).with_name("fields.json").read_bytes())
    found: dict[str, dict[str, str]] = table["types"]
    return found

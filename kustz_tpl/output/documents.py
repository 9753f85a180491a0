"""Read the YAML that an output folder holds, whoever wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def read_documents(content: bytes | None) -> list[Mapping[str, Any]]:
    """Return the maps that a file holds, all scalars as text; nothing if it is no YAML."""
    import yaml  # noqa: PLC0415 - start-up time

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        documents = list(yaml.load_all(content or b"", loader))
    except (yaml.YAMLError, ValueError, RecursionError):
        return []
    return [document for document in documents if isinstance(document, dict)]

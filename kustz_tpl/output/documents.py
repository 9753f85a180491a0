"""Read the YAML files of an output folder, ours or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def read_documents(content: bytes | None) -> list[Mapping[str, Any]]:
    """Return the mappings of a file, with all scalars as strings; nothing if it is not YAML."""
    import yaml  # noqa: PLC0415 - start-up time

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        documents = list(yaml.load_all(content or b"", loader))
    except (yaml.YAMLError, ValueError, RecursionError):
        return []
    return [document for document in documents if isinstance(document, dict)]

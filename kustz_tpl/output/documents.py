"""Read the YAML that an output folder holds, whoever wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kustz_tpl.yaml_source.loader import YAMLError, load_texts


def read_documents(content: bytes | None) -> list[Mapping[str, Any]]:
    """Return the maps that a file holds, all scalars as text; nothing if it is no YAML."""
    try:
        documents = load_texts(content or b"")
    except YAMLError:
        return []
    return [document for document in documents if isinstance(document, dict)]

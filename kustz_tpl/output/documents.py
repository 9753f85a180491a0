"""Read the YAML files of an output folder, ours or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kustz_tpl.yaml_source.loader import YAMLError, load_texts


def read_documents(content: bytes | None) -> list[Mapping[str, Any]]:
    """Return the mappings of a file, with all scalars as strings; nothing if it is not YAML."""
    try:
        documents = load_texts(content or b"")
    except YAMLError:
        return []
    return [document for document in documents if isinstance(document, dict)]

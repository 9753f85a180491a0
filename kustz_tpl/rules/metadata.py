"""Names, labels and annotations of the resources as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kustz_tpl.errors import NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.rules.finding import Finding
from kustz_tpl.yaml_source.tree import Path

MAX_ANNOTATIONS = 262_144
"""How many bytes the keys and values of one resource's annotations may have together."""


def check_metadata(config: Mapping[str, Any]) -> Iterator[Finding]:
    """Find the label `app`, and annotations that are too long."""
    if config["labels"].get("app") is not None:
        message = "expected another key, for app is the application's name and its selector"
        yield Finding(("labels", "app"), message, is_about_key=True)
    yield from check_size(("annotations",), config["annotations"])


def check_size(path: Path, annotations: Mapping[str, str | None]) -> Iterator[Finding]:
    """Find annotations of one object that are too long together."""
    size = sum(len(key.encode()) + len((text or "").encode()) for key, text in annotations.items())
    if size > MAX_ANNOTATIONS:
        expected = f"annotations of at most {MAX_ANNOTATIONS} bytes together"
        message = NotationError(expected, Shown(size))
        yield Finding(path, message, is_about_key=True)

"""Names, labels and annotations of the resources as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kustz_tpl.errors import NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.notation.names import parse_service_name
from kustz_tpl.rules.finding import Finding

MAX_ANNOTATIONS = 262_144
"""How many bytes the keys and values of one resource's annotations may have together."""


def check_metadata(config: Mapping[str, Any]) -> Iterator[Finding]:
    """Find a name no Service may have, the label `app`, and annotations that are too long."""
    yield from _check_service_name(config)
    if config["labels"].get("app") is not None:
        message = "expected another key: app is reserved for the selector"
        yield Finding(("labels", "app"), message, is_about_key=True)
    annotations = config["annotations"]
    yield from _check_size(("annotations",), annotations)
    if annotations and config["ingress"]["annotations"]:
        merged = {**annotations, **config["ingress"]["annotations"]}
        yield from _check_size(("ingress", "annotations"), merged)


def _check_service_name(config: Mapping[str, Any]) -> Iterator[Finding]:
    if config["name"] is None or not config["service"]["ports"]:
        return
    try:
        parse_service_name(config["name"])
    except NotationError as error:
        yield Finding(("name",), error)


def _check_size(path: tuple[str, ...], annotations: Mapping[str, str | None]) -> Iterator[Finding]:
    size = sum(len(key.encode()) + len((text or "").encode()) for key, text in annotations.items())
    if size > MAX_ANNOTATIONS:
        expected = f"annotations of at most {MAX_ANNOTATIONS} bytes in total"
        message = NotationError(expected, Shown(size))
        yield Finding(path, message, is_about_key=True)

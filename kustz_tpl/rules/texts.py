"""Strings that kustomize or a process cannot receive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kustz_tpl.kustomize_text import find_lost, find_unfit
from kustz_tpl.rules.finding import Finding
from kustz_tpl.yaml_source.tree import Path


def check_texts(config: Mapping[str, Any]) -> Iterator[Finding]:
    """Find characters that do not survive the way into the cluster."""
    for key in ("service", "ingress", "annotations", "pod", "deployment"):
        yield from _check(config[key], (key,))


def _check(value: object, path: Path) -> Iterator[Finding]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _check(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _check(each, (*path, index))
    elif isinstance(value, str):
        messages = (
            (message for _, _, message in find_lost(value))
            if "annotations" in path[:2]
            else find_unfit(value)
        )
        yield from (Finding(path, message) for message in messages)

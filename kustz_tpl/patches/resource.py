"""A Kubernetes object as kustomize tells it from others, and finds it for a patch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

NO_NAMESPACE = "default"


@dataclass(frozen=True, slots=True)
class Resource:
    """Name one object: what it is, how it is called, and what selectors look at."""

    group: str
    version: str
    kind: str
    name: str
    namespace: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)

    @property
    def identity(self) -> tuple[str, ...]:
        """Return what no two objects of one kustomization share; the version is no part of it."""
        return self.group, self.kind, self.namespace, self.name

    def __str__(self) -> str:
        """Return how a message names the object."""
        version = f"{self.group}/{self.version}" if self.group else self.version
        return f"{version} {self.kind} {self.name}"


def read_resource(document: object) -> Resource:
    """Return the object that a document describes; ValueError where it is none."""
    if not isinstance(document, dict):
        raise ValueError("expected a mapping with apiVersion, kind and metadata.name")  # noqa: TRY004
    metadata = document.get("metadata")
    named = metadata if isinstance(metadata, dict) else {}
    for name, text in (
        ("apiVersion", document.get("apiVersion")),
        ("kind", document.get("kind")),
        ("metadata.name", named.get("name")),
    ):
        if not isinstance(text, str) or not text:
            raise ValueError(f"expected {name} to be a string, got {text or 'nothing'}")
    group, _, version = document["apiVersion"].rpartition("/")
    return Resource(
        group,
        version,
        document["kind"],
        named["name"],
        str(named.get("namespace") or ""),
        _texts(named.get("labels")),
        _texts(named.get("annotations")),
    )


def read_resources(document: Any) -> Iterator[Resource]:  # noqa: ANN401 - a parsed document
    """Yield the objects of a document: its own, or a List's items."""
    if isinstance(document, dict) and document.get("kind") == "List":
        for item in document.get("items") or []:
            yield from read_resources(item)
    else:
        yield read_resource(document)


def _texts(entries: object) -> dict[str, str]:
    if not isinstance(entries, dict):
        return {}
    return {str(key): str(value) for key, value in entries.items()}

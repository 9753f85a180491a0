"""The identity of a Kubernetes object, and what kustomize selects it by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

NO_NAMESPACE = "default"
_TOP = ("apiVersion", "kind", "metadata", "spec", "data")


class Identity(NamedTuple):
    """Identify an object as kustomize does, without its version."""

    group: str
    kind: str
    namespace: str
    name: str

    @property
    def full_name(self) -> str:
        """Return the name, with the namespace if the object has one."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    def __str__(self) -> str:
        """Return how a message names the object."""
        return f"{self.kind} {self.full_name}"


class Resource(NamedTuple):
    """Hold the type and name of an object, and what selectors match."""

    group: str
    version: str
    kind: str
    name: str
    namespace: str = ""
    labels: Mapping[str, str] = {}
    annotations: Mapping[str, str] = {}

    @property
    def identity(self) -> Identity:
        """Return the identity, which no two objects of one kustomization share."""
        return Identity(self.group, self.kind, self.namespace, self.name)

    def __str__(self) -> str:
        """Return how a message names the object."""
        version = f"{self.group}/{self.version}" if self.group else self.version
        return f"{version} {self.kind} {self.name}"


class ResourceError(ValueError):
    """Say what a document lacks to describe an object; the path is that of the key at fault."""

    def __init__(self, message: str, path: tuple[str, ...] = ()) -> None:
        """Keep the path."""
        super().__init__(message)
        self.path = path


def identify(document: object) -> Identity:
    """Return the identity of any document; what is missing is empty."""
    fields = document if isinstance(document, dict) else {}
    metadata = fields.get("metadata")
    named = metadata if isinstance(metadata, dict) else {}
    group, _, _ = _text(fields.get("apiVersion")).rpartition("/")
    namespace = str(named.get("namespace") or "")
    return Identity(group, _text(fields.get("kind")), namespace, _text(named.get("name")))


def parse_resource(document: object) -> Resource:
    """Return the object that a document describes; raises ResourceError if it describes none."""
    if not isinstance(document, dict):
        raise ResourceError("expected a mapping with apiVersion, kind and metadata.name")
    metadata = document.get("metadata")
    named = metadata if isinstance(metadata, dict) else {}
    for name, value in (
        ("apiVersion", document.get("apiVersion")),
        ("kind", document.get("kind")),
        ("metadata.name", named.get("name")),
    ):
        if not _text(value):
            path, hint = _written(document, name.split("."))
            raise ResourceError(f"expected {name} to be a string, got {_shown(value)}{hint}", path)
    group, kind, namespace, name = identify(document)
    version = document["apiVersion"].rpartition("/")[2]
    labels, annotations = _texts(named.get("labels")), _texts(named.get("annotations"))
    return Resource(group, version, kind, name, namespace, labels, annotations)


def parse_resources(document: Any) -> Iterator[Resource]:  # noqa: ANN401 - a parsed document
    """Yield the objects of a document: its own, or a List's items."""
    if isinstance(document, dict) and document.get("kind") == "List":
        for item in document.get("items") or []:
            yield from parse_resources(item)
    else:
        yield parse_resource(document)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _written(document: Any, keys: list[str]) -> tuple[tuple[str, ...], str]:  # noqa: ANN401
    """Return the path of a key, or of one that it is misspelt as, and what to do about that."""
    path: tuple[str, ...] = ()
    for key in keys:
        if not isinstance(document, dict):
            break
        if key not in document:
            from difflib import get_close_matches  # noqa: PLC0415 - start-up time

            others = [each for each in document if isinstance(each, str) and each not in _TOP]
            like = get_close_matches(key, others, n=1)
            return (*path, *like), f"; rename {like[0]} to {key}" if like else ""
        path, document = (*path, key), document[key]
    return path, ""


def _shown(value: object) -> str:
    if value is None or value == "":
        return "nothing"
    return "a mapping or a list" if isinstance(value, (dict, list)) else str(value)


def _texts(entries: object) -> dict[str, str]:
    if not isinstance(entries, dict):
        return {}
    return {str(key): str(value) for key, value in entries.items()}

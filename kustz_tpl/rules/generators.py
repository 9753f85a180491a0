"""The ConfigMaps and Secrets: their names, keys and types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kustz_tpl.errors import NotationError
from kustz_tpl.messages import Shown, quoted
from kustz_tpl.notation.local import parse_data_file
from kustz_tpl.registry.backend import FORMS, backend_of
from kustz_tpl.rules.finding import Finding
from kustz_tpl.yaml_source.tree import Path

KINDS = ("configmaps", "secrets")
CAPITALS = "on case-insensitive file systems, such as on macOS and Windows"
"""Where keys that differ in nothing else are one file."""
HASH_LENGTH = 11
"""What `nameSuffixHash` appends to a name: a hyphen and ten characters."""
MAX_NAME = 253
_TOKEN = "kubernetes.io/service-account-token"  # noqa: S105 - a type, no token


def check_generators(config: Mapping[str, Any]) -> Iterator[Finding]:
    """Find duplicate names and keys, and Secrets that only the cluster creates."""
    for kind in KINDS:
        yield from _check_names(kind, config)
        for path, entry in entries(kind, config):
            if path[1] == "files":
                yield from _check_keys(path, entry["files"])
                if kind == "configmaps" or backend_of(entry, config).kind == "file":
                    yield from _check_capitals(path, entry["files"])
            if entry.get("type") == _TOKEN:
                message = "expected another type: the cluster creates tokens; remove this entry"
                yield Finding((*path, "type"), message)


def entries(kind: str, config: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield the entries of every list of a kind with their paths, without the wrong ones."""
    for name in FORMS:
        for index, entry in enumerate(config[kind][name]):
            if entry is not None:
                yield (kind, name, index), entry


def _check_names(kind: str, config: Mapping[str, Any]) -> Iterator[Finding]:
    seen: dict[str, Path] = {}
    longest = MAX_NAME - HASH_LENGTH if config["nameSuffixHash"] else MAX_NAME
    for entry_path, entry in entries(kind, config):
        name, path = entry["name"], (*entry_path, "name")
        if name is None:
            continue
        first = seen.setdefault(name, path)
        if first is not path:
            yield Finding(path, NotationError("unique names", Shown("a duplicate")), other=first)
        if len(name) > longest:
            message = (
                f"expected at most {longest} characters, because nameSuffixHash adds {HASH_LENGTH}"
            )
            yield Finding(path, message)


def _check_capitals(path: Path, files: list[str | None]) -> Iterator[Finding]:
    """Find keys that some disks take for one; Kubernetes does not, so it is a warning only."""
    seen: dict[str, tuple[int, str]] = {}
    for index, text in enumerate(files):
        if text is None:
            continue
        key = parse_data_file(text).key
        first, alike = seen.setdefault(key.lower(), (index, key))
        if alike != key:
            other = (*path, "files", first)
            message = f"the same file as another key {CAPITALS}"
            yield Finding((*path, "files", index), message, other=other, severity="warning")


def _check_keys(path: Path, files: list[str | None]) -> Iterator[Finding]:
    seen: dict[str, int] = {}
    for index, text in enumerate(files):
        if text is None:
            continue
        key = parse_data_file(text).key
        first = seen.setdefault(key, index)
        if first != index:
            message = NotationError("unique keys", Shown(f"{quoted(key)} twice"))
            other = (*path, "files", first)
            yield Finding((*path, "files", index), message, other=other)

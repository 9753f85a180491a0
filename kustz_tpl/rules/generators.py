"""What the rules for ConfigMaps and Secrets share: names, and the keys of their files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kustz_tpl.errors import Diagnostic, KeyPath, NotationError
from kustz_tpl.messages import Shown, quoted
from kustz_tpl.notation.keys import check_text_key
from kustz_tpl.notation.local import parse_data_file
from kustz_tpl.registry.backend import FORMS, backend_of, secret_entries

CAPITALS = "on case-insensitive file systems, such as on macOS and Windows"
"""Where keys that differ in nothing else are one file."""
HASH_LENGTH = 11
"""What `nameSuffixHash` appends to a name: a hyphen and ten characters."""
MAX_NAME = 253


def entries(kind: str, config: Mapping[str, Any]) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    """Yield the entries of every list of a kind with their paths, without the wrong ones."""
    for name in FORMS:
        for index, entry in enumerate(config[kind][name]):
            if entry is not None:
                yield (kind, name, index), entry


def check_names(kind: str, config: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Find names that two entries have, or that are too long with their hash."""
    seen: dict[str, KeyPath] = {}
    longest = MAX_NAME - HASH_LENGTH if config["nameSuffixHash"] else MAX_NAME
    for entry_path, entry in entries(kind, config):
        name, path = entry["name"], (*entry_path, "name")
        if name is None:
            continue
        first = seen.setdefault(name, path)
        if first is not path:
            yield Diagnostic.about(
                path, NotationError("unique names", Shown("a duplicate")), other=first
            )
        if len(name) > longest:
            message = (
                f"expected at most {longest} characters, because nameSuffixHash adds {HASH_LENGTH}"
            )
            yield Diagnostic.about(path, message)


def check_capitals(path: KeyPath, files: list[str | None]) -> Iterator[Diagnostic]:
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
            yield Diagnostic.about(
                (*path, "files", index), message, other=other, severity="warning"
            )


def check_keys(path: KeyPath, files: list[str | None]) -> Iterator[Diagnostic]:
    """Find keys that two files of an entry have."""
    seen: dict[str, int] = {}
    for index, text in enumerate(files):
        if text is None:
            continue
        key = parse_data_file(text).key
        first = seen.setdefault(key, index)
        if first != index:
            message = NotationError("unique keys", Shown(f"{quoted(key)} twice"))
            other = (*path, "files", first)
            yield Diagnostic.about((*path, "files", index), message, other=other)


def check_generated_labels(config: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Find keys of labels that kustomize cannot put on the objects that it generates itself."""
    secrets = (entry for _, entry in secret_entries(config))
    makes_secrets = any(backend_of(entry, config).kind == "file" for entry in secrets)
    makes_configmaps = any(any(config["configmaps"][form]) for form in FORMS)
    written = {
        ("labels",): makes_configmaps or makes_secrets,
        ("metadata", "configmap", "labels"): makes_configmaps,
        ("metadata", "secret", "labels"): makes_secrets,
    }
    for path in (path for path, is_generated in written.items() if is_generated):
        labels = config["labels"] if path == ("labels",) else config["metadata"][path[1]]["labels"]
        for key in labels:
            try:
                check_text_key(key)
            except NotationError as error:
                yield Diagnostic.about((*path, key), error, is_about_key=True)

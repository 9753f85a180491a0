"""The keys of the ConfigMaps and Secrets that are generated, and what refers to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Protocol

from kustz_tpl.errors import Diagnostic, KeyPath, NotationError
from kustz_tpl.kinds.container import containers
from kustz_tpl.kinds.kind import Config
from kustz_tpl.kinds.mounts import parse_mounts
from kustz_tpl.messages import closest
from kustz_tpl.notation.references import parse_variable_source
from kustz_tpl.registry.backend import FORMS, secret_entries

Keys = Mapping[tuple[str, str], Collection[str]]
"""The keys of each ConfigMap and Secret, by its scheme in a source (`secret`) and its name."""

KINDS = {"configmap": "ConfigMap", "secret": "Secret"}


class DataSet(Protocol):
    """Hold what is known of the data of a ConfigMap or Secret."""

    @property
    def name(self) -> str:
        """Return its name."""

    @property
    def literals(self) -> Mapping[str, Any]:
        """Return the values in kustomization.yml by their keys."""

    @property
    def files(self) -> Mapping[str, Any]:
        """Return the contents of its files by their keys."""


def known_keys(
    config: Config, configmaps: Iterable[DataSet], secrets: Iterable[DataSet]
) -> dict[tuple[str, str], Collection[str]]:
    """Return the keys of what is generated; a Secret whose files were not read is missing."""
    keys: dict[tuple[str, str], Collection[str]] = {
        ("secret", entry["name"]): entry["keys"]
        for path, entry in secret_entries(config)
        if path[1] in FORMS and entry["keys"]
    }
    for scheme, sets in (("configmap", configmaps), ("secret", secrets)):
        keys |= {(scheme, each.name): {*each.literals, *each.files} for each in sets}
    for path, entry in secret_entries(config):
        if path[0] == "registries":
            keys["secret", entry["name"]] = (f".{entry['type']}",)
    return keys


def check_reference(
    path: KeyPath, source: tuple[str, str], key: str | None, known: Keys
) -> Iterator[Diagnostic]:
    """Find a key that the ConfigMap or Secret at a source, `(scheme, name)`, does not have."""
    keys = known.get(source)
    if keys is None or key is None or key in keys:
        return
    scheme, name = source
    expected = f"a key of the {KINDS[scheme]} {name}"
    yield Diagnostic.about(path, NotationError(expected, key, hint=closest(key, keys)))


def check_variable_keys(config: Config, known: Keys) -> Iterator[Diagnostic]:
    """Find sources of variables whose key is not there."""
    for container in containers(config):
        for name, text in container.entry["envs"]["valueFrom"].items():
            source = None if text is None else parse_variable_source(text)
            if source and source.scheme in KINDS:
                path = (*container.path, "envs", "valueFrom", name)
                yield from check_reference(path, (source.scheme, source.name), source.key, known)


def check_mounted_keys(config: Config, known: Keys) -> Iterator[Diagnostic]:
    """Find mounts of a key that is not there."""
    for each in parse_mounts(config):
        for index, line in enumerate(each.lines):
            if line.scheme in KINDS:
                path = (*each.path, index) if each.is_list else each.path
                yield from check_reference(path, (line.scheme, line.name), line.part, known)

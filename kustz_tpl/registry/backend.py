"""Where a Secret goes: the backend of a registry or of an entry of `secrets`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from kustz_tpl.yaml_source.tree import Path

BACKENDS = ("file", "external-secret", "sops", "none")

Config = Mapping[str, Any]

FORMS = ("envs", "files", "literals")
"""The lists of ConfigMaps and Secrets."""


class Backend(NamedTuple):
    """Name a backend and what was written for it."""

    kind: str
    options: Mapping[str, Any]

    @property
    def has_values(self) -> bool:
        """Check whether kustz-tpl itself needs the secret values."""
        return self.kind in {"file", "sops"}


def backend_of(entry: Config, config: Config) -> Backend:
    """Return the backend of an entry, else that of the config, else `file`."""
    for written in (entry["backend"], config["secretBackend"]):
        for kind in BACKENDS if written else ():
            if written[kind] is not None:
                return Backend(kind, written[kind])
    return Backend("file", {})


def backend_paths(at: Path, entry: Config) -> tuple[Path, ...]:
    """Return the paths that decide the backend of an entry."""
    own: Path = (*at, "backend")
    wholes = (own, ("secretBackend",)) if entry["backend"] is None else (own,)
    return tuple((*whole, kind) for whole in wholes for kind in BACKENDS)


def secret_entries(config: Config) -> Iterator[tuple[Path, Config]]:
    """Yield the path and entry of everything that becomes a Secret, without invalid entries."""
    for form in FORMS:
        for index, entry in enumerate(config["secrets"][form]):
            if entry is not None:
                yield ("secrets", form, index), entry
    for index, entry in enumerate(config["registries"]):
        if entry is not None:
            yield ("registries", index), entry

"""The keys of the ConfigMaps and Secrets of a config, and the references to keys they lack."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from kustz_tpl.errors import Diagnostic, NotationError
from kustz_tpl.kinds.config_map import CONFIG_MAP
from kustz_tpl.kinds.mounts import read_mounts
from kustz_tpl.kinds.secret import SECRET
from kustz_tpl.messages import closest
from kustz_tpl.registry.backend import backend_of, secret_entries
from kustz_tpl.yaml_source.tree import Path

if TYPE_CHECKING:
    from kustz_tpl.data_files import DataSet, Sources
    from kustz_tpl.schema.config import Config

Keys: TypeAlias = Mapping[str, "Collection[str] | None"]
"""The keys by the object's name, None where they are not known here."""


class Reference(NamedTuple):
    """Hold a reference to a key, `scheme://name/key`, and the path of the config it is at."""

    path: Path
    scheme: str
    name: str
    key: str


def check_references(
    config: Config, data: Sources, references: Iterable[Reference]
) -> Iterator[Diagnostic]:
    """Yield the references to a key that a ConfigMap or Secret of this config does not have."""
    known = {
        "configmap": (CONFIG_MAP.name, _config_map_keys(data)),
        "secret": (SECRET.name, secret_keys(config, data.secrets)),
    }
    for each in references:
        kind, objects = known[each.scheme]
        keys = objects.get(each.name)
        if keys is not None and each.key not in keys:
            hint = closest(each.key, keys)
            error = NotationError(f"a key of the {kind} {each.name}", each.key, hint=hint)
            yield Diagnostic.about(each.path, error)


def check_mounted_keys(config: Config, data: Sources) -> Iterator[Diagnostic]:
    """Yield the mounts of keys that are missing."""
    return check_references(config, data, _mounted_keys(config))


def secret_keys(config: Config, secrets: Iterable[DataSet]) -> Keys:
    """Return the keys of every Secret of a config."""
    read = {each.name: each.files for each in secrets}
    found: dict[str, Collection[str] | None] = {}
    for at, entry in secret_entries(config):
        if at[0] == "registries":
            found[entry["name"]] = [f".{entry['type']}"]
        elif backend_of(entry, config).kind == "external-secret":
            found[entry["name"]] = entry["keys"]
        else:
            found[entry["name"]] = read.get(entry["name"])
    return found


def _config_map_keys(data: Sources) -> Keys:
    return {each.name: (*each.literals, *each.files) for each in data.configmaps}


def _mounted_keys(config: Config) -> Iterator[Reference]:
    for each in read_mounts(config):
        for index, line in enumerate(each.lines):
            if line.scheme in ("configmap", "secret") and line.part is not None:
                path = (*each.path, index) if each.is_list else each.path
                yield Reference(path, line.scheme, line.name, line.part)

"""Finds the keys of a config that produced a field of an object, guessing from the object."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kustz_tpl.errors import KeyPath
from kustz_tpl.kinds import find_kind
from kustz_tpl.kinds.config_map import CONFIG_MAP
from kustz_tpl.notation.local import parse_data_file
from kustz_tpl.registry.backend import secret_entries
from kustz_tpl.rules.generators import entries
from kustz_tpl.schema.workloads import Workload
from kustz_tpl.yaml_source.tree import Data, Scalar

# The sections to search for kinds that are made of several sections.
_SECTIONS: tuple[str, ...] = ("service", "containers", "initContainers", "pod")


def find_value(workload: Workload, value: object, section: str | int) -> KeyPath | None:
    """Return the path of a value in a config, whole or as a part of a longer notation.

    It is None if the section, or else the config, does not have the value exactly once. A single
    character must be the whole value.
    """
    data = workload.document.data
    if not isinstance(value, (str, int)) or isinstance(value, bool) or value == "":
        return None
    text = re.escape(str(value))
    words = [text, rf".*(?<![\w.-]){text}(?![\w-]|\.\w).*"]
    for pattern in words if str(value)[1:] else words[:1]:
        word = re.compile(pattern, re.DOTALL)
        for part, path in ((data.get(str(section)), (section,)), (data, ())):
            if found := list(_with(part, path, word)):
                return found[0] if len(found) == 1 else None
    return None


def find_section(workload: Workload, document: Mapping[str, Any]) -> KeyPath:
    """Return the key of the config that produced an object, else `name`."""
    return (next((key for key in _sections(document) if key in workload.document.data), "name"),)


def find_entry(config: Mapping[str, Any], kind: str, name: str, path: KeyPath) -> KeyPath:
    """Return the path of the entry, or of the file in it, that produced a key of a ConfigMap or Secret."""
    listed = entries("configmaps", config) if kind == CONFIG_MAP.name else secret_entries(config)
    for at, entry in listed:
        if entry["name"] != name:
            continue
        if "files" in at and path[:1] in (("data",), ("binaryData",)) and path[1:]:
            keys = [text and parse_data_file(text).key for text in entry["files"]]
            return (*at, "files", keys.index(path[1])) if path[1] in keys else at
        return (*at, "name")
    return ("name",)


def _sections(document: Mapping[str, Any]) -> Iterator[str]:
    kind = find_kind(str(document.get("kind")))
    if kind.needs[:1] != ("sources",):
        yield from kind.needs[:1]
    yield from (key for key in kind.keys if key not in _SECTIONS)
    yield from _SECTIONS


def _with(data: Data | None, path: KeyPath, word: re.Pattern[str]) -> Iterator[KeyPath]:
    """Yield the paths of the scalars that a pattern matches."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _with(value, (*path, key), word)
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _with(value, (*path, index), word)
    elif isinstance(data, Scalar) and word.fullmatch(data.text):
        yield path

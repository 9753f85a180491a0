"""Finds what a config says that makes a field of an object, as well as the object tells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kustz_tpl.kinds import find_kind
from kustz_tpl.kinds.config_map import CONFIG_MAP
from kustz_tpl.notation.local import parse_data_file
from kustz_tpl.registry.backend import secret_entries
from kustz_tpl.rules.generators import entries
from kustz_tpl.schema.workloads import Workload
from kustz_tpl.yaml_source.tree import Data, Path, Scalar

# The sections that are looked at first, of kinds that are made of more than their own.
_SECTIONS: tuple[str, ...] = ("service", "containers", "initContainers", "pod")


def find_in_config(workload: Workload, document: Mapping[str, Any], path: Path) -> Path:
    """Return the path of the config that makes a field, else that of its section, else the name.

    A value that the config has at one place alone, whole or as a part of a longer notation, is
    from there; one that is in several places of the section is from the section.
    """
    data = workload.document.data
    section = next((key for key in _sections(document) if key in data), "name")
    value = _at(document, path)
    if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value):
        word = re.compile(rf"(?<![\w.-]){re.escape(str(value))}(?![\w-])")
        for found in (
            list(_with(data.get(section), (section,), word)),
            list(_with(data, (), word)),
        ):
            if len(found) == 1:
                return found[0]
    return (section,)


def find_entry(config: Mapping[str, Any], kind: str, name: str, path: Path) -> Path:
    """Return the path of the entry that a ConfigMap or a Secret is made of, and of its file."""
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


def _with(data: Data | None, path: Path, word: re.Pattern[str]) -> Iterator[Path]:
    """Yield the paths of the scalars that have a word."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _with(value, (*path, key), word)
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _with(value, (*path, index), word)
    elif isinstance(data, Scalar) and word.search(data.text):
        yield path


def _at(value: Any, path: Path) -> Any:  # noqa: ANN401 - plain data
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        else:
            is_item = isinstance(value, list) and isinstance(step, int) and step < len(value)
            value = value[step] if is_item else None
    return value

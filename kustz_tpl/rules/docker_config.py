"""What is wrong with a docker config that an entry of the config names, at its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kustz_tpl.errors import Diagnostic, KeyPath
from kustz_tpl.notation.local import parse_data_file
from kustz_tpl.registry.docker_config import TYPES, DockerConfig, parse_docker_config

Config = Mapping[str, Any]


def check_docker_config(
    at: KeyPath, entry: Config, contents: Mapping[str, bytes]
) -> Iterator[Diagnostic]:
    """Yield what is wrong with the docker config of a Secret whose type says it holds one."""
    kind = TYPES.get(entry["type"])
    key = f".{kind}"
    if kind is None or key not in contents:
        return
    place, file = _file_of(at, entry, key)
    config = parse_docker_config(contents[key], kind)
    if config.is_empty:
        message = f"{file}: names no registry, so the kubelet pulls without an account"
        yield Diagnostic.about(place, message, severity="warning")
        return
    yield from to_findings(place, file, config)


def to_findings(at: KeyPath, file: str, config: DockerConfig) -> Iterator[Diagnostic]:
    """Yield a docker config's problems, each with its file, at a place of the config."""
    for each in config.diagnostics:
        place = f"{file}:{each.line}:{each.column}" if each.line else file
        where = f"{place}: {each.path}" if each.path else place
        yield Diagnostic.about(at, f"{where}: {each.text}", severity=each.severity)


def _file_of(at: KeyPath, entry: Config, key: str) -> tuple[KeyPath, str]:
    """Return the place and path of the file that a key comes from."""
    for index, text in enumerate(entry["files"]):
        file = parse_data_file(text) if at[1] == "files" else None
        if file and file.key == key:
            return (*at, "files", index), file.path
    return at, key

"""Where each application of a run is written."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from kustz_tpl.cli.inputs import config_file
from kustz_tpl.cli.options import STDIN, STDIN_NAME
from kustz_tpl.errors import Diagnostic, InputError
from kustz_tpl.output.index import index_folder

PLACEHOLDERS = ("name", "namespace", "dir")
ENVIRONMENT = "env"

_PLACEHOLDER = r"\{([^{}]*)\}"
# Control characters, the line breaks of YAML, and what stands for bytes that are not UTF-8.
_UNNAMEABLE = "[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]"
_OWN_FOLDERS = {"configmaps", "resources", "secrets"}


class Owner(NamedTuple):
    """An application, in one of its environments if it has any."""

    config: str
    environment: str | None = None


class Place(NamedTuple):
    """Where an application is to be written, and its name if the place depends on it."""

    folder: Path
    name: str


def unknown_placeholders(pattern: str) -> list[str]:
    """Return what is in braces and means nothing, and the pattern if a brace has no partner."""
    unknown = [
        match[0]
        for match in re.finditer(_PLACEHOLDER, pattern)
        if match[1] not in (*PLACEHOLDERS, ENVIRONMENT)
    ]
    rest = re.sub(_PLACEHOLDER, "", pattern)
    return [*unknown, *([pattern] if "{" in rest or "}" in rest else [])]


def needs(pattern: str, *words: str) -> bool:
    """Return whether a pattern has one of these placeholders."""
    return any(word in re.findall(_PLACEHOLDER, pattern) for word in words)


def of_environment(pattern: str, environment: str | None) -> str:
    """Return a pattern with an environment filled in; without one, `{env}` and its `/` go."""
    if environment is None:
        return re.sub(r"/\{env\}(?=/|$)|\{env\}/?", "", pattern) or "."
    return pattern.replace("{env}", environment)


def output_folder(
    pattern: str, config: str, identity: tuple[str, str | None], top: Path | None = None
) -> Path:
    """Return the folder that a pattern makes for one application of a name and a namespace.

    `{dir}` is relative to the project's folder, `top`, and to the current one without a project.
    """
    name, namespace = identity
    if namespace is None and needs(pattern, "namespace"):
        message = f"expected a namespace for the output folder {pattern}, got none"
        raise InputError(Diagnostic(shown(config), 0, 0, "namespace", message))
    words = {"name": name, "namespace": namespace or "", "dir": _dir(config, top) or ""}
    return Path(re.sub(_PLACEHOLDER, lambda match: words[match[1]], pattern))


def find_misplaced(
    pattern: str, configs: Iterable[str], top: Path | None = None
) -> list[Diagnostic]:
    """Return a problem for each config that has no folder for the pattern's {dir}."""
    if not needs(pattern, "dir"):
        return []
    return [
        Diagnostic(
            shown(config), 0, 0, "", f"{fault} for {{dir}} in {pattern}; use {{name}} instead"
        )
        for config in configs
        if (fault := _dir_fault(_dir(config, top)))
    ]


def _dir_fault(folder: str | None) -> str:
    """Return what a config's folder should be; nothing if YAML and git can name it."""
    if folder is None:
        return "expected a config below the current folder"
    if re.search(_UNNAMEABLE, folder):
        return "expected a path of UTF-8 without control characters"
    return ""


def _dir(config: str, top: Path | None) -> str | None:
    """Return a config's folder relative to the top or the current one; None if it is not below."""
    if config == STDIN:
        return "."
    folder = Path(config_file(config)).parent
    if top is not None:
        return Path(os.path.relpath(os.path.realpath(folder), os.path.realpath(top))).as_posix()
    # A link in the path to the current folder must not make what is below it a stranger.
    for path in (folder, os.path.realpath(folder)):
        relative = Path(os.path.relpath(path))
        if relative.parts[:1] != (os.pardir,):
            return relative.as_posix()
    return None


def shown(config: str) -> str:
    """Return a config as messages name it."""
    return STDIN_NAME if config == STDIN else config_file(config)


def index_clashes(
    pattern: str, configs: Iterable[str], option: str, top: Path | None
) -> list[Diagnostic]:
    """Return a problem for each config whose folder would be that of the index."""
    folder = index_folder(pattern)
    # The words decide nothing here: no name leads out of the folder it is in.
    return [
        Diagnostic(
            shown(config),
            0,
            0,
            "",
            f"{folder} is the folder of the index; add {{name}} to {option}",
        )
        for config in configs
        if _place(output_folder(pattern, config, ("0", "0"), top)) == _place(folder)
    ]


def clashes(pattern: str, places: Mapping[Owner, Place], option: str) -> list[Diagnostic]:
    """Return a problem for each config whose folder another one, by its order, has taken.

    The hints change the pattern by its option.
    """
    taken: dict[str, Owner] = {}
    diagnostics = []
    for owner, place in places.items():
        key = _place(place.folder)
        if key in taken:
            other = places[taken[key]]
            message = f"{shown(taken[key].config)} is written to {other.folder.as_posix()} too"
            is_same = os.path.relpath(other.folder) == os.path.relpath(place.folder)
            if not is_same:
                message = f"{message}, which may be the same as {place.folder.as_posix()}"
            hint = _hint(pattern, (place.name, other.name), option, is_same=is_same)
            diagnostics.append(Diagnostic(shown(owner.config), 0, 0, "", f"{message}; {hint}"))
        taken.setdefault(key, owner)
    return diagnostics + _nested(taken, places)


def _hint(pattern: str, names: tuple[str, str], option: str, *, is_same: bool) -> str:
    """Say how two applications get a folder each."""
    has_dir = needs(pattern, "dir")
    if not needs(pattern, "name"):
        return f"put {{name}}{' or {dir}' if is_same and not has_dir else ''} into {option}"
    if names[0] != names[1]:
        return f"use {{name}} as a folder in {option}, such as manifests/{{name}}"
    more = "" if has_dir else f" or add {{dir}} to {option}"
    return f"both are named {names[0]}, rename one{more}"


def _place(folder: Path) -> str:
    """Return a key that is equal for folders that are the same on any file system."""
    return os.path.abspath(folder).casefold()  # noqa: PTH100 - resolves `..` without the disk


def _nested(taken: Mapping[str, Owner], places: Mapping[Owner, Place]) -> list[Diagnostic]:
    """Return a problem for each folder inside what another application keeps as its own."""
    diagnostics = []
    for place, each in taken.items():
        parent, last = os.path.split(place)
        if last in _OWN_FOLDERS and parent in taken:
            owner = shown(taken[parent].config)
            message = f"{places[each].folder.as_posix()} is a folder of {owner}'s own files"
            diagnostics.append(Diagnostic(shown(each.config), 0, 0, "", message))
    return diagnostics

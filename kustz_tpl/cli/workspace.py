"""Finds the project of a run, reads its files and lists its applications."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kustz_tpl.cli.inputs import check_templates, config_file, find_layers, read_file
from kustz_tpl.cli.options import CONFIG, STDIN
from kustz_tpl.cli.terminal import print_note
from kustz_tpl.data_files.real_path import real_path
from kustz_tpl.errors import Diagnostic, InputError
from kustz_tpl.git_command import find_repository
from kustz_tpl.messages import closest, has_control_characters, with_hint
from kustz_tpl.pipeline import TEMPLATES_FOLDER
from kustz_tpl.project import PROJECT_FILE, find_project, is_inside
from kustz_tpl.source import SourceFile

if TYPE_CHECKING:
    from kustz_tpl.project.file import Project


_PACKAGE = "package:"

_MOST_BYTES = 255
"""In a name of a file or folder, on the usual file systems."""


class Workspace(NamedTuple):
    """Hold what a run works on: configs, their project, and whether they are all of it."""

    configs: tuple[str, ...]
    project: Project | None = None
    is_whole: bool = False


def find_workspace(configs: tuple[str, ...], *, are_named: bool) -> Workspace:
    """Return the configs with their project; unnamed ones are those of the current folder."""
    if not are_named and os.path.lexists(PROJECT_FILE):
        project = read_project(Path())
        return Workspace(tuple(list_applications(project)), project, is_whole=True)
    if configs == (STDIN,):
        return Workspace(configs)
    if mistaken := [each for each in configs if Path(each).name == PROJECT_FILE]:
        message = "expected the kustz.yml of an application, got the project file"
        raise InputError(Diagnostic(mistaken[0], 0, 0, "", message))
    folder = _common_project(configs)
    if folder is None:
        return Workspace(configs)
    project = read_project(Path(os.path.relpath(folder, os.path.realpath(os.curdir))))
    real = {os.path.realpath(config_file(each)) for each in list_applications(project)}
    files = {each: config_file(each) for each in configs if os.path.lexists(config_file(each))}
    others = [each for each, file in files.items() if os.path.realpath(file) not in real]
    if not others:
        return Workspace(configs, project)
    for each in others:
        base, environment = _base_of_layer(Path(each))
        if os.path.realpath(base) in real:
            message = f"a layer of {base.as_posix()}; use that file with -e {environment}"
            raise InputError(Diagnostic(each, 0, 0, "", message))
    message = f"not in the applications of {project.file}"
    if len(others) < len(configs):
        hint = "generate it alone, or add it there"
        raise InputError(
            *(Diagnostic(config_file(each), 0, 0, "", f"{message}; {hint}") for each in others)
        )
    for each in others:
        print_note(f"{config_file(each)}: {message}, so it gets none of its defaults")
    return Workspace(configs)


def _common_project(configs: Sequence[str]) -> str | None:
    """Return the real folder of the project of all configs; InputError if they have several."""
    known: dict[str, tuple[str | None, bool]] = {}
    real: dict[str, str] = {}
    projects: dict[str | None, str] = {}
    for config in configs:
        folder = os.path.dirname(real_path(os.path.abspath(config_file(config)), real))  # noqa: PTH100, PTH120
        projects.setdefault(find_project(folder, known), config_file(config))
    first, *others = projects
    if others:
        other, config = projects[others[0]], projects[first]
        message = f"not of the same project as {config}; run the command for each project"
        raise InputError(Diagnostic(other, 0, 0, "", message))
    return first


def read_project(folder: Path) -> Project:
    """Return the project of a folder; InputError with every problem of its files."""
    from kustz_tpl.project.file import parse_project  # noqa: PLC0415 - start-up time

    file = (folder / PROJECT_FILE).as_posix()
    of_environments = {
        word: SourceFile(path, read_file(path)) for word, path in find_layers(file).items()
    }
    project = parse_project(folder, SourceFile(file, read_file(file)), of_environments)
    _check_output(project)
    return project


def _check_output(project: Project) -> None:
    output = project.config["output"]
    if output is None:
        return
    fixed = output.partition("{")[0]
    if _leaves(output) or not is_inside(project.folder / fixed, project.folder):
        message = f"expected a folder inside that of {PROJECT_FILE}"
        raise project.refuse(("output",), with_hint(message, "to write elsewhere, use -o"))
    if has_control_characters(output):
        raise project.refuse(("output",), "expected a folder without control characters")
    if any(len(each.encode()) > _MOST_BYTES for each in Path(output).parts):
        message = f"expected folder names of at most {_MOST_BYTES} bytes"
        raise project.refuse(("output",), message)


def shared_templates(project: Project) -> tuple[Path, ...]:
    """Return the template folders of a project: those that it names, and the one next to it."""
    folders = [
        _find_package(project, index, text.removeprefix(_PACKAGE))
        if text.startswith(_PACKAGE)
        else _find_folder(project, index, text)
        for index, text in enumerate(project.config["templates"])
    ]
    neighbour = project.folder / TEMPLATES_FOLDER
    if os.path.lexists(neighbour):
        if not is_inside(neighbour, project.folder):
            message = f"a link out of the folder of {PROJECT_FILE}"
            hint = "remove it and name the folder with -t"
            raise InputError(Diagnostic(neighbour.as_posix(), 0, 0, "", with_hint(message, hint)))
        folders.append(neighbour)
    for folder in folders:
        check_templates(folder)
    return tuple(dict.fromkeys(folders))


def _find_folder(project: Project, index: int, text: str) -> Path:
    path, at = project.folder / text, ("templates", index)
    if has_control_characters(text):
        raise project.refuse(at, "expected a folder without control characters")
    if _leaves(text) or not is_inside(path, project.folder):
        message = f"expected a folder inside that of {PROJECT_FILE}"
        raise project.refuse(at, with_hint(message, "to use another one, use -t"))
    if not path.is_dir():
        raise project.refuse(at, f"no such folder: {path.as_posix()}")
    return path


def _find_package(project: Project, index: int, name: str) -> Path:
    """Return the folder of an installed package, which is not imported.

    One in the project may be anybody's, unless it is installed where this program is.
    """
    from importlib.util import find_spec  # noqa: PLC0415 - seldom

    at = ("templates", index)
    top, *inner = name.split(".")
    if not all(part.isidentifier() for part in (top, *inner)):
        raise project.refuse(at, f"expected a package such as package:shop_templates, got {name!r}")
    try:
        spec = find_spec(top)
    except (ImportError, ValueError):  # such as a broken module that is imported already
        spec = None
    places = (spec.submodule_search_locations or ()) if spec else ()
    for path in (Path(place).joinpath(*inner) for place in places):
        tree = Path(find_repository(os.path.realpath(project.folder)) or project.folder)
        if is_inside(path, tree) and not is_inside(path, Path(sys.prefix)):
            message = f"the package {name} is in the repository; to use its folder, name that"
            raise project.refuse(at, message)
        if path.is_dir():
            if not any((*path.rglob("*.j2"), *path.glob("filters.py"))):
                raise project.refuse(at, f"the package {name} has no templates (*.j2)")
            return path
    raise project.refuse(at, f"no package {name}; to install it, use pip or uv")


def _leaves(path: str) -> bool:
    """Return whether a path leads out of its folder, or into git's."""
    parts = Path(path.casefold()).parts
    return path.startswith(("/", "~")) or bool({"..", ".git"} & set(parts))


def list_applications(project: Project) -> list[str]:
    """Return the configs of a project, in order; InputError for an entry that matches nothing."""
    chosen: dict[str, None] = {}
    matched: dict[str, dict[str, None]] = {}
    for index, text in enumerate(project.config["applications"]):
        at = ("applications", index)
        pattern = text.removeprefix("!")
        if _leaves(pattern):
            raise project.refuse(at, f"expected a path inside the folder of {PROJECT_FILE}")
        if pattern not in matched:  # a hostile list may repeat one very often
            matched[pattern] = dict.fromkeys(_matches(project, pattern))
        found = matched[pattern]
        if text.startswith("!"):
            chosen = {each: None for each in chosen if each not in found}
        elif found:
            chosen |= found
        else:
            message = f"nothing matches '{pattern}'"
            raise project.refuse(at, with_hint(message, _near(project, pattern)))
    if not chosen:
        raise project.refuse(("applications",), "expected at least one application")
    return list(chosen)


def _matches(project: Project, pattern: str) -> Iterator[str]:
    """Yield the configs that a pattern matches: folders with a kustz.yml, and files."""
    from kustz_tpl.data_files.matches import find_matches  # noqa: PLC0415 - start-up time

    top = project.folder
    names = find_matches(pattern, top)
    for name in names:
        path = top / name
        is_named = name == Path(pattern).as_posix() or Path(name).suffix in {".yml", ".yaml"}
        is_config = path.is_file() and is_named and not _is_layer(path, names, top)
        if not is_config and not (path / CONFIG).is_file():
            continue
        if not is_inside(path, top):
            message = f"a link out of the folder of {PROJECT_FILE}"
            raise InputError(Diagnostic(path.as_posix(), 0, 0, "", message))
        folder = path if path.is_dir() else path.parent
        if os.path.lexists(folder / PROJECT_FILE) and not folder.samefile(top):
            message = f"its folder has a {PROJECT_FILE} of its own"
            raise InputError(Diagnostic(config_file(path.as_posix()), 0, 0, "", message))
        yield path.as_posix()


def _is_layer(path: Path, names: Sequence[str], top: Path) -> bool:
    """Return whether a file is one of the project's, or the layer of another that is matched."""
    if path.name.startswith(PROJECT_FILE.removesuffix(".yml")):
        return True
    base, environment = _base_of_layer(path)
    return bool(environment) and os.path.relpath(base, top) in names


def _base_of_layer(path: Path) -> tuple[Path, str]:
    """Return the config that a file is the layer of, by its name, and the environment."""
    stem, _, environment = path.stem.partition(".")
    return path.with_name(f"{stem}{path.suffix}"), environment


def _near(project: Project, pattern: str) -> str | None:
    first, slash, rest = pattern.partition("/")
    folders = [each.name for each in project.folder.iterdir() if each.is_dir()]
    hint = closest(first, folders)
    return f"{hint.removesuffix('?')}{slash}{rest}?" if hint and first not in folders else None

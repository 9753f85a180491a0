"""Finds, reads and writes the user's template folders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import typer

from kustz_tpl.cli.inputs import check_templates, config_file, read_source
from kustz_tpl.cli.options import CONFIG, STDIN
from kustz_tpl.cli.request import parse_config, parse_templates
from kustz_tpl.cli.workspace import find_workspace, shared_templates
from kustz_tpl.data_files.folder import limited
from kustz_tpl.errors import Diagnostic, InputError
from kustz_tpl.messages import closest, with_hint
from kustz_tpl.output.disk import replace_file
from kustz_tpl.pipeline import TEMPLATES_FOLDER, find_templates
from kustz_tpl.render import built_in_folder
from kustz_tpl.template_admin.built_in import BuiltIns, read_built_ins
from kustz_tpl.template_admin.catalogue import PREFIX, read_templates
from kustz_tpl.template_admin.ejection import parse_origin


class Templates(NamedTuple):
    """Hold the user's folders in the order of search, their templates, and the built-in ones.

    `folder` is the one that ejected templates go to; it may not exist yet.
    """

    config: str
    folder: Path
    folders: tuple[Path, ...]
    users: Mapping[str, Mapping[str, str]]
    built_ins: BuiltIns

    def text(self, name: str) -> str:
        """Return the text of the template with a name."""
        for texts in self.users.values():
            if name in texts:
                return texts[name]
        return self.built_ins.current[self.built_in(name)]

    def built_in(self, name: str) -> str:
        """Return the full name of a built-in: `service` and `kustz/service.yml.j2` are the same."""
        plain = name.removeprefix(PREFIX)
        for suffix in ("", ".j2", ".yml.j2"):
            if plain + suffix in self.built_ins.current:
                return plain + suffix
        known = [each.removesuffix(".j2") for each in self.built_ins.current]
        hint = closest(
            plain.removesuffix(".j2"), [*known, *(k.removesuffix(".yml") for k in known)]
        )
        message = with_hint(f"no built-in template {plain}", hint)
        raise typer.BadParameter(message, param_hint="NAME")

    def ejected(self, names: Iterable[str] | None) -> dict[str, str]:
        """Return the ejected templates by file: those with these names, or all."""
        found = {
            f"{folder}/{name}": text
            for folder, texts in self.users.items()
            for name, text in texts.items()
            if parse_origin(text.replace("\r\n", "\n"))
        }
        if not names:
            return found
        return {file: found[file] for name in names for file in [_find(name, found)]}

    def values(self) -> dict[str, Any]:
        """Return `values` of the config, nothing if there is no config."""
        from kustz_tpl import schema  # noqa: PLC0415 - only here
        from kustz_tpl.yaml_source import read  # noqa: PLC0415 - only here

        if self.config == CONFIG and not Path(CONFIG).is_file():
            return {}
        source = read_source(self.config, ())
        document = read(source.text, source.file, schema.is_secret)
        if document.diagnostics:
            raise InputError(*document.diagnostics)
        config, _ = schema.normalise(document)
        values: dict[str, Any] = config["values"]
        return values


def find(config: list[str] | None, folders: list[str] | None) -> Templates:
    """Return the templates of `--templates`, next to the config and of its project, and built-ins."""
    named = parse_config(config)
    file = config_file(named)
    parent = Path() if file == STDIN else Path(file).parent
    neighbour = parent / TEMPLATES_FOLDER
    given = parse_templates(folders)
    check_templates(neighbour)
    own = [neighbour] if find_templates(limited(parent)) else []
    searched = tuple(dict.fromkeys((*given, *own, *_shared_templates(named))))
    return Templates(
        config=named,
        folder=given[0] if given else neighbour,
        folders=searched,
        users={folder.as_posix(): read_templates(folder) for folder in searched},
        built_ins=read_built_ins(built_in_folder()),
    )


def _shared_templates(config: str) -> tuple[Path, ...]:
    """Return the template folders of the project of a config, or of the current folder."""
    project = find_workspace((config,), are_named=config != CONFIG).project
    return shared_templates(project) if project else ()


def write_new(folder: Path, texts: Mapping[str, str]) -> list[Path]:
    """Write new files, all or none; InputError if one already exists."""
    paths = {folder / name: text for name, text in texts.items()}
    there = [path for path in paths if os.path.lexists(path)]
    if there:
        message = "already exists; nothing was written"
        raise InputError(*(Diagnostic(str(path), 0, 0, "", message) for path in there))
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in paths.items():
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    return list(paths)


def write_over(file: str, text: str, *, old: str | None = None) -> None:
    """Replace a file atomically; `old` is the file's previous name."""
    path, source = Path(file), Path(old or file)
    if old and os.path.lexists(path):
        raise InputError(Diagnostic(file, 0, 0, "", f"already exists; move {old} by hand"))
    # A link stays; its target is replaced.
    target = path.resolve() if not old else path
    mode = source.stat().st_mode & 0o777
    replace_file(target, text.encode(), mode)
    target.chmod(mode)  # the umask may have cleared some bits
    if old:
        source.unlink()


def _find(name: str, found: Iterable[str]) -> str:
    plain = name.removeprefix(PREFIX)
    for file in found:
        base = file.rpartition("/")[2]
        if name == file or plain in (base, base.removesuffix(".j2"), base.removesuffix(".yml.j2")):
            return file
    raise typer.BadParameter(f"{name} was not ejected", param_hint="NAME")

"""What `set` changes in a config, or in the layer of one of its environments."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from kustz_tpl.cli.inputs import layer_file, read_source
from kustz_tpl.errors import Diagnostic, InputError, KeyPath, NotationError
from kustz_tpl.messages import Shown, any_of, quoted
from kustz_tpl.notation.names import parse_environment
from kustz_tpl.schema import is_secret
from kustz_tpl.validation import check_language
from kustz_tpl.yaml_source import Data, Document, Scalar, describe, read, show_path
from kustz_tpl.yaml_source.editing import Change, edit, find
from kustz_tpl.yaml_source.layers import put_layers
from kustz_tpl.yaml_source.tree import parse_path

if TYPE_CHECKING:
    from kustz_tpl.project.file import Project

_TAKE_AWAY = "~"


class Config(NamedTuple):
    """Hold a config, and the layer that an environment has over it, if one is meant.

    `content` is that of the file that is changed, `project` has what is below the config.
    """

    base: Document
    layer: Document | None
    content: bytes
    environment: str | None = None
    project: Project | None = None

    @property
    def target(self) -> Document:
        """Return the document that is changed."""
        return self.layer or self.base

    def with_content(self, content: bytes) -> Config:
        """Return the config with another content of the file that is changed."""
        target = _read(self.target.file, content)
        changed = self._replace(layer=target) if self.layer else self._replace(base=target)
        return changed._replace(content=content)

    def finished(self) -> Document:
        """Return the config as the environment has it."""
        folder = Path(self.base.file).parent
        below = self.project.below(self.environment, folder) if self.project else ()
        above = (self.layer,) if self.layer else ()
        return put_layers(self.base, below, above) if below or above else self.base

    def is_set_below(self, path: KeyPath) -> bool:
        """Check whether a layer below the file that is changed has a value."""
        folder = Path(self.base.file).parent
        below = self.project.below(self.environment, folder) if self.project else ()
        stack = (*below, self.base) if self.layer else below
        return bool(stack) and _is_set(find(put_layers(stack[-1], stack[:-1]).data, path))

    def find(self, path: KeyPath) -> Data | None:
        """Return what the environment has at a path."""
        return find(self.finished().data, path)


def read_config(
    file: str, environment: str | None, project: Project | None = None, flag: str = "--env"
) -> Config:
    """Return a config, and the layer of an environment; one that does not exist is empty.

    Raises InputError for problems of the files, BadParameter for an environment that the config
    does not have.
    """
    content = read_source(file, ()).text
    base = _read(file, content)
    if environment is None:
        return Config(base, None, content, project=project)
    _check_environment(list_environments(base, project), environment, flag)
    return _with_layer(base, environment, project)


def _read(file: str, content: bytes) -> Document:
    document = read(content, file, is_secret)
    if document.diagnostics:
        raise InputError(*document.diagnostics)
    return document


def _with_layer(base: Document, environment: str, project: Project | None) -> Config:
    name = layer_file(base.file, environment)
    if Path(name).is_dir():
        raise InputError(Diagnostic(name, 0, 0, "", "expected a file, got a folder"))
    is_there = os.path.lexists(name)
    content = read_source(name, ()).text if is_there else b""
    return Config(base, _read(name, content), content, environment, project)


def _check_environment(known: Sequence[str], name: str, flag: str) -> None:
    """Refuse an environment that the config does not list, if it lists any."""
    if known and name not in known:
        raise typer.BadParameter(f"expected {any_of(known)}, got {quoted(name)}", param_hint=flag)
    try:
        parse_environment(name)
    except NotationError as error:
        raise typer.BadParameter(str(error), param_hint=flag) from None


def list_environments(base: Document, project: Project | None) -> list[str]:
    """Return the environments of a config, without what cannot be one."""
    found = base.data.get("environments")
    if found is None and project is not None:
        return list(project.config["environments"])
    names = []
    for each in found if isinstance(found, list) else ():
        with suppress(NotationError):
            names.append(parse_environment(each.text if isinstance(each, Scalar) else ""))
    return names


def parse_changes(words: Iterable[str], source: Config | None) -> Iterator[Change]:
    """Yield what the words ask for: PATH=VALUE, or PATH where a source has the value.

    A value is taken as it is typed, not as YAML; `~` takes away what is there.
    """
    for word in words:
        path, sign, text = word.partition("=")
        if bool(sign) == bool(source):
            expected = "PATH without a value" if source else "PATH=VALUE"
            raise typer.BadParameter(f"expected {expected}, got {quoted(word)}", param_hint="PATH")
        try:
            keys = parse_path(path)
            text.encode()
        except NotationError as error:
            raise typer.BadParameter(str(error), param_hint="PATH") from None
        except UnicodeEncodeError:
            raise typer.BadParameter("expected UTF-8", param_hint=show_path(keys)) from None
        yield Change(keys, _found(source, keys) if source else _typed(text))


def _typed(text: str) -> Scalar | None:
    plain = Scalar(text, is_plain=True)
    if text == _TAKE_AWAY:
        return None
    return Scalar(text, is_plain=False) if plain.is_null else plain


def _found(source: Config, path: KeyPath) -> Scalar | None:
    """Return the value that an environment has; None if it takes away what the base has."""
    value, shown = source.find(path), show_path(path)
    if isinstance(value, Scalar):
        return None if value.is_null else value
    if value is not None:
        hint = "name one of its parts"
        refusal = NotationError("a single value", Shown(describe(value)), hint=hint)
        raise InputError(Diagnostic.at(source.finished().place(path), shown, refusal))
    if not source.is_set_below(path):
        message = f"not set, and not in {Path(source.base.file).name} either"
        raise InputError(Diagnostic(source.target.file, 0, 0, shown, message))
    return None


def _is_set(value: Data | None) -> bool:
    return value is not None and not (isinstance(value, Scalar) and value.is_null)


def apply_changes(before: Config, changes: Iterable[Change]) -> Config:
    """Return the config with every change; InputError for what is refused."""
    after, changes = before, tuple(changes)
    for change in changes:
        _refuse_part_of_list(after, change.path)
        after = after.with_content(edit(after.content, after.target, _written(after, change)))
    if problems := _problems(before, after):
        raise InputError(*(_with_hint(each, changes) for each in problems))
    return after


def _with_hint(problem: Diagnostic, changes: Iterable[Change]) -> Diagnostic:
    """Return a problem of what is above a new value, such as one with the path of a label key."""
    above = {
        show_path(change.path[:depth]) for change in changes for depth in range(len(change.path))
    }
    is_above = not problem.line and problem.path in above
    return problem._replace(hint=r"write \. for a dot in a key") if is_above else problem


def _refuse_part_of_list(config: Config, path: KeyPath) -> None:
    """Refuse an item of a list that only the base has: the layer would replace the whole list."""
    for depth, step in enumerate(path):
        if not config.layer or not isinstance(step, int) or find(config.layer.data, path[:depth]):
            continue
        if find(config.base.data, path[:depth]):
            name = Path(config.base.file).name
            message = f"would replace the whole list of {name}; write the list in the file"
            raise InputError(Diagnostic(config.layer.file, 0, 0, show_path(path), message))


def _written(config: Config, change: Change) -> Change:
    """Return a change as it is to be written: ~ takes away what a layer below has."""
    is_null = change.value is None and config.is_set_below(change.path)
    return change._replace(value=Scalar(_TAKE_AWAY, is_plain=True)) if is_null else change


def _problems(before: Config, after: Config) -> list[Diagnostic]:
    """Return what the language refuses about the finished config, in each of its environments."""
    environments = () if after.layer else list_environments(after.base, after.project)
    others = [_with_layer(after.base, each, after.project) for each in environments]
    found = [
        problem
        for each in others or [after]
        for problem in check_language(each.finished())
        if problem.severity == "error"
    ]
    return [_at_old_place(each, before.target, after.target) for each in dict.fromkeys(found)]


def _at_old_place(problem: Diagnostic, before: Document, after: Document) -> Diagnostic:
    """Return a problem at its place in the file as it still is; line 0 if it is not there yet."""
    if problem.file != after.file or not problem.line:
        return problem
    place = (problem.file, problem.line, problem.column)
    for old, new in ((before.places, after.places), (before.key_places, after.key_places)):
        for path, where in new.items():
            if where == place and path in old:
                return problem._replace(line=old[path].line, column=old[path].column)
    return problem._replace(line=0, column=0)


def describe_change(path: KeyPath, before: Config, after: Config) -> str:
    """Return the line that reports what has become of a value."""
    at = after if path in after.target.places else before
    place = at.target.place(path)
    where = f"{place.file}:{place.line}:{place.column}: {show_path(path)}"
    if find(before.target.data, path) == find(after.target.data, path):
        return f"{where}: unchanged"
    if is_secret(str(path[0])):
        return f"{where}: changed"
    old, new = _shown(before.find(path)), _shown(after.find(path))
    return f"{where}: {new}, as before" if old == new else f"{where}: {old} becomes {new}"


def _shown(value: Data | None) -> str:
    """Return a value whole, so that it can be copied."""
    if value is None or not _is_set(value):
        return "none"
    if not isinstance(value, Scalar):
        return describe(value)
    return value.text if value.text and value.text == value.text.strip() else quoted(value.text)

"""The project file: what all applications of a repository share."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from kustz_tpl import schema
from kustz_tpl.errors import Diagnostic, InputError, KeyPath
from kustz_tpl.rules.general import check_once
from kustz_tpl.schema.project import OF_ENVIRONMENT, PROJECT
from kustz_tpl.source import SourceFile
from kustz_tpl.yaml_source import Data, Document, Scalar, read
from kustz_tpl.yaml_source.layers import find_keys, put_layers, without
from kustz_tpl.yaml_source.merge_patch import Layer, merge_patch

_NOT_SHARED = {
    "name": "expected none: each application has its own",
    "apiVersion": "expected none: it is written at the top level",
    "environments": "expected none: they are written at the top level",
    "selector": "expected none: each application has its own",
}
_SYNTHETIC = b"name: any\nservice: {image: any}\n"


class Project(NamedTuple):
    """Hold a project file, and the layers that every config of it has below.

    `folder` is where it is, relative to the current folder. The layers and files are those of each
    environment; of None where an application has no environments.
    """

    folder: Path
    file: str
    config: Mapping[str, Any]
    document: Document
    layers: Mapping[str | None, tuple[Document, ...]]
    files: Mapping[str | None, tuple[SourceFile, ...]]

    def refuse(self, path: KeyPath, message: str) -> InputError:
        """Return the error of a value of the project file."""
        place = self.document.place(path)
        return InputError(Diagnostic.at(place, self.document.show(path), message))

    def below(self, environment: str | None, folder: Path) -> tuple[Document, ...]:
        """Return the layers below a config in a folder, with paths relative to that folder."""
        way = os.path.relpath(os.path.realpath(self.folder), os.path.realpath(folder))
        layers = self.layers.get(environment, self.layers[None])
        return layers if way == "." else tuple(_rebased(each, way) for each in layers)

    def sources(self, environment: str | None) -> tuple[SourceFile, ...]:
        """Return the files that those layers are written in."""
        return self.files.get(environment, self.files[None])


def parse_project(
    folder: Path, file: SourceFile, of_environments: Mapping[str, SourceFile]
) -> Project:
    """Return a project; InputError with every problem of its files."""
    document = read(file.text, file.file, schema.is_secret)
    config, document = schema.normalise_as(PROJECT, document)
    problems = list(document.diagnostics)
    problems += _repeated(document, config.get("environments") or ())
    first = _defaults(document)
    layers: dict[str | None, tuple[Document, ...]] = {None: (first,)}
    files: dict[str | None, tuple[SourceFile, ...]] = {None: (file,)}
    for name, source in of_environments.items():
        inner = read(source.text, source.file, schema.is_secret)
        known = {key: PROJECT[key] for key in OF_ENVIRONMENT}
        _, inner = schema.normalise_as(known, inner)
        problems += inner.diagnostics
        layers[name], files[name] = (first, _defaults(inner)), (file, source)
    names = {each.file for sources in files.values() for each in sources}
    for stack in layers.values():
        problems += _problems(stack, names)
    if problems:
        raise InputError(*dict.fromkeys(problems))
    clean = {name: tuple(each._replace(diagnostics=()) for each in s) for name, s in layers.items()}
    return Project(folder, file.file, config, document, clean, files)


def _repeated(document: Document, environments: Sequence[str]) -> Iterator[Diagnostic]:
    """Yield the environments that are listed twice."""
    for found in check_once(("environments",), environments):
        path, _, other, *_ = found.subject
        message = f"{found.text}; the other is at line {document.place(other or path).line}"
        yield Diagnostic.at(document.place(path), document.show(path), message)


def _problems(layers: tuple[Document, ...], files: Iterable[str]) -> Iterator[Diagnostic]:
    """Yield what is wrong with defaults, whatever the application."""
    application = read(_SYNTHETIC, "", schema.is_secret)
    _, document = schema.normalise(put_layers(application, layers))
    yield from (each for each in document.diagnostics if each.file in files)


def _defaults(document: Document) -> Document:
    """Return the defaults of a project file as a layer."""
    whole = Layer(document.data, document.places, document.key_places)
    defaults = document.data.get("defaults")
    keys = tuple(defaults) if isinstance(defaults, dict) else ()
    layer = merge_patch(
        whole.part((), (), ("kubeVersion",)),
        whole.part(("defaults",), (), keys),
        lambda *_: "is data",
    )
    found = document._replace(
        data=layer.data,
        places=dict(layer.places),
        key_places=dict(layer.key_places),
        shown=layer.shown,
        diagnostics=(),
        unsure=frozenset(at[1:] for at in document.unsure if at[:1] == ("defaults",)),
    )
    for path in sorted(find_keys(found, tuple(_NOT_SHARED)), key=found.key_place):
        found = without(found, path, _NOT_SHARED[str(path[-1])])
    return found


def _rebased(layer: Document, way: str) -> Document:
    """Return a layer whose paths are relative to another folder."""
    data: dict[str, Data] = _moved(layer.data, schema.SCHEMA, way)
    return layer if data == layer.data else layer._replace(data=data)


def _moved(data: Any, rules: Mapping[str, Any], way: str) -> Any:  # noqa: ANN401 - any data
    """Return data of a mapping with these keys, its paths led from another folder."""
    moved = {key: _moved_value(each, rules.get(key, {}), way) for key, each in data.items()}
    if rules is schema.SCHEMA and isinstance(moved.get("workloads"), dict):
        inner = {**schema.SCHEMA, **schema.SCHEMA["service"]["schema"]}
        moved["workloads"] = {
            name: _moved(entry, inner, way) if isinstance(entry, dict) else entry
            for name, entry in moved["workloads"].items()
        }
    return moved


def _moved_value(value: Any, rules: Mapping[str, Any], way: str) -> Any:  # noqa: ANN401 - any data
    if isinstance(value, list):
        inner = rules.get("schema") or {"notation": rules.get("each")}
        return [_moved_value(each, inner, way) for each in value]
    if isinstance(value, dict):
        if of_any := rules.get("valuesrules"):
            return {key: _moved_value(each, of_any, way) for key, each in value.items()}
        return _moved(value, rules.get("schema", {}), way)
    is_path = rules.get("notation") in {"data_path", "data_file"} or rules.get("source") == "file"
    if not is_path or value.is_null or value.text.startswith("/"):
        return value
    key, sign, path = value.text.rpartition("=")
    return Scalar(f"{key}{sign}{way}/{path}", is_plain=value.is_plain)

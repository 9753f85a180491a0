"""The texts that one config is made of, and what they say before they are checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from kustz_tpl import schema
from kustz_tpl.errors import InputError, NotationError
from kustz_tpl.git_command import find_conflict
from kustz_tpl.notation.names import parse_dns_label, parse_environment
from kustz_tpl.schema.whole_manifest import TELLTALE_KEYS, refuse_manifest
from kustz_tpl.yaml_source import Data, Document, Scalar, override, read
from kustz_tpl.yaml_source.decoding import decode_yaml
from kustz_tpl.yaml_source.top_level import find_scalars


class Override(NamedTuple):
    """A value that the command line puts over the config, named by its label in messages.

    `path` is a path of the language (`service.ports[0]`), `value` is read as YAML.
    """

    label: str
    path: str
    value: str


class SourceFile(NamedTuple):
    """Hold the text of a file that is a part of a config."""

    file: str
    text: bytes


class Source(NamedTuple):
    """The text of one config, how messages name it, and the folder its paths are relative to.

    `known_keys` are those of the Secrets of an earlier run, whose sources may be absent now. Of an
    environment, `layer` is the file that changes the config; `below` are the layers that every
    config of a project has below it, from the files of `shared`; `root` is the project's folder. The
    first line of a manifest calls the config by its `title`.
    """

    file: str
    text: bytes
    folder: Path
    overrides: tuple[Override, ...] = ()
    known_keys: Mapping[str, tuple[str, ...]] = {}
    environment: str | None = None
    layer: SourceFile | None = None
    below: tuple[Document, ...] = ()
    shared: tuple[SourceFile, ...] = ()
    title: str = ""
    root: Path | None = None

    @property
    def files(self) -> dict[str, bytes]:
        """Return the text of every file that the config is made of."""
        others = (self.layer,) if self.layer else ()
        return {self.file: self.text} | {each.file: each.text for each in (*self.shared, *others)}

    @property
    def origin(self) -> str:
        """Return what the first line of a manifest says that it is from."""
        title = self.title or Path(self.file).name
        return f"{title} and {Path(self.layer.file).name}" if self.layer else title


def read_document(source: Source) -> Document:
    """Return a config with its layers, as far as it can be read; InputError if it cannot."""
    document = _read(source)
    if source.layer or source.below:
        from kustz_tpl.yaml_source.layers import put_layers  # noqa: PLC0415 - start-up time

        layer = source.layer
        above = [read(layer.text, layer.file, schema.is_secret)] if layer else []
        document = put_layers(document, source.below, above)
    return _overridden(document, source.overrides) if source.overrides else document


def read_identity(source: Source) -> tuple[str, str | None]:
    """Return an application's name and namespace; InputError or NotationError if one is wrong."""
    return _identity(read_document(source).data)


def find_identity(source: Source, *, needs_namespace: bool) -> tuple[str, str | None]:
    """Return what `read_identity` does, without a look at what is wrong further down.

    A namespace that is not needed may be None.
    """
    found = None
    is_alone = not (source.overrides or (needs_namespace and (source.layer or source.below)))
    if is_alone and not find_conflict(source.text):
        keys = ("name", "namespace") if needs_namespace else ("name",)
        found = find_scalars(decode_yaml(source.text, source.file), keys)
    return _identity(found if found and "name" in found else read_document(source).data)


def find_environments(source: Source) -> tuple[str, ...] | None:
    """Return the environments that a config lists, None where it says nothing about them.

    None is listed where something is wrong with the list, which `generate` finds.
    """
    if b"environments" not in source.text:
        return None
    document = read(source.text, source.file, schema.is_secret)
    if "environments" not in document.data:
        return None
    names = document.data["environments"]
    if not isinstance(names, list) or not all(isinstance(name, Scalar) for name in names):
        return ()
    try:
        found = [parse_environment(name.text) for name in names if isinstance(name, Scalar)]
    except NotationError:
        return ()
    return tuple(found) if len(set(found)) == len(found) else ()


def _identity(data: Mapping[str, Data]) -> tuple[str, str | None]:
    name, namespace = (
        each.text if isinstance(each, Scalar) and not each.is_null else None
        for each in map(data.get, ("name", "namespace"))
    )
    return parse_dns_label(name or ""), parse_dns_label(namespace) if namespace else None


def _read(source: Source) -> Document:
    try:
        document = read(source.text, source.file, schema.is_secret)
    except InputError:  # a manifest may have a second document
        text = decode_yaml(source.text, source.file)
        refuse_manifest(find_scalars(text, TELLTALE_KEYS) or {}, source.file)
        raise
    refuse_manifest(document.data, source.file)
    return document


def _overridden(document: Document, overrides: Iterable[Override]) -> Document:
    for layer in overrides:
        document = override(document, layer.path, layer.value, layer.label)
    return document

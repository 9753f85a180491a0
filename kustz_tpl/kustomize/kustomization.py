"""The kustomization.yml of a build: only of files that are generated, and with origins."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

from kustz_tpl.engine import write_yaml
from kustz_tpl.errors import Diagnostic, KeyPath, NotationError

_HARMLESS = {
    *("apiVersion", "kind", "metadata", "namespace", "namePrefix", "nameSuffix", "images"),
    *("replicas", "labels", "commonLabels", "commonAnnotations", "generatorOptions", "vars"),
    *("sortOptions", "buildMetadata"),
}
_FILES = ("resources", "crds", "configurations")
_WITH_PATH = ("patches", "patchesJson6902", "replacements")
_GENERATORS = ("configMapGenerator", "secretGenerator")
_OPTION = "buildMetadata"


def check_files(kustomization: Mapping[str, Any], files: Container[str]) -> Iterator[Diagnostic]:
    """Yield what kustomize would read elsewhere: other files, folders, and addresses."""
    known = {*_HARMLESS, *_FILES, *_WITH_PATH, *_GENERATORS}
    for key in kustomization:
        if key not in known and kustomization[key]:
            yield Diagnostic.about((key,), f"{key} cannot be used with --build", is_about_key=True)
    for path, file in _named_files(kustomization):
        if file not in files:
            yield Diagnostic.about(path, NotationError("a generated file", str(file)))


def with_patches(kustomization: Mapping[str, Any], patches: Sequence[object]) -> bytes:
    """Return the kustomization with these patches alone, which adds where each object is from."""
    options = [*(kustomization.get(_OPTION) or ()), "originAnnotations"]
    others = {key: each for key, each in kustomization.items() if key != "patches"}
    own = {"patches": [*patches]} if patches else {}
    return write_yaml([{**others, **own, _OPTION: list(dict.fromkeys(options))}]).encode()


def _named_files(kustomization: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    for key in _FILES:
        yield from (((key, index), file) for index, file in _items(kustomization, key))
    for key in _WITH_PATH:
        for index, entry in _items(kustomization, key):
            yield from _one(entry, (key, index), "path")
    for key in _GENERATORS:
        for index, entry in _items(kustomization, key):
            yield from _one(entry, (key, index), "env")
            for name in ("envs", "files"):
                for position, text in _items(entry, name):
                    yield (key, index, name, position), str(text).rpartition("=")[2]


def _one(entry: Any, at: KeyPath, key: str) -> Iterator[tuple[KeyPath, str]]:  # noqa: ANN401 - plain data
    if isinstance(entry, dict) and entry.get(key):
        yield (*at, key), entry[key]


def _items(entry: Any, key: str) -> Iterator[tuple[int, Any]]:  # noqa: ANN401 - plain data
    value = entry.get(key) if isinstance(entry, dict) else None
    yield from enumerate(value if isinstance(value, list) else [value] if value else ())

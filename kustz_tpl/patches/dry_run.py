"""The lists of operations among the patches, tried on the documents before kustomize does."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from kustz_tpl.errors import Diagnostic, RefusedError
from kustz_tpl.patches.json_patch import Operation, apply, copied
from kustz_tpl.patches.manifest import Manifest
from kustz_tpl.patches.patch import Patch, is_json, is_same
from kustz_tpl.patches.selector import is_selected
from kustz_tpl.resource import Resource, read_resource
from kustz_tpl.yaml_source.loader import YAMLError, load_all

# kustomize notes on every object what it was called, so none lacks annotations.
_NOTE = {"internal.config.kubernetes.io/previousNames": ""}


class _Object(NamedTuple):
    """Hold a document that patches change, what it was at first, and what it is now."""

    first: Resource
    now: Resource
    document: dict[str, Any]


class Rehearsal(NamedTuple):
    """Hold what is known of the objects after all patches, and which operations do not fit."""

    documents: list[dict[str, Any]]
    findings: list[Diagnostic]


def rehearse(
    patches: Iterable[Patch], rendered: Iterable[Any], manifests: Iterable[Manifest]
) -> Rehearsal:
    """Try every list of operations on the objects that it is for.

    Each patch changes what the next one finds. An object that a patch of another form has changed
    is let alone, as only kustomize knows how it merges; so is what kustomize generates.
    """
    in_turn = list(patches)
    if all(patch.named for patch in in_turn):
        manifests = ()
    try:
        return _rehearsed(in_turn, rendered, manifests)
    except RecursionError:  # what is too deep for Python is not tried
        return Rehearsal([], [])


def _rehearsed(
    in_turn: Iterable[Patch], rendered: Iterable[Any], manifests: Iterable[Manifest]
) -> Rehearsal:
    documents = [*map(copied, rendered), *(each for file in manifests for each in _documents(file))]
    objects = [found for each in documents for found in _objects(each)]
    findings = []
    for patch in in_turn:
        concerned = [each for each in objects if _is_for(patch, each)]
        objects = [each for each in objects if not _is_for(patch, each)]
        for each in concerned:
            try:
                objects += _changed(each, patch)
            except RefusedError as error:
                findings.append(Diagnostic.about(patch.path, str(error)))
    return Rehearsal([each.document for each in objects], findings)


def _documents(manifest: Manifest) -> list[Any]:
    return _typed(manifest.content.decode("utf-8-sig")) or []


def _objects(document: dict[str, Any]) -> Iterator[_Object]:
    """Yield the objects of a document; none that Go may read in another way."""
    if document.get("kind") == "List":
        for item in document.get("items") or ():
            yield from _objects(item)
        return
    with suppress(ValueError):
        resource = read_resource(document)
        yield _Object(resource, resource, document)


def _is_for(patch: Patch, each: _Object) -> bool:
    """Check whether a patch is for an object, by what it was called or by what it is called now."""
    if not patch.target:
        return any(is_same(named, each.first) for named in patch.named)
    names = {each.first.name, each.now.name}
    namespaces = {each.first.namespace, each.now.namespace}
    return any(
        is_selected(each.now._replace(name=name, namespace=namespace), patch.target)
        for name in names
        for namespace in namespaces
    )


def _changed(each: _Object, patch: Patch) -> Iterator[_Object]:
    """Yield what an object is after a patch, if that is known."""
    operations = None if patch.named else _operations(patch.text)
    if operations is None:
        return
    metadata = each.document["metadata"]
    noted = metadata.get("annotations")
    metadata["annotations"] = {**(noted if isinstance(noted, dict) else {}), **_NOTE}
    for number, operation in enumerate(operations, 1):
        try:
            apply(operation, each.document)
        except RefusedError as error:
            raise RefusedError(
                f"operation {number} cannot be applied to {each.now}: {error}"
            ) from None
    if not _is_named(each.document):
        lost = "expected kind and metadata.name after the patch, got none"
        raise RefusedError(f"the patch cannot be applied to {each.now}: {lost}")
    with suppress(ValueError):
        yield each._replace(now=read_resource(each.document))


def _is_named(document: dict[str, Any]) -> bool:
    """Check whether kustomize still finds out what an object is and how it is called."""
    metadata = document.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return not any(
        each in (None, "") or isinstance(each, (dict, list))
        for each in (document.get("kind"), name)
    )


def _operations(text: str) -> list[Operation] | None:
    """Return the operations of a patch; None where Go may read them in another way."""
    if is_json(text):
        return list(json.loads(text))
    typed = _typed(text)
    return typed[0] if typed else None


def _typed(text: str) -> list[Any] | None:
    """Return the documents of a YAML text; None where they are no plain trees."""
    try:
        documents = load_all(text)
    except YAMLError:
        return None
    is_tree = _is_tree(documents, set())
    return [each for each in documents if each not in (None, "")] if is_tree else None


def _is_tree(data: object, seen: set[int]) -> bool:
    """Check whether no part of the data stands in two places and every key is a text."""
    if not isinstance(data, (dict, list)):
        return True
    if id(data) in seen:
        return False
    seen.add(id(data))
    if not isinstance(data, dict):
        return all(_is_tree(each, seen) for each in data)
    return all(isinstance(key, str) and _is_tree(each, seen) for key, each in data.items())

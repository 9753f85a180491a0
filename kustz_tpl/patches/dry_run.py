"""Try JSON patches on the documents before kustomize applies them."""

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
from kustz_tpl.resource import Resource, parse_resource
from kustz_tpl.yaml_source.loader import YAMLError, load_all
from kustz_tpl.yaml_source.tree import Path

# kustomize records the previous names of every object in an annotation, so none has no annotations.
_NOTE = {"internal.config.kubernetes.io/previousNames": ""}


class TriedObject(NamedTuple):
    """Hold a document that patches change, and its identity before and after them."""

    first: Resource
    now: Resource
    document: dict[str, Any]


class Tried(NamedTuple):
    """Hold what is known of the objects after all patches, and which operations do not fit."""

    objects: list[TriedObject]
    findings: list[Diagnostic]

    @property
    def documents(self) -> list[dict[str, Any]]:
        """Return the documents of the objects."""
        return [each.document for each in self.objects]


def try_patches(
    patches: Iterable[Patch], rendered: Iterable[Any], manifests: Iterable[Manifest]
) -> Tried:
    """Try each JSON patch on its objects; a problem for each that does not fit one of them.

    Each patch sees the changes of those before it. An object that a patch of another form has
    changed is skipped, because only kustomize knows how it merges; so is what kustomize generates.
    """
    in_turn = list(patches)
    if all(patch.named for patch in in_turn):
        manifests = ()
    try:
        return _try_in_turn(in_turn, rendered, manifests)
    except RecursionError:  # data that is too deep for Python is not tried
        return Tried([], [])


def _try_in_turn(
    in_turn: Iterable[Patch], rendered: Iterable[Any], manifests: Iterable[Manifest]
) -> Tried:
    documents = [*map(copied, rendered)]
    for file in manifests:
        documents += read_documents(file.content.decode("utf-8-sig")) or ()
    objects = [found for each in documents for found in _objects(each)]
    findings = []
    for patch in in_turn:
        concerned = [each for each in objects if is_for(patch, each)]
        objects = [each for each in objects if not is_for(patch, each)]
        for each in concerned:
            try:
                objects += _changed(each, patch)
            except RefusedError as error:
                findings.append(Diagnostic.about(patch.path, str(error)))
    return Tried(objects, findings)


def _objects(document: dict[str, Any]) -> Iterator[TriedObject]:
    """Yield the objects of a document, except those that Go may read differently."""
    if document.get("kind") == "List":
        for item in document.get("items") or ():
            yield from _objects(item)
        return
    with suppress(ValueError):
        resource = parse_resource(document)
        yield TriedObject(resource, resource, document)


def is_for(patch: Patch, each: TriedObject) -> bool:
    """Check whether a patch is for an object, by its first name or by its current name."""
    if not patch.target:
        return any(is_same(named, each.first) for named in patch.named)
    names = {each.first.name, each.now.name}
    namespaces = {each.first.namespace, each.now.namespace}
    return any(
        is_selected(each.now._replace(name=name, namespace=namespace), patch.target)
        for name in names
        for namespace in namespaces
    )


def changed_paths(patch: Patch) -> list[Path]:
    """Return the paths that the operations of a JSON patch change, list positions as strings."""
    operations = () if patch.named else _operations(patch.text) or ()
    return [
        tuple(part.replace("~1", "/").replace("~0", "~") for part in each["path"].split("/")[1:])
        for each in operations
        if each["op"] != "test"
    ]


def _changed(each: TriedObject, patch: Patch) -> Iterator[TriedObject]:
    """Yield the object after a patch, if it is known."""
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
        yield each._replace(now=parse_resource(each.document))


def _is_named(document: dict[str, Any]) -> bool:
    """Check whether kustomize still finds the kind and the name of an object."""
    metadata = document.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return not any(
        each in (None, "") or isinstance(each, (dict, list))
        for each in (document.get("kind"), name)
    )


def _operations(text: str) -> list[Operation] | None:
    """Return the operations of a patch; None if Go may read them differently."""
    if is_json(text):
        return list(json.loads(text))
    typed = read_documents(text)
    return typed[0] if typed else None


def read_documents(text: str) -> list[Any] | None:
    """Return the documents of a YAML string; None if they are not plain trees."""
    try:
        documents = load_all(text)
    except YAMLError:
        return None
    is_tree = _is_tree(documents, set())
    return [each for each in documents if each not in (None, "")] if is_tree else None


def _is_tree(data: object, seen: set[int]) -> bool:
    """Check that no part of the data is in two places and that every key is a string."""
    if not isinstance(data, (dict, list)):
        return True
    if id(data) in seen:
        return False
    seen.add(id(data))
    if not isinstance(data, dict):
        return all(_is_tree(each, seen) for each in data)
    return all(isinstance(key, str) and _is_tree(each, seen) for key, each in data.items())

"""Try the patches on the documents before kustomize applies them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

from yaml import MappingNode, Node, SequenceNode

from kustz_tpl.engine.writer import is_plain
from kustz_tpl.errors import Diagnostic, RefusedError
from kustz_tpl.messages import with_hint
from kustz_tpl.patches.json_patch import Operation, apply, copied
from kustz_tpl.patches.manifest import Manifest, parse_documents
from kustz_tpl.patches.patch import Patch, is_json, is_same
from kustz_tpl.patches.selector import is_selected
from kustz_tpl.patches.strategic_merge import (
    IsQuoted,
    UnknownMergeError,
    find_quotes,
    merge,
    to_text,
    unknown_quotes,
)
from kustz_tpl.resource import Resource, identify, parse_resource
from kustz_tpl.yaml_source.loader import YAMLError, load_all
from kustz_tpl.yaml_source.marked import read_marked

# kustomize records the previous names of every object in an annotation, so none has no annotations.
_NOTE = {"internal.config.kubernetes.io/previousNames": ""}
# Go compares merge keys as they are written.
_ODD = r"[pP]ort[\"']?\s*:\s*(?:0\w|\+|[0-9]+_)"


class Step(NamedTuple):
    """Hold a patch and the object after it; None if only kustomize knows it, or it was deleted."""

    patch: Patch
    document: dict[str, Any] | None


class TriedObject(NamedTuple):
    """Hold an object, and its identity before and after the patches.

    A document is None where only kustomize knows it. `is_quoted` says how its strings are written.
    """

    first: Resource
    now: Resource
    original: dict[str, Any] | None
    is_quoted: IsQuoted = unknown_quotes
    steps: tuple[Step, ...] = ()

    @property
    def document(self) -> dict[str, Any] | None:
        """Return the object after the patches so far."""
        return self.steps[-1].document if self.steps else self.original


class Tried(NamedTuple):
    """Hold what is known of the objects after all patches, what does not fit, and warnings."""

    objects: list[TriedObject]
    findings: list[Diagnostic]
    warnings: list[Diagnostic]

    @property
    def documents(self) -> list[dict[str, Any]]:
        """Return the documents of the objects."""
        return [each.document for each in self.objects if each.document is not None]


def try_patches(
    patches: Iterable[Patch],
    rendered: Iterable[Any],
    manifests: Iterable[Manifest],
    generated: Iterable[Resource | dict[str, Any]] = (),
) -> Tried:
    """Try each patch on its objects; a problem for each that does not fit one of them.

    Each patch sees the changes of those before it. What only kustomize knows is not tried: an
    object after a patch that it may read differently, and a generated one without its document.
    """
    in_turn = list(patches)
    try:
        objects = [found for each in rendered for found in _objects(each, _is_quoted)]
        for file in manifests if in_turn else ():
            objects += _own_objects(file)
        for each in generated:
            if isinstance(each, Resource):
                objects.append(TriedObject(each, each, None))
            else:
                objects += _objects(each)
        return _try_in_turn(in_turn, objects)
    except RecursionError:  # data that is too deep for Python is not tried
        return Tried([], [], [])


def _own_objects(file: Manifest) -> Iterator[TriedObject]:
    """Yield the objects of a manifest of the user, which Go may read differently."""
    text = file.content.decode("utf-8-sig")
    if read_documents(text) is None:
        yield from (TriedObject(each, each, None) for each in file.resources)
        return
    for marked in read_marked(text):
        yield from _objects(marked.data, partial(find_quotes, marked.node))


def _try_in_turn(in_turn: Iterable[Patch], objects: list[TriedObject]) -> Tried:
    findings, warnings = [], []
    for patch in in_turn:
        effects = []
        for index, each in enumerate(objects):
            if is_for(patch, each):
                try:
                    objects[index] = _changed(each, patch)
                except RefusedError as error:
                    findings.append(Diagnostic.about(patch.path, str(error)))
                    objects[index] = _with(each, patch, None)
                effects.append(_differ(each.document, objects[index].document))
        if effects and not any(effects) and not only_tests(patch):
            warnings.append(Diagnostic.about(patch.path, no_effect(patch), severity="warning"))
    return Tried(objects, [*findings, *_find_clashes(objects)], warnings)


def _objects(document: Any, is_quoted: IsQuoted = unknown_quotes) -> Iterator[TriedObject]:  # noqa: ANN401 - plain data
    """Yield the objects of a document, except those that Go may read differently."""
    fields = document if isinstance(document, dict) else {"kind": "List"}
    if fields.get("kind") == "List":
        for item in fields.get("items") or ():
            yield from _objects(item, is_quoted)
        return
    with suppress(ValueError):
        resource = parse_resource(fields)
        yield TriedObject(resource, resource, fields, is_quoted)


def _is_quoted(text: str) -> bool:
    return not is_plain(text)


def _find_clashes(objects: Sequence[TriedObject]) -> Iterator[Diagnostic]:
    """Yield the patches that rename an object to an existing name, on which kustomize fails."""
    known = [each for each in objects if each.document is not None or not each.steps]
    counts = Counter(each.now.identity for each in known)
    for each in known:
        if each.now.identity != each.first.identity and counts[each.now.identity] > 1:
            name = each.now.identity
            at = find_cause(each.steps, name, lambda after: (identify(after),))
            message = f"the patch turns {each.first} into {each.now}, which already exists"
            yield Diagnostic.about(at.path, message)


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


def _changed(each: TriedObject, patch: Patch) -> TriedObject:
    """Return the object after a patch, as far as it is known."""
    if each.document is None:
        return _with(each, patch, None)
    document = copied(each.document)
    if patch.named:
        return _with(each, patch, _merged(document, each, patch))
    operations = _operations(patch.text)
    if operations is None:
        return _with(each, patch, None)
    return _with(each, patch, _operated(document, each, operations))


def _with(each: TriedObject, patch: Patch, document: dict[str, Any] | None) -> TriedObject:
    """Return the object after a patch; kustomize turns its annotations into strings."""
    if document:
        metadata = {**document["metadata"]}
        annotations = metadata.pop("annotations", None)
        if annotations and isinstance(annotations, dict):
            metadata["annotations"] = {key: to_text(value) for key, value in annotations.items()}
        document = {**document, "metadata": metadata}
    try:
        now = parse_resource(document) if document else each.now
    except ValueError:
        now, document = each.now, None
    return each._replace(now=now, steps=(*each.steps, Step(patch, document)))


def _merged(document: dict[str, Any], each: TriedObject, patch: Patch) -> dict[str, Any] | None:
    """Return a document after a strategic merge patch."""
    is_quoted = unknown_quotes if each.steps else each.is_quoted
    merged: dict[str, Any] | None = document
    try:
        for part, named in zip(_parts(patch), patch.named, strict=True):
            if merged and (patch.target or is_same(named, each.first)):
                new = _fitted(part, merged, patch.text) if patch.target else part
                merged = merge(merged, new, is_quoted)
    except UnknownMergeError:
        return None
    except RefusedError as error:
        raise RefusedError(f"the patch cannot be applied to {each.now}: {error}") from None
    if not merged or not isinstance(merged.get("metadata"), dict):
        return None
    keeps_name = not patch.options.get("allowNameChange")
    names = {"name": each.now.name} if keeps_name else {}
    names |= {"namespace": each.now.namespace} if each.now.namespace else {}
    kind = {} if patch.options.get("allowKindChange") else {"kind": each.now.kind}
    merged["metadata"].pop("namespace", None)
    return {**merged, **kind, "metadata": {**merged["metadata"], **names}}


def _parts(patch: Patch) -> list[dict[str, Any]]:
    """Return the parts of a strategic merge patch; raises UnknownMergeError for other YAML."""
    marked = [each for each in read_marked(patch.text) if isinstance(each.data, dict)]
    is_whole = len(marked) == len(patch.named)  # it may be too deep or too large
    if (
        not is_whole
        or re.search(_ODD, patch.text)
        or not all(_is_plain_tree(each.node, set()) for each in marked)
    ):
        raise UnknownMergeError
    return [each.data for each in marked]


def _is_plain_tree(node: Node, seen: set[int]) -> bool:
    """Check that a document has no aliases, merge keys or duplicate keys."""
    if id(node) in seen:
        return False
    seen.add(id(node))
    inner = node.value if isinstance(node, SequenceNode) else []
    if isinstance(node, MappingNode):
        keys = {key.value for key, _ in node.value}
        if len(keys) < len(node.value) or "<<" in keys:
            return False
        inner = [value for _, value in node.value]
    return all(_is_plain_tree(each, seen) for each in inner)


def _fitted(part: dict[str, Any], document: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Return a part of a patch as kustomize changes it for a target."""
    metadata, written = part["metadata"], parse_documents(text)[0]["metadata"]
    for key in ("labels", "annotations"):
        if metadata.pop(key, None) and isinstance(written[key], dict):
            texts = written[key].items()
            metadata[key] = {name: each if isinstance(each, str) else "" for name, each in texts}
    return {**part, "apiVersion": document["apiVersion"]}


def _operated(
    document: dict[str, Any], each: TriedObject, operations: Iterable[Operation]
) -> dict[str, Any]:
    """Return a document after a JSON patch."""
    metadata = document["metadata"]
    noted = metadata.get("annotations")
    metadata["annotations"] = {**(noted if isinstance(noted, dict) else {}), **_NOTE}
    for number, operation in enumerate(operations, 1):
        try:
            apply(operation, document)
        except RefusedError as error:
            raise RefusedError(
                f"operation {number} cannot be applied to {each.now}: {error}"
            ) from None
    if not _is_named(document):
        lost = "expected kind and metadata.name after the patch, got none"
        raise RefusedError(f"the patch cannot be applied to {each.now}: {lost}")
    return document


def _differ(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    """Check whether a patch has changed an object, or may have."""
    return one is None or other is None or _json(one) != _json(other)


def _json(document: Mapping[str, Any]) -> str:
    """Return an object as JSON, without the annotations of kustomize."""
    kept = copied(dict(document))
    annotations = kept["metadata"].get("annotations")
    if isinstance(annotations, dict):
        others = {key: value for key, value in annotations.items() if key not in _NOTE}
        kept["metadata"] = {**kept["metadata"], "annotations": others}
        if not others:
            del kept["metadata"]["annotations"]
    return json.dumps(kept, sort_keys=True, default=str)


def _is_named(document: dict[str, Any]) -> bool:
    """Check whether kustomize still finds the kind and the name of an object."""
    metadata = document.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return not any(
        each in (None, "") or isinstance(each, (dict, list))
        for each in (document.get("kind"), name)
    )


def find_cause(
    steps: Sequence[Step], key: object, view: Callable[[dict[str, Any]], Container[Any]]
) -> Patch:
    """Return the first patch after which the view of an object always has a key."""
    found = steps[-1].patch
    for step in reversed(steps):
        if step.document is None or key not in view(step.document):
            break
        found = step.patch
    return found


def no_effect(patch: Patch) -> str:
    """Return the message about a patch that changes nothing."""
    parts = [each.data for each in read_marked(patch.text)] if patch.named else []
    hint = "write the protocol of each port" if any(map(_lacks_protocol, parts)) else None
    return with_hint("the patch has no effect", hint)


def _lacks_protocol(data: Any) -> bool:  # noqa: ANN401 - plain data
    """Check for a port without protocol, which kustomize does not match with the existing one."""
    if not isinstance(data, (dict, list)):
        return False
    ports = data.get("ports") if isinstance(data, dict) else None
    items = ports if isinstance(ports, list) else []
    is_lacking = any(isinstance(each, dict) and "protocol" not in each for each in items)
    return is_lacking or any(
        map(_lacks_protocol, data.values() if isinstance(data, dict) else data)
    )


def only_tests(patch: Patch) -> bool:
    """Check whether a patch has only `test` operations."""
    operations = () if patch.named else _operations(patch.text) or ()
    return bool(operations) and all(each["op"] == "test" for each in operations)


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

"""Add the Kubernetes fields of kustz.yml to the manifests that the templates make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from kustz_tpl.errors import Diagnostic, KeyPath
from kustz_tpl.kinds import find_pod_spec, pass_through, workload_of
from kustz_tpl.kinds.kind import Kind, PassThrough, value_at
from kustz_tpl.rules.fields import list_keys
from kustz_tpl.schema.kubernetes import types

# The default values of the keys that identify an item of a list.
_DEFAULTS = {"protocol": "TCP"}
# The one list whose items, if they are there already, take further fields.
_PORTS = "[containerPort,protocol]ContainerPort"

Documents = Mapping[str, list[Any]]
"""The documents of each file."""


class Joined(NamedTuple):
    """Hold the documents with the added fields, and problems for the other fields."""

    documents: Documents
    findings: tuple[Diagnostic, ...]


def join_fields(config: Mapping[str, Any], documents: Documents) -> Joined:
    """Return the documents with the fields of the config in the objects that they are for.

    Entries are added to mappings, items to the end of lists. An existing value, or an item with the
    same name, stays and is a problem.
    """
    written, kind = pass_through(config), workload_of(config)
    if not written:
        return Joined(documents, ())
    old = _workload(documents, config["name"], kind)
    if old is None:
        message = f"expected a {kind.name} {config['name']} to add this to, got none"
        return Joined(documents, (Diagnostic.about(written[0].path, message, is_about_key=True),))
    new, findings = _with_fields(old, written, config)
    joined = {
        file: [new if each is old else each for each in each_file]
        for file, each_file in documents.items()
    }
    return Joined(joined, tuple(findings))


class Origin(NamedTuple):
    """Hold where the config has a field of an object.

    It is not `certain` where the config has only what the field is next to.
    """

    path: KeyPath
    is_certain: bool


def find_origin(
    config: Mapping[str, Any], document: Mapping[str, Any], path: KeyPath
) -> Origin | None:
    """Return where a config passes a field of its workload through, None if it passes nothing."""
    found: list[tuple[int, Origin]] = []
    for each in pass_through(config):
        at = _part_path(document, each)
        common = next((i for i, (a, b) in enumerate(zip(at, path, strict=False)) if a != b), None)
        if common is not None or len(path) < len(at):
            origin = Origin(each.path, is_certain=False)
            found.append((len(at[:common]) if common is not None else len(path), origin))
            continue
        part, fields = value_at(document, *at), value_at(config, *each.path)
        steps = tuple(_written(part, fields, path[len(at) :], each.type))
        length = len(at) + len(steps)
        # A field that is nowhere is missing here; one that is there is from elsewhere.
        rest = path[length:] if steps and value_at(document, *path) is None else ()
        found.append((length, Origin((*each.path, *steps, *rest), is_certain=bool(steps))))
    found.sort(key=lambda each: (each[1].is_certain, each[0]))
    return found[-1][1] if found else None


def _part_path(document: Mapping[str, Any], each: PassThrough) -> KeyPath:
    """Return where the fields go in an object, with the position of the container."""
    at: KeyPath = (*(find_pod_spec(document) if each.is_in_pod else ()), *each.part)
    if not each.container:
        return at
    items = value_at(document, *at) or ()
    names = [item.get("name") if isinstance(item, dict) else None for item in items]
    return (*at, names.index(each.container)) if each.container in names else at


def _written(joined: Any, fields: Any, path: KeyPath, kind: str) -> Iterator[str | int]:  # noqa: ANN401 - plain data
    """Yield the steps of a path of joined fields as far as the config has them.

    An item of a list is further back in the config by the items that were there before.
    """
    for step in path:
        keys = list_keys(kind) if kind == _PORTS else ()
        if isinstance(fields, list) and isinstance(step, int) and isinstance(joined, list):
            position = step - (len(joined) - len(fields))
            if keys:
                names = [_name(item, keys) for item in fields]
                name = _name(joined[step], keys)
                position = names.index(name) if name in names else -1
            if not 0 <= position < len(fields):
                return
            yield position
            fields, joined, kind = fields[position], joined[step], kind.partition("]")[2]
        elif isinstance(fields, dict) and step in fields:
            yield step
            fields, joined = fields[step], value_at(joined, step)
            kind = types().get(kind, {}).get(str(step), "")
        else:
            return


def find_target(config: Mapping[str, Any], documents: Documents) -> dict[str, Any] | None:
    """Return the object that a config passes fields through to, None if it passes none."""
    if not pass_through(config):
        return None
    return _workload(documents, config["name"], workload_of(config))


def _workload(documents: Documents, name: str, kind: Kind) -> dict[str, Any] | None:
    """Return the object of a kind and name, else one of another kind that has a pod too."""
    found: list[dict[str, Any]] = [
        each
        for file in documents.values()
        for each in file
        if find_pod_spec(each) and value_at(each, "metadata", "name") == name
    ]
    found.sort(key=lambda each: each.get("kind") != kind.name)
    return found[0] if found else None


def _with_fields(
    old: dict[str, Any], written: Iterable[PassThrough], config: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Diagnostic]]:
    findings: list[Diagnostic] = []
    for each in written:
        at = (*(find_pod_spec(old) if each.is_in_pod else ()), *each.part)
        part, fields = value_at(old, *at), value_at(config, *each.path)
        if each.container:
            items = part if isinstance(part, list) else ()
            part = next((item for item in items if _is_named(item, each.container)), None)
        if part is None:
            what = f"container {each.container}" if each.container else ".".join(at)
            message = f"expected a {what} to add this to, got none"
            findings.append(Diagnostic.about(each.path, message))
            continue
        for path, what in _clashes(part, fields, each.path, each.type):
            message = what + _set_by(path, each.shared)
            findings.append(Diagnostic.about(path, message, is_about_key=not what))
        old = _replaced(
            old, at, part, _inserted(_joined(part, fields, each.type), part, each.before)
        )
    return old, findings


def _inserted(joined: dict[str, Any], old: dict[str, Any], before: str) -> dict[str, Any]:
    """Return what was joined, with the new fields before a field of the old ones."""
    if before not in old:
        return joined
    keys = list(old)
    end = keys.index(before)
    added = [key for key in joined if key not in old]
    return {key: joined[key] for key in (*keys[:end], *added, *keys[end:])}


def _is_named(item: object, name: str) -> bool:
    return isinstance(item, dict) and item.get("name") == name


def _replaced(tree: Any, path: tuple[str, ...], old: object, new: object) -> Any:  # noqa: ANN401 - plain data
    """Return a tree with a new value in place of the old one at a path or of an item there."""
    if tree is old:
        return new
    if not path:
        return [new if item is old else item for item in tree]
    return {**tree, path[0]: _replaced(tree[path[0]], path[1:], old, new)}


def _joined(old: Any, more: Any, kind: str) -> Any:  # noqa: ANN401 - plain data
    """Return both values of a kind joined; where they clash, the old one."""
    if old in ({}, []):
        return more
    if isinstance(old, dict) and isinstance(more, dict):
        kinds = types().get(kind, {})
        added = {
            key: _joined(old[key], each, kinds.get(key, "")) if key in old else each
            for key, each in more.items()
        }
        return {**old, **added}
    if isinstance(old, list) and isinstance(more, list):
        return _joined_lists(old, more, kind) if kind == _PORTS else [*old, *more]
    return old


def _joined_lists(old: list[Any], more: list[Any], kind: str) -> list[Any]:
    """Return the items of both; one that is there already gets the fields that it lacks."""
    keys = list_keys(kind)
    added = {_name(item, keys): item for item in more}
    known = [_name(item, keys) for item in old]
    joined = [
        {**item, **added.get(name, {}), **item} for name, item in zip(known, old, strict=True)
    ]
    return [*joined, *(item for item in more if _name(item, keys) not in known)]


def _clashes(
    old: Mapping[str, Any], more: Mapping[str, Any], at: KeyPath, kind: str
) -> Iterator[tuple[KeyPath, str]]:
    """Yield the path of each field of a kind that is already there, and the name of an item.

    The name is empty where the path says it all.
    """
    for key, value in more.items():
        here, known = (*at, key), old.get(key)
        inner = types().get(kind, {}).get(key, "")
        if key not in old or known in ({}, []):
            continue
        if isinstance(known, dict) and isinstance(value, dict):
            yield from _clashes(known, value, here, inner)
        elif isinstance(known, list) and isinstance(value, list):
            yield from _known_items(known, value, here, inner)
        else:
            yield here, ""


def _known_items(
    old: list[Any], new: list[Any], path: KeyPath, kind: str
) -> Iterator[tuple[KeyPath, str]]:
    keys = list_keys(kind)
    known = {_name(item, keys): item for item in old} if keys else {}
    for index, item in enumerate(new):
        name = _name(item, keys) if keys else ()
        if name not in known:
            continue
        if kind == _PORTS:
            there = known[name]
            yield from (
                ((*path, index, key), "")
                for key, value in item.items()
                if key in there and str(there[key]) != str(value)
            )
            continue
        shown = " ".join(f"{key} {value}" for key, value in zip(keys, name, strict=True))
        yield (*path, index), f"{shown} is "


def _name(item: Any, keys: Iterable[str]) -> tuple[str, ...]:  # noqa: ANN401 - plain data
    return tuple(str(item.get(key, _DEFAULTS.get(key))) for key in keys)


def _set_by(path: KeyPath, shared: Mapping[KeyPath, str]) -> str:
    for end in range(len(path), 0, -1):
        if path[:end] in shared:
            return f"set by {shared[path[:end]]} already"
    return "already set by a template"

"""Changes that a cluster refuses or that may cause downtime."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from kustz_tpl.output.changes import Change, Plan
from kustz_tpl.output.documents import read_documents
from kustz_tpl.output.headers import KUSTOMIZATION, parse_header
from kustz_tpl.output.index import parse_entries

_Object = Mapping[str, Any]
_Key = tuple[str, str]
_Resources = Mapping[_Key, tuple[str, _Object]]

_OWN_MANIFESTS = "resources/"
_GENERATORS = {"configMapGenerator": "ConfigMap", "secretGenerator": "Secret"}
# Of these an application may have many: one that comes is not one that went.
_MANY = {"ConfigMap", "Secret", "ExternalSecret"}
# An operator makes the Secret of the same name.
_SAME_SECRET = {"Secret": ("ExternalSecret",), "ExternalSecret": ("Secret",)}


class BreakingChange(NamedTuple):
    """State what a change does to a running application, and the file that makes it."""

    path: str
    message: str


def find_breaking_changes(plan: Plan) -> tuple[BreakingChange, ...]:
    """Return what a plan's changes may break, in the order of its files."""
    changes = [change for change in plan.differences if _holds_resources(change)]
    if not any(change.before for change in changes):
        return ()
    before = _resources((change.path, change.before) for change in changes)
    after = _resources((change.path, change.after) for change in changes)
    return (
        *_losses(before, after),
        *_changes(before, after),
        *_source(changes),
        *_namespace(changes),
        *_removed_entries(changes),
    )


def _holds_resources(change: Change) -> bool:
    return change.kind == "manifest" or change.path.startswith(_OWN_MANIFESTS)


def _resources(files: Iterable[tuple[str, bytes | None]]) -> _Resources:
    return {
        (_text(resource, "kind"), _text(resource, "metadata", "name")): (path, resource)
        for path, content in files
        for document in read_documents(content)
        for resource in (_generated(document) if path == KUSTOMIZATION else (document,))
    }


def _generated(kustomization: _Object) -> Iterator[_Object]:
    """Yield the ConfigMaps and Secrets that kustomize makes."""
    for key, kind in _GENERATORS.items():
        for entry in _items(kustomization, key):
            yield {"kind": kind, "metadata": {"name": _text(entry, "name")}}


def _losses(before: _Resources, after: _Resources) -> Iterator[BreakingChange]:
    """Yield what is no longer there under its name, each once: renamed or removed."""
    gone = [key for key in before if all(key) and key not in after]
    new = [key for key in after if key not in before]
    for kind, name in gone:
        path, resource = before[kind, name]
        heirs = [] if kind in _MANY else [key for key in new if key[0] == kind]
        if len(heirs) == 1 == sum(key[0] == kind for key in gone):
            what = f"{kind} {name} becomes {heirs[0][1]}"
            yield BreakingChange(
                after[heirs[0]][0], f"{what}: a new one is created, and the old one stays"
            )
        elif not any((other, name) in after for other in _SAME_SECRET.get(kind, ())):
            yield BreakingChange(path, f"{kind} {name} is removed{_with_hosts(kind, resource)}")


def _with_hosts(kind: str, resource: _Object) -> str:
    hosts = _hosts_of(resource) if kind == "Ingress" else ()
    return f", and with it {', '.join(host or '(any)' for host in hosts)}" if hosts else ""


def _changes(before: _Resources, after: _Resources) -> Iterator[BreakingChange]:
    for key, (_, old) in before.items():
        if key not in after:
            continue
        path, new = after[key]
        for compare in _COMPARISONS.get(key[0], _WORKLOAD):
            for message in compare(old, new):
                yield BreakingChange(path, f"{key[0]} {key[1]}: {message}")


def _namespace(manifests: Iterable[Change]) -> Iterator[BreakingChange]:
    for change in manifests:
        if change.path != KUSTOMIZATION or change.action != "changed":
            continue
        old, new = (
            next((_text(part, "namespace") for part in read_documents(content)), "")
            for content in (change.before, change.after)
        )
        if old != new:
            message = f"namespace {old or 'none'} becomes {new or 'none'}"
            yield BreakingChange(
                KUSTOMIZATION,
                f"{message}: everything is created again there, and the old objects stay",
            )


def _source(manifests: Iterable[Change]) -> Iterator[BreakingChange]:
    """Yield the change of the config that a folder is generated from."""
    for change in manifests:
        if change.path == KUSTOMIZATION and change.before and change.after:
            old, new = parse_header(change.before), parse_header(change.after)
            if old and new and old.source != new.source:
                message = f"generated from {new.source}, the last time from {old.source}"
                yield BreakingChange(KUSTOMIZATION, message)


def _removed_entries(manifests: Iterable[Change]) -> Iterator[BreakingChange]:
    for change in manifests:
        if change.path == KUSTOMIZATION and change.before and change.after:
            kept = parse_entries(change.after)
            for entry in sorted(parse_entries(change.before)):
                if entry not in kept:
                    message = "a pruning apply (Argo CD, Flux) will delete it"
                    yield BreakingChange(
                        KUSTOMIZATION, f"{entry} is removed from the index; {message}"
                    )


def _selector(old: _Object, new: _Object) -> Iterator[str]:
    if _at(new, "spec", "template") and _at(old, "spec", "selector") != _at(
        new, "spec", "selector"
    ):
        yield "the selector changes, which a cluster refuses: delete and create it"


def _replicas(old: _Object, new: _Object) -> Iterator[str]:
    if _text(new, "spec", "replicas") == "0" != _text(old, "spec", "replicas"):
        yield "replicas become 0: nothing runs"


def _containers(old: _Object, new: _Object) -> Iterator[str]:
    containers = ("spec", "template", "spec", "containers")
    new_ones = {_text(container, "name"): container for container in _items(new, *containers)}
    for container in _items(old, *containers):
        name = _text(container, "name")
        if name in new_ones:
            yield from _protection(container, new_ones[name])


def _protection(old: _Object, new: _Object) -> Iterator[str]:
    for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
        if _at(old, probe) and not _at(new, probe):
            yield f"container {_text(old, 'name')} loses its {probe}"
    kept = _at(new, "resources", "limits") or {}
    for resource in _at(old, "resources", "limits") or {}:
        if resource not in kept:
            yield f"container {_text(old, 'name')} loses its limit of {resource}"


def _service_type(old: _Object, new: _Object) -> Iterator[str]:
    was, becomes = _type_of(old), _type_of(new)
    if was == becomes:
        return
    refusal = ", which a cluster refuses: delete and create it"
    yield f"type {was} becomes {becomes}" + (refusal if "headless" in {was, becomes} else "")


def _type_of(service: _Object) -> str:
    if _text(service, "spec", "clusterIP") == "None":
        return "headless"
    return _text(service, "spec", "type") or "ClusterIP"


def _node_ports(old: _Object, new: _Object) -> Iterator[str]:
    ports = {_port(port): _text(port, "nodePort") for port in _items(new, "spec", "ports")}
    for port in _items(old, "spec", "ports"):
        was, becomes = _text(port, "nodePort"), ports.get(_port(port), "")
        if was and was != becomes:
            yield f"node port {was} becomes {becomes or 'unfixed'}"


def _port(port: _Object) -> _Key:
    return _text(port, "port"), _text(port, "protocol") or "TCP"


def _hosts(old: _Object, new: _Object) -> Iterator[str]:
    kept = _hosts_of(new)
    for host in _hosts_of(old):
        if host not in kept:
            yield f"host {host or '(any)'} is removed"


def _hosts_of(ingress: _Object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_text(rule, "host") for rule in _items(ingress, "spec", "rules")))


_Comparison = Callable[[_Object, _Object], Iterator[str]]
_WORKLOAD: tuple[_Comparison, ...] = (_selector, _replicas, _containers)
_COMPARISONS: dict[str, tuple[_Comparison, ...]] = {
    "Service": (_service_type, _node_ports),
    "Ingress": (_hosts,),
}


def _at(value: object, *keys: str) -> Any:  # noqa: ANN401 - whatever a manifest holds
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _text(value: object, *keys: str) -> str:
    found = _at(value, *keys)
    return found if isinstance(found, str) else ""


def _items(value: object, *keys: str) -> list[_Object]:
    found = _at(value, *keys)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []

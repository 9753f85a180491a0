"""Judges finished objects as an API server does, whatever made their fields."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from kustz_tpl.errors import Diagnostic, KeyPath, NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.rules.fields import Structs, Types, check_fields
from kustz_tpl.rules.versions import Oldest, check_kind, check_versions
from kustz_tpl.schema.kubernetes import types as passed_types
from kustz_tpl.verdict.checks import Rules, about
from kustz_tpl.verdict.metadata import check_metadata, check_name

_MODULES = {
    "workload": ("ReplicaSet", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"),
    "bare_pod": ("Pod",),
    "network": ("Service", "Ingress", "NetworkPolicy"),
    "data": ("ConfigMap", "Secret"),
    "storage": ("PersistentVolumeClaim",),
    "scaling": ("HorizontalPodAutoscaler", "HorizontalPodAutoscalerV1"),
    "disruption": ("PodDisruptionBudget",),
    "gateway": ("HTTPRoute",),
    "custom": ("VirtualService", "IstioGateway", "ExternalSecret", "Gateway", "GRPCRoute"),
    "cluster": (
        *("Namespace", "PersistentVolume", "LimitRange", "ResourceQuota"),
        *("PriorityClass", "StorageClass", "IngressClass"),
    ),
    "access": ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"),
}
# Modules are imported by name, so that an application pays only for the kinds that it has.
_MODULE_OF = {kind: module for module, kinds in _MODULES.items() for kind in kinds}


_OLD_GROUPS = dict.fromkeys(
    ("Deployment", "DaemonSet", "Ingress", "NetworkPolicy"), ("extensions",)
)
CUSTOM_KINDS = {
    f"{group}/{version} {kind}": name
    for group, versions, kind, name in (
        ("networking.istio.io", ("v1", "v1beta1", "v1alpha3"), "VirtualService", "VirtualService"),
        ("networking.istio.io", ("v1", "v1beta1", "v1alpha3"), "Gateway", "IstioGateway"),
        ("external-secrets.io", ("v1", "v1beta1"), "ExternalSecret", "ExternalSecret"),
        ("gateway.networking.k8s.io", ("v1", "v1beta1"), "Gateway", "Gateway"),
        ("gateway.networking.k8s.io", ("v1",), "GRPCRoute", "GRPCRoute"),
    )
    for version in versions
}
"""The kinds that are judged by the schema of their CRD, newest version first."""
# The kinds whose types are those of their modules.
_KINDS = {
    **CUSTOM_KINDS,
    "gateway.networking.k8s.io/v1 HTTPRoute": "HTTPRoute",
    "gateway.networking.k8s.io/v1beta1 HTTPRoute": "HTTPRoute",
    "autoscaling/v1 HorizontalPodAutoscaler": "HorizontalPodAutoscalerV1",
}
_SCALARS = frozenset((str, int, float, bool))
# What null means as an item of a list or a value of a mapping.
_EMPTY: Mapping[str, Any] = {"string": "", "integer": 0, "string|number": 0}


def judge(document: Mapping[str, Any], oldest: Oldest | None = None) -> list[Diagnostic]:
    """Return what an API server refuses of an object, at the paths of its fields.

    Unknown fields and wrong types come first, as the server looks no further then. An object of
    a kind that is not known here is accepted. The server is of the newest Kubernetes, or of any
    from the `oldest` on; what only an older one refuses is a warning where that is not written.
    """
    try:
        return _judged(document, oldest)
    except RecursionError:  # no object of a kind that is known here has so many levels
        return [about((), "nested too deep")]


def _judged(document: Mapping[str, Any], oldest: Oldest | None) -> list[Diagnostic]:
    version, kind = document.get("apiVersion"), document.get("kind")
    name = _KINDS.get(f"{version} {kind}") or _table()["kinds"].get(f"{version} {kind}")
    if name is None:
        old = list(_check_version(str(version), str(kind)))
        old = old or list(check_kind(str(version), str(kind), oldest) if oldest else ())
        return [*old, *_check_any(document)]
    rules, known = _tables(name)
    empties = {} if name in ("HTTPRoute", *CUSTOM_KINDS.values()) else _EMPTY
    value = document if _is_plain(document) else _normal(name, document, known, empties)
    structs: Structs = []
    if found := list(check_fields(name, value, (), known, structs)):
        return found
    findings = [*check_name(name, value.get("metadata") or {}, ("metadata",))]
    for type_, fields, path in structs:
        for check in rules.get(type_, ()):
            findings += check(fields, path)
        if type_ == "ObjectMeta":
            findings += check_metadata(fields, path)
    findings += check_versions(structs, oldest) if oldest else ()
    unique: dict[KeyPath, Diagnostic] = {}
    for each in findings:
        unique.setdefault(each.subject.path, each)
    return list(unique.values())


def _check_any(document: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Yield what is null or of a wrong type in what every kind of object has."""
    metadata = document.get("metadata")
    named = metadata if isinstance(metadata, dict) else {}
    places = ((document, ("apiVersion",)), (document, ("kind",)), (named, ("metadata", "name")))
    for holder, path in places:
        if holder.get(path[-1], "") is None:
            yield about(path, NotationError("a string", Shown("null")))
    fields = {"apiVersion": "string", "kind": "string", "metadata": "ObjectMeta"}
    for key in (each for each in fields if document.get(each) is not None):
        value = _normal(fields[key], document[key], _types(), _EMPTY)
        yield from check_fields(fields[key], value, (key,), _types())


def _check_version(version: str, kind: str) -> Iterator[Diagnostic]:
    """Yield a version of a known kind that no Kubernetes from 1.26 on has."""
    group = version.rpartition("/")[0]
    for known, name in (each.split() for each in _table()["kinds"]):
        is_same_group = group in (known.rpartition("/")[0], *_OLD_GROUPS.get(name, ()))
        if name == kind and is_same_group:
            yield about(("apiVersion",), NotationError(known, version))


def _is_plain(value: Any) -> bool:  # noqa: ANN401 - plain data
    """Check whether a value has nothing that a server reads as something else, as most have."""
    if type(value) is dict:
        for key, item in value.items():
            if type(key) is not str or not (type(item) in _SCALARS or _is_plain(item)):
                return False
        return True
    return type(value) is list and all(type(item) in _SCALARS or _is_plain(item) for item in value)


def _normal(kind: str, value: Any, known: Types, empties: Mapping[str, Any]) -> Any:  # noqa: ANN401 - plain data
    """Return a value as the server reads it: null is no field, and an empty item of a list.

    It is wrong in a list of a custom resource, which has no `empties`.
    """
    if kind == "ObjectMeta":
        empties = _EMPTY  # of a custom resource, too
    is_list, is_map = kind.startswith("["), kind.startswith("{}")
    inner = kind.partition("]")[2] if is_list else kind.removeprefix("{}")
    if isinstance(value, list):
        empty = empties.get(inner, {} if empties and inner in known else None)
        return [
            empty if each is None else _normal(inner if is_list else "", each, known, empties)
            for each in value
        ]
    if isinstance(value, dict):
        fields = {} if is_map else known.get(kind, {})
        return {
            str(key): empties[inner]
            if each is None
            else _normal(fields.get(key, inner), each, known, empties)
            for key, each in value.items()
            if each is not None or (is_map and inner in empties)
        }
    return value if isinstance(value, (str, int, float, type(None))) else str(value)


@cache
def _tables(kind: str) -> tuple[Rules, Types]:
    """Return the rules and the types of a kind of object."""
    module = import_module(f"kustz_tpl.verdict.{_MODULE_OF[kind]}") if kind in _MODULE_OF else None
    return getattr(module, "RULES", {}), {**_types(), **getattr(module, "TYPES", {})}


@cache
def _types() -> dict[str, dict[str, str]]:
    """Return the fields of every type."""
    found: dict[str, dict[str, str]] = _table()["types"]
    return {**passed_types(), **found}


@cache
def _table() -> dict[str, Any]:
    """Return the table that `scripts/refresh_fields.py` writes."""
    found: dict[str, Any] = json.loads(Path(__file__).with_name("objects.json").read_bytes())
    return found

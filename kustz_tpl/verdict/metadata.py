"""The rules of an object's metadata."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.notation.keys import check_qualified_name
from kustz_tpl.verdict.checks import (
    LABEL,
    LARGEST_LONG,
    SUBDOMAIN,
    Fields,
    Findings,
    about,
    between,
    items,
    labels,
    notation,
    parse_key,
    parse_path_segment,
    parse_pattern,
    read_by,
    required,
)

_MOST_BYTES = 2**18
_NAMES: Mapping[str, Callable[[str], str]] = {
    **dict.fromkeys(("StatefulSet", "Service", "Namespace"), LABEL),
    **dict.fromkeys(
        ("PodDisruptionBudget", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"),
        parse_path_segment,
    ),
}
_TIME = parse_pattern(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,}(Z|[-+][0-9]{2}:[0-9]{2})",
    "a time such as 2026-01-31T12:00:00Z",
)
_TIMES = read_by(_TIME, "creationTimestamp", "deletionTimestamp", may_be_empty=False)
_ENTRY_TIME = read_by(_TIME, "time", may_be_empty=False)
# The server itself sets the generation of other kinds.
_NOT_COUNTED = (
    *("Service", "ConfigMap", "Secret", "ServiceAccount", "PersistentVolumeClaim"),
    *("PersistentVolume", "LimitRange", "ResourceQuota", "StorageClass"),
    "Namespace",
    *("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "HorizontalPodAutoscaler"),
)
_WITHOUT_NAMESPACE = (
    *("ClusterRole", "ClusterRoleBinding", "Namespace", "PersistentVolume"),
    *("PriorityClass", "StorageClass", "IngressClass"),
)
# A finalizer of these may be any name.
_FREE = (
    *("PodDisruptionBudget", "HTTPRoute"),
    *("VirtualService", "IstioGateway", "ExternalSecret", "Gateway", "GRPCRoute"),
)
FINALIZERS = ("orphan", "foregroundDeletion", "kubernetes")
"""The finalizers without a domain."""


def check_name(kind: str, metadata: Fields, path: KeyPath) -> Findings:
    """Yield what is wrong with the name, the namespace and the finalizers of an object."""
    name = metadata.get("name") or ""
    parse = _NAMES.get(kind, SUBDOMAIN)
    if name:
        yield from notation(parse, name, (*path, "name"))
    elif not metadata.get("generateName") and kind != "LimitRange":  # the server makes one
        yield about((*path, "name"), NotationError("a name", Shown("none")))
    if prefix := metadata.get("generateName"):  # a random end follows
        yield from notation(parse, re.sub("-$", "a", prefix), (*path, "generateName"))
    if kind in _NOT_COUNTED:
        yield from between(0, LARGEST_LONG, "generation")(metadata, path)
    yield from _check_owners(metadata, path)
    if metadata.get("namespace") and kind not in _WITHOUT_NAMESPACE:
        yield from notation(LABEL, metadata["namespace"], (*path, "namespace"))
    for index, text in items(metadata, "finalizers"):
        at = (*path, "finalizers", index)
        if text not in FINALIZERS and "/" not in text and kind not in _FREE:
            yield about(at, NotationError("a name such as example.com/done", text))
        else:
            yield from notation(parse_key, text, at)


def check_metadata(metadata: Fields, path: KeyPath) -> Findings:
    """Yield what is wrong with labels, annotations and times."""
    yield from _TIMES(metadata, path)
    for index, entry in items(metadata, "managedFields"):
        yield from _ENTRY_TIME(entry, (*path, "managedFields", index))
    if path[-2:] == ("jobTemplate", "metadata") or "volumeClaimTemplates" in path:
        return  # the server looks at that of each Job and claim
    yield from labels("labels")(metadata, path)
    notes = metadata.get("annotations") or {}
    for key in notes:
        at = (*path, "annotations", key)
        yield from notation(_parse_annotation, key, at)
    size = sum(
        len(f"{key}{value}".encode("utf-8", "surrogatepass")) for key, value in notes.items()
    )
    if size > _MOST_BYTES:
        got = Shown(size)
        yield about((*path, "annotations"), NotationError(f"at most {_MOST_BYTES} bytes", got))


def _check_owners(metadata: Fields, path: KeyPath) -> Findings:
    controllers = 0
    for index, owner in items(metadata, "ownerReferences"):
        at = (*path, "ownerReferences", index)
        yield from required("apiVersion", "kind", "name", "uid")(owner, at)
        controllers += owner.get("controller") is True
    if controllers > 1:
        yield about((*path, "ownerReferences"), "expected one owner with controller: true")


def _parse_annotation(text: str) -> str:
    return check_qualified_name(text.lower() if text.isascii() else text, "annotation key")

"""The rules of what a cluster or a namespace has, apart from workloads and their networks."""

from __future__ import annotations

import re
from itertools import combinations

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown, any_of, closest
from kustz_tpl.verdict import pod, storage
from kustz_tpl.verdict.checks import (
    LABEL,
    SUBDOMAIN,
    Fields,
    Findings,
    Rules,
    about,
    check_quantity,
    choice,
    choices,
    each_read_by,
    items,
    notation,
    parse_domain_path,
    parse_key,
    parse_path_segment,
    parse_pattern,
    parse_plain_path,
    quantity_or_none,
    read_by,
    required,
    to_quantity,
    unique,
)
from kustz_tpl.verdict.metadata import FINALIZERS
from kustz_tpl.verdict.resources import check_resource_name

_ONE = to_quantity(1).value
_HIGHEST_PRIORITY = 1_000_000_000
_LIMITS = ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio")
_LIMITED = ("Container", "Pod", "PersistentVolumeClaim")
_GROWING = ("min", "defaultRequest", "default", "max")
_NOT_A_SOURCE = (
    *("accessModes", "capacity", "claimRef", "mountOptions", "nodeAffinity"),
    *("persistentVolumeReclaimPolicy", "storageClassName", "volumeMode"),
    "volumeAttributesClassName",
)
_SECRETS = (
    *("controllerPublishSecretRef", "controllerExpandSecretRef"),
    *("nodePublishSecretRef", "nodeExpandSecretRef"),
)
_COMPUTE = ("cpu", "memory", "ephemeral-storage", "storage")
_COUNTED = (
    *("pods", "services", "services.nodeports", "services.loadbalancers", "secrets"),
    *("configmaps", "persistentvolumeclaims", "replicationcontrollers", "resourcequotas"),
)
_SCOPES = (
    *("Terminating", "NotTerminating", "BestEffort", "NotBestEffort"),
    *("CrossNamespacePodAffinity", "PriorityClass", "VolumeAttributesClass"),
)
_ALONE = _SCOPES[:5]
"""The scopes that have no values."""
_OPPOSED = (("Terminating", "NotTerminating"), ("BestEffort", "NotBestEffort"))


def _check_volume(spec: Fields, path: KeyPath) -> Findings:
    sources = [key for key in spec if key not in _NOT_A_SOURCE and spec[key] is not None]
    if len(sources) != 1:
        got = Shown(" and ".join(sources) or "none")
        yield about((*path, *sources[1:2]), NotationError("one source of a volume", got))
    for name, value in (spec.get("capacity") or {}).items():
        at = (*path, "capacity", name)
        if name != "storage":
            yield about(at, NotationError("storage", name))
        yield from check_quantity(value, at, least=1)
    if spec.get("volumeAttributesClassName") and spec.get("csi") is None:
        yield about((*path, "volumeAttributesClassName"), "expected csi with this field")
    if spec.get("local") is not None and spec.get("nodeAffinity") is None:
        yield about((*path, "nodeAffinity"), NotationError("nodes with local", Shown("none")))


def _check_csi(source: Fields, path: KeyPath) -> Findings:
    for key in _SECRETS:
        if (reference := source.get(key)) is not None:
            at = (*path, key)
            yield from required("name", "namespace")(reference, at)
            yield from read_by(SUBDOMAIN, "name")(reference, at)
            yield from read_by(LABEL, "namespace")(reference, at)


def _check_types(spec: Fields, path: KeyPath) -> Findings:
    yield from unique("limits", "type")(spec, path)


def _check_limits(item: Fields, path: KeyPath) -> Findings:
    kind = item.get("type") or ""
    yield from notation(_parse_limited, kind, (*path, "type"))
    for key in _LIMITS:
        for name, value in (item.get(key) or {}).items():
            at = (*path, key, name)
            if kind in ("Container", "Pod") or name != "storage":
                yield from check_resource_name(name, at)
            yield from check_quantity(value, at, least=None)
            ratio = quantity_or_none(value) if key == "maxLimitRequestRatio" else None
            if ratio and ratio.value < _ONE:
                yield about(at, NotationError("at least 1", Shown(value)))
    yield from _check_order(item, path)
    for key in ("default", "defaultRequest") if kind == "Pod" else ():
        if item.get(key):
            yield about((*path, key), f"expected no {key} with type: Pod")
    sizes = {**(item.get("min") or {}), **(item.get("max") or {})}
    if kind == "PersistentVolumeClaim" and "storage" not in sizes:
        yield about((*path, "min"), NotationError("storage of min or max", Shown("none")))


def _check_order(item: Fields, path: KeyPath) -> Findings:
    for low, high in combinations(_GROWING, 2):
        for name, value in (item.get(low) or {}).items():
            most = (item.get(high) or {}).get(name)
            one, other = quantity_or_none(value), quantity_or_none(most)
            if one and other and one.value > other.value:
                expected = f"at most {most}, the {high}"
                yield about((*path, low, name), NotationError(expected, Shown(value)))


def _parse_limited(text: str) -> str:
    if text not in _LIMITED and "/" not in text:
        hint = closest(text, _LIMITED)
        raise NotationError(any_of(_LIMITED), text or Shown("none"), hint=hint)
    return parse_key(text)


def _check_quota(spec: Fields, path: KeyPath) -> Findings:
    for name, value in (spec.get("hard") or {}).items():
        at = (*path, "hard", name)
        yield from check_quantity(value, at)
        yield from notation(_parse_quota, name, at)
        amount = quantity_or_none(value)
        if name in _COUNTED and amount and not amount.is_whole:
            yield about(at, NotationError("a whole number", Shown(value)))
    selector = spec.get("scopeSelector") or {}
    named = [each.get("scopeName") for _, each in items(selector, "matchExpressions")]
    for found in (spec.get("scopes") or [], named):
        for pair in _OPPOSED:
            if set(pair) <= set(found):
                yield about((*path, "scopes"), f"expected either {pair[0]} or {pair[1]}, got both")


def _parse_quota(text: str) -> str:
    """Read the name of a resource of a quota."""
    name = re.sub(r"^(requests|limits)\.(?=[^/]+$)", "", text)
    is_known = name in (*_COMPUTE, *_COUNTED) or re.match("(requests[.])?hugepages-", text)
    if "/" not in text and not is_known:
        raise NotationError("a resource such as requests.cpu or pods", text)
    return parse_key(text)


def _check_scope(requirement: Fields, path: KeyPath) -> Findings:
    scope, operator = requirement.get("scopeName"), requirement.get("operator")
    if scope in _ALONE and operator != "Exists":
        yield about((*path, "operator"), NotationError("Exists with this scope", str(operator)))
    if operator in ("In", "NotIn"):
        yield from required("values")(requirement, path)
    elif operator in ("Exists", "DoesNotExist") and requirement.get("values"):
        yield about((*path, "values"), f"expected no values with {operator}")


def _check_namespace(spec: Fields, path: KeyPath) -> Findings:
    for index, text in items(spec, "finalizers"):
        if text not in FINALIZERS and "/" not in text:
            at = (*path, "finalizers", index)
            yield about(at, NotationError("a name such as example.com/done", text))


def _check_priority(document: Fields, path: KeyPath) -> Findings:
    value, name = document.get("value") or 0, (document.get("metadata") or {}).get("name") or ""
    if name.startswith("system-"):
        yield about((*path, "metadata", "name"), NotationError("no name of system-", name))
    if value > _HIGHEST_PRIORITY:
        expected = f"at most {_HIGHEST_PRIORITY}"
        yield about((*path, "value"), NotationError(expected, Shown(value)))


def _check_provisioner(document: Fields, path: KeyPath) -> Findings:
    text = document.get("provisioner") or ""
    yield from notation(lambda word: parse_key(word.lower()), text, (*path, "provisioner"))


def _check_topology(term: Fields, path: KeyPath) -> Findings:
    yield from unique("matchLabelExpressions", "key")(term, path)
    for index, each in items(term, "matchLabelExpressions"):
        values = each.get("values") or []
        if len(set(values)) < len(values):
            at = (*path, "matchLabelExpressions", index, "values")
            yield about(at, "expected another value in each item")


def _check_parameters(reference: Fields, path: KeyPath) -> Findings:
    scope, namespace = reference.get("scope") or "Cluster", reference.get("namespace")
    if scope == "Namespace":
        yield from notation(LABEL, namespace or "", (*path, "namespace"))
    elif namespace is not None:
        yield about((*path, "namespace"), "expected no namespace with scope: Cluster")


RULES: Rules = {
    **pod.RULES,
    **storage.RULES,
    "PersistentVolume": (required("spec"),),
    "PersistentVolumeSpec": (
        required("accessModes", "capacity"),
        choices("accessModes", *storage.MODES),
        storage.check_modes,
        choice("persistentVolumeReclaimPolicy", "Retain", "Delete", "Recycle"),
        choice("volumeMode", "Filesystem", "Block", may_be_empty=False),
        read_by(SUBDOMAIN, "storageClassName"),
        read_by(SUBDOMAIN, "volumeAttributesClassName", may_be_empty=False),
        _check_volume,
    ),
    "CSIPersistentVolumeSource": (
        *pod.RULES["CSIVolumeSource"][:1],
        read_by(lambda text: SUBDOMAIN(text.lower()), "driver"),
        read_by(parse_pattern(r".*", "a name of at most 63 characters", 63), "driver"),
        required("volumeHandle"),
        _check_csi,
    ),
    **{
        f"{name}PersistentVolumeSource": pod.RULES[f"{name}VolumeSource"]
        for name in ("AzureFile", "CephFS", "Cinder", "Glusterfs", "ISCSI", "RBD", "ScaleIO")
    },
    "LocalVolumeSource": (required("path"), read_by(parse_plain_path, "path")),
    "VolumeNodeAffinity": (required("required"),),
    "LimitRangeSpec": (_check_types,),
    "LimitRangeItem": (_check_limits,),
    "ResourceQuotaSpec": (choices("scopes", *_SCOPES), _check_quota),
    "ScopedResourceSelectorRequirement": (
        required("scopeName", "operator"),
        choice("scopeName", *_SCOPES),
        choice("operator", "In", "NotIn", "Exists", "DoesNotExist"),
        _check_scope,
    ),
    "NamespaceSpec": (each_read_by(parse_key, "finalizers"), _check_namespace),
    "PriorityClass": (
        choice("preemptionPolicy", "Never", "PreemptLowerPriority", may_be_empty=False),
        _check_priority,
    ),
    "StorageClass": (
        required("provisioner"),
        _check_provisioner,
        choice("reclaimPolicy", "Retain", "Delete"),
        choice("volumeBindingMode", "Immediate", "WaitForFirstConsumer", may_be_empty=False),
    ),
    "TopologySelectorTerm": (required("matchLabelExpressions"), _check_topology),
    "TopologySelectorLabelRequirement": (
        required("values"),
        read_by(parse_key, "key", may_be_empty=False),
        required("key"),
    ),
    "IngressClass": (required("spec"),),
    "IngressClassSpec": (
        required("controller"),
        read_by(parse_domain_path, "controller"),
        read_by(parse_pattern(r".*", "at most 250 characters", 250), "controller"),
    ),
    "IngressClassParametersReference": (
        required("kind", "name"),
        read_by(parse_path_segment, "kind", "name"),
        read_by(SUBDOMAIN, "apiGroup", may_be_empty=False),
        choice("scope", "Cluster", "Namespace", may_be_empty=False),
        _check_parameters,
    ),
}
"""The checks of the types of these kinds."""

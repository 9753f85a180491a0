"""The rules of PersistentVolumes and StorageClasses."""

from __future__ import annotations

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.verdict import pod
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
    items,
    notation,
    parse_key,
    parse_pattern,
    parse_plain_path,
    read_by,
    required,
    unique,
)
from kustz_tpl.verdict.persistent_volume_claim import MODES, check_modes

_NOT_A_SOURCE = (
    *("accessModes", "capacity", "claimRef", "mountOptions", "nodeAffinity"),
    *("persistentVolumeReclaimPolicy", "storageClassName", "volumeMode"),
    "volumeAttributesClassName",
)
_SECRETS = (
    *("controllerPublishSecretRef", "controllerExpandSecretRef"),
    *("nodePublishSecretRef", "nodeExpandSecretRef"),
)


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


def _check_provisioner(document: Fields, path: KeyPath) -> Findings:
    text = document.get("provisioner") or ""
    yield from notation(lambda word: parse_key(word.lower()), text, (*path, "provisioner"))


def _check_topology(term: Fields, path: KeyPath) -> Findings:
    yield from unique("matchLabelExpressions", "key")(term, path)
    for index, each in items(term, "matchLabelExpressions"):
        values = each.get("values") or []
        if len(set(values)) < len(values):
            at = (*path, "matchLabelExpressions", index, "values")
            yield about(at, "expected unique values")


def _check_parameters(document: Fields, path: KeyPath) -> Findings:
    if "" in (document.get("parameters") or {}):
        yield about((*path, "parameters"), NotationError("a name of each parameter", Shown("none")))


def _check_topologies(document: Fields, path: KeyPath) -> Findings:
    """Yield a term that says what another one says."""
    seen = []
    for index, term in items(document, "allowedTopologies"):
        wanted = {
            each.get("key"): set(each.get("values") or ())
            for _, each in items(term, "matchLabelExpressions")
        }
        if wanted in seen:
            at = (*path, "allowedTopologies", index, "matchLabelExpressions")
            yield about(at, "expected another term in each item")
        seen.append(wanted)


RULES: Rules = {
    **pod.RULES,
    "PersistentVolume": (required("spec"),),
    "PersistentVolumeSpec": (
        required("accessModes", "capacity"),
        choices("accessModes", *MODES),
        check_modes,
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
    "StorageClass": (
        required("provisioner"),
        _check_provisioner,
        _check_parameters,
        _check_topologies,
        choice("reclaimPolicy", "Retain", "Delete"),
        choice("volumeBindingMode", "Immediate", "WaitForFirstConsumer", may_be_empty=False),
    ),
    "TopologySelectorTerm": (required("matchLabelExpressions"), _check_topology),
    "TopologySelectorLabelRequirement": (
        required("values"),
        read_by(parse_key, "key", may_be_empty=False),
        required("key"),
    ),
}
"""The checks of the types of these kinds."""

"""The rules of the annotations of a pod that the server acts on, AppArmor apart."""

from __future__ import annotations

import json
import re

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.verdict.checks import LARGEST, Fields, Findings, about, notation, parse_inner_path
from kustz_tpl.verdict.pod.container import containers

_SECCOMP = "seccomp.security.alpha.kubernetes.io/pod"
_CONTAINER_SECCOMP = "container.seccomp.security.alpha.kubernetes.io/"
_LOCALHOST = "localhost/"
_SECCOMP_TYPES = {
    "runtime/default": "RuntimeDefault",
    "docker/default": "RuntimeDefault",
    "unconfined": "Unconfined",
}
_DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
_MIRROR = "kubernetes.io/config.mirror"
_TOLERATIONS = "scheduler.alpha.kubernetes.io/tolerations"
_WHOLE = "0|-?[1-9][0-9]{0,9}"


def check_annotations(pod: Fields, path: KeyPath) -> Findings:
    """Yield the values that the server refuses, and seccomp profiles unlike the fields."""
    notes = (pod.get("metadata") or {}).get("annotations") or {}
    spec, at = pod.get("spec") or {}, (*path, "metadata", "annotations")
    for key, value in notes.items():
        if key == _SECCOMP or key.startswith(_CONTAINER_SECCOMP):
            yield from _check_seccomp(value, (*at, key))
    yield from _check_profile(notes.get(_SECCOMP), spec, (*path, "spec"))
    for where, container in containers(spec):
        value = notes.get(f"{_CONTAINER_SECCOMP}{container.get('name')}")
        yield from _check_profile(value, container, (*path, "spec", *where))
    cost = notes.get(_DELETION_COST, "0")
    if not re.fullmatch(_WHOLE, cost) or not -LARGEST - 1 <= int(cost) <= LARGEST:
        yield about((*at, _DELETION_COST), NotationError("a number such as 10", cost))
    if notes.get(_MIRROR) and not spec.get("nodeName"):
        yield about((*at, _MIRROR), "expected spec.nodeName with this annotation")
    if (tolerations := notes.get(_TOLERATIONS)) and not _is_list(tolerations):
        yield about((*at, _TOLERATIONS), NotationError("a JSON list of tolerations", tolerations))


def _check_seccomp(value: str, path: KeyPath) -> Findings:
    if value.startswith(_LOCALHOST):
        yield from notation(parse_inner_path, value.removeprefix(_LOCALHOST), path)
    elif value not in _SECCOMP_TYPES:
        expected = "runtime/default, docker/default, unconfined or localhost/PROFILE"
        yield about(path, NotationError(expected, value))


def _check_profile(value: str | None, fields: Fields, path: KeyPath) -> Findings:
    """Yield the profile of a pod or container that is not that of its annotation."""
    profile = (fields.get("securityContext") or {}).get("seccompProfile")
    if value is None or not profile:
        return
    at, kind = (*path, "securityContext", "seccompProfile"), profile.get("type")
    is_file = value.startswith(_LOCALHOST)
    if kind != ("Localhost" if is_file else _SECCOMP_TYPES.get(value, kind)):
        error = NotationError(f"the profile {value} of the annotation", str(kind))
        yield about((*at, "type"), error)
    elif is_file and profile.get("localhostProfile") != value.removeprefix(_LOCALHOST):
        error = NotationError(
            f"the profile {value} of the annotation", str(profile.get("localhostProfile"))
        )
        yield about((*at, "localhostProfile"), error)


def _is_list(text: str) -> bool:
    try:
        return isinstance(json.loads(text), list)
    except ValueError:
        return False

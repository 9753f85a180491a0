"""The rules of Deployments, ReplicaSets, StatefulSets and DaemonSets."""

from __future__ import annotations

import re

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.verdict import pod
from kustz_tpl.verdict.checks import (
    LABEL,
    LARGEST,
    LARGEST_LONG,
    Check,
    Fields,
    Findings,
    Rules,
    about,
    amount,
    at_least,
    between,
    choice,
    forbidden,
    items,
    read_by,
    required,
)
from kustz_tpl.verdict.pod.mounts import check_mounts
from kustz_tpl.verdict.pod.template import (
    POD_SPEC,
    check_selector,
    check_template_mounts,
    mapping_at,
)

_DEADLINE = 600


def _check_long_running(spec: Fields, path: KeyPath) -> Findings:
    """Yield what is wrong with a workload that keeps its pods running."""
    pod_spec = mapping_at(spec, *POD_SPEC)
    at = (*path, *POD_SPEC)
    if pod_spec.get("restartPolicy") not in (None, "", "Always"):
        got = pod_spec["restartPolicy"]
        yield about((*at, "restartPolicy"), NotationError("Always", got, hint="leave it out"))
    yield from forbidden(" of a pod that is kept running", "activeDeadlineSeconds")(pod_spec, at)
    yield from check_selector(spec, path)


def _check_deployment(spec: Fields, path: KeyPath) -> Findings:
    ready, deadline = spec.get("minReadySeconds") or 0, spec.get("progressDeadlineSeconds")
    deadline = _DEADLINE if deadline is None else deadline
    if ready >= deadline:
        key = "progressDeadlineSeconds"
        where = key if spec.get(key) is not None else "minReadySeconds"
        got = f"{deadline} and {ready}"
        expected = f"{key} above minReadySeconds"
        yield about((*path, where), NotationError(expected, Shown(got)))


def _check_rollout(strategy: Fields, path: KeyPath) -> Findings:
    rolling = strategy.get("rollingUpdate")
    if strategy.get("type") == "Recreate" and rolling is not None:
        yield about((*path, "rollingUpdate"), "expected no rollingUpdate with type: Recreate")
    elif rolling and _is_zero(rolling.get("maxUnavailable")) and _is_zero(rolling.get("maxSurge")):
        at = (*path, "rollingUpdate", "maxUnavailable")
        yield about(at, NotationError("more than 0 without maxSurge", Shown(0)))


def _is_zero(value: object) -> bool:
    return value in (0, "0%")


def _check_stateful_set(spec: Fields, path: KeyPath) -> Findings:
    strategy = spec.get("updateStrategy") or {}
    if strategy.get("type") == "OnDelete" and strategy.get("rollingUpdate") is not None:
        at = (*path, "updateStrategy", "rollingUpdate")
        yield about(at, "expected no rollingUpdate with type: OnDelete")
    names = [
        mapping_at(each, "metadata").get("name") for _, each in items(spec, "volumeClaimTemplates")
    ]
    for index, name in enumerate(names):
        at = (*path, "volumeClaimTemplates", index, "metadata", "name")
        yield from read_by(LABEL, "name", may_be_empty=False)({"name": name or ""}, at[:-1])
    claims = tuple(name for name in names if name)
    yield from check_mounts(mapping_at(spec, *POD_SPEC), (*path, *POD_SPEC), claims)


def _check_daemon_set(spec: Fields, path: KeyPath) -> Findings:
    strategy = spec.get("updateStrategy") or {}
    rolling = strategy.get("rollingUpdate")
    if rolling is None or strategy.get("type") not in (None, "", "RollingUpdate"):
        return
    missing, surge = rolling.get("maxUnavailable"), rolling.get("maxSurge")
    yield from amount("maxUnavailable", "maxSurge")(
        rolling, (*path, "updateStrategy", "rollingUpdate")
    )
    at = (*path, "updateStrategy", "rollingUpdate", "maxUnavailable")
    if _is_zero(missing) and (surge is None or _is_zero(surge)):
        yield about(at, NotationError("more than 0 without maxSurge", Shown(missing)))
    elif surge is not None and not _is_zero(surge) and not _is_zero(missing):
        yield about(at, NotationError("0 with maxSurge", Shown(1 if missing is None else missing)))


def _check_number(rolling: Fields, path: KeyPath) -> Findings:
    """Yield a maxUnavailable out of range; the server drops others while the feature gate is off."""
    if isinstance(rolling.get("maxUnavailable"), int):
        yield from between(-LARGEST - 1, LARGEST, "maxUnavailable")(rolling, path)


def _number(key: str, least: int, *, may_be_empty: bool = False) -> Check:
    """Return a check of an annotation that stands for a field of an old version."""

    def check(document: Fields, path: KeyPath) -> Findings:
        text = ((document.get("metadata") or {}).get("annotations") or {}).get(key, "0")
        if not text and may_be_empty:
            return
        is_number = re.fullmatch("[-+]?0*[0-9]{1,19}", text)
        if not is_number or not least <= int(text) <= LARGEST_LONG:
            at = (*path, "metadata", "annotations", key)
            yield about(at, NotationError(f"an integer from {least}", text))

    return check


RULES: Rules = {
    **pod.RULES,
    "Deployment": (
        required("spec"),
        _number("deprecated.deployment.rollback.to", 0, may_be_empty=True),
    ),
    "DeploymentSpec": (
        at_least(
            0, "replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"
        ),
        _check_long_running,
        _check_deployment,
        check_template_mounts,
    ),
    "DeploymentStrategy": (choice("type", "Recreate", "RollingUpdate"), _check_rollout),
    "RollingUpdateDeployment": (amount("maxUnavailable"), amount("maxSurge", is_share=False)),
    "ReplicaSet": (required("spec"),),
    "ReplicaSetSpec": (
        at_least(0, "replicas", "minReadySeconds"),
        _check_long_running,
        check_template_mounts,
    ),
    "StatefulSet": (required("spec"),),
    "StatefulSetSpec": (
        at_least(0, "replicas", "minReadySeconds"),
        between(-LARGEST - 1, LARGEST, "revisionHistoryLimit"),
        choice("podManagementPolicy", "OrderedReady", "Parallel"),
        read_by(LABEL, "serviceName"),
        _check_long_running,
        _check_stateful_set,
    ),
    "StatefulSetUpdateStrategy": (choice("type", "RollingUpdate", "OnDelete"),),
    "RollingUpdateStatefulSetStrategy": (at_least(0, "partition"), _check_number),
    "StatefulSetPersistentVolumeClaimRetentionPolicy": (
        choice("whenDeleted", "Retain", "Delete"),
        choice("whenScaled", "Retain", "Delete"),
    ),
    "StatefulSetOrdinals": (at_least(0, "start"),),
    "DaemonSet": (
        required("spec"),
        _number("deprecated.daemonset.template.generation", -LARGEST_LONG - 1),
    ),
    "DaemonSetSpec": (
        at_least(0, "minReadySeconds", "revisionHistoryLimit"),
        _check_long_running,
        _check_daemon_set,
        check_template_mounts,
    ),
    "DaemonSetUpdateStrategy": (choice("type", "RollingUpdate", "OnDelete"),),
}
"""The checks of the types of these kinds."""

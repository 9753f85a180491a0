"""The rules of the kinds that make pods."""

from __future__ import annotations

import re
from typing import Any

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown, any_of
from kustz_tpl.notation.schedule import parse_schedule
from kustz_tpl.verdict import pod, storage
from kustz_tpl.verdict.app_armor import check_app_armor
from kustz_tpl.verdict.checks import (
    LABEL,
    LARGEST,
    LARGEST_LONG,
    Fields,
    Findings,
    Rules,
    about,
    amount,
    at_least,
    at_most,
    between,
    choice,
    forbidden,
    is_empty,
    items,
    notation,
    one_of,
    parse_domain_path,
    parse_key,
    parse_pattern,
    read_by,
    required,
)
from kustz_tpl.verdict.pod import check_mounts

_DEADLINE = 600
_POD = ("template", "spec")
_LABEL_LIMIT = 63
_MOST_INDEXES, _MOST_OF_LARGE = 100_000, 10_000


def _check_service(spec: Fields, path: KeyPath) -> Findings:
    """Yield what is wrong with a workload whose pods run without an end."""
    pod_spec = _at(spec, *_POD)
    at = (*path, *_POD)
    if pod_spec.get("restartPolicy") not in (None, "", "Always"):
        got = pod_spec["restartPolicy"]
        yield about((*at, "restartPolicy"), NotationError("Always", got, hint="leave it out"))
    yield from forbidden(" of a pod that is kept running", "activeDeadlineSeconds")(pod_spec, at)
    yield from _check_selector(spec, path)


def _check_selector(spec: Fields, path: KeyPath) -> Findings:
    selector = spec.get("selector") or {}
    if not selector.get("matchLabels") and not selector.get("matchExpressions"):
        yield about((*path, "selector"), NotationError("labels of the pods", Shown("none")))
        return
    labels = _at(spec, "template", "metadata", "labels")
    if not is_selected(selector, labels):
        at = (*path, "template", "metadata", "labels")
        yield about(at, "expected the labels of spec.selector, got others")


def is_selected(selector: Fields, labels: Fields) -> bool:
    """Check whether a label selector selects labels."""
    wanted = (selector.get("matchLabels") or {}).items()
    return all(labels.get(key) == value for key, value in wanted) and all(
        _is_met(each, labels) for _, each in items(selector, "matchExpressions")
    )


def _is_met(requirement: Fields, labels: Fields) -> bool:
    key, values = requirement.get("key", ""), requirement.get("values") or ()
    match requirement.get("operator"):
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    return True


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
    names = [_at(each, "metadata").get("name") for _, each in items(spec, "volumeClaimTemplates")]
    for index, name in enumerate(names):
        at = (*path, "volumeClaimTemplates", index, "metadata", "name")
        yield from read_by(LABEL, "name", may_be_empty=False)({"name": name or ""}, at[:-1])
    claims = tuple(name for name in names if name)
    yield from check_mounts(_at(spec, *_POD), (*path, *_POD), claims)


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
    """Yield a number that is too large; the server drops the others, as no feature wants them."""
    if isinstance(rolling.get("maxUnavailable"), int):
        yield from between(-LARGEST - 1, LARGEST, "maxUnavailable")(rolling, path)


def _check_mounts_of_template(spec: Fields, path: KeyPath) -> Findings:
    yield from check_mounts(_at(spec, *_POD), (*path, *_POD))


def _check_job(spec: Fields, path: KeyPath) -> Findings:
    policy = _at(spec, *_POD).get("restartPolicy")
    if policy not in ("OnFailure", "Never"):
        got = policy or Shown("none")
        at = (*path, *_POD, "restartPolicy")
        yield about(at, NotationError(any_of(("OnFailure", "Never")), got))
    yield from _check_indexes(spec, path)
    yield from _check_failures(spec, path, policy)


def _check_indexes(spec: Fields, path: KeyPath) -> Findings:
    has_default = spec.get("parallelism") is None and "jobTemplate" not in path  # 1 each
    is_set = spec.get("completions") is not None or has_default
    if spec.get("completionMode") == "Indexed" and not is_set:
        at = (*path, "completions")
        yield about(at, NotationError("a number with completionMode: Indexed", Shown("none")))
    if spec.get("completionMode") != "Indexed":
        for key in ("backoffLimitPerIndex", "maxFailedIndexes", "successPolicy"):
            if spec.get(key) is not None:
                yield about((*path, key), f"expected no {key} without completionMode: Indexed")
    if spec.get("maxFailedIndexes") is not None:
        if spec.get("backoffLimitPerIndex") is None:
            at = (*path, "backoffLimitPerIndex")
            yield about(at, NotationError("a number with maxFailedIndexes", Shown("none")))
        elif spec["maxFailedIndexes"] > spec.get("completions", LARGEST):
            at = (*path, "maxFailedIndexes")
            most = f"at most {spec['completions']}, completions"
            yield about(at, NotationError(most, Shown(spec["maxFailedIndexes"])))


def _check_failures(spec: Fields, path: KeyPath, policy: str | None) -> Findings:
    failures = spec.get("podFailurePolicy")
    if failures is None:
        return
    if policy != "Never":
        at = (*path, "podFailurePolicy")
        yield about(at, "expected restartPolicy: Never with podFailurePolicy")
    if spec.get("podReplacementPolicy"):
        yield from choice("podReplacementPolicy", "Failed")(spec, path)
    names = [each.get("name") for _, each in pod.containers(_at(spec, *_POD))]
    for index, rule in items(failures, "rules"):
        if rule.get("action") == "FailIndex" and spec.get("backoffLimitPerIndex") is None:
            at = (*path, "podFailurePolicy", "rules", index, "action")
            yield about(at, "expected backoffLimitPerIndex with FailIndex")
        name = (rule.get("onExitCodes") or {}).get("containerName")
        if name is not None and name not in names:
            at_name = (*path, "podFailurePolicy", "rules", index, "onExitCodes", "containerName")
            yield about(at_name, NotationError("the name of a container", name))


def _check_success(spec: Fields, path: KeyPath) -> Findings:
    policy, most = spec.get("successPolicy"), spec.get("completions")
    if policy is None or spec.get("completionMode") != "Indexed":
        return
    most = 1 if most is None else most
    for index, rule in items(policy, "rules"):
        at = (*path, "successPolicy", "rules", index)
        count, text = rule.get("succeededCount"), rule.get("succeededIndexes")
        if count is None and text is None:
            yield about(at, "expected succeededCount or succeededIndexes, got none")
        if text is not None:
            indexes = _parse_indexes(text, most)
            if indexes is None:
                expected = f"growing indexes below {most} such as 0,2-3"
                yield about((*at, "succeededIndexes"), NotationError(expected, text))
            most_of_rule = min(most, indexes or 0)
        else:
            most_of_rule = most
        yield from between(0, most_of_rule, "succeededCount")(rule, at)


def _parse_indexes(text: str, most: int) -> int | None:
    """Return how many indexes there are, None if they are wrong."""
    if not text:
        return 0
    if not re.fullmatch(r"[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*", text):
        return None
    last, count = -1, 0
    for part in text.split(","):
        first, _, end = part.partition("-")
        low, high = int(first), int(end or first)
        if not last < low <= high < most or (end and low == high):
            return None
        last, count = high, count + high - low + 1
    return count


def _check_many(spec: Fields, path: KeyPath) -> Findings:
    """Yield what is too much for a job with indexes."""
    if spec.get("completionMode") != "Indexed":
        return
    yield from between(0, _MOST_INDEXES, "parallelism", "maxFailedIndexes")(spec, path)
    is_large = (spec.get("completions") or 0) > _MOST_INDEXES
    if is_large and spec.get("backoffLimitPerIndex") is not None:
        yield from required("maxFailedIndexes")(spec, path)
        yield from between(0, _MOST_OF_LARGE, "parallelism", "maxFailedIndexes")(spec, path)


def _check_codes(requirement: Fields, path: KeyPath) -> Findings:
    codes = requirement.get("values") or []
    if codes != sorted(codes):
        yield about((*path, "values"), "expected the codes in their order")
    for index, code in enumerate(codes):
        at = (*path, "values", index)
        if code in codes[:index]:
            yield about(at, NotationError("another code in each item", Shown(code)))
        elif abs(code) > LARGEST or (code == 0 and requirement.get("operator") == "In"):
            yield about(at, NotationError("an exit code of a failure", Shown(code)))


def _check_own_selector(job: Fields, path: KeyPath) -> Findings:
    spec, path = _at(job, "spec"), (*path, "spec")
    if spec.get("manualSelector"):
        selector = spec.get("selector")
        if selector is None or (not is_empty(selector) and any(selector.values())):
            yield from _check_selector(spec, path)
    elif not is_empty(spec.get("selector")):
        at = (*path, "selector")
        yield about(at, "expected no selector: the server makes one")


def _check_template_selector(spec: Fields, path: KeyPath) -> Findings:
    inner = _at(spec, "jobTemplate", "spec")
    at = (*path, "jobTemplate", "spec")
    if inner.get("selector") is not None:
        yield about((*at, "selector"), "expected no selector: the server makes one")
    if inner.get("manualSelector"):
        yield about((*at, "manualSelector"), "expected no manualSelector: true")


def _check_time_zone(spec: Fields, path: KeyPath) -> Findings:
    zone = spec.get("timeZone")
    if zone is None:
        return
    from kustz_tpl.notation.time_zones import TIME_ZONES  # noqa: PLC0415 - a large table

    if zone not in TIME_ZONES:
        yield about(
            (*path, "timeZone"), NotationError("an IANA time zone such as Europe/Berlin", zone)
        )


def _parse_cron(text: str) -> object:
    found = parse_schedule(text)
    if found.time_zone is not None:
        raise NotationError("five fields", text, hint="write the time zone as timeZone")
    return found


def _check_job_name(job: Fields, path: KeyPath) -> Findings:
    """Yield a name that is too long for the label of the pods."""
    name = _at(job, "metadata").get("name") or ""
    if len(name) > _LABEL_LIMIT and not _at(job, "spec").get("manualSelector"):
        expected = f"at most {_LABEL_LIMIT} characters, as a label of the pods has them"
        yield about((*path, "metadata", "name"), NotationError(expected, name))
    spec = _at(job, "spec")
    count = spec.get("completions") if spec.get("completionMode") == "Indexed" else None
    if name and count:
        yield from notation(LABEL, f"{name}-{count - 1}", (*path, "metadata", "name"))


def _check_cron_name(cron_job: Fields, path: KeyPath) -> Findings:
    name = _at(cron_job, "metadata").get("name") or ""
    if len(name) > 52:  # noqa: PLR2004 - the server's own limit
        yield about((*path, "metadata", "name"), NotationError("at most 52 characters", name))


def _at(fields: Fields, *keys: str) -> dict[str, Any]:
    """Return the mapping at a path, empty where there is none."""
    found: Any = fields
    for key in keys:
        found = found.get(key) or {}
    return found  # type: ignore[no-any-return]


RULES: Rules = {
    **pod.RULES,
    **storage.RULES,
    "PodTemplateSpec": (required("spec"), check_app_armor),
    "Deployment": (required("spec"),),
    "ReplicaSet": (required("spec"),),
    "ReplicaSetSpec": (
        at_least(0, "replicas", "minReadySeconds"),
        _check_service,
        _check_mounts_of_template,
    ),
    "StatefulSet": (required("spec"),),
    "DaemonSet": (required("spec"),),
    "Job": (required("spec"), _check_job_name, _check_own_selector),
    "CronJob": (required("spec"), _check_cron_name),
    "DeploymentSpec": (
        at_least(
            0, "replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"
        ),
        _check_service,
        _check_deployment,
        _check_mounts_of_template,
    ),
    "DeploymentStrategy": (choice("type", "Recreate", "RollingUpdate"), _check_rollout),
    "RollingUpdateDeployment": (amount("maxUnavailable"), amount("maxSurge", is_share=False)),
    "StatefulSetSpec": (
        at_least(0, "replicas", "minReadySeconds"),
        choice("podManagementPolicy", "OrderedReady", "Parallel"),
        read_by(LABEL, "serviceName"),
        _check_service,
        _check_stateful_set,
    ),
    "StatefulSetUpdateStrategy": (choice("type", "RollingUpdate", "OnDelete"),),
    "RollingUpdateStatefulSetStrategy": (at_least(0, "partition"), _check_number),
    "StatefulSetPersistentVolumeClaimRetentionPolicy": (
        choice("whenDeleted", "Retain", "Delete"),
        choice("whenScaled", "Retain", "Delete"),
    ),
    "StatefulSetOrdinals": (at_least(0, "start"),),
    "DaemonSetSpec": (
        at_least(0, "minReadySeconds", "revisionHistoryLimit"),
        _check_service,
        _check_daemon_set,
        _check_mounts_of_template,
    ),
    "DaemonSetUpdateStrategy": (choice("type", "RollingUpdate", "OnDelete"),),
    "JobSpec": (
        at_least(
            0,
            "backoffLimit",
            "backoffLimitPerIndex",
            "completions",
            "maxFailedIndexes",
            "parallelism",
            "ttlSecondsAfterFinished",
        ),
        between(0, LARGEST_LONG, "activeDeadlineSeconds"),
        choice("completionMode", "NonIndexed", "Indexed", may_be_empty=False),
        choice("podReplacementPolicy", "TerminatingOrFailed", "Failed", may_be_empty=False),
        read_by(parse_domain_path, "managedBy", may_be_empty=False),
        read_by(parse_pattern(r".*", "at most 63 characters", 63), "managedBy"),
        _check_job,
        _check_success,
        _check_many,
        _check_mounts_of_template,
    ),
    "JobTemplateSpec": (required("spec"),),
    "SuccessPolicy": (required("rules"), at_most(20, "rules")),
    "CronJobSpec": (
        required("schedule", "jobTemplate"),
        read_by(_parse_cron, "schedule"),
        between(0, LARGEST_LONG, "startingDeadlineSeconds"),
        at_least(0, "successfulJobsHistoryLimit", "failedJobsHistoryLimit"),
        choice("concurrencyPolicy", "Allow", "Forbid", "Replace"),
        _check_time_zone,
        _check_template_selector,
    ),
    "PodFailurePolicyRule": (
        required("action"),
        choice("action", "FailJob", "FailIndex", "Ignore", "Count"),
        one_of("onExitCodes", "onPodConditions", are_lists=True),
    ),
    "PodFailurePolicyOnExitCodesRequirement": (
        required("operator", "values"),
        choice("operator", "In", "NotIn"),
        _check_codes,
    ),
    "PodFailurePolicyOnPodConditionsPattern": (
        required("type"),
        read_by(parse_key, "type"),
        choice("status", "True", "False", "Unknown"),
    ),
}
"""The checks of the types of these kinds."""

"""The rules of Jobs and CronJobs."""

from __future__ import annotations

import re

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown, any_of
from kustz_tpl.notation.schedule import parse_schedule
from kustz_tpl.verdict import pod
from kustz_tpl.verdict.checks import (
    LABEL,
    LARGEST,
    LARGEST_LONG,
    Fields,
    Findings,
    Rules,
    about,
    at_least,
    at_most,
    between,
    choice,
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
from kustz_tpl.verdict.pod.container import containers
from kustz_tpl.verdict.pod.template import (
    POD_SPEC,
    check_selector,
    check_template_mounts,
    mapping_at,
)

_LABEL_LIMIT = 63
_MOST_INDEXES, _MOST_OF_LARGE = 100_000, 10_000


def _check_job(spec: Fields, path: KeyPath) -> Findings:
    policy = mapping_at(spec, *POD_SPEC).get("restartPolicy")
    if policy not in ("OnFailure", "Never"):
        got = policy or Shown("none")
        at = (*path, *POD_SPEC, "restartPolicy")
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
    names = [each.get("name") for _, each in containers(mapping_at(spec, *POD_SPEC))]
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
                expected = f"ascending indexes below {most} such as 0,2-3"
                yield about((*at, "succeededIndexes"), NotationError(expected, text))
            most_of_rule = min(most, indexes or 0)
        else:
            most_of_rule = most
        yield from between(0, most_of_rule, "succeededCount")(rule, at)


def _parse_indexes(text: str, most: int) -> int | None:
    """Return the number of indexes, None if they are invalid."""
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


def _check_indexed_limits(spec: Fields, path: KeyPath) -> Findings:
    """Yield the numbers that are too large for an Indexed Job."""
    if spec.get("completionMode") != "Indexed":
        return
    yield from between(0, _MOST_INDEXES, "parallelism", "maxFailedIndexes")(spec, path)
    is_large = (spec.get("completions") or 0) > _MOST_INDEXES
    if is_large and spec.get("backoffLimitPerIndex") is not None:
        yield from required("maxFailedIndexes")(spec, path)
        yield from between(0, _MOST_OF_LARGE, "parallelism", "maxFailedIndexes")(spec, path)


def _check_exit_codes(requirement: Fields, path: KeyPath) -> Findings:
    codes = requirement.get("values") or []
    if codes != sorted(codes):
        yield about((*path, "values"), "expected exit codes in ascending order")
    for index, code in enumerate(codes):
        at = (*path, "values", index)
        if code in codes[:index]:
            yield about(at, NotationError("a unique exit code", Shown(code)))
        elif abs(code) > LARGEST or (code == 0 and requirement.get("operator") == "In"):
            yield about(at, NotationError("an exit code of a failure", Shown(code)))


def _check_own_selector(job: Fields, path: KeyPath) -> Findings:
    spec, path = mapping_at(job, "spec"), (*path, "spec")
    if spec.get("manualSelector"):
        selector = spec.get("selector")
        if selector is None or (not is_empty(selector) and any(selector.values())):
            yield from check_selector(spec, path)
    elif not is_empty(spec.get("selector")):
        at = (*path, "selector")
        yield about(at, "expected no selector: the server makes one")


def _check_template_selector(spec: Fields, path: KeyPath) -> Findings:
    inner = mapping_at(spec, "jobTemplate", "spec")
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
    name = mapping_at(job, "metadata").get("name") or ""
    if len(name) > _LABEL_LIMIT and not mapping_at(job, "spec").get("manualSelector"):
        expected = f"at most {_LABEL_LIMIT} characters, as a label of the pods has them"
        yield about((*path, "metadata", "name"), NotationError(expected, name))
    spec = mapping_at(job, "spec")
    count = spec.get("completions") if spec.get("completionMode") == "Indexed" else None
    if name and count:
        yield from notation(LABEL, f"{name}-{count - 1}", (*path, "metadata", "name"))


def _check_cron_name(cron_job: Fields, path: KeyPath) -> Findings:
    name = mapping_at(cron_job, "metadata").get("name") or ""
    if len(name) > 52:  # noqa: PLR2004 - the server's own limit
        yield about((*path, "metadata", "name"), NotationError("at most 52 characters", name))


RULES: Rules = {
    **pod.RULES,
    "Job": (required("spec"), _check_job_name, _check_own_selector),
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
        _check_indexed_limits,
        check_template_mounts,
    ),
    "SuccessPolicy": (required("rules"), at_most(20, "rules")),
    "PodFailurePolicyRule": (
        required("action"),
        choice("action", "FailJob", "FailIndex", "Ignore", "Count"),
        one_of("onExitCodes", "onPodConditions", are_lists=True),
    ),
    "PodFailurePolicyOnExitCodesRequirement": (
        required("operator", "values"),
        choice("operator", "In", "NotIn"),
        _check_exit_codes,
    ),
    "PodFailurePolicyOnPodConditionsPattern": (
        required("type"),
        read_by(parse_key, "type"),
        choice("status", "True", "False", "Unknown"),
    ),
    "CronJob": (required("spec"), _check_cron_name),
    "CronJobSpec": (
        required("schedule", "jobTemplate"),
        read_by(_parse_cron, "schedule"),
        between(0, LARGEST_LONG, "startingDeadlineSeconds"),
        at_least(0, "successfulJobsHistoryLimit", "failedJobsHistoryLimit"),
        choice("concurrencyPolicy", "Allow", "Forbid", "Replace"),
        _check_time_zone,
        _check_template_selector,
    ),
    "JobTemplateSpec": (required("spec"),),
}
"""The checks of the types of these kinds."""

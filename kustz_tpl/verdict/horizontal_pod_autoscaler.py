"""The rules of HorizontalPodAutoscalers."""

from __future__ import annotations

from collections.abc import Mapping

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.verdict.checks import (
    LABEL,
    Fields,
    Findings,
    Rules,
    about,
    at_least,
    between,
    choice,
    parse_path_segment,
    quantity,
    read_by,
    required,
)
from kustz_tpl.verdict.pod.resources import check_resource_name

_METRICS = {
    "Resource": "resource",
    "ContainerResource": "containerResource",
    "Pods": "pods",
    "Object": "object",
    "External": "external",
}
_TARGETS = ("averageUtilization", "averageValue", "value")
_OF_RESOURCE = ("averageUtilization", "averageValue")
_POSITIVE = 1


def _check_range(spec: Fields, path: KeyPath) -> Findings:
    least, most = spec.get("minReplicas"), spec.get("maxReplicas") or 0
    if most < 1:
        yield about((*path, "maxReplicas"), NotationError("at least 1", Shown(most or "none")))
    elif least is not None and most < least:
        expected = f"at least {least}, minReplicas"
        yield about((*path, "maxReplicas"), NotationError(expected, Shown(most)))


def _check_target(target: Fields, path: KeyPath) -> Findings:
    version = target.get("apiVersion") or ""
    if not version and path[-1] == "describedObject":
        return
    if version.count("/") != 1 or version.startswith("/"):
        got = version or Shown("none")
        yield about((*path, "apiVersion"), NotationError("a version such as apps/v1", got))


def _check_metric(metric: Fields, path: KeyPath) -> Findings:
    kind = metric.get("type") or ""
    if kind not in _METRICS:
        return
    field = _METRICS[kind]
    if metric.get(field) is None:
        yield about((*path, field), NotationError(f"{field} with type: {kind}", Shown("none")))
    for other in _METRICS.values():
        if other != field and metric.get(other) is not None:
            yield about((*path, other), f"expected no {other} with type: {kind}")


def _of_resource(metric: Fields, path: KeyPath) -> Findings:
    target = metric.get("target") or {}
    yield from _check_amounts(target, _OF_RESOURCE, (*path, "target"))


def _check_resource_name(metric: Fields, path: KeyPath) -> Findings:
    if name := metric.get("name"):
        yield from check_resource_name(name, (*path, "name"))


def _of_pods(metric: Fields, path: KeyPath) -> Findings:
    target = metric.get("target") or {}
    if target.get("averageValue") is None:
        at = (*path, "target", "averageValue")
        yield about(at, NotationError("an amount", Shown("none")))


def _of_object(metric: Fields, path: KeyPath) -> Findings:
    target = metric.get("target") or {}
    if target.get("value") is None or target.get("averageValue") is None:  # it may have both
        yield from _of_queue(metric, path)


def _of_queue(metric: Fields, path: KeyPath) -> Findings:
    target = metric.get("target") or {}
    yield from _check_amounts(target, ("value", "averageValue"), (*path, "target"))


def _check_amounts(target: Fields, keys: tuple[str, str], path: KeyPath) -> Findings:
    written = [key for key in keys if target.get(key) is not None]
    if len(written) != 1:
        got = Shown(" and ".join(written) or "none")
        yield about((*path, keys[0]), NotationError(f"either {keys[0]} or {keys[1]}", got))


def _check_policies(rules: Fields, path: KeyPath) -> Findings:
    if rules.get("policies") == []:
        yield about((*path, "policies"), NotationError("at least one policy", Shown("none")))


TYPES: Mapping[str, Mapping[str, str]] = {
    "HorizontalPodAutoscalerV1": {
        "apiVersion": "string",
        "kind": "string",
        "metadata": "ObjectMeta",
        "spec": "HorizontalPodAutoscalerSpecV1",
        "status": "{}",
    },
    "HorizontalPodAutoscalerSpecV1": {
        "scaleTargetRef": "CrossVersionObjectReference",
        "minReplicas": "integer",
        "maxReplicas": "integer",
        "targetCPUUtilizationPercentage": "integer",
    },
}
"""The types of autoscaling/v1."""

# The server does not look at the labels of a metric.
RULES: Rules = {
    "HorizontalPodAutoscaler": (required("spec"),),
    "HorizontalPodAutoscalerV1": (required("spec"),),
    "HorizontalPodAutoscalerSpecV1": (
        required("scaleTargetRef"),
        at_least(1, "minReplicas", "targetCPUUtilizationPercentage"),
        _check_range,
    ),
    "HorizontalPodAutoscalerSpec": (
        required("scaleTargetRef"),
        at_least(1, "minReplicas"),
        at_least(0, "maxReplicas"),
        _check_range,
    ),
    "CrossVersionObjectReference": (
        required("kind", "name"),
        read_by(parse_path_segment, "kind", "name"),
        _check_target,
    ),
    "MetricSpec": (required("type"), choice("type", *_METRICS), _check_metric),
    "ResourceMetricSource": (required("name", "target"), _of_resource),
    "ContainerResourceMetricSource": (
        required("name", "container", "target"),
        _check_resource_name,
        read_by(LABEL, "container"),
        _of_resource,
    ),
    "PodsMetricSource": (required("metric"), _of_pods),
    "ObjectMetricSource": (required("describedObject", "metric"), _of_object),
    "ExternalMetricSource": (required("metric"), _of_queue),
    "MetricIdentifier": (required("name"), read_by(parse_path_segment, "name")),
    "MetricTarget": (
        required("type"),
        choice("type", "Utilization", "Value", "AverageValue"),
        at_least(1, "averageUtilization"),
        quantity("value", _POSITIVE),
        quantity("averageValue", _POSITIVE),
    ),
    "HPAScalingRules": (
        between(0, 3600, "stabilizationWindowSeconds"),
        quantity("tolerance"),
        choice("selectPolicy", "Max", "Min", "Disabled", may_be_empty=False),
        _check_policies,
    ),
    "HPAScalingPolicy": (
        required("type", "value", "periodSeconds"),
        choice("type", "Pods", "Percent"),
        at_least(1, "value"),
        between(1, 1800, "periodSeconds"),
    ),
}
"""The checks of the types of these kinds."""

"""The HorizontalPodAutoscaler of a range of replicas, and the PodDisruptionBudget."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kustz_tpl.errors import Diagnostic, KeyPath
from kustz_tpl.kinds.container import containers
from kustz_tpl.kinds.kind import Config, Kind, mappings_at, parsed, string_at, value_at
from kustz_tpl.notation.replicas import Metric, Replicas, parse_disruption_budget, parse_replicas

_REQUESTS: tuple[KeyPath, ...] = (("service",), ("containers",), ("initContainers",), ("pod",))


def least_replicas(replicas: int | str | None) -> int:
    """Return a number of replicas, of a range the least."""
    if isinstance(replicas, str):
        return parse_replicas(replicas).least
    return 1 if replicas is None else replicas


def most_replicas(replicas: int | str | None) -> int:
    """Return a number of replicas, of a range the most."""
    if isinstance(replicas, str):
        return parse_replicas(replicas).most or 1
    return 1 if replicas is None else replicas


def autoscale(replicas: Replicas | int | str | None) -> Mapping[str, Any] | None:
    """Return what templates see of a range of replicas, None for a number."""
    if replicas is None or isinstance(replicas, int):
        return None
    found = parsed(parse_replicas, replicas)
    if found.most is None:
        return None
    metrics = [_metric(each) for each in found.metrics]
    return {"min": found.least, "max": found.most, "metrics": metrics}


def check_requests(config: Config) -> Iterator[Diagnostic]:
    """Find a target that is a share of a request which a container does not have: a warning.

    A LimitRange of the namespace may set the request.
    """
    replicas = config["service"]["replicas"]
    metrics = parse_replicas(replicas).metrics if isinstance(replicas, str) else ()
    for metric in (each for each in metrics if each.percentage is not None):
        if names := list(_without_request(config, metric.name)):
            what = f"{metric.name}={metric.percentage}% is a share of the request"
            which = (
                f"containers {' and '.join(names)} have"
                if names[1:]
                else f"container {names[0]} has"
            )
            message = f"{what}, and {which} none"
            path = ("service", "replicas")
            yield Diagnostic.about(path, message, severity="warning", depends_on=_REQUESTS)
            return


HORIZONTAL_POD_AUTOSCALER = Kind(
    name="HorizontalPodAutoscaler",
    template="horizontalpodautoscaler.yml",
    needs=("service", "autoscale"),
    is_of_workload=True,
    rules=(check_requests,),
)
POD_DISRUPTION_BUDGET = Kind(
    name="PodDisruptionBudget",
    template="poddisruptionbudget.yml",
    needs=("service", "disruptionBudget"),
    is_of_workload=True,
    filters={"disruption_budget": parse_disruption_budget},
)


def _without_request(config: Config, resource: str) -> Iterator[str]:
    """Yield the names of the containers that have no request; a limit is one too."""
    if _has_request(config["pod"].get("resources"), resource):
        return
    for container in containers(config):
        is_first = container.path[0] == "initContainers" and not container.entry["restartPolicy"]
        raw = container.entry["container"].get("resources")
        has_own = resource in container.entry["resources"] or _has_request(raw, resource)
        if not is_first and not has_own:
            yield container.name
    for each in mappings_at(config["pod"], "containers"):
        if not _has_request(each.get("resources"), resource):
            yield string_at(each, "name")


def _has_request(resources: object, resource: str) -> bool:
    return any(value_at(resources, part, resource) is not None for part in ("requests", "limits"))


def _metric(metric: Metric) -> dict[str, Any]:
    target: dict[str, Any] = {"type": "Utilization", "averageUtilization": metric.percentage}
    if metric.amount is not None:
        target = {"type": "AverageValue", "averageValue": metric.amount.text}
    if metric.name in ("cpu", "memory"):
        return {"type": "Resource", "resource": {"name": metric.name, "target": target}}
    return {"type": "Pods", "pods": {"metric": {"name": metric.name}, "target": target}}

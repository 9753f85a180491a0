"""The HorizontalPodAutoscaler of a range of replicas, and the PodDisruptionBudget."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kustz_tpl.kinds.kind import Kind, parsed
from kustz_tpl.notation.replicas import Metric, Replicas, parse_disruption_budget, parse_replicas


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


HORIZONTAL_POD_AUTOSCALER = Kind(
    name="HorizontalPodAutoscaler",
    template="horizontalpodautoscaler.yml",
    needs=("service", "autoscale"),
    is_of_workload=True,
)
POD_DISRUPTION_BUDGET = Kind(
    name="PodDisruptionBudget",
    template="poddisruptionbudget.yml",
    needs=("service", "disruptionBudget"),
    is_of_workload=True,
    filters={"disruption_budget": parse_disruption_budget},
)


def _metric(metric: Metric) -> dict[str, Any]:
    target: dict[str, Any] = {"type": "Utilization", "averageUtilization": metric.percentage}
    if metric.amount is not None:
        target = {"type": "AverageValue", "averageValue": metric.amount.text}
    if metric.name in ("cpu", "memory"):
        return {"type": "Resource", "resource": {"name": metric.name, "target": target}}
    return {"type": "Pods", "pods": {"metric": {"name": metric.name}, "target": target}}

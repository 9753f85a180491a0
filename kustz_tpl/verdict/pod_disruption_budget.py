"""The rules of PodDisruptionBudgets."""

from __future__ import annotations

from kustz_tpl.errors import KeyPath
from kustz_tpl.verdict.checks import SHARED, Fields, Findings, Rules, about, amount, choice


def _check_budget(spec: Fields, path: KeyPath) -> Findings:
    if spec.get("minAvailable") is not None and spec.get("maxUnavailable") is not None:
        at = (*path, "maxUnavailable")
        yield about(at, "expected either minAvailable or maxUnavailable, got both")


RULES: Rules = {
    **SHARED,
    "PodDisruptionBudgetSpec": (
        amount("minAvailable", "maxUnavailable"),
        choice("unhealthyPodEvictionPolicy", "IfHealthyBudget", "AlwaysAllow", may_be_empty=False),
        _check_budget,
    ),
}
"""The checks of the types of a budget."""

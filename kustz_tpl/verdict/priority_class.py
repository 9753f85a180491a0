"""The rules of PriorityClasses."""

from __future__ import annotations

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.verdict.checks import Fields, Findings, Rules, about, choice

_HIGHEST_PRIORITY = 1_000_000_000


def _check_priority(document: Fields, path: KeyPath) -> Findings:
    value, name = document.get("value") or 0, (document.get("metadata") or {}).get("name") or ""
    if name.startswith("system-"):
        yield about((*path, "metadata", "name"), NotationError("no name of system-", name))
    if value > _HIGHEST_PRIORITY:
        expected = f"at most {_HIGHEST_PRIORITY}"
        yield about((*path, "value"), NotationError(expected, Shown(value)))


RULES: Rules = {
    "PriorityClass": (
        choice("preemptionPolicy", "Never", "PreemptLowerPriority", may_be_empty=False),
        _check_priority,
    ),
}
"""The checks of a PriorityClass."""

"""What a folder has that differs from what was generated, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple

from kustz_tpl.output.change import Action, Change, Plan, Remedy
from kustz_tpl.output.harm import Harm, find_harms

Status = Literal["missing", "changed", "stale", "edited", "foreign", "blocked"]

_STATUSES: dict[Action, Status] = {"created": "missing", "changed": "changed", "removed": "stale"}


class Finding(NamedTuple):
    """State one difference; `blocked` stands for what is in the way of writing at all."""

    path: str
    status: Status
    message: str


class Findings(NamedTuple):
    """State every difference of a folder, and the flags without which it cannot be mended."""

    folder: Path
    items: tuple[Finding, ...]
    harms: tuple[Harm, ...]
    remedies: tuple[Remedy, ...]

    def __bool__(self) -> bool:
        """Return whether there is a difference."""
        return bool(self.items)


def find(plan: Plan) -> Findings:
    """Return what is to be said about a plan that is not put into effect."""
    items = [_finding(change) for change in plan.differences]
    known = {item.path for item in items if item.status in {"edited", "foreign"}}
    items += [
        Finding(obstacle.path, "blocked", obstacle.message)
        for obstacle in plan.obstacles
        if obstacle.path not in known
    ]
    remedies = {obstacle.remedy for obstacle in plan.obstacles if obstacle.remedy}
    return Findings(plan.folder, tuple(items), find_harms(plan), tuple(sorted(remedies)))


def _finding(change: Change) -> Finding:
    if change.state == "edited":
        return Finding(change.path, "edited", "edited by hand")
    if change.state == "foreign":
        return Finding(change.path, "foreign", "not written by kustz-tpl")
    status = _STATUSES[change.action]
    return Finding(change.path, status, status)

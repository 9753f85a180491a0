"""What `generate` did, told folder by folder, and what to do next."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kustz_tpl.cli.terminal import counted, remark, say
from kustz_tpl.output.change import Plan
from kustz_tpl.output.ownership import SECRETS


@dataclass(frozen=True, slots=True)
class Written:
    """State what a run did to one folder."""

    folder: Path
    differences: tuple[tuple[str, str], ...]
    unchanged: int
    has_new_secrets: bool

    def __bool__(self) -> bool:
        """Return whether anything was done."""
        return bool(self.differences)


def written(plan: Plan) -> Written:
    """Return what a plan that was put into effect did."""
    return Written(
        folder=plan.folder,
        differences=tuple((change.action, change.path) for change in plan.differences),
        unchanged=len(plan.changes) - len(plan.differences),
        has_new_secrets=any(
            change.kind == "secret" and change.action != "removed" for change in plan.differences
        ),
    )


def tell(done: Written) -> None:
    """Say what became of each file."""
    for action, path in done.differences:
        say(f"{action:9}  {(done.folder / path).as_posix()}")


def conclude(all_done: Sequence[Written]) -> None:
    """Say what stayed, what git will not have, and what to do next."""
    unchanged = sum(done.unchanged for done in all_done)
    if unchanged:
        say(f"unchanged  {counted(unchanged, 'file')}")
    for done in all_done:
        if done.has_new_secrets:
            place = (done.folder / SECRETS).as_posix()
            remark(
                f"{place}/ stays out of git: a clean clone has no secrets until you generate there"
            )
    if len(all_done) == 1:
        remark(f"next: kubectl apply -k {shlex.quote(f'{all_done[0].folder.as_posix()}/')}")

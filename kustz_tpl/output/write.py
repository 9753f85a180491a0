"""Put a plan into effect: prepare every file, then put them in place one by one."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kustz_tpl.errors import InputError, Problem
from kustz_tpl.output import disk, staging
from kustz_tpl.output.change import Change, Plan, Policy
from kustz_tpl.output.compare import compare
from kustz_tpl.output.lock import locked
from kustz_tpl.output.ownership import KUSTOMIZATION

if TYPE_CHECKING:
    from kustz_tpl.application import Generated

# A secret is never in place without the .gitignore beside it, and kustomization.yml
# names only what is there.
_FIRST_IN = {"control": 0, "secret": 1, "copy": 2, "manifest": 3}
_FIRST_OUT = {"secret": 0, "copy": 1, "manifest": 2, "control": 3}


def update(generated: Generated, folder: Path, policy: Policy) -> Plan:
    """Make the folder hold what was generated, and return what was done.

    Raise InputError, with nothing written, if the folder forbids it or the disk is in
    trouble. A run that is killed leaves every file whole, and the next one goes on.
    """
    with disk.reported(folder):
        made = _make_folder(folder)
        try:
            with locked(folder, exclusive=True):
                plan = _permitted(compare(generated, folder, prune=policy.prune), policy)
                _write(plan)
                return plan
        except BaseException:
            _remove_folders(made)
            raise


def examine(generated: Generated, folder: Path) -> Plan:
    """Return what `update` would do, without writing."""
    with disk.reported(folder):
        if disk.standing(folder) == "nothing":
            return compare(generated, folder)
        with locked(folder, exclusive=False):
            return compare(generated, folder)


def _permitted(plan: Plan, policy: Policy) -> Plan:
    problems = plan.problems(policy)
    if problems:
        raise InputError(*problems)
    return plan


def _write(plan: Plan) -> None:
    if not plan.differences and not plan.is_interrupted:
        return
    folder = plan.folder
    changes = [change for change in plan.differences if change.action != "removed"]
    changes.sort(key=lambda change: (_FIRST_IN[change.kind], change.path == KUSTOMIZATION))
    try:
        _prepare(plan, changes)
    except BaseException:
        staging.give_up(folder, keep_journal=plan.is_interrupted)
        _sweep(plan)
        raise
    for number, change in enumerate(changes):
        (folder / disk.STAGING / str(number)).replace(folder / change.path)
    _remove_stale(plan)
    _sweep(plan)
    staging.end(folder)


def _prepare(plan: Plan, changes: list[Change]) -> None:
    interim = staging.begin(plan.folder, plan.record)
    for number, change in enumerate(changes):
        target = plan.folder / change.path
        content = change.after or b""
        staging.prepare(interim / str(number), target, content, is_secret=change.kind == "secret")
        target.parent.mkdir(parents=True, exist_ok=True)


def _remove_stale(plan: Plan) -> None:
    removals = [change for change in plan.changes if change.action == "removed"]
    for change in sorted(removals, key=lambda change: _FIRST_OUT[change.kind]):
        (plan.folder / change.path).unlink(missing_ok=True)


def _sweep(plan: Plan) -> None:
    """Remove the folders that are empty now; `rmdir` leaves every other one."""
    paths = [*plan.record.digests, *(change.path for change in plan.changes)]
    for name in sorted({path.split("/")[0] for path in paths if "/" in path}):
        inner = disk.folders_in(plan.folder / name)
        _remove_folders([plan.folder / name, *(plan.folder / name / sub for sub in inner)])


def _make_folder(folder: Path) -> list[Path]:
    missing = []
    current = folder
    while not os.path.lexists(current):
        missing.append(current)
        current = current.parent
    if not current.is_dir():
        message = "expected a folder, got something else; choose another one with -o"
        raise InputError(Problem(current.as_posix(), 0, 0, "", message))
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
    return missing[::-1]


def _remove_folders(folders: list[Path]) -> None:
    for folder in reversed(folders):
        with suppress(OSError):
            folder.rmdir()

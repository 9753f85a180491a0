"""Put a plan into effect: prepare every file, then put them in place one by one."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from kustz_tpl.errors import Diagnostic, InputError
from kustz_tpl.kinds.kustomization import KUSTOMIZATION_FILE
from kustz_tpl.output import disk, record
from kustz_tpl.output.changes import Change, Plan, Policy
from kustz_tpl.output.git import Repositories
from kustz_tpl.output.lock import locked
from kustz_tpl.output.plan import compare

if TYPE_CHECKING:
    from kustz_tpl.generated import Generated

# A secret is never in place without the .gitignore next to it, and kustomization.yml
# names only what is there.
_FIRST_IN = {"control": 0, "secret": 1, "copy": 2, "manifest": 3}
_FIRST_OUT = {"secret": 0, "copy": 1, "manifest": 2, "control": 3}
_SECRET_MODE = 0o600


def update(
    generated: Generated, folder: Path, policy: Policy, git: Repositories | None = None
) -> Plan:
    """Make the folder hold what was generated, and return what was done.

    Raise InputError, with nothing written, if the folder forbids it or the disk is in
    trouble. A run that is killed leaves every file whole, and the next one goes on.
    """
    with disk.reported(folder):
        disk.check_output_folder(folder)
        made = _make_folder(folder)
        try:
            with locked(folder, exclusive=True):
                plan = compare(generated, folder, git or Repositories(), prune=policy.prune)
                _write(_permitted(plan, policy))
                return plan
        except BaseException:
            _remove_folders(made)
            raise


def examine(generated: Generated, folder: Path, git: Repositories | None = None) -> Plan:
    """Return what `update` would do, without writing; without git, as any clone would say."""
    with disk.reported(folder):
        disk.check_output_folder(folder)
        if not folder.is_dir():  # nothing to lock; to open a pipe would wait for ever
            return compare(generated, folder, git)
        with locked(folder, exclusive=False):
            return compare(generated, folder, git)


def _permitted(plan: Plan, policy: Policy) -> Plan:
    if diagnostics := plan.diagnostics(policy):
        raise InputError(*diagnostics)
    return plan


def _write(plan: Plan) -> None:
    _restrict_secrets(plan)
    if not plan.differences and not plan.found.staged:
        if plan.record != plan.found:
            with suppress(OSError):  # all is as it should be; a record only saves questions
                record.write_record(plan.folder, plan.record)
        return
    changes = [change for change in plan.differences if change.action != "removed"]
    changes.sort(key=lambda change: (_FIRST_IN[change.kind], change.path == KUSTOMIZATION_FILE))
    prefix = record.new_prefix()
    is_first = not record.has_folder(plan.folder)
    try:
        _prepare(plan, changes, prefix)
    except BaseException:
        _give_up(plan, prefix, is_first=is_first)
        raise
    for number, change in enumerate(changes):
        record.staged(plan.folder, prefix, number).replace(plan.folder / change.path)
    removals = [change for change in plan.changes if change.action == "removed"]
    for change in sorted(removals, key=lambda change: _FIRST_OUT[change.kind]):
        (plan.folder / change.path).unlink(missing_ok=True)
    _sweep(plan)
    record.write_record(plan.folder, plan.record)


def _prepare(plan: Plan, changes: list[Change], prefix: str) -> None:
    """Write every file under an interim name, and first that it will be ours."""
    record.remove_staged(plan.folder, plan.found.staged)
    record.write_record(plan.folder, plan.found.joined(plan.record, prefix))
    for number, change in enumerate(changes):
        target = plan.folder / change.path
        interim = record.staged(plan.folder, prefix, number)
        mode = _SECRET_MODE if change.kind == "secret" else 0o666
        disk.write_new(interim, change.after or b"", mode)
        if disk.file_type(target) == "file" and change.kind != "secret":
            interim.chmod(disk.mode_of(target))
        target.parent.mkdir(parents=True, exist_ok=True)


def _give_up(plan: Plan, prefix: str, *, is_first: bool) -> None:
    """Remove what was prepared; nothing was put in place."""
    with suppress(OSError):
        record.remove_staged(plan.folder, prefix)
        if is_first:
            record.forget(plan.folder)
        elif plan.found.salt:
            record.write_record(plan.folder, plan.found._replace(staged=""))
    _sweep(plan)


def _restrict_secrets(plan: Plan) -> None:
    """Make a secret file readable only by its owner."""
    for change in plan.changes:
        path = plan.folder / change.path
        is_kept = change.kind == "secret" and change.action == "unchanged"
        if is_kept and disk.mode_of(path) & ~_SECRET_MODE:
            path.chmod(_SECRET_MODE)


def _sweep(plan: Plan) -> None:
    """Remove the folders of our files that are empty now; `rmdir` leaves every other one."""
    paths = [*plan.found.digests, *(change.path for change in plan.changes)]
    parents = {parent for path in paths for parent in PurePosixPath(path).parents}
    folders = [
        plan.folder / parent
        for parent in sorted(parents)
        if parent.parts
        and all(
            disk.file_type(plan.folder / each) == "folder" for each in (parent, *parent.parents)
        )
    ]
    _remove_folders(folders)


def _make_folder(folder: Path) -> list[Path]:
    missing = []
    current = folder
    while not os.path.lexists(current):
        missing.append(current)
        current = current.parent
    if not current.is_dir():
        message = "expected a folder, got something else; choose another one with -o"
        raise InputError(Diagnostic(current.as_posix(), 0, 0, "", message))
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
    return missing[::-1]


def _remove_folders(folders: list[Path]) -> None:
    for folder in reversed(folders):
        with suppress(OSError):
            folder.rmdir()

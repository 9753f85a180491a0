"""The report of `generate`: what it did in each folder, and what to do next."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from kustz_tpl.cli.terminal import as_argument, counted, print_line, print_note
from kustz_tpl.generated import Generated
from kustz_tpl.output.changes import Plan
from kustz_tpl.output.differences import warnings
from kustz_tpl.output.headers import SECRETS


class Written(NamedTuple):
    """State what a run did to one folder.

    `absent` are secret files that it did not have to write and that do not exist, `left` are
    files that kustz-tpl did not write, and `warnings` are the lines that start with !.
    """

    folder: Path
    differences: tuple[tuple[str, str], ...]
    unchanged: int
    has_new_secrets: bool
    has_sealed: bool = False
    absent: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Return whether anything was done."""
        return bool(self.differences or self.left or self.warnings)


def written(plan: Plan, generated: Generated) -> Written:
    """Return what an applied plan did."""
    left = {*generated.left, *(f"{SECRETS}/{name}" for name in generated.keyless)}
    return Written(
        folder=plan.folder,
        differences=tuple((change.action, change.path) for change in plan.differences),
        unchanged=len(plan.changes) - len(plan.differences),
        has_new_secrets=any(
            change.kind == "secret" and change.action != "removed" for change in plan.differences
        ),
        has_sealed=any(
            change.path.endswith(".sops.yml") and change.action != "removed"
            for change in plan.differences
        ),
        absent=tuple(sorted(path for path in left if not os.path.lexists(plan.folder / path))),
        left=plan.left,
        warnings=tuple(warnings(plan)),
    )


def print_changes(done: Written) -> None:
    """Print what happened to each file."""
    for action, path in done.differences:
        print_line(f"{action:9}  {(done.folder / path).as_posix()}")
    for line in done.warnings:
        print_line(line)
    for path in done.left:
        message = "not written by kustz-tpl and not in kustz.yml, so it is kept"
        print_note(f"{(done.folder / path).as_posix()}: {message}")


def print_summary(all_done: Sequence[Written], folder: Path | None, *, skips: bool) -> None:
    """Print what is unchanged, what is not in git, and how to apply the folder if there is one."""
    unchanged = sum(done.unchanged for done in all_done)
    if unchanged:
        print_line(f"unchanged  {counted(unchanged, 'file')}")
    _print_secrets_summary(all_done)
    absent = [(done.folder / path).as_posix() for done in all_done for path in done.absent]
    if absent:
        more = f" and {counted(len(absent) - 1, 'file')} more" if len(absent) > 1 else ""
        how = "without --skip-secrets" if skips else "where its source is"
        hint = f"run generate {how} before you apply"
        print_note(f"{absent[0]}{more}: missing, so this Secret is left out; {hint}")
    elif folder:
        print_note(f"next: kubectl apply -k {as_argument(f'{folder.as_posix()}/')}")


def _print_secrets_summary(all_done: Sequence[Written]) -> None:
    folders = [(done.folder / SECRETS).as_posix() for done in all_done if done.has_new_secrets]
    if folders:
        more = f" and {counted(len(folders) - 1, 'folder')} more" if len(folders) > 1 else ""
        print_note(
            f"{folders[0]}/{more}: not in git; in a clean clone, run kustz-tpl generate to create it"
        )
        print_note("to commit Secrets, use the backend external-secret or sops")
    if any(done.has_sealed for done in all_done):
        print_note("Flux, ksops and sops -d decrypt secret-*.sops.yml; kubectl apply -k does not")

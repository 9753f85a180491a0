"""What forbids to write into an output folder as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kustz_tpl.kinds.kustomization import KUSTOMIZATION_FILES
from kustz_tpl.output import disk
from kustz_tpl.output.changes import Change, Conflict
from kustz_tpl.output.record import find_intruder

if TYPE_CHECKING:
    from kustz_tpl.generated import Generated

_NAMES = {"link": "a link", "folder": "a folder", "file": "a file", "special": "a pipe or a device"}


def find_conflicts(
    generated: Generated, folder: Path, changes: Sequence[Change], owner: str | None
) -> tuple[Conflict, ...]:
    """Return the reasons against these changes, those of the whole folder first."""
    known: dict[str, str] = {}
    return (
        *_owner_conflicts(generated.name, owner),
        *_record_conflicts(folder),
        *_kustomization_conflicts(folder),
        *_parent_conflicts(folder, changes),
        *_case_conflicts(folder, changes),
        *(
            conflict
            for change in changes
            for conflict in _file_conflicts(folder, change, generated.reads, known)
        ),
    )


def _owner_conflicts(name: str, owner: str | None) -> Iterator[Conflict]:
    if owner in {None, name}:
        return
    holder = f"the application {owner}" if owner else "an index of applications"
    hint = "choose another output folder, or use --adopt if it was renamed"
    yield Conflict("", f"belongs to {holder}; {hint}", "--adopt")


def _record_conflicts(folder: Path) -> Iterator[Conflict]:
    intruder = find_intruder(folder)
    if intruder:
        path, what = intruder
        got = "not written by kustz-tpl" if what == "foreign" else f"got {_NAMES[what]}"
        yield Conflict(path, f"needed for the record of the last run, {got}; move it away")


def _kustomization_conflicts(folder: Path) -> Iterator[Conflict]:
    for name in KUSTOMIZATION_FILES[1:]:
        if disk.file_type(folder / name) != "nothing":
            message = "not written by kustz-tpl, and kustomize refuses a second kustomization file"
            yield Conflict(name, f"{message}; move it away")


def _parent_conflicts(folder: Path, changes: Sequence[Change]) -> Iterator[Conflict]:
    parents = {
        "/".join(parts[:depth]): None
        for parts in (change.path.split("/") for change in changes)
        for depth in range(1, len(parts))
    }
    for parent in parents:
        file_type = disk.file_type(folder / parent)
        if file_type not in {"nothing", "folder"}:
            yield Conflict(parent, f"expected a folder, got {_NAMES[file_type]}; move it away")


def _case_conflicts(folder: Path, changes: Sequence[Change]) -> Iterator[Conflict]:
    """Yield the files that would take another's place: their data would be lost."""
    seen: dict[str, str] = {}
    for change in changes:
        alike = seen.setdefault(change.path.lower(), change.path)
        if alike != change.path and change.action != "removed" and disk.folds_case(folder):
            message = f"the same file as {alike} on this case-insensitive file system"
            yield Conflict(
                change.path, f"{message}; move one of them to another ConfigMap or Secret"
            )


def _file_conflicts(
    folder: Path, change: Change, reads: frozenset[str], known: dict[str, str]
) -> Iterator[Conflict]:
    may_be_read = change.action != "unchanged" or change.kind in {"copy", "secret"}
    if (
        may_be_read
        and change.state != "absent"
        and disk.is_among(folder / change.path, reads, known)
    ):
        message = "read by this run, so it is never overwritten; choose another output folder"
        yield Conflict(change.path, message)
    elif change.state == "edited":
        yield Conflict(change.path, _edited_message(change), "--force")
    elif change.state == "foreign":
        yield _foreign_conflict(folder, change)


def _foreign_conflict(folder: Path, change: Change) -> Conflict:
    file_type = disk.file_type(folder / change.path)
    if file_type in {"folder", "special"}:
        return Conflict(change.path, f"expected a file, got {_NAMES[file_type]}; move it away")
    what = "a link, not written by kustz-tpl" if file_type == "link" else "not written by kustz-tpl"
    return Conflict(change.path, f"{what}; use --adopt to replace it", "--adopt")


def _edited_message(change: Change) -> str:
    if change.action == "removed":
        return "edited by hand and no longer generated; use --force to remove it"
    place = "kustz.yml, a patch or a template"
    return f"edited by hand; move the change into {place}, or use --force to overwrite it"

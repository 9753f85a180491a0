"""Compare what was generated with what an output folder holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kustz_tpl.output import disk, ownership, staging
from kustz_tpl.output.change import Change, Plan, State
from kustz_tpl.output.finish import finish, is_marked, own_record
from kustz_tpl.output.obstacle import find_obstacles
from kustz_tpl.output.ownership import KUSTOMIZATION, Record
from kustz_tpl.output.stale import find_stale

if TYPE_CHECKING:
    from kustz_tpl.application import Generated, GeneratedFile

_STATES: dict[ownership.Mark, State] = {"none": "foreign", "intact": "ours", "edited": "edited"}


def compare(generated: Generated, folder: Path, *, prune: bool = True) -> Plan:
    """Return the plan that makes the folder hold what was generated."""
    found = _read_record(folder)
    stale = find_stale(folder, generated.files.keys() | generated.left, found)
    kept = Record() if prune else _record_of(stale, found)
    files = finish(generated, kept)
    changes = [_compare_file(folder / path, path, file, found) for path, file in files.items()]
    changes.extend(stale if prune else ())
    return Plan(
        folder=folder,
        changes=tuple(changes),
        obstacles=find_obstacles(generated.name, folder, changes, found),
        record=own_record(generated).merged(kept).merged(found),
        is_interrupted=staging.is_left_over(folder),
    )


def _read_record(folder: Path) -> Record:
    path = folder / KUSTOMIZATION
    if disk.standing(path) != "file":
        return staging.read_journal(folder)
    return ownership.read_record(disk.read(path)).merged(staging.read_journal(folder))


def _record_of(stale: tuple[Change, ...], found: Record) -> Record:
    return Record(
        digests={
            change.path: found.digests[change.path]
            for change in stale
            if change.path in found.digests
        },
        has_secrets=any(change.kind == "secret" for change in stale),
    )


def _compare_file(path: Path, name: str, file: GeneratedFile, record: Record) -> Change:
    standing = disk.standing(path)
    if standing == "nothing":
        return Change(name, file.kind, "created", "absent", None, file.content)
    if standing != "file":
        return Change(name, file.kind, "changed", "foreign", None, file.content)
    before = disk.read(path)
    if _is_same(file, before) and not _is_unclaimed(name, file, record):
        return Change(name, file.kind, "unchanged", "ours")
    state = _state(name, file, before, record)
    shown = None if file.kind == "secret" else before
    return Change(name, file.kind, "changed", state, shown, file.content)


def _is_unclaimed(name: str, file: GeneratedFile, record: Record) -> bool:
    """Tell whether a copy stands there that no run of ours recorded: it may be its own source."""
    return file.kind == "copy" and name not in record.digests


def _is_same(file: GeneratedFile, before: bytes) -> bool:
    if before == file.content:
        return True
    # Of YAML git may turn the line ends; of data every byte counts.
    is_yaml = file.kind in {"manifest", "control"}
    return is_yaml and before.replace(b"\r\n", b"\n") == file.content.replace(b"\r\n", b"\n")


def _state(name: str, file: GeneratedFile, before: bytes, record: Record) -> State:
    if file.kind == "secret":
        return "ours" if record.has_secrets else "foreign"
    if is_marked(name, file.kind):
        return _STATES[ownership.read_mark(before)]
    if name not in record.digests:
        return "foreign"
    return "ours" if record.holds(name, before) else "edited"

"""What an index of applications lists no longer."""

from __future__ import annotations

from pathlib import Path
from posixpath import normpath

from kustz_tpl.output import disk, ownership
from kustz_tpl.output.change import Plan
from kustz_tpl.output.documents import read_documents
from kustz_tpl.output.ownership import KUSTOMIZATION


def lost_entries(plan: Plan) -> tuple[str, ...]:
    """Return what the index of a plan lists no longer; nothing if the plan is of no index."""
    # Only an index has an owner without a name.
    if plan.record.owner != "":
        return ()
    return tuple(
        entry
        for change in plan.differences
        if change.path == KUSTOMIZATION
        for entry in sorted(_entries(change.before) - _entries(change.after))
    )


def _entries(kustomization: bytes | None) -> set[str]:
    lists = (document.get("resources") for document in read_documents(kustomization))
    return {
        normpath(entry)
        for entries in lists
        if isinstance(entries, list)
        for entry in entries
        if isinstance(entry, str) and entry
    }


def left_behind(plan: Plan) -> tuple[Path, ...]:
    """Return the folders of ours that are still there and that the index lists no longer."""
    folders = (plan.folder / entry for entry in lost_entries(plan))
    return tuple(folder for folder in folders if _is_ours(folder / KUSTOMIZATION))


def _is_ours(kustomization: Path) -> bool:
    try:
        is_file = disk.standing(kustomization) == "file"
    except (OSError, ValueError):
        # An entry that somebody wrote by hand may be no name of a file.
        return False
    return is_file and ownership.has_mark(disk.read_head(kustomization, ownership.HEAD_SIZE))

"""Find what an earlier run generated and this one does not."""

from __future__ import annotations

from collections.abc import Container, Iterator
from pathlib import Path

from kustz_tpl.output import disk, ownership
from kustz_tpl.output.change import Change, State
from kustz_tpl.output.ownership import SECRETS, Record


def find_stale(folder: Path, wanted: Container[str], record: Record) -> tuple[Change, ...]:
    """Return the removals; only files that are ours, and none through a link."""
    found = {
        change.path: change
        for change in (
            *_manifests(folder, wanted),
            *_recorded(folder, wanted, record),
            *_secrets(folder, wanted, record),
        )
    }
    return tuple(found.values())


def _manifests(folder: Path, wanted: Container[str]) -> Iterator[Change]:
    for name in disk.files_in(folder):
        if name in wanted or not name.endswith((".yml", ".yaml")):
            continue
        if ownership.has_mark(disk.read_head(folder / name, ownership.HEAD_SIZE)):
            before = disk.read(folder / name)
            state: State = "ours" if ownership.read_mark(before) == "intact" else "edited"
            yield Change(name, "manifest", "removed", state, before)


def _recorded(folder: Path, wanted: Container[str], record: Record) -> Iterator[Change]:
    for path in record.digests:
        if path in wanted or not _is_reachable(folder, path):
            continue
        before = disk.read(folder / path)
        state: State = "ours" if record.holds(path, before) else "edited"
        yield Change(path, _kind_of(path), "removed", state, before)


def _is_reachable(folder: Path, path: str) -> bool:
    parents = path.split("/")[:-1]
    return disk.standing(folder / path) == "file" and all(
        disk.standing(folder.joinpath(*parents[: depth + 1])) == "folder"
        for depth in range(len(parents))
    )


def _kind_of(path: str) -> str:
    if path.endswith(("/.gitattributes", "/.gitignore")):
        return "control"
    return "copy" if "/" in path else "manifest"


def _secrets(folder: Path, wanted: Container[str], record: Record) -> Iterator[Change]:
    # The whole folder is ours: git leaves ignored files behind when it changes the branch.
    if not record.has_secrets:
        return
    for path in secret_files(folder):
        if path not in wanted and path not in record.digests:
            yield Change(path, "secret", "removed", "ours")


def secret_files(folder: Path) -> Iterator[str]:
    """Yield the paths of the files in `secrets/` and the folders directly in it."""
    for name in disk.files_in(folder / SECRETS):
        yield f"{SECRETS}/{name}"
    for parent in disk.folders_in(folder / SECRETS):
        for name in disk.files_in(folder / SECRETS / parent):
            yield f"{SECRETS}/{parent}/{name}"

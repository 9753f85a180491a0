"""Find what forbids to write into an output folder as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from kustz_tpl.output import disk
from kustz_tpl.output.change import Change, Obstacle
from kustz_tpl.output.ownership import SECRETS, Record
from kustz_tpl.output.stale import secret_files

_NAMES = {"link": "a link", "folder": "a folder", "file": "a file", "special": "a pipe or a device"}


def find_obstacles(
    owner: str, folder: Path, changes: Sequence[Change], found: Record
) -> tuple[Obstacle, ...]:
    """Return the reasons against these changes, those of the whole folder first."""
    return (
        *_owner_obstacles(owner, found),
        *_kustomization_obstacles(folder),
        *_parent_obstacles(folder, changes),
        *_secrets_obstacles(folder, changes, found),
        *_repository_obstacles(changes),
        *_capitals_obstacles(folder, changes),
        *(obstacle for change in changes for obstacle in _file_obstacles(folder, change)),
    )


def _owner_obstacles(owner: str, found: Record) -> Iterator[Obstacle]:
    if found.owner in {None, owner}:
        return
    holder = f"the application {found.owner}" if found.owner else "an index of applications"
    hint = "choose another folder with -o, or use --adopt if it was renamed"
    yield Obstacle("", f"belongs to {holder}; {hint}", "--adopt")


def _kustomization_obstacles(folder: Path) -> Iterator[Obstacle]:
    for name in ("kustomization.yaml", "Kustomization"):
        if disk.standing(folder / name) != "nothing":
            message = "not written by kustz-tpl, and kustomize refuses a second kustomization file"
            yield Obstacle(name, f"{message}; move it away")


def _parent_obstacles(folder: Path, changes: Sequence[Change]) -> Iterator[Obstacle]:
    parents = {
        "/".join(parts[:depth]): None
        for parts in (change.path.split("/") for change in changes)
        for depth in range(1, len(parts))
    }
    for parent in parents:
        standing = disk.standing(folder / parent)
        if standing not in {"nothing", "folder"}:
            yield Obstacle(parent, f"expected a folder, got {_NAMES[standing]}; move it away")


def _secrets_obstacles(
    folder: Path, changes: Sequence[Change], found: Record
) -> Iterator[Obstacle]:
    wanted = {change.path for change in changes}
    is_claimed = any(change.kind == "secret" for change in changes)
    if found.has_secrets or not is_claimed or wanted.issuperset(secret_files(folder)):
        return
    message = "holds files that kustz-tpl did not write, and the folder would be its own"
    yield Obstacle(SECRETS, f"{message}; move them away or choose another folder with -o")


def _repository_obstacles(changes: Sequence[Change]) -> Iterator[Obstacle]:
    """Keep a repository that begins in `secrets/`, whose files would be taken for stale ones."""
    for change in changes:
        inner, is_inner, _ = f"{change.path}/".partition("/.git/")
        if change.kind == "secret" and is_inner:
            message = "a git repository of its own, and the folder would be kustz-tpl's"
            yield Obstacle(inner, f"{message}; move it away or choose another folder with -o")
            return


def _capitals_obstacles(folder: Path, changes: Sequence[Change]) -> Iterator[Obstacle]:
    """Yield the files that would take another's place: their data would be lost."""
    seen: dict[str, str] = {}
    for change in changes:
        alike = seen.setdefault(change.path.lower(), change.path)
        if alike != change.path and change.action != "removed" and disk.folds_case(folder):
            message = f"the same file as {alike} on this disk, where capitals do not count"
            yield Obstacle(
                change.path, f"{message}; move one of them to another ConfigMap or Secret"
            )


def _file_obstacles(folder: Path, change: Change) -> Iterator[Obstacle]:
    if change.action == "unchanged" or change.state in {"absent", "ours"}:
        return
    if change.state == "edited":
        yield Obstacle(change.path, _edited_message(change), "--force")
        return
    standing = disk.standing(folder / change.path)
    if standing in {"folder", "special"}:
        message = f"expected a file, got {_NAMES[standing]}; move it away"
        yield Obstacle(change.path, message)
        return
    what = "a link, not written by kustz-tpl" if standing == "link" else "not written by kustz-tpl"
    yield Obstacle(change.path, f"{what}; use --adopt to replace it", "--adopt")


def _edited_message(change: Change) -> str:
    if change.action == "removed":
        return "edited by hand and no longer generated; use --force to remove it"
    place = "kustz.yml, a template or a kustomize patch"
    return f"edited by hand; move the change into {place}, or use --force to overwrite it"

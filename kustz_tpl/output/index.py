"""A kustomization.yml that lists the folders of several applications."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from posixpath import normpath

from kustz_tpl.engine import write_yaml
from kustz_tpl.generated import Generated, GeneratedFile
from kustz_tpl.kinds.kustomization import API_VERSION, KUSTOMIZATION_FILE
from kustz_tpl.kinds.kustomization import KUSTOMIZATION as KIND
from kustz_tpl.output import disk
from kustz_tpl.output.headers import parse_owner, without_conflict_markers
from kustz_tpl.yaml_source.loader import load_mappings


def index_folder(pattern: str) -> Path:
    """Return the folder that contains all folders of a pattern."""
    fixed, brace, _ = pattern.partition("{")
    return (
        Path(fixed.rpartition("/")[0] or ("/" if fixed.startswith("/") else "."))
        if brace
        else Path(pattern)
    )


def make_index(
    folder: Path, generated: Iterable[Path], source: str = "", *, is_whole: bool = False
) -> Generated:
    """Return the index; the order of the applications does not matter.

    Without all of them (`is_whole`) it keeps applications that this run does not generate, as long as their folders exist; of an
    index in a merge conflict, those of both sides.
    """
    listed = {Path(os.path.relpath(path, folder)).as_posix() for path in generated}
    path = folder / KUSTOMIZATION_FILE
    if not is_whole and disk.file_type(path) == "file":
        listed |= {
            entry
            for entry in parse_entries(disk.read(path))
            if os.path.isfile(folder / entry / KUSTOMIZATION_FILE)  # noqa: PTH113 - Path's raises
        }
    kustomization = {
        "apiVersion": API_VERSION,
        "kind": KIND.name,
        "resources": sorted(listed),
    }
    content = write_yaml([kustomization]).encode()
    return Generated(
        name="",
        namespace=None,
        config_name=source or "its applications",
        files={KUSTOMIZATION_FILE: GeneratedFile(content, "manifest")},
    )


def parse_entries(kustomization: bytes) -> frozenset[str]:
    """Return the folders that an index lists; nothing if it is not our index."""
    if parse_owner(kustomization) != "":
        return frozenset()
    lists = (
        document.get("resources")
        for document in load_mappings(without_conflict_markers(kustomization))
    )
    entries = (
        normpath(entry)
        for listed in lists
        if isinstance(listed, list)
        for entry in listed
        if isinstance(entry, str) and entry.strip() and "\0" not in entry
    )
    # Anybody may have written the index, so no entry may leave its folder.
    return frozenset(entry for entry in entries if not entry.startswith(("..", "/")))

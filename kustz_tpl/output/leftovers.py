"""Folders of applications or environments that are no longer listed."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from kustz_tpl.kinds.kustomization import KUSTOMIZATION_FILE
from kustz_tpl.output import disk
from kustz_tpl.output.headers import HEAD_SIZE, SECRETS, parse_header, parse_listed, parse_owner

_PLACEHOLDER = r"\{[^{}]*\}"


class Leftover(NamedTuple):
    """Hold what is to be removed: a folder, or files and folders next to others that stay.

    It is called by its `path`. Git does not remove the `secrets`, which it does not have.
    """

    path: Path
    parts: tuple[Path, ...]
    secrets: tuple[Path, ...]


def find_leftovers(
    pattern: str, written: Collection[Path], owners: Collection[str] = ()
) -> Iterator[Leftover]:
    """Yield what kustz-tpl generated in the folders of a pattern and this run did not write.

    With `owners` only those of these applications count. A folder with an index stands for all
    folders in it.
    """
    known = {os.path.realpath(path) for path in written}
    above = pattern.partition("/{env}")[0]  # where there were no environments yet
    if "{" not in above and above != pattern and _is_left(Path(above), known, owners):
        yield _in_folder(Path(above))
    found: list[Path] = []
    for path in sorted({*_folders(pattern.partition("/{name}")[0]), *_folders(pattern)}):
        is_in_found = any(each in path.parents for each in found)
        if not is_in_found and _is_left(path, known, owners):
            found.append(path)
    yield from (Leftover(path, (path,), tuple(_secrets(path))) for path in found)


def read_owner(folder: Path) -> str | None:
    """Return the application whose manifests a folder has: empty for an index, None if not ours."""
    file = folder / KUSTOMIZATION_FILE
    if disk.file_type(file) != "file":
        return None
    return parse_owner(disk.read_head(file, HEAD_SIZE))


def _is_left(folder: Path, known: Collection[str], owners: Collection[str]) -> bool:
    owner = read_owner(folder)
    is_wanted = owner is not None and (owner in owners or not owners)
    return is_wanted and os.path.realpath(folder) not in known


def _in_folder(folder: Path) -> Leftover:
    """Return the files that kustz-tpl generated directly in a folder, and folders of data files."""
    listed = parse_listed(disk.read(folder / KUSTOMIZATION_FILE))
    manifests = (
        name
        for name in disk.files_in(folder)
        if name.endswith((".yml", ".yaml"))
        and parse_header(disk.read_head(folder / name, HEAD_SIZE))
    )
    names = sorted({*manifests, *(path.partition("/")[0] for path in listed)})
    parts = [folder / name for name in names if disk.file_type(folder / name) in {"file", "folder"}]
    secrets = [part for part in parts if part.name == SECRETS]
    return Leftover(folder / KUSTOMIZATION_FILE, tuple(parts), tuple(secrets))


def _secrets(folder: Path) -> Iterator[Path]:
    """Yield the folders of Secrets of an application, or of all in the folder of an environment."""
    for each in (folder, *(folder / name for name in disk.folders_in(folder))):
        if disk.file_type(each / SECRETS) == "folder":
            yield each / SECRETS


def read_config_name(folder: Path) -> str:
    """Return the config that the manifests in a folder say they are from, without its layer."""
    file = folder / KUSTOMIZATION_FILE
    content = disk.read_head(file, HEAD_SIZE) if disk.file_type(file) == "file" else b""
    header = parse_header(content)
    return header.source.partition(" and ")[0] if header else ""


def _folders(pattern: str) -> Iterator[Path]:
    from glob import escape  # noqa: PLC0415 - start-up time

    from kustz_tpl.data_files.matches import find_matches  # noqa: PLC0415 - start-up time

    fixed = [escape(part) for part in re.split(_PLACEHOLDER, pattern)]
    words = ["**" if word == "{dir}" else "*" for word in re.findall(_PLACEHOLDER, pattern)]
    whole = "".join(part for pair in zip(fixed, [*words, ""], strict=True) for part in pair)
    yield from (Path(path) for path in find_matches(whole))

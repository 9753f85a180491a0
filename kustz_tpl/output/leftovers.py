"""Folders of applications or environments that are no longer listed."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from kustz_tpl.kinds.kustomization import KUSTOMIZATION_FILE
from kustz_tpl.output import disk
from kustz_tpl.output.headers import HEAD_SIZE, parse_header, parse_owner

_PLACEHOLDER = r"\{[^{}]*\}"


def find_leftovers(
    pattern: str, written: Collection[Path], owners: Collection[str] = ()
) -> Iterator[Path]:
    """Yield the folders of a pattern that kustz-tpl generated and this run did not write.

    With `owners` only those of these applications count. A folder with an index stands for all
    folders in it.
    """
    known = {os.path.realpath(path) for path in written}
    found: list[Path] = []
    for path in sorted({*_folders(pattern.partition("/{name}")[0]), *_folders(pattern)}):
        owner = read_owner(path)
        is_wanted = owner is not None and (owner in owners or not owners)
        is_in_found = any(each in path.parents for each in found)
        if is_wanted and not is_in_found and os.path.realpath(path) not in known:
            found.append(path)
    yield from found


def read_owner(folder: Path) -> str | None:
    """Return the application whose manifests a folder has: empty for an index, None if not ours."""
    file = folder / KUSTOMIZATION_FILE
    if disk.standing(file) != "file":
        return None
    return parse_owner(disk.read_head(file, HEAD_SIZE))


def read_config_name(folder: Path) -> str:
    """Return the config that the manifests in a folder say they are from, without its layer."""
    file = folder / KUSTOMIZATION_FILE
    content = disk.read_head(file, HEAD_SIZE) if disk.standing(file) == "file" else b""
    header = parse_header(content)
    return header.source.partition(" and ")[0] if header else ""


def _folders(pattern: str) -> Iterator[Path]:
    from glob import escape  # noqa: PLC0415 - start-up time

    from kustz_tpl.data_files.matches import find_matches  # noqa: PLC0415 - start-up time

    fixed = [escape(part) for part in re.split(_PLACEHOLDER, pattern)]
    words = ["**" if word == "{dir}" else "*" for word in re.findall(_PLACEHOLDER, pattern)]
    whole = "".join(part for pair in zip(fixed, [*words, ""], strict=True) for part in pair)
    yield from (Path(path) for path in find_matches(whole))

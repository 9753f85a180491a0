"""What the last run here wrote: the folder `.kustz-tpl/` in an output folder, never committed."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from kustz_tpl.digests import salted_digest
from kustz_tpl.output import disk
from kustz_tpl.output.disk import OWN_FOLDER as FOLDER

_RECORD = "record.json"
_IGNORE = ".gitignore"
_IGNORE_ALL = b"*\n"


class Record(NamedTuple):
    """State what a run wrote: digests of each file, salted, for a digest may betray a secret.

    A file has several digests while a run that was killed is not yet repaired; `staged` is
    the prefix of the files that it prepared.
    """

    salt: str = ""
    digests: Mapping[str, frozenset[str]] = {}
    staged: str = ""

    def holds(self, path: str, content: bytes) -> bool:
        """Return whether this content of a file is one that we wrote, line ends apart."""
        return bool(self.digests.get(path)) and self.digest(content) in self.digests[path]

    def with_files(self, files: Mapping[str, bytes], kept: Iterable[str] = ()) -> Record:
        """Return the record of these files, and of what is known of those that are kept."""
        salted = self if self.salt else Record(os.urandom(16).hex())
        digests = {path: frozenset({salted.digest(content)}) for path, content in files.items()}
        known = {path: self.digests[path] for path in kept if path in self.digests}
        return Record(salted.salt, known | digests)

    def joined(self, other: Record, staged: str) -> Record:
        """Return a record of what either of two knows, while files are put in place."""
        paths = {*self.digests, *other.digests}
        nothing: frozenset[str] = frozenset()
        digests = {
            path: self.digests.get(path, nothing) | other.digests.get(path, nothing)
            for path in paths
        }
        return Record(other.salt, digests, staged)

    def digest(self, content: bytes) -> str:
        """Return the salted digest of a content, line ends apart."""
        return salted_digest(content, self.salt)


def read_record(folder: Path) -> Record:
    """Return what the last run in an output folder recorded; nothing where none of ours is."""
    own = folder / FOLDER
    try:
        if disk.file_type(own) != "folder" or disk.file_type(own / _RECORD) != "file":
            return Record()
        return _parse_record(disk.read(own / _RECORD)) or Record()
    except PermissionError:  # another user's
        return Record()


def _parse_record(content: bytes) -> Record | None:
    try:
        found: Any = json.loads(content)
        digests = {str(path): frozenset(map(str, each)) for path, each in found["files"].items()}
        record = Record(found["salt"], digests, found["staged"])
        bytes.fromhex(record.salt)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    is_ours = re.fullmatch("[0-9a-f]{32}", record.salt) and re.fullmatch("[0-9a-f]*", record.staged)
    return record if is_ours and all(map(_is_inside, digests)) else None


def _is_inside(path: str) -> bool:
    """Return whether a recorded path is one of our files in the output folder."""
    parts = path.split("/")
    is_plain = path.isprintable() and not set(path) & set("\\:")
    return is_plain and not {"", ".", "..", FOLDER, ".git"} & set(parts)


def has_folder(folder: Path) -> bool:
    """Return whether a run was here before."""
    return disk.file_type(folder / FOLDER) != "nothing"


def find_intruder(folder: Path) -> tuple[str, str] | None:
    """Return the path in the way of recording that is not ours, and what it is."""
    for name, fits in (("", None), (_IGNORE, _is_ignore), (_RECORD, _parse_record)):
        path = f"{FOLDER}/{name}" if name else FOLDER
        file_type = disk.file_type(folder / path)
        if file_type == "nothing":
            continue
        if file_type != ("file" if fits else "folder"):
            return path, file_type
        with suppress(PermissionError):  # writing will say so
            if fits and not fits(disk.read(folder / path)):
                return path, "foreign"
    return None


def _is_ignore(content: bytes) -> bool:
    return content.replace(b"\r\n", b"\n") == _IGNORE_ALL


def write_record(folder: Path, record: Record) -> None:
    """Put a record in place, hidden from git."""
    own = folder / FOLDER
    with suppress(FileExistsError):
        own.mkdir(mode=0o700)
    if disk.file_type(own / _IGNORE) == "nothing":
        disk.replace_file(own / _IGNORE, _IGNORE_ALL, 0o666)
    files = {path: sorted(digests) for path, digests in sorted(record.digests.items())}
    content = {"salt": record.salt, "staged": record.staged, "files": files}
    disk.replace_file(own / _RECORD, json.dumps(content).encode(), 0o600)


def new_prefix() -> str:
    """Return a prefix for names that nobody else has given to a file."""
    return os.urandom(8).hex()


def staged(folder: Path, prefix: str, number: int) -> Path:
    """Return the interim name of a file."""
    return folder / FOLDER / f"{prefix}.{number}"


def remove_staged(folder: Path, prefix: str) -> None:
    """Remove what a run prepared and did not put in place."""
    if not prefix or disk.file_type(folder / FOLDER) != "folder":
        return
    for name in disk.files_in(folder / FOLDER):
        if re.fullmatch(f"{prefix}\\.[0-9]+", name):
            (folder / FOLDER / name).unlink()


def forget(folder: Path) -> None:
    """Remove the folder that this run made, as it found nothing to write."""
    for name in (_RECORD, _IGNORE):
        with suppress(OSError):
            (folder / FOLDER / name).unlink()
    with suppress(OSError):
        (folder / FOLDER).rmdir()

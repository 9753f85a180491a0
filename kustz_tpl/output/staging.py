"""The folder inside an output folder in which a run prepares its files."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from kustz_tpl.output import disk, ownership
from kustz_tpl.output.ownership import Record

_JOURNAL = "record"
_IGNORE = ".gitignore"


def is_left_over(folder: Path) -> bool:
    """Return whether a run was killed while it wrote into this output folder."""
    return disk.standing(folder / disk.STAGING) == "folder"


def read_journal(folder: Path) -> Record:
    """Return what a killed run was about to own, besides what it owned before."""
    path = folder / disk.STAGING / _JOURNAL
    content = disk.read(path) if disk.standing(path) == "file" else b""
    if ownership.read_mark(content) != "intact":
        return Record()
    return ownership.read_record(content)


def begin(folder: Path, record: Record) -> Path:
    """Make the folder, hidden from git, with a journal; keep the one that is left over."""
    staging = folder / disk.STAGING
    if not is_left_over(folder):
        staging.mkdir(mode=0o700)
    (staging / _IGNORE).write_bytes(b"*\n")
    journal = ownership.stamp(ownership.with_record(b"", record), "an unfinished run")
    (staging / "next").write_bytes(journal)
    (staging / "next").replace(staging / _JOURNAL)
    _clear(staging, kept={_IGNORE, _JOURNAL})
    return staging


def prepare(staged: Path, target: Path, content: bytes, *, is_secret: bool) -> None:
    """Write one file under its interim name, with the mode of the one that it will replace."""
    handle = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if is_secret else 0o666)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    if disk.standing(target) == "file":
        staged.chmod(stat.S_IMODE(target.lstat().st_mode))


def end(folder: Path) -> None:
    """Remove the folder, the journal last; while anything else is there, git sees nothing."""
    staging = folder / disk.STAGING
    for kept in ({_IGNORE, _JOURNAL}, {_JOURNAL}, set[str]()):
        _clear(staging, kept)
    staging.rmdir()


def give_up(folder: Path, *, keep_journal: bool) -> None:
    """Remove what was prepared; nothing was put in place."""
    with suppress(OSError):
        if keep_journal:
            _clear(folder / disk.STAGING, kept={_IGNORE, _JOURNAL})
        else:
            end(folder)


def _clear(staging: Path, kept: set[str]) -> None:
    with os.scandir(staging) as entries:
        names = [entry.name for entry in entries if not entry.is_dir(follow_symlinks=False)]
    for name in names:
        if name not in kept:
            (staging / name).unlink()

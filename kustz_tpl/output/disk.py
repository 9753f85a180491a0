"""Look at, read and write the files of an output folder, without following links."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

from kustz_tpl.data_files.folder import read_at_most
from kustz_tpl.data_files.real_path import real_path
from kustz_tpl.errors import Diagnostic, InputError
from kustz_tpl.git_command import find_repository
from kustz_tpl.output.lock import locked

FileType = Literal["nothing", "file", "folder", "link", "special"]

OWN_FOLDER = ".kustz-tpl"
"""The folder in an output folder that is never committed: the record of the last run."""

_NEW_FILE = getattr(os, "O_NOFOLLOW", 0) | os.O_WRONLY | os.O_CREAT | os.O_EXCL

READ_LIMIT = 64 * 2**20
"""In bytes; kustz-tpl writes no larger file."""


def file_type(path: Path) -> FileType:
    """Return what is at a path; a device, a socket or a pipe is `special`."""
    try:
        mode = os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return "nothing"
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISDIR(mode):
        return "folder"
    return "link" if stat.S_ISLNK(mode) else "special"


def mode_of(path: Path) -> int:
    """Return the mode of an existing file."""
    return stat.S_IMODE(path.lstat().st_mode)


def is_among(path: Path, others: Collection[str], folders: dict[str, str]) -> bool:
    """Return whether a path, with links followed, is one of the others or in one of them.

    `folders` keeps what is known of folders from one path to the next, see `real_path`.
    """
    if not others:
        return False
    real = real_path(str(path), folders)
    # Strings: making a Path of each parent would take as long as all access to the disk.
    return real in others or any(real.startswith(os.path.join(each, "")) for each in others)  # noqa: PTH118


def check_output_folder(folder: Path) -> None:
    """Raise InputError for an output folder in a `.git` or behind a link.

    Only links in a repository or below the current folder count: the author of a repository
    controls those, but not the ones above it.
    """
    path = ""
    for name in Path(os.path.abspath(folder)).parts[1:]:  # noqa: PTH100 - resolves `..` without the disk
        path = f"{path}/{name}"
        if name.lower() == ".git":
            message = (
                "a folder of git, and kustz-tpl does not write there; choose another output folder"
            )
            raise InputError(Diagnostic(os.path.relpath(path), 0, 0, "", message))
        if os.path.islink(path) and _is_of_a_repository(path):  # noqa: PTH114 - as above
            message = (
                "a link, and kustz-tpl does not write through links; choose another output folder"
            )
            raise InputError(Diagnostic(os.path.relpath(path), 0, 0, "", message))


def _is_of_a_repository(link: str) -> bool:
    """Return whether a link is below the current folder or in a repository."""
    here = os.path.realpath(os.curdir)
    is_below = link.startswith(f"{here.rstrip(os.sep)}{os.sep}")
    return is_below or find_repository(os.path.realpath(os.path.dirname(link))) is not None  # noqa: PTH120


def folds_case(folder: Path) -> bool:
    """Check whether the file system of a folder is case-insensitive."""
    whole = folder.absolute()
    for path in (whole, *whole.parents):
        turned = path.name.swapcase()
        if turned != path.name and os.path.exists(path):  # noqa: PTH110 - Path.exists raises
            other = path.with_name(turned)
            return os.path.exists(other) and other.samefile(path)  # noqa: PTH110 - as above
    return False


def read(path: Path) -> bytes:
    """Return the content of a file; of a file larger than we write, only the beginning."""
    with path.open("rb", buffering=0) as file:  # it is read at once
        return read_at_most(READ_LIMIT, file)


def write_new(path: Path, content: bytes, mode: int) -> None:
    """Write a new file; raises OSError if something is at its path."""
    with os.fdopen(os.open(path, _NEW_FILE, mode), "wb") as file:
        file.write(content)


def replace_file(path: Path, content: bytes, mode: int) -> None:
    """Replace a file or a link in one step; an error leaves the old file."""
    interim = path.with_name(f"{OWN_FOLDER}-{os.urandom(8).hex()}")
    try:
        write_new(interim, content, mode)
        interim.replace(path)
    finally:
        with suppress(OSError):
            interim.unlink()


def read_head(path: Path, size: int) -> bytes:
    """Return the first bytes of a file; nothing if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError:
        return b""


def files_in(folder: Path) -> list[str]:
    """Return the sorted names of the regular files directly in a folder."""
    if file_type(folder) != "folder":
        return []
    with os.scandir(folder) as entries:
        return sorted(entry.name for entry in entries if entry.is_file(follow_symlinks=False))


def folders_in(folder: Path) -> list[str]:
    """Return the sorted names of the real folders directly in a folder."""
    if file_type(folder) != "folder":
        return []
    with os.scandir(folder) as entries:
        return sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))


@contextmanager
def reported(folder: Path) -> Iterator[None]:
    """Turn an OSError into a problem of the folder."""
    try:
        yield
    except OSError as error:
        # An interim name means nothing to the user.
        path = str(error.filename2 or error.filename or "")
        place = folder.as_posix() if not path or OWN_FOLDER in path else path
        raise InputError(Diagnostic(place, 0, 0, "", reason(error))) from error


def reason(error: OSError) -> str:
    """Return the system's message for an error in the style of our messages."""
    words = error.strerror or str(error)
    return words[:1].lower() + words[1:]


def read_private(path: Path) -> bytes | None:
    """Return the content of a file of secrets outside of the output folder, None without one."""
    with reported(path):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None


def write_private(path: Path, content: bytes) -> None:
    """Replace a file of secrets, with mode 0600; a link is followed, not replaced."""
    with reported(path):
        replace_file(path.resolve(), content, 0o600)


def replace_source(path: Path, content: bytes, known: bytes) -> None:
    """Replace a file that the user wrote, or create it; mode and owner stay as far as possible.

    A link is followed, not replaced. Raises InputError if the file no longer has the content that
    is known, which is empty for a new one.
    """
    file = path.resolve()
    with reported(path), locked(file.parent, exclusive=True):
        if known != (b"" if file_type(file) == "nothing" else file.read_bytes()):
            message = "changed by another program; nothing was written, run the command again"
            raise InputError(Diagnostic(path.as_posix(), 0, 0, "", message))
        if file_type(file) == "nothing":
            replace_file(file, content, 0o666)
            return
        mode = mode_of(file)
        replace_file(file, content, mode)
        file.chmod(mode)  # whatever the mask of new files is

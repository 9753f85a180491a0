"""The folder that a kustz.yml names its data files from."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO, NamedTuple

from kustz_tpl.data_files.real_path import real_path
from kustz_tpl.errors import NotationError
from kustz_tpl.git_command import find_conflict, find_repository
from kustz_tpl.messages import Shown, quoted

MAX_BYTES = 1_048_576
"""The largest data file that is read: no ConfigMap or Secret may hold more."""

_FIRST = 64 * 2**10


class DataFolder(NamedTuple):
    """The folder that paths of a config are relative to, and the real one that they must not leave.

    What is named must not leave it by `..` or by a link: the config may be a stranger's. The limit
    is the repository, or the folder itself where there is none. `real` is the folder without links.
    """

    path: Path
    limit: str | None = None
    real: str = ""

    def find(self, path: str) -> Path:
        """Return the location of a path; raises NotationError outside the limit."""
        whole = self.path / path
        if self.limit is None:
            return whole
        real = real_path(str(whole), {str(self.path): self.real} if self.real else {})
        inside = _inside(real, self.limit)
        if inside is None:
            is_repository = os.path.lexists(os.path.join(self.limit, ".git"))  # noqa: PTH118 - text
            limit = "the repository" if is_repository else "the folder of the config"
            raise NotationError(f"a path inside {limit} (or the flag --allow-outside)", path)
        # It may hold credentials, as CI systems put them into its config.
        if ".git" in Path(inside.casefold()).parts:
            raise NotationError("a path outside .git", path)
        return whole


def limited(path: Path, project: Path | None = None) -> DataFolder:
    """Return a folder whose paths must stay inside its repository, its project, or inside it."""
    real = os.path.realpath(path)
    outside = os.path.realpath(project) if project else real
    return DataFolder(path, find_repository(real) or outside, real)


def _inside(real: str, folder: str) -> str | None:
    """Return a real path relative to a folder that it is in, or is; None if it is outside."""
    if real == folder:
        return ""
    start = os.path.join(folder, "")  # noqa: PTH118 - text
    return real.removeprefix(start) if real.startswith(start) else None


def read_data(folder: DataFolder, path: str) -> bytes:
    """Return the content of a regular file of at most `MAX_BYTES`; raises NotationError."""
    try:
        return _read(folder.find(path), path)
    except FileNotFoundError:
        raise NotationError("an existing file", path) from None
    except PermissionError:
        raise NotationError("a readable file", path) from None
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        got = Shown(f"{quoted(path)}: {reason}")
        raise NotationError("a readable file", got) from None


def _read(file: Path, path: str) -> bytes:
    status = file.stat()
    if stat.S_ISDIR(status.st_mode):
        raise NotationError("a file", Shown(f"the folder {quoted(path)}"))
    if not stat.S_ISREG(status.st_mode):  # a pipe might never end
        raise NotationError("a regular file", path)
    with file.open("rb", buffering=0) as stream:  # it is read at once
        content = read_at_most(MAX_BYTES + 1, stream)
    if len(content) > MAX_BYTES:
        raise NotationError(f"a file of at most {MAX_BYTES} bytes", path)
    if line := find_conflict(content):
        got = Shown(f"one on line {line} of {quoted(path)}")
        raise NotationError("a file without merge conflicts", got)
    return content


def read_at_most(limit: int, file: BinaryIO) -> bytes:
    """Return so many bytes of a file, or all there are.

    Python sets aside as much memory as is asked for, so little is asked for first.
    """
    first = file.read(_FIRST)
    return first if len(first) < _FIRST else first + file.read(limit - _FIRST)

"""The folder that a kustz.yml names its data files from."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO, NamedTuple

from kustz_tpl.errors import NotationError
from kustz_tpl.git_command import find_conflict, find_repository
from kustz_tpl.messages import Shown, quoted

MAX_BYTES = 1_048_576
"""The largest data file that is read: no ConfigMap or Secret may hold more."""

_FIRST = 64 * 2**10


class DataFolder(NamedTuple):
    """The folder that paths of a config are relative to, and the real one that they must not leave.

    What is named must not leave it by `..` or by a link: the config may be a stranger's. The limit
    is the repository, or the folder itself where there is none.
    """

    path: Path
    limit: str | None = None

    def find(self, path: str) -> Path:
        """Return the location of a path; raises NotationError outside the limit."""
        whole = self.path / path
        if self.limit is None:
            return whole
        real = os.path.realpath(whole)
        if not Path(real).is_relative_to(self.limit):
            is_repository = os.path.lexists(os.path.join(self.limit, ".git"))  # noqa: PTH118 - text
            inside = "the repository" if is_repository else "the folder of the config"
            raise NotationError(f"a path inside {inside} (or the flag --allow-outside)", path)
        # It may hold credentials, as CI systems put them into its config.
        if ".git" in Path(os.path.relpath(real, self.limit).casefold()).parts:
            raise NotationError("a path outside .git", path)
        return whole


def limited(path: Path) -> DataFolder:
    """Return a folder whose paths must stay inside its repository, or inside it."""
    real = os.path.realpath(path)
    return DataFolder(path, find_repository(real) or real)


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
    with file.open("rb") as stream:
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

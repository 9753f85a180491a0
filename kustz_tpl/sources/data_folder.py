"""The folder that a kustz.yml names its data files from."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import BinaryIO

from kustz_tpl.errors import NotationError
from kustz_tpl.messages import Shown, quoted

MAX_BYTES = 1_048_576
"""The largest data file that is read: no ConfigMap or Secret may hold more."""

_FIRST = 64 * 2**10


def read_data(folder: Path, path: str) -> bytes:
    """Return the content of a regular file of at most `MAX_BYTES`; raises NotationError."""
    try:
        return _read(folder / path, path)
    except FileNotFoundError:
        raise NotationError("a file that exists", path) from None
    except PermissionError:
        raise NotationError("a file that may be read", path) from None
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        got = Shown(f"{quoted(path)}: {reason}")
        raise NotationError("a file that can be read", got) from None


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
    return content


def read_at_most(limit: int, file: BinaryIO) -> bytes:
    """Return so many bytes of a file, or all there are.

    Python sets aside as much memory as is asked for, so little is asked for first.
    """
    first = file.read(_FIRST)
    return first if len(first) < _FIRST else first + file.read(limit - _FIRST)

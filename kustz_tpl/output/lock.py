"""Let only one run at a time use an output folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kustz_tpl.errors import Diagnostic, InputError

PATIENCE = 30.0
"""Seconds to wait for another run."""


@contextmanager
def locked(folder: Path, *, exclusive: bool) -> Iterator[None]:
    """Lock the folder itself, so that the lock ends with the process and leaves no file.

    If the platform or file system cannot lock a folder (Windows, some network shares), there is no
    lock. Raises InputError if another run does not end in time.
    """
    try:
        import fcntl  # noqa: PLC0415 - not on every platform
    except ImportError:
        yield
        return
    mode = fcntl.LOCK_NB | (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
    handle = os.open(folder, os.O_RDONLY)
    try:
        _wait_for(folder, lambda: fcntl.flock(handle, mode))
        yield
    finally:
        os.close(handle)


def _wait_for(folder: Path, acquire: Callable[[], None]) -> None:
    import time  # noqa: PLC0415 - start-up time

    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return acquire()
        except BlockingIOError:
            if time.monotonic() > deadline:
                message = "another kustz-tpl run uses this folder; wait until it ends"
                raise InputError(Diagnostic(folder.as_posix(), 0, 0, "", message)) from None
            time.sleep(0.02)
        except OSError:
            return None

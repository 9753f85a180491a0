"""A private folder for one build, which is removed however the run ends."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from kustz_tpl.programs import ENDS, undisturbed


@contextmanager
def private_folder() -> Iterator[Path]:
    """Yield a new folder that only the user can read, and remove it.

    An OSError names the folder around it, as it is gone when that is reported.
    """
    ours = [each for each in ENDS if signal.getsignal(each) is signal.SIG_DFL]
    folder = None
    try:
        with undisturbed():
            for each in ours:
                signal.signal(each, _end)
            folder = os.path.realpath(tempfile.mkdtemp(prefix="kustz-tpl-"))
        try:
            yield Path(folder)
        except OSError as error:
            raise OSError(error.errno, error.strerror, os.path.dirname(folder)) from None  # noqa: PTH120 - text
    finally:
        with undisturbed():
            if folder:
                shutil.rmtree(folder)
            for each in ours:
                signal.signal(each, signal.SIG_DFL)


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write new files, which only the user can read, below a private folder."""
    for path, content in files.items():
        (folder / path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(folder / path, flags, 0o600), "wb") as file:
            file.write(content)


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)

"""A private folder for one build, which is removed however the run ends."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from kustz_tpl.programs import ended_by_signals, undisturbed


@contextmanager
def private_folder() -> Iterator[Path]:
    """Yield a new folder that only the user can read, and remove it.

    An OSError names the folder around it, as it is gone when that is reported.
    """
    folder = None
    with ended_by_signals():
        try:
            with undisturbed():
                folder = Path(tempfile.mkdtemp(prefix="kustz-tpl-")).resolve()
            yield folder
        except OSError as error:
            if folder is None:
                raise
            raise OSError(error.errno, error.strerror, str(folder.parent)) from None
        finally:
            with undisturbed():
                if folder:
                    shutil.rmtree(folder)


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write new files, which only the user can read, below a private folder."""
    for path, content in files.items():
        (folder / path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(folder / path, flags, 0o600), "wb") as file:
            file.write(content)

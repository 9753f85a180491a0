"""Runs other programs, git and sops: never one of a clone, and never without end."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from kustz_tpl.errors import ProgramError

_SECONDS = 120


def find_program(name: str, install: str, fallback: Path | None = None) -> str:
    """Return the absolute path of a program; raises ProgramError with how to install it.

    A relative path on PATH is refused: it would be the clone's.
    """
    found = shutil.which(name) or (str(fallback) if fallback and fallback.exists() else None)
    if found is None or not os.path.isabs(found):  # noqa: PTH117 - a string, as `which` returns it
        raise ProgramError(f"{name} is not on PATH; {install}")
    return found


def run_program(
    command: Sequence[str],
    environment: Mapping[str, str],
    given: bytes = b"",
    folder: str | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run a program with nothing but this environment; raises ProgramError where it cannot be run."""
    name = Path(command[0]).stem
    try:
        return subprocess.run(  # noqa: S603 - git or sops, found by find_program
            command,
            input=given,
            cwd=folder,
            env=environment,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ProgramError(f"{name} did not end within {_SECONDS} s") from None
    except OSError:
        raise ProgramError(f"cannot run {name}; check it with {name} --version") from None

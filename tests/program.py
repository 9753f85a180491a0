"""Run the command line as a user does, in this process, with its exact output."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from kustz_tpl.__main__ import main


@dataclass(frozen=True, slots=True)
class Run:
    """What one command left behind, apart from files."""

    code: int
    out: str
    err: str


def run(capfd: pytest.CaptureFixture[str], folder: Path, *arguments: str) -> Run:
    """Return what `kustz-tpl ARGUMENTS` says when it is called in the folder."""
    capfd.readouterr()
    with _working_folder(folder), _arguments(*arguments), pytest.raises(SystemExit) as end:
        main()
    out, err = capfd.readouterr()
    return Run(end.value.code if isinstance(end.value.code, int) else 0, out, err)


@contextmanager
def _working_folder(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextmanager
def _arguments(*arguments: str) -> Iterator[None]:
    before = sys.argv
    sys.argv = ["kustz-tpl", *arguments]
    try:
        yield
    finally:
        sys.argv = before

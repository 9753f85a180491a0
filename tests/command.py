"""Run the command line, in this process or in one of its own."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pty
import subprocess
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kustz_tpl.__main__ import main

PROGRAM = (sys.executable, "-m", "kustz_tpl")
WEB = """\
name: web
service:
  image: nginx:1.27
  ports: ["80"]
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run of the command line ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


def call(capture: pytest.CaptureFixture[str], *words: str) -> Ended:
    """Run a command line in this process."""
    capture.readouterr()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["kustz-tpl", *words])
        with pytest.raises(SystemExit) as ending:
            main()
    out, err = capture.readouterr()
    return Ended(int(ending.value.code or 0), out, err)


def run(capture: pytest.CaptureFixture[str], folder: Path, *words: str) -> Ended:
    """Run a command line in this process as if it were called in the folder."""
    with contextlib.chdir(folder):
        return call(capture, *words)


def start(*words: str, **settings: object) -> subprocess.CompletedProcess[bytes]:
    """Run a command line in a process of its own."""
    environment = os.environ | dict(settings.pop("env", {}))  # type: ignore[call-overload]
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        [*PROGRAM, *words],
        env=environment,
        check=False,
        **{"capture_output": "stdout" not in settings and "stderr" not in settings} | settings,
    )


# From linux/prctl.h and linux/capability.h.
_DROP_CAPABILITY = 24
_READ_ANYTHING = (1, 2)
_LIBC = ctypes.CDLL(None)


def obey_modes() -> None:
    """Make what this process becomes heed the modes of files even if it is root.

    For `start(..., preexec_fn=obey_modes)`; who is not root heeds them anyway.
    """
    if not os.geteuid():
        for capability in _READ_ANYTHING:
            _LIBC.prctl(_DROP_CAPABILITY, capability, 0, 0, 0)


def on_terminal(*words: str, columns: int = 80, **environment: str) -> tuple[int, str]:
    """Run a command line on a terminal; return its exit code and what the terminal got."""
    with warnings.catch_warnings():
        # The child becomes another program at once, whatever threads pytest has.
        warnings.simplefilter("ignore", DeprecationWarning)
        process, terminal = pty.fork()
    if not process:
        os.environ.update({"COLUMNS": str(columns), "TERM": "xterm-256color"} | environment)
        os.execv(PROGRAM[0], [*PROGRAM, *words])
    got = b""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:
            break
        if not part:
            break
        got += part
    os.close(terminal)
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    return code, got.decode().replace("\r\n", "\n")


def write(path: Path | str, text: str) -> Path:
    """Write a file and the folders above it."""
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file

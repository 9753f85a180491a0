"""Run the command line in this process, in a forked one or in a new one."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import os
import pty
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from pkgutil import walk_packages
from typing import NoReturn, TypeVar

import pytest

import kustz_tpl
from kustz_tpl.__main__ import main
from kustz_tpl.__main__ import run as run_process

T = TypeVar("T")
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
    """Run a command line as a new process, for what depends on how Python starts and ends.

    Where that does not matter, `fork` is ten times faster.
    """
    environment = os.environ | dict(settings.pop("env", {}))  # type: ignore[call-overload]
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        [*PROGRAM, *words],
        env=environment,
        check=False,
        **{"capture_output": "stdout" not in settings and "stderr" not in settings} | settings,
    )


def fork(
    *words: str, prepare: Callable[[], object] = lambda: None
) -> subprocess.CompletedProcess[bytes]:
    """Run a command line in a forked copy of this process, after it was prepared.

    It has its own streams, modes and limits, and its end is that of a process.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        import_all()
        process = fork_quietly(os.fork)
        if not process:
            with Path(os.devnull).open("rb") as nothing:
                for number, stream in enumerate((nothing, out, err)):
                    os.dup2(stream.fileno(), number)
            become(words, prepare)
        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(words, code, out.read(), err.read())


@cache
def import_all() -> None:
    """Import what a run imports only when it needs it, so that no fork has to."""
    for module in walk_packages(kustz_tpl.__path__, "kustz_tpl."):
        importlib.import_module(module.name)


def fork_quietly(how: Callable[[], T]) -> T:
    """Fork although pytest may have threads: the child uses nothing that they could hold."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return how()


def become(words: Sequence[str], prepare: Callable[[], object] = lambda: None) -> NoReturn:
    """Make a forked process what a start of the command line would be."""
    code: object = 1
    try:
        sys.stdin, sys.stdout = open(0), open(1, "w")  # noqa: SIM115 - as Python starts
        sys.stderr = open(2, "w", buffering=1)  # noqa: SIM115 - as above
        sys.argv = ["kustz-tpl", *words]
        sys.unraisablehook = sys.__unraisablehook__
        gc.freeze()  # what pytest has made is not this run's garbage
        prepare()
        run_process()
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001 - a bug, which Python would print
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else int(code is not None))


# From linux/prctl.h and linux/capability.h.
_DROP_CAPABILITY = 24
_READ_ANYTHING = (1, 2)
_LIBC = ctypes.CDLL(None)


def obey_modes() -> None:
    """Make the program that this process becomes obey the modes of files even if it is root.

    For `start(..., preexec_fn=obey_modes)`; what is not root obeys them anyway.
    """
    if not os.geteuid():
        for capability in _READ_ANYTHING:
            _LIBC.prctl(_DROP_CAPABILITY, capability, 0, 0, 0)


def on_terminal(*words: str, columns: int = 80, **environment: str) -> tuple[int, str]:
    """Run a command line on a terminal; return its exit code and what the terminal received."""
    import_all()
    process, terminal = fork_quietly(pty.fork)
    if not process:
        os.environ.update({"COLUMNS": str(columns), "TERM": "xterm-256color"} | environment)
        become(words)
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

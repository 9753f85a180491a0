"""What a command takes of the machine."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

# The kernel counts kibibytes on Linux, bytes on macOS.
_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Work:
    """The command of each round, counted from 0, and the folder it runs in.

    A command that makes files makes them in a new folder each round: to make files in a folder
    from which others were just removed costs several times as much on some file systems.
    """

    command: Callable[[int], list[str | Path]]
    folder: Path


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of wall and processor time, bytes of the largest process."""

    wall: float
    cpu: float
    memory: int


def measure(work: Work, number: int = 0) -> Cost:
    """Return what one run takes, its own processes included; end everything if it fails."""
    command = work.command(number)
    with TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=work.folder, stdout=said, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            sys.exit(f"{command} failed:\n{said.read().decode()}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _UNIT)


def lowest(works: Mapping[str, Work], rounds: int) -> dict[str, Cost]:
    """Return the lowest cost of each; they take turns, so that a busy moment meets all."""
    costs: dict[str, list[Cost]] = {name: [] for name in works}
    for number in range(rounds):
        for name, work in works.items():
            costs[name].append(measure(work, number))
    return {name: _lowest(runs) for name, runs in costs.items()}


def _lowest(runs: list[Cost]) -> Cost:
    return Cost(
        min(run.wall for run in runs), min(run.cpu for run in runs), min(run.memory for run in runs)
    )

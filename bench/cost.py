"""What a command takes of the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

# The kernel counts kibibytes on Linux, bytes on macOS.
_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Work:
    """A command, the folder it runs in, and the folder to remove before each run."""

    command: Sequence[str | Path]
    folder: Path
    output: Path | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of wall and processor time, bytes of the largest process."""

    wall: float
    cpu: float
    memory: int


def measure(work: Work) -> Cost:
    """Return what one run takes; end everything if it fails."""
    if work.output:
        shutil.rmtree(work.output, ignore_errors=True)
    with TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(work.command, cwd=work.folder, stdout=said, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            sys.exit(f"{work.command} failed:\n{said.read().decode()}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _UNIT)


def lowest(works: Mapping[str, Work], rounds: int) -> dict[str, Cost]:
    """Return the lowest cost of each; they take turns, so that a busy moment meets all."""
    costs: dict[str, list[Cost]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            costs[name].append(measure(work))
    return {name: _lowest(runs) for name, runs in costs.items()}


def _lowest(runs: list[Cost]) -> Cost:
    return Cost(
        min(run.wall for run in runs), min(run.cpu for run in runs), min(run.memory for run in runs)
    )

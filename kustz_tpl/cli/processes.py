"""Runs the parts of a job in forked processes."""

from __future__ import annotations

import os
import pickle
import signal
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, BinaryIO, NamedTuple, NoReturn, TypeVar

from kustz_tpl.programs import ENDS, ended_by_signals, undisturbed

P = TypeVar("P")
R = TypeVar("R")


class KilledError(Exception):
    """A process was killed while it worked on the part with this number."""

    def __init__(self, number: int) -> None:
        """Take the number."""
        super().__init__(number)
        self.number = number


class _Worker(NamedTuple):
    """A process, and the pipe that its results come from."""

    process: int
    results: BinaryIO


def in_processes(jobs: int, parts: Sequence[P], work: Callable[[P], R]) -> Iterator[R]:
    """Yield the result of each part, in order; raise KilledError where a process was killed.

    Each process works on every n-th part, so the parts need not be distributed, and the end of a
    pipe shows where its process ended. Only this process handles Ctrl-C. If it is killed, its
    pipes are closed, and the other processes end when they write their next result.
    """
    with ended_by_signals():
        yield from _in_processes(jobs, parts, work)


def _in_processes(jobs: int, parts: Sequence[P], work: Callable[[P], R]) -> Iterator[R]:
    workers: list[_Worker] = []
    try:
        with undisturbed():
            for first in range(jobs):
                workers.append(_start(map(work, parts[first::jobs]), workers))
        for number in range(len(parts)):
            yield _receive(workers[number % jobs], number)
    except BaseException:
        for worker in workers:
            os.kill(worker.process, signal.SIGTERM)
        raise
    finally:
        for worker in workers:
            worker.results.close()
            os.waitpid(worker.process, 0)


def _start(results: Iterable[object], others: Iterable[_Worker]) -> _Worker:
    reader, writer = os.pipe()
    process = os.fork()
    if not process:
        for each in (reader, *(other.results.fileno() for other in others)):
            os.close(each)
        _send(results, writer)
    os.close(writer)
    return _Worker(process, os.fdopen(reader, "rb"))


def _send(results: Iterable[object], writer: int) -> NoReturn:
    """Write the results, or the error that ended the work, and end this process."""
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDS)
        with os.fdopen(writer, "wb") as pipe:
            for result in _with_error(results):
                pickle.dump(result, pipe)
                pipe.flush()
    finally:
        os._exit(0)


def _with_error(results: Iterable[object]) -> Iterator[object]:
    try:
        yield from results
    except OSError as error:
        yield error
    except Exception:  # noqa: BLE001 - a bug, whose traceback the other process shows
        yield RuntimeError(traceback.format_exc())


def _receive(worker: _Worker, number: int) -> Any:  # noqa: ANN401 - what the work returned
    try:
        found = pickle.load(worker.results)  # noqa: S301 - from our own process
    except (EOFError, pickle.UnpicklingError):
        raise KilledError(number) from None
    if isinstance(found, Exception):
        raise found
    return found

"""Bounds for what a template may cost: counts of its work first, then the operating system's.

The counts are the same on every machine. Time and memory are the last resort, for the one call
that no count foresees.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextvars import ContextVar
from types import FrameType
from typing import Any, NamedTuple

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

# An alarm that is raised where Python drops exceptions, as in a finaliser, comes again.
AGAIN_SECONDS = 0.5
# What Python cannot interrupt ends so much later, and the process with it.
LAST_SECONDS = 4 * AGAIN_SECONDS


class Limits(NamedTuple):
    """What one page may cost.

    `steps` are rounds of loops, parts printed, and what is compared or printed of values; a
    captured text counts 15 and a template that is loaded 20, which is about what they take.
    `nodes` are the line breaks and signs that may begin a node of YAML, `text_characters` bound
    every text, and `tokens` are the names, signs and texts of one template.
    The rest is the last resort, on POSIX and in the main thread: processor time, and memory on
    top of what is in use. What cannot be interrupted ends the process two seconds later, with
    Python's traceback, which names the template.
    """

    steps: int = 1_000_000
    nodes: int = 1_000_000
    text_characters: int = 8 << 20
    tokens: int = 150_000
    seconds: float = 20.0
    memory_bytes: int = 512 << 20


_ENDLESS = Limits(*[sys.maxsize] * 4)


class TimeLimitError(BaseException):
    """Stop a template that takes too long; no `except Exception` on the way may keep it."""


class Work:
    """What one rendering may still spend of its limits; without limits, all it wants."""

    __slots__ = ("calls", "limits", "names", "nodes", "steps", "templates")

    def __init__(self, limits: Limits | None) -> None:
        """Spend nothing yet."""
        self.limits = limits or _ENDLESS
        self.steps = self.limits.steps
        self.nodes = self.limits.nodes
        self.calls = 0
        self.names: set[str] = set()
        """Those that templates have taken from the context."""
        self.templates: set[str] = set()
        """The names of those that were loaded."""

    def step(self, count: int) -> None:
        """Spend steps; OverflowError if there are too few."""
        self.steps -= count
        if self.steps < 0:
            raise OverflowError(f"takes more than {self.limits.steps} steps")

    def node(self, count: int) -> None:
        """Spend nodes; OverflowError if there are too few."""
        self.nodes -= count
        if self.nodes < 0:
            raise OverflowError(f"renders more than {self.limits.nodes} nodes")

    def text(self, characters: int) -> None:
        """Raise OverflowError if a text, or a list, is too long."""
        if characters > self.limits.text_characters:
            raise OverflowError(f"renders more than {self.limits.text_characters} characters")


# A rendering may be inside another one's, and there is one in each thread.
WORK: ContextVar[Work] = ContextVar("WORK", default=Work(None))  # noqa: B039


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise TimeLimitError


@contextlib.contextmanager
def bounded(limits: Limits | None) -> Iterator[Work]:
    """Hold the block to its limits: OverflowError, TimeLimitError or MemoryError ends it."""
    work = Work(limits)
    outer = WORK.set(work)
    # Time and memory belong to the whole process.
    if limits is None or threading.current_thread() is not threading.main_thread():
        limits = None
    before = (_hold_memory(limits.memory_bytes), _hold_time(limits.seconds)) if limits else None
    try:
        yield work
    finally:
        if before:
            _give_time_back(before[1])
            _give_memory_back(before[0])
        WORK.reset(outer)


class _Timers(NamedTuple):
    """What was set before: the handler of the alarm, the alarm, and the last one."""

    handler: Any
    alarm: tuple[float, float]
    last: tuple[float, float]


def _hold_time(seconds: float) -> _Timers | None:
    if not hasattr(signal, "setitimer"):
        return None
    handler = signal.signal(signal.SIGPROF, _stop)
    # Nobody handles the last one: it says where Python is, and ends the process.
    faulthandler.register(signal.SIGVTALRM, 2, all_threads=False, chain=True)
    last = signal.setitimer(signal.ITIMER_VIRTUAL, seconds + LAST_SECONDS)
    return _Timers(handler, signal.setitimer(signal.ITIMER_PROF, seconds, AGAIN_SECONDS), last)


def _give_time_back(timers: _Timers | None) -> None:
    if timers is None:
        return
    signal.setitimer(signal.ITIMER_PROF, *timers.alarm)
    signal.setitimer(signal.ITIMER_VIRTUAL, *timers.last)
    if not timers.last[0]:
        faulthandler.unregister(signal.SIGVTALRM)
    signal.signal(signal.SIGPROF, timers.handler)


def _hold_memory(extra: int) -> tuple[int, int] | None:
    in_use = _address_space()
    if not in_use:
        return None
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    lower = [limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min([in_use + extra, *lower]), hard))
    return soft, hard


def _give_memory_back(limits: tuple[int, int] | None) -> None:
    if limits:
        resource.setrlimit(resource.RLIMIT_AS, limits)


def _address_space() -> int:
    """Return the bytes of address space in use, 0 where the kernel does not say."""
    if resource is None or not sys.platform.startswith("linux"):
        return 0
    try:
        statm = os.open("/proc/self/statm", os.O_RDONLY)  # on every page's way, so no file object
        try:
            return int(os.read(statm, 100).split()[0]) * resource.getpagesize()
        finally:
            os.close(statm)
    except (OSError, ValueError, IndexError):
        return 0

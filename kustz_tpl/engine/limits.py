"""Bounds for what a template may cost, by the operating system where it can."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import NamedTuple

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

# An alarm that is raised where Python drops exceptions, as in a finaliser, comes again.
AGAIN_SECONDS = 0.5
# What Python cannot interrupt ends so much later, and the process with it.
LAST_SECONDS = 4 * AGAIN_SECONDS


class Limits(NamedTuple):
    """What one page may cost: processor time, memory on top of what is in use, text.

    Time and memory are held by the kernel, on POSIX and in the main thread; both belong to the
    whole process. A page that is out of time inside of one call that Python cannot interrupt
    ends the process two seconds later. The size of the text is held everywhere.
    """

    seconds: float = 2.0
    memory_bytes: int = 256 << 20
    text_characters: int = 8 << 20


class TimeLimitError(BaseException):
    """Stop a template that takes too long; no `except Exception` on the way may keep it."""


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise TimeLimitError


@contextlib.contextmanager
def bounded(limits: Limits) -> Iterator[None]:
    """Hold the block to its limits: TimeLimitError or MemoryError ends it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with _bounded_memory(limits.memory_bytes), _bounded_time(limits.seconds):
        yield


@contextlib.contextmanager
def _bounded_time(seconds: float) -> Iterator[None]:
    if not hasattr(signal, "setitimer"):
        yield
        return
    handler = signal.signal(signal.SIGPROF, _stop)
    outer = signal.setitimer(signal.ITIMER_PROF, seconds, AGAIN_SECONDS)
    # Nobody handles this one: it ends the process.
    outer_last = signal.setitimer(signal.ITIMER_VIRTUAL, seconds + LAST_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, *outer_last)
        signal.setitimer(signal.ITIMER_PROF, *outer)
        signal.signal(signal.SIGPROF, handler)


@contextlib.contextmanager
def _bounded_memory(extra: int) -> Iterator[None]:
    in_use = _address_space()
    if not in_use:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    lower = [limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min([in_use + extra, *lower]), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


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

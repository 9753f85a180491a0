"""Shows how far a run over many applications is."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from kustz_tpl.cli.runner import Outcome

T = TypeVar("T")

_DELAY = 0.5
"""Seconds before the bar appears."""
_PERIOD = 0.1
"""Seconds between two updates."""
_WIDTH = 30


def track(outcomes: Iterator[Outcome[T]], total: int) -> Iterator[Outcome[T]]:
    """Yield the outcomes and show a progress bar, which is erased before anything is printed."""
    if total == 1 or os.environ.get("TERM") == "dumb" or not sys.stderr.isatty():
        yield from outcomes
        return
    due, is_drawn = time.monotonic() + _DELAY, False
    for count, outcome in enumerate(outcomes, 1):
        if is_drawn and not outcome.is_quiet:
            _erase()
        yield outcome
        if time.monotonic() >= due:
            _draw(count, total)
            due, is_drawn = time.monotonic() + _PERIOD, True
    if is_drawn:
        _erase()


def _draw(count: int, total: int) -> None:
    filled = _WIDTH * count // total
    sys.stdout.flush()
    sys.stderr.write(f"\r[{'#' * filled}{'.' * (_WIDTH - filled)}] {count}/{total}")
    sys.stderr.flush()


def _erase() -> None:
    sys.stderr.write("\r\x1b[K")
    sys.stderr.flush()

"""The YAML events of a page's text; the text of many pages is the same but for their values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from kustz_tpl.engine.limits import WORK

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LONGEST = 10_000
_MOST = 50_000
# Each node but the first begins behind one of these; counting them costs nothing.
_SIGNS = "\n,:-?[{"


class Events:
    """Parse texts, and keep the events of short ones for when they come again.

    It keeps those of 50,000 characters in all, which are some 5 MiB.

    What is not YAML raises its error behind the events before it, as PyYAML's own parser does.
    """

    def __init__(self) -> None:
        """Know no text yet."""
        self._characters = 0
        self._known: dict[str, tuple[int, tuple[yaml.Event, ...]]] = {}

    def of(self, text: str) -> Iterator[yaml.Event]:
        """Return the events of a text; OverflowError where there may be too many."""
        known = self._known.get(text)
        if known is not None:
            WORK.get().node(known[0])
            return iter(known[1])
        size = sum(map(text.count, _SIGNS))
        WORK.get().node(size)
        events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=_LOADER))
        return events if len(text) > _LONGEST else self._kept(text, size, events)

    def _kept(self, text: str, size: int, events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
        """Pass events on, and keep them once all have come."""
        passed = []
        for event in events:
            passed.append(event)
            yield event
        self._characters += len(text)
        if self._characters > _MOST:
            self._known.clear()
            self._characters = len(text)
        self._known[text] = size, tuple(passed)

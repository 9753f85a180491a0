"""The YAML events of a page's text; the text of many pages is the same but for their values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from kustz_tpl.engine.limits import WORK

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LONGEST = 10_000
_MOST = 50_000


class Events:
    """Parse texts, and keep the events of short ones for when they come again.

    It keeps those of 50,000 characters in all, which are some 5 MiB.

    What is not YAML raises its error behind the events before it, as PyYAML's own parser does.
    """

    def __init__(self) -> None:
        """Know no text yet."""
        self._characters = 0
        self._known: dict[str, tuple[yaml.Event, ...]] = {}

    def of(self, text: str) -> Iterator[yaml.Event]:
        """Return the events of a text; OverflowError where there are too many."""
        known = self._known.get(text)
        if known is not None:
            WORK.get().node(len(known))
            return iter(known)
        return _parsed(text) if len(text) > _LONGEST else self._kept(text, _parsed(text))

    def _kept(self, text: str, events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
        """Pass events on, and keep them once all have come."""
        passed = []
        for event in events:
            passed.append(event)
            yield event
        self._characters += len(text)
        if self._characters > _MOST:
            self._known.clear()
            self._characters = len(text)
        self._known[text] = tuple(passed)


def _parsed(text: str) -> Iterator[yaml.Event]:
    """Yield events as PyYAML's own `parse` does, and count them."""
    loader = _LOADER(text)
    work = WORK.get()
    left = work.nodes
    count = 0
    try:
        while loader.check_event() and count <= left:
            count += 1
            yield loader.get_event()
    finally:
        loader.dispose()
    work.node(count)

"""Lists without duplicates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kustz_tpl.errors import NotationError
from kustz_tpl.messages import Shown, quoted
from kustz_tpl.rules.finding import Finding
from kustz_tpl.yaml_source.tree import Path


def check_once(path: Path, texts: Sequence[str | None]) -> Iterator[Finding]:
    """Find duplicate items of a list."""
    seen: dict[str, int] = {}
    for index, text in enumerate(texts):
        if text is None:
            continue
        first = seen.setdefault(text, index)
        if first != index:
            message = NotationError("unique entries", Shown(f"{quoted(text)} twice"))
            yield Finding((*path, index), message, other=(*path, first))

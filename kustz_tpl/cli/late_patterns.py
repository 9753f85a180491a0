"""The regular expressions of PyYAML and Jinja, compiled when they are first used.

A usual run needs none of them, and compiling them all takes 9 % of a short one.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_PACKAGES = ("jinja2.", "yaml.")


class _LatePattern:
    """Stand in for a pattern."""

    def __init__(self, *given: Any) -> None:  # noqa: ANN401 - whatever re.compile takes
        self._given = given

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a method or value of the pattern
        found = getattr(re.compile(*self._given), name)
        setattr(self, name, found)
        return found


@contextmanager
def late_patterns() -> Iterator[None]:
    """Postpone what PyYAML and Jinja compile while they are imported, if they are imported here."""
    compile_now = re.compile

    def compile_later(pattern: Any, flags: Any = 0) -> Any:  # noqa: ANN401 - as re.compile
        importing = sys._getframe(1).f_globals["__name__"]  # noqa: SLF001 - inspect is slow to import
        is_late = importing.startswith(_PACKAGES)
        return _LatePattern(pattern, flags) if is_late else compile_now(pattern, flags)

    re.compile = compile_later
    try:
        yield
    finally:
        re.compile = compile_now

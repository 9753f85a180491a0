"""Which keys are strings to Go's YAML reader, worked out in the simplest way."""

from __future__ import annotations

import re
from collections.abc import Callable

WORDS = {
    each
    for word in ("true", "false", "null", ".inf", "-.inf")
    for each in (word, word.upper(), word.title(), word.capitalize())
} | {".nan", ".NaN", ".NAN"}


def is_text(key: str) -> bool:
    """Return whether the key cannot be read as a number, date or word."""
    if key in WORDS or re.fullmatch("[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}", key):
        return False
    if not re.search("[0-9]", key) or not key.isascii():
        return True
    digits = key if key[:1] in {".", "_"} else key.replace("_", "")
    return not (is_number(lambda: int(digits, 0)) or is_number(lambda: float(digits)))


def is_number(read: Callable[[], float]) -> bool:
    """Return whether the function succeeds."""
    try:
        read()
    except ValueError:
        return False
    return True

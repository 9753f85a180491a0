"""What a template's own plain scalars mean: what kustomize reads in a resource."""

from __future__ import annotations

import re

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGERS = (
    (re.compile(r"[-+]?(?:0|[1-9][0-9_]*)", re.ASCII), 10),
    (re.compile(r"[-+]?0o?[0-7_]+", re.ASCII), 8),
    (re.compile(r"[-+]?0x[0-9a-fA-F_]+", re.ASCII), 16),
    (re.compile(r"[-+]?0b[01_]+", re.ASCII), 2),
)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_NO_DIGIT = re.compile(r"[^0-9]*", re.ASCII)


def typed(text: str) -> str | int | float | bool | None:
    """Return the value of a plain scalar: a word, a number or the text itself.

    `yes`, `no`, `on` and `off`, dates and times stay text; `0644` is octal. The infinities and
    `.nan` stay text too: JSON has no such numbers.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _NO_DIGIT.fullmatch(text):
        return text
    for pattern, base in _INTEGERS:
        if pattern.fullmatch(text):
            return _integer(text, base)
    return float(text) if _FLOAT.fullmatch(text) else text


def _integer(text: str, base: int) -> int | str:
    digits = text.lower().replace("_", "").replace("0o", "0") if base == 8 else text  # noqa: PLR2004
    try:
        return int(digits.replace("_", ""), base)
    except ValueError:  # nothing but underscores, or more digits than Python reads
        return text

"""What a template's own plain scalars mean: what kustomize reads in a resource."""

from __future__ import annotations

import math
import re

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_FIRST = frozenset("+-.0123456789")
_INTEGER = re.compile(
    r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]?([0-7]+)|0[bB]([01]+)|(0|[1-9][0-9]*))", re.ASCII
)
_BASES = (0, 0, 16, 8, 2, 10)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_LOOSE = r"(?<![0-9])_|_(?![0-9])"


def typed(text: str) -> str | int | float | bool | None:
    """Return the value of a plain scalar: a word, a number or the text itself.

    `yes`, `no`, `on`, `off` and sexagesimals are text, `0644` is octal, `1_000` a number. Dates
    stay text though kustomize would rewrite them, and so do the infinities and `.nan`, which
    JSON has not.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _FIRST:
        return text
    # Behind a point Go takes an underscore between digits alone, elsewhere any.
    is_loose = text[0] == "." and re.search(_LOOSE, text)
    digits = text if is_loose else text.replace("_", "")
    if match := _INTEGER.fullmatch(digits):
        return _integer(match, text)
    number = float(digits) if _FLOAT.fullmatch(digits) else math.inf
    return number if math.isfinite(number) else text


def _integer(match: re.Match[str], text: str) -> int | str:
    group = match.lastindex or 0
    try:
        return int(match[1] + match[group], _BASES[group])
    except ValueError:  # more digits than Python reads
        return text

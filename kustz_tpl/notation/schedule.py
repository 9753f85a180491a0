"""When something runs, and how long."""

from __future__ import annotations

import re

from kustz_tpl.errors import NotationError

_UNITS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_UNIT = "|".join(_UNITS)
_DURATION = rf"0|(?:[0-9]+(?:\.[0-9]*)?(?:{_UNIT}))+"
# The further digits of a fraction are less than a nanosecond, those of a number too many.
_PART = rf"0*([0-9]*)\.?([0-9]{{0,15}})[0-9]*({_UNIT})"
_MOST = 2**63 - 1  # nanoseconds, as Go counts them
_MOST_DIGITS = len(str(_MOST))


def parse_duration(text: str) -> str:
    """Read a duration: numbers, each with its unit.

    Examples: `1h`, `1h30m`. Refused: a number without a unit, days, more than 2562047 hours.
    """
    if not re.fullmatch(_DURATION, text):
        raise NotationError("a duration such as 1h or 1h30m", text)
    if sum(_nanoseconds(*part) for part in re.findall(_PART, text)) > _MOST:
        raise NotationError(f"a duration of at most {_MOST // _UNITS['h']}h", text)
    return text


def _nanoseconds(number: str, fraction: str, unit: str) -> int:
    if len(number) > _MOST_DIGITS:
        return _MOST + 1
    digits = len(fraction)
    return int(number + fraction or "0") * _UNITS[unit] // int(10**digits)

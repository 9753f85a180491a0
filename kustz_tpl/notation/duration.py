"""A duration as Go writes it."""

from __future__ import annotations

import re

from kustz_tpl.notation.words import refusal

_DURATION = r"0|(?:[0-9]+(?:\.[0-9]*)?(?:ns|us|µs|ms|s|m|h))+"


def parse_duration(text: str) -> str:
    """Read a duration: numbers, each with its unit.

    Examples: `1h`, `1h30m`. Refused: a number without a unit, days.
    """
    if not re.fullmatch(_DURATION, text):
        raise refusal("a duration such as 1h or 1h30m", text)
    return text

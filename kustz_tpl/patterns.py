"""Bounds the time that a regular expression of a clone may take.

Go, which sops and kustomize are written in, matches in linear time, and Python does not.
"""

from __future__ import annotations

import math
import re
from itertools import pairwise

_LONGEST = 500
_ENDLESS = 10**30
_PART = r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(?:[*+]|\{[\d,]+\})\??|."
"""An escaped character, a class, a repetition, or any other character."""
# What Go does not have, such as references and looking ahead, apart from groups that it has.
_UNKNOWN = r"\\[1-9]|\(\?(?!:|[ims]+\))"


def most_steps(pattern: str, length: int) -> int:
    """Return how many steps a search in a string of a length may take.

    It is too many for any limit where that is hard to tell: for a repeated group, for what Go does
    not have, and for a pattern of more than 500 characters.
    """
    if len(pattern) > _LONGEST or re.search(_UNKNOWN, pattern):
        return _ENDLESS
    parts = re.findall(_PART, pattern)
    repeats = sum(each[0] in "*+{" for each in parts)
    if any(a == ")" and b[0] in "*+{" for a, b in pairwise(parts)):
        return _ENDLESS
    choices = sum(each in "?|" for each in parts)
    return math.comb(length + repeats + 1, repeats + 1) << choices

"""Values of every kind for property tests, and an oracle for which of them must be refused."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

from hypothesis import strategies as st

Data: TypeAlias = Any

# kubernetes-rules 4.3: strings that some reader takes for something else.
_WORDS = """
yes no on off Yes YES No NO On ON Off OFF y n Y N true True TRUE false False FALSE
null Null NULL ~ nUll None nil 0777 007 08 09 0o7 0O7 -0o7 0x1F 0b1 0X1F 0B1 1_000 1_ 0x_1
1_000.5 1:20 12:30:45 20:30.5 1e3 1E3 1e+3 1.5e3 5e1 12345678e9 .1e3 0e0 1.e3 1.e+3 1.5 .5 1.
-.5 +.5 .inf -.inf +.Inf .NaN .nan inf NaN 9223372036854775808 18446744073709551616 2001-01-01
2001-1-1 2001-01-01T00:00:00Z 2001-12-14t21:59:43.10-05:00 = << 1,000 1.2.3 10.0.0.1 v1 100m
1Mi - -- --- ... ? : , [ ] { } # & * ! | > ' " % @ ` \\ -1 +1 -0 0 1 <<: !!str !x &a *a %YAML
@a `a [] {} [a] {a:1} "a" 'a' |- >+
"""
TRAPS = (
    *_WORDS.split(),
    "",
    " ",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "a: b",
    "a #b",
    "a\tb",
    "a\t",
    " a",
    "a ",
    "- a",
    "? a",
    "a:",
    "a\nb",
    "a\nb\n",
    "a\n\n",
    "\na",
    "  a\nb",
    "a\n  b\n",
    "\ta\nb",
    "a\n\tb\n",
    "a \nb",
    "a\n \nb",
    "a\r\nb",
    "---\na",
    "x\n  privileged: true",
    "# a\nb",
    "{{ x }}",
    "{% x %}",
    "{# x #}",
    "\0",
    "\x07",
    "\x1b[31m",
    "\x7f",
    "\x85",
    "a\x85b",
    "\xa0",
    "\xad",
    "\u2028",
    "\u2029",
    "\u200b",
    "\u202e",
    "\ufeff",
    "\ufffd",
    "\ufffe",
    "\uffff",
    "\ue000",
    "\ue0030\ue004",
    "\ue003*0\ue004: 0",
    "- \ue003-0\ue004",
    "😀",
    "é",
    "é",
    "\U0001fffe",
    "\U000f0000",
    "\U0010ffff",
    "\ud800",
    "a\udfff",
)

_SYNTAX = st.text(
    " \t\n\r:#-?|>'\"{}[],&*!%@`\\=~<.0123456789eExXoO_+/yYnN\x00\x85\u2028\ue003\ue004é😀"
)
_ANY_TEXT = st.text(st.characters(codec=None))  # lone surrogates too
texts = st.sampled_from(TRAPS) | st.text() | _SYNTAX | _ANY_TEXT
numbers = (
    st.integers()
    | st.integers(-(2**64), 2**64)
    | st.sampled_from((2**63 - 1, 2**63, -(2**63), -(2**63) - 1))
    | st.floats()
)
scalars = texts | numbers | st.booleans() | st.none()
keys = texts | st.integers() | st.floats(allow_nan=False)
lists = st.lists(scalars, max_size=5)
maps = st.dictionaries(keys, scalars, max_size=5)
data = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=8,
)


def is_lost_text(text: str) -> bool:
    """Return whether a string is not valid Unicode, or one that kustomize does not preserve."""
    return any(
        "\ud800" <= character <= "\udfff"
        or "\x7f" <= character <= "\x9f"
        or character in "\ufffe\uffff"
        for character in text
    )


def is_lost(value: Data) -> bool:
    """Return whether a value must be refused anywhere; None only as the value itself."""
    if isinstance(value, str):
        return is_lost_text(value)
    if isinstance(value, float):
        return not math.isfinite(value)
    if isinstance(value, int):
        return not -(2**63) <= value < 2**63
    if isinstance(value, list):
        return any(map(is_lost, value))
    if isinstance(value, dict):
        names = [str(key) for key in value]
        is_ambiguous = len(set(names)) < len(names) or "<<" in names
        return is_ambiguous or any(map(is_lost_text, names)) or any(map(is_lost, value.values()))
    return False


def as_data(value: Data) -> Data:
    """Return a value with its keys as the strings that JSON makes of them."""
    if isinstance(value, dict):
        return {str(key): as_data(item) for key, item in value.items()}
    return [as_data(item) for item in value] if isinstance(value, list) else value


def as_text(value: Data) -> str:
    """Return a scalar as YAML writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)

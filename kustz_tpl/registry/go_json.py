"""JSON as Go's encoding/json writes it, byte for byte."""

from __future__ import annotations

import json

_ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def go_json(value: object) -> str:
    """Return compact JSON with the keys in their order.

    Go escapes `<`, `>`, `&`, U+2028 and U+2029 besides what JSON wants, and nothing else.
    """
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return text.translate(_ESCAPES)

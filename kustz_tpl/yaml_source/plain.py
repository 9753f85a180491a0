"""Scalars as YAML types them, where YAML 1.1 and 1.2 agree."""

from __future__ import annotations

import re
from typing import Any

from kustz_tpl.yaml_source.tree import Data, Scalar

_BOOLEANS = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
# Longer numbers stay text: readers differ on what exceeds 64 bits.
_INTEGER = r"[-+]?(?:0|[1-9][0-9]{0,17})"
_HEXADECIMAL = r"0x[0-9a-fA-F]{1,15}"
_OCTAL = r"0o?[0-7]{1,5}"
_MODES = ("defaultMode", "mode")
_FLOAT = r"[-+]?[0-9]+\.[0-9]*(?:[eE][-+][0-9]+)?"


def to_integer(scalar: Scalar) -> int | None:
    """Return the integer a plain scalar is in every YAML, else None."""
    if scalar.is_plain and re.fullmatch(_INTEGER, scalar.text):
        return int(scalar.text)
    return None


def to_boolean(scalar: Scalar) -> bool | None:
    """Return the boolean a plain scalar is in every YAML, else None."""
    return _BOOLEANS.get(scalar.text) if scalar.is_plain else None


def to_plain(data: Data) -> Any:  # noqa: ANN401 - what the user's own values hold
    """Return data with its scalars typed; whatever YAML 1.1 and 1.2 read differently is text."""
    if isinstance(data, dict):
        return {key: to_plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [to_plain(item) for item in data]
    return _typed(data)


def to_fields(data: Data) -> Any:  # noqa: ANN401 - Kubernetes' own fields
    """Return plain data in which a file mode is a number, in octal too: `0440`, `0o440`."""
    if isinstance(data, dict):
        return {
            key: _to_mode(value) if key in _MODES else to_fields(value)
            for key, value in data.items()
        }
    return [to_fields(item) for item in data] if isinstance(data, list) else _typed(data)


def _to_mode(value: Data) -> Any:  # noqa: ANN401 - whatever is written there
    if isinstance(value, Scalar) and value.is_plain and re.fullmatch(_OCTAL, value.text):
        return int(value.text.replace("o", ""), 8)
    return to_fields(value)


def _typed(scalar: Scalar) -> str | int | float | bool | None:
    if not scalar.is_plain:
        return scalar.text
    if scalar.is_null:
        return None
    if re.fullmatch(_HEXADECIMAL, scalar.text):
        return int(scalar.text, 16)
    for typed in (to_boolean(scalar), to_integer(scalar), _to_float(scalar.text)):
        if typed is not None:
            return typed
    return scalar.text


def _to_float(text: str) -> float | None:
    if not re.fullmatch(_FLOAT, text):
        return None
    number = float(text)
    return number if abs(number) != float("inf") else None

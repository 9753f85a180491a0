"""Finds the fields of an object that a server names in a message."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from kustz_tpl.errors import KeyPath
from kustz_tpl.kinds.kind import value_at
from kustz_tpl.yaml_source.tree import Step

_KEY = re.compile(r"[^.\[]+")
_BRACKET = re.compile(r"\[([^\]]*)\]")
_TYPES: dict[str, Callable[[Any], bool]] = {
    "array": lambda value: isinstance(value, list),
    "bool": lambda value: isinstance(value, bool),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "string": lambda value: isinstance(value, str),
}

_Cut: TypeAlias = "tuple[Step, str] | None"
"""The first step of a path, and the text after it."""


def parse_field_path(text: str, document: object) -> KeyPath:
    """Return the path that a server writes: `spec.ports[0].name`, `data[a.b]`.

    Keys with dots or brackets are recognised from the object. If a part of the path is invalid, the
    path up to it is returned.
    """
    path: list[Step] = []
    value = document
    while cut := _cut_bracket(text, value) if text.startswith("[") else _cut_key(text, value):
        step, text = cut
        path.append(step)
        value = value_at(value, step)
    return tuple(path)


def find_of_type(text: str, kind: str, document: object) -> KeyPath:
    """Return the first field of a JSON type at a path that Go's decoder writes.

    It has no positions, but may have the name of an embedded struct: `spec.ports.port`,
    `livenessProbe.ProbeHandler.grpc.port`.
    """
    found = _fields(document, text.split("."), ())
    return next((path for path, value in found if _TYPES[kind](value)), ())


def _cut_bracket(text: str, value: object) -> _Cut:
    if isinstance(value, dict):
        for key in sorted(map(str, value), key=len, reverse=True):
            if text.startswith(f"[{key}]"):
                return key, text[len(key) + 2 :]
    match = _BRACKET.match(text)
    if match is None:
        return None
    is_position = match[1].isdecimal() and not isinstance(value, dict)
    return int(match[1]) if is_position else match[1], text[match.end() :]


def _cut_key(text: str, value: object) -> _Cut:
    text = text.removeprefix(".")
    if isinstance(value, dict):
        for key in sorted(map(str, value), key=len, reverse=True):
            if key and text.startswith(key) and text[len(key) : len(key) + 1] in {"", ".", "["}:
                return key, text[len(key) :]
    match = _KEY.match(text)
    return (match[0], text[match.end() :]) if match else None


def _fields(value: object, steps: list[str], path: KeyPath) -> Iterator[tuple[KeyPath, object]]:
    """Yield the fields at a path without positions, and the fields directly inside them."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _fields(item, steps, (*path, index))
    if not steps:
        yield path, value
        inner = value.items() if isinstance(value, dict) else ()
        yield from (((*path, key), item) for key, item in inner)
    elif isinstance(value, dict):
        first, *others = steps
        if first in value:
            yield from _fields(value[first], others, (*path, first))
        elif first[:1].isupper():
            yield from _fields(value, others, path)

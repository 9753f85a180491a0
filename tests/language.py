"""The keys of the language, as the schema defines them and as a kustz.yml uses them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kustz_tpl.schema import SCHEMA

Path = tuple[str, ...]


def key_paths(schema: dict[str, Any] = SCHEMA, above: Path = ()) -> Iterator[Path]:
    """Yield the path of every key of the language; `-` stands for an item of a list."""
    for key, rules in schema.items():
        path = (*above, key)
        yield path
        inner, items = rules.get("schema", {}), path
        if {"type", "coerce"} & set(inner):
            inner, items = inner.get("schema", {}), (*path, "-")
        yield from key_paths(inner, items)


def used_paths(data: object, above: Path = ()) -> Iterator[Path]:
    """Yield the path of every key in the data of a kustz.yml."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield (*above, key)
            yield from used_paths(value, (*above, key))
    elif isinstance(data, list):
        for item in data:
            yield from used_paths(item, (*above, "-"))

"""Checks the names and types of Kubernetes fields in a tree of plain data."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from kustz_tpl.errors import Diagnostic, KeyPath, NotationError
from kustz_tpl.messages import Shown, closest, quoted
from kustz_tpl.schema.key_hints import key_hint
from kustz_tpl.schema.kubernetes import types, versions
from kustz_tpl.schema.language import SCHEMA

Types: TypeAlias = Mapping[str, Mapping[str, str]]
"""The kind of every field of every type."""

_WORDS = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "map": "a mapping",
    "list": "a list",
}
_CLASSES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
}
# What most values are.
_PLAIN = {"string": str, "integer": int, "boolean": bool}
_MOST_DIGITS = 18
"""Readers of YAML differ on longer numbers, which stay strings."""
_TRUTHS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}


Structs: TypeAlias = "list[tuple[str, dict[str, Any], KeyPath]]"
"""Mappings with their type and path."""


def check_fields(
    kind: str,
    value: Any,  # noqa: ANN401 - plain data
    path: KeyPath,
    known: Types | None = None,
    structs: Structs | None = None,
) -> Iterator[Diagnostic]:
    """Yield what Kubernetes does not know of a value that is of a kind.

    A kind is a type of the table (`Container`), `string`, `integer`, `number`, `boolean`, several
    of these joined by `|`, `[]kind` for a list (`[name]kind` where the items' `name` tells them
    apart), `{}kind` for a mapping with any keys, and `{}` for a mapping of anything. The types are
    those of what is passed through unless others are `known`. The mappings that have a type are
    put in `structs`.
    """
    yield from _check(kind, value, path, (known or types(), [] if structs is None else structs))


def find_structs(kind: str, value: Any, path: KeyPath) -> Structs:  # noqa: ANN401 - plain data
    """Return the mappings with a type that a value has, also if something in it is wrong."""
    structs: Structs = []
    deque(check_fields(kind, value, path, structs=structs), maxlen=0)
    return structs


def list_keys(kind: str) -> tuple[str, ...]:
    """Return the fields that tell the items of a list of this kind apart, `("name",)`."""
    keys = kind.partition("]")[0].removeprefix("[")
    return tuple(keys.split(",")) if kind.startswith("[") and keys else ()


def _check(
    kind: str,
    value: Any,  # noqa: ANN401 - plain data
    path: KeyPath,
    walk: tuple[Types, Structs],
) -> Iterator[Diagnostic]:
    known, structs = walk
    if kind in known:
        if not isinstance(value, dict):
            yield _wrong("map", value, path)
            return
        structs.append((kind, value, path))
        yield from _check_type(kind, value, path, walk)
    elif kind.startswith(("[", "{")):
        yield from _check_items(kind, value, path, walk)
    elif not any(_is(word, value) for word in kind.split("|")):
        yield Diagnostic.about(path, _refusal(kind, value))


def _check_items(
    kind: str,
    value: Any,  # noqa: ANN401 - plain data
    path: KeyPath,
    walk: tuple[Types, Structs],
) -> Iterator[Diagnostic]:
    is_list = kind.startswith("[")
    if not isinstance(value, list if is_list else dict):
        yield _wrong("list" if is_list else "map", value, path)
        return
    inner = kind.partition("]")[2] if is_list else kind.removeprefix("{}")
    items: Iterable[tuple[Any, Any]] = enumerate(value) if is_list else value.items()  # type: ignore[union-attr]
    for key, item in items if inner else ():
        if type(item) is not _PLAIN.get(inner):
            yield from _check(inner, item, (*path, key), walk)


def _check_type(
    kind: str, value: Mapping[str, Any], path: KeyPath, walk: tuple[Types, Structs]
) -> Iterator[Diagnostic]:
    known, _ = walk
    fields = known[kind]
    for key, item in value.items():
        inner = fields.get(key)
        if inner is None:
            is_raw = known is types() and (len(path) == 1 or path[-1] == "container")
            hint = key_hint(key, fields, path, SCHEMA) if is_raw else closest(key, fields)
            last = versions()["until"].get(kind, {}).get(key)
            since = f" from Kubernetes 1.{last + 1} on" if last else ""
            message = f"unknown field of {_article(kind)}{since}{f'; {hint}' if hint else ''}"
            yield Diagnostic.about((*path, key), message, is_about_key=True)
        elif type(item) is not _PLAIN.get(inner):
            yield from _check(inner, item, (*path, key), walk)


def _is(word: str, value: object) -> bool:
    if isinstance(value, bool) or word == "boolean":
        return isinstance(value, bool) and word == "boolean"
    return isinstance(value, _CLASSES[word])


def _wrong(word: str, value: object, path: KeyPath) -> Diagnostic:
    return Diagnostic.about(path, _refusal(word, value))


def _refusal(kind: str, value: object) -> NotationError:
    wanted = " or ".join(_WORDS[word] for word in kind.split("|"))
    return NotationError(wanted, Shown(_shown(value)), hint=_hint(kind, value) or None)


def _shown(value: object) -> str:
    if isinstance(value, (dict, list)):
        return _WORDS["map" if isinstance(value, dict) else "list"]
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else quoted(value) if isinstance(value, str) else str(value)


def _hint(kind: str, value: object) -> str:
    """Say what to write instead where there is little doubt."""
    if value is None:
        return "leave the key out"
    if kind == "string" and not isinstance(value, (dict, list)):
        return "put it in quotes"
    if not isinstance(value, str):
        return ""
    if kind == "boolean":
        word = _TRUTHS.get(value.lower(), value.lower())
        return f"write {word}" if word in _TRUTHS.values() else ""
    return _number_hint(value) if kind == "integer" else ""


def _number_hint(text: str) -> str:
    """Return the number that a quoted or an octal one means: file modes are often octal."""
    digits = text.removeprefix("0o").removeprefix("0")
    if text.startswith("0") and digits and not set(digits) - set("01234567"):
        return f"write {int(digits, 8)}"
    if not (text.isascii() and text.isdecimal()):
        return ""
    is_read = len(text) <= _MOST_DIGITS
    return f"write {text} without quotes" if is_read else f"write at most {_MOST_DIGITS} digits"


def _article(kind: str) -> str:
    return f"{'an' if kind[0] in 'AEIOU' else 'a'} {kind}"

"""Write the data of a document as YAML, with where each value that a layer set is written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from kustz_tpl.errors import KeyPath
from kustz_tpl.yaml_source.tree import Data, Document, Scalar

_BARE_KEY = r"[A-Za-z0-9_/][\w./-]*"


def write_document(document: Document) -> str:
    """Return a document as YAML; what is of another file than its own has a comment with the place.

    Values keep their types; comments and the style of the files are lost.
    """
    return "".join(f"{line}\n" for line in _mapping(document, document.data, (), ""))


def _mapping(document: Document, data: dict[str, Data], at: KeyPath, indent: str) -> Iterator[str]:
    for key, value in data.items():
        shown = key if re.fullmatch(_BARE_KEY, key) else json.dumps(key, ensure_ascii=False)
        yield from _value(document, value, (*at, key), (f"{indent}{shown}:", f"{indent}  "))


def _value(document: Document, value: Data, at: KeyPath, start: tuple[str, str]) -> Iterator[str]:
    head, indent = start
    comment = _comment(document, at)
    if isinstance(value, Scalar):
        yield f"{head} {_scalar(value)}".rstrip() + comment
    elif not value:
        yield f"{head} {'{}' if isinstance(value, dict) else '[]'}{comment}"
    elif isinstance(value, dict):
        yield head
        yield from _mapping(document, value, at, indent)
    else:
        yield head
        for index, each in enumerate(value):
            yield from _item(document, each, (*at, index), indent)


def _item(document: Document, value: Data, at: KeyPath, indent: str) -> Iterator[str]:
    if isinstance(value, Scalar) or not value:
        yield from _value(document, value, at, (f"{indent}-", indent))
        return
    lines = (
        _mapping(document, value, at, f"{indent}  ")
        if isinstance(value, dict)
        else (
            line
            for index, each in enumerate(value)
            for line in _item(document, each, (*at, index), f"{indent}  ")
        )
    )
    for number, line in enumerate(lines):
        yield line if number else f"{indent}- {line.lstrip()}"


def _scalar(scalar: Scalar) -> str:
    if scalar.is_plain and scalar.text.isprintable():
        return scalar.text
    return json.dumps(scalar.text, ensure_ascii=False)


def _comment(document: Document, at: KeyPath) -> str:
    place = document.place(at)
    if place.file == document.file:
        return ""
    return f"  # {place.file}:{place.line}" if place.line else f"  # {place.file}"

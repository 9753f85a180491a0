"""A YAML file as data with the place of every key and value, and layers put over it."""

from __future__ import annotations

from collections.abc import Iterable

import yaml

from kustz_tpl.document.composition import Composer
from kustz_tpl.document.decoding import decode_yaml
from kustz_tpl.document.expansion import Expansion
from kustz_tpl.document.syntax import explain
from kustz_tpl.document.tree import (
    Data,
    Document,
    IsSecret,
    Path,
    Place,
    Scalar,
    describe,
    show_path,
)
from kustz_tpl.errors import InputError, Problem

__all__ = [
    "Data",
    "Document",
    "Path",
    "Place",
    "Scalar",
    "describe",
    "read",
    "read_value",
    "show_path",
]


def read(data: bytes, file: str, is_secret: IsSecret = lambda _key: False) -> Document:
    """Read a YAML file that holds one map; an empty file is an empty map.

    Raises InputError with every problem found, in line order.
    """
    composer = Composer(lambda line, column: Place(file, line + 1, column + 1), is_secret)
    tree, expansion = _read(decode_yaml(data, file), composer)
    if not isinstance(tree, dict) and not (isinstance(tree, Scalar) and tree.is_null):
        got = "a string" if isinstance(tree, Scalar) else describe(tree)  # it may be a password
        raise composer.fail(expansion.places[()], f"expected a map, got {got}")
    expansion.places[()] = Place(file, 1, 1)
    top = tree if isinstance(tree, dict) else {}
    return Document(file, top, expansion.places, expansion.key_places, is_secret)


def read_value(text: str, label: str, *, is_secret: bool = False) -> tuple[Data, Expansion]:
    """Read a value of the command line as YAML; every place is the label, line 0.

    Raises InputError, named by the label, where it is no YAML.
    """
    try:
        # an argument that is no UTF-8 holds surrogates, which only this round trip finds
        decoded = decode_yaml(text.encode("utf-8", "surrogateescape"), label)
    except InputError as error:
        raise InputError(*(p._replace(line=0, column=0) for p in error.problems)) from None
    place = Place(label, 0, 0)
    return _read(decoded, Composer(lambda _line, _column: place, lambda _key: is_secret))


def _read(text: str, composer: Composer) -> tuple[Data, Expansion]:
    _compose(text, composer)
    expansion = Expansion(composer)
    tree: Data = Scalar("", is_plain=True)
    if composer.root is not None:
        tree = expansion.expand(composer.root)
    if composer.problems:
        raise InputError(*_ordered(composer.problems))
    return tree, expansion


def _compose(text: str, composer: Composer) -> None:
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            composer.take(event)
    except yaml.MarkedYAMLError as error:
        composer.complain(*explain(error, text, composer.locate))
        raise InputError(*_ordered(composer.problems)) from None


def _ordered(problems: Iterable[Problem]) -> list[Problem]:
    """Put problems in line order, each once: an alias repeats those of what it stands for."""
    return sorted(dict.fromkeys(problems), key=lambda p: (p.line, p.column))

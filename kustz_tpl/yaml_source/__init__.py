"""A YAML file as data with the place of every key and value, and layers put over it."""

from __future__ import annotations

from kustz_tpl.errors import Diagnostic, InputError, NotationError
from kustz_tpl.git_command import find_conflict
from kustz_tpl.messages import MERGE_CONFLICT, Shown
from kustz_tpl.yaml_source.composition import Composer
from kustz_tpl.yaml_source.decoding import decode_yaml
from kustz_tpl.yaml_source.expansion import Expansion
from kustz_tpl.yaml_source.loader import MarkedYAMLError, parse
from kustz_tpl.yaml_source.tree import (
    NULL,
    Data,
    Document,
    IsSecret,
    Path,
    Place,
    Scalar,
    Tree,
    describe,
    show_path,
)

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

    The document has the problems that leave something to go on with, in line order. Raises
    InputError with all problems where one of them leaves nothing.
    """
    if line := find_conflict(data):
        raise InputError(Diagnostic(file, line, 1, "", MERGE_CONFLICT))
    composer = Composer(lambda line, column: Place(file, line + 1, column + 1), is_secret)
    tree = _read(decode_yaml(data, file, hides=is_secret(None)), composer)
    top = tree.data
    if not isinstance(top, dict) and not (isinstance(top, Scalar) and top.is_null):
        got = "a string" if isinstance(top, Scalar) else describe(top)  # it may be a password
        raise composer.fail(tree.places[()], NotationError("a mapping", Shown(got)))
    tree.places[()] = Place(file, 1, 1)
    return Document(
        file,
        top if isinstance(top, dict) else {},
        tree.places,
        tree.key_places,
        is_secret,
        tree.diagnostics,
        tree.unsure,
    )


def read_value(text: str, label: str, *, is_secret: bool = False) -> Tree:
    """Read a value of the command line as YAML; every place is the label, line 0.

    What is no YAML is null, with its problems, named by the label.
    """
    place = Place(label, 0, 0)
    composer = Composer(lambda _line, _column: place, lambda _key: is_secret)
    try:
        # an argument that is no UTF-8 holds surrogates, which only this round trip finds
        return _read(
            decode_yaml(text.encode("utf-8", "surrogateescape"), label, hides=is_secret), composer
        )
    except InputError as error:
        diagnostics = tuple(each._replace(line=0, column=0) for each in error.diagnostics)
        return Tree(NULL, {(): place}, {}, diagnostics, frozenset({()}))


def _read(text: str, composer: Composer) -> Tree:
    _compose(text, composer)
    expansion = Expansion(composer)
    data: Data = NULL
    if composer.root is not None:
        data = expansion.expand(composer.root)
    unsure = frozenset(expansion.unsure)
    return Tree(data, expansion.places, expansion.key_places, composer.ordered(), unsure)


def _compose(text: str, composer: Composer) -> None:
    try:
        for event in parse(text):
            composer.take(event)
    except MarkedYAMLError as error:
        from kustz_tpl.yaml_source.syntax import explain  # noqa: PLC0415 - start-up time

        raise composer.fail(*explain(error, text, composer.locate)) from None

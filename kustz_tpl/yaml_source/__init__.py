"""Read a YAML file as data with the place of every key and value, and override values in it."""

from __future__ import annotations

from kustz_tpl.errors import Diagnostic, InputError, KeyPath, NotationError
from kustz_tpl.git_command import find_conflict
from kustz_tpl.messages import MERGE_CONFLICT, Shown
from kustz_tpl.yaml_source.composition import MAX_DEPTH, Composer
from kustz_tpl.yaml_source.decoding import decode_yaml
from kustz_tpl.yaml_source.expansion import Expansion
from kustz_tpl.yaml_source.loader import MarkedYAMLError, parse
from kustz_tpl.yaml_source.tree import (
    NULL,
    Data,
    Document,
    IsSecret,
    Place,
    Scalar,
    Tree,
    describe,
    parse_path,
    show_path,
)

__all__ = [
    "Data",
    "Document",
    "Place",
    "Scalar",
    "describe",
    "override",
    "read",
    "show_path",
]


def read(data: bytes, file: str, is_secret: IsSecret = lambda _key: False) -> Document:
    """Read a YAML file that contains one mapping; an empty file is an empty mapping.

    The document has the problems that still leave something to work with, in line order. Raises
    InputError with all problems if one of them leaves nothing.
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


def _read_value(text: str, label: str, *, is_secret: bool = False) -> Tree:
    """Read a value of the command line as YAML; every place is the label, line 0.

    Invalid YAML becomes null, with problems that name the label.
    """
    place = Place(label, 0, 0)
    composer = Composer(lambda _line, _column: place, lambda _key: is_secret)
    try:
        # an argument that is not UTF-8 contains surrogates, which only this round trip finds
        return _read(
            decode_yaml(text.encode("utf-8", "surrogateescape"), label, hides=is_secret), composer
        )
    except InputError as error:
        diagnostics = tuple(each._replace(line=0, column=0) for each in error.diagnostics)
        return Tree(NULL, {(): place}, {}, diagnostics, frozenset({()}))


def _read(text: str, composer: Composer) -> Tree:
    try:
        for event in parse(text):
            composer.take(event)
    except MarkedYAMLError as error:
        from kustz_tpl.yaml_source.syntax import explain  # noqa: PLC0415 - start-up time

        raise composer.fail(*explain(error, text, composer.locate)) from None
    expansion = Expansion(composer)
    data: Data = NULL
    if composer.root is not None:
        data = expansion.expand(composer.root)
    unsure = frozenset(expansion.unsure)
    return Tree(data, expansion.places, expansion.key_places, composer.ordered(), unsure)


def override(document: Document, path_text: str, value_text: str, label: str) -> Document:
    """Set the value at a path, read as YAML; it replaces the old value, even a whole mapping.

    A new item goes to the end of a list; missing mappings on the path are created. The place of the
    new values is the label, line 0. An invalid path and invalid YAML are problems of the document
    that name the label.
    """
    try:
        path = parse_path(path_text)
    except NotationError as error:
        return _refused(document, label, error)
    if len(path) > MAX_DEPTH:
        too_long = NotationError(f"a path of at most {MAX_DEPTH} keys", Shown(len(path)))
        return _refused(document, label, too_long)
    is_secret = document.is_secret(str(path[0]))
    layer = _read_value(value_text, label, is_secret=is_secret)
    known = document._replace(diagnostics=document.diagnostics + layer.diagnostics)
    try:
        data = put(document.data, path, 0, layer.data)
    except NotationError as error:
        return _refused(known, label, error, is_secret=is_secret)
    assert isinstance(data, dict)  # noqa: S101 - a path starts with a key
    place = Place(label, 0, 0)
    kept = {at for at in document.unsure if at[: len(path)] != path}
    return known._replace(
        data=data,
        places={**_around(document.places, path, place), **_below(layer.places, path), path: place},
        key_places={**_around(document.key_places, path, place), **_below(layer.key_places, path)},
        unsure=frozenset(kept | {path + inner for inner in layer.unsure}),
    )


def _refused(
    document: Document, label: str, error: NotationError, *, is_secret: bool = False
) -> Document:
    problem = Diagnostic.at((label, 0, 0), "", error, hides=is_secret)
    return document._replace(diagnostics=(*document.diagnostics, problem))


def _around(places: dict[KeyPath, Place], path: KeyPath, place: Place) -> dict[KeyPath, Place]:
    """Return the places outside of a path; missing parents of it get the place."""
    kept = {at: where for at, where in places.items() if at[: len(path)] != path or at == path}
    return {path[:end]: place for end in range(1, len(path) + 1)} | kept


def _below(places: dict[KeyPath, Place], path: KeyPath) -> dict[KeyPath, Place]:
    return {path + inner: place for inner, place in places.items()}


def put(data: Data, path: KeyPath, depth: int, value: Data) -> Data:
    """Return data with the value at the rest of the path; only what is on the path is copied."""
    if depth == len(path):
        return value
    step = path[depth]
    if isinstance(data, Scalar) and data.is_null:
        data = [] if isinstance(step, int) else {}
    if isinstance(step, str) and isinstance(data, dict):
        return {**data, step: put(data.get(step, NULL), path, depth + 1, value)}
    if isinstance(step, int) and isinstance(data, list):
        return _put_item(data, path, depth, value)
    expected = "a mapping" if isinstance(step, str) else "a list"
    raise NotationError(f"{expected} at {show_path(path[:depth])}", Shown(describe(data)))


def _put_item(items: list[Data], path: KeyPath, depth: int, value: Data) -> Data:
    index = path[depth]
    assert isinstance(index, int)  # noqa: S101 - the caller has looked
    if index > len(items):
        expected = f"a position up to {len(items)} in {show_path(path[:depth])}"
        raise NotationError(expected, Shown(index))
    below = items[index] if index < len(items) else NULL
    return [*items[:index], put(below, path, depth + 1, value), *items[index + 1 :]]

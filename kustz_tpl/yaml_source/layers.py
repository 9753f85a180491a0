"""Values of the command line put over a document."""

from __future__ import annotations

from kustz_tpl.errors import Diagnostic, NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.yaml_source import read_value
from kustz_tpl.yaml_source.composition import MAX_DEPTH
from kustz_tpl.yaml_source.tree import (
    NULL,
    Data,
    Document,
    Path,
    Place,
    Scalar,
    describe,
    parse_path,
    show_path,
)


def override(document: Document, path_text: str, value_text: str, label: str) -> Document:
    """Put a value, read as YAML, at a path; it replaces what stands there, a map whole too.

    A list takes a new item at its end, and maps that lack on the way are made. The places of what
    is put in are the label, line 0. A path that leads nowhere and a value that is no YAML are
    problems of the document, named by the label.
    """
    try:
        path = _parse(path_text)
    except NotationError as error:
        return _refused(document, label, error)
    is_secret = document.is_secret(str(path[0]))
    layer = read_value(value_text, label, is_secret=is_secret)
    known = document._replace(diagnostics=document.diagnostics + layer.diagnostics)
    try:
        data = _put(document.data, path, 0, layer.data)
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


def _parse(text: str) -> Path:
    path = parse_path(text)
    if len(path) > MAX_DEPTH:
        raise NotationError(f"a path of at most {MAX_DEPTH} keys", Shown(len(path)))
    return path


def _around(places: dict[Path, Place], path: Path, place: Place) -> dict[Path, Place]:
    """Return the places without those below a path; on the way to it what lacked has the place."""
    kept = {at: where for at, where in places.items() if at[: len(path)] != path or at == path}
    return {path[:end]: place for end in range(1, len(path) + 1)} | kept


def _below(places: dict[Path, Place], path: Path) -> dict[Path, Place]:
    return {path + inner: place for inner, place in places.items()}


def _put(data: Data, path: Path, depth: int, value: Data) -> Data:
    """Return data with the value at the rest of the path, copied along the path only."""
    if depth == len(path):
        return value
    step = path[depth]
    if isinstance(step, int):
        return _put_item(_as_list(data, path[:depth]), path, depth, value)
    entries = _as_map(data, path[:depth])
    below = entries.get(step, NULL)
    return {**entries, step: _put(below, path, depth + 1, value)}


def _put_item(items: list[Data], path: Path, depth: int, value: Data) -> Data:
    index = path[depth]
    assert isinstance(index, int)  # noqa: S101 - the caller has looked
    if index > len(items):
        expected = f"a position up to {len(items)} in {show_path(path[:depth])}"
        raise NotationError(expected, Shown(index))
    below = items[index] if index < len(items) else NULL
    return [*items[:index], _put(below, path, depth + 1, value), *items[index + 1 :]]


def _as_list(data: Data, path: Path) -> list[Data]:
    if isinstance(data, Scalar) and data.is_null:
        return []
    if isinstance(data, list):
        return data
    raise NotationError(f"a list at {show_path(path)}", Shown(describe(data)))


def _as_map(data: Data, path: Path) -> dict[str, Data]:
    if isinstance(data, Scalar) and data.is_null:
        return {}
    if isinstance(data, dict):
        return data
    raise NotationError(f"a mapping at {show_path(path)}", Shown(describe(data)))

"""A config made of layers: each file over what the files below it wrote."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from kustz_tpl.errors import Diagnostic, KeyPath
from kustz_tpl.yaml_source.merge_patch import Effect, Layer, merge_patch
from kustz_tpl.yaml_source.tree import Data, Document, Scalar

_WORKLOADS = "workloads"
_OF_BASE = ("apiVersion", "name", "selector", "environments")
"""What only the base has: it is the same in every environment."""


def put_layers(
    base: Document, below: Sequence[Document] = (), above: Sequence[Document] = ()
) -> Document:
    """Return a config with what it takes over from the layers below and what those above change.

    A layer is a JSON merge patch (RFC 7386). The document is called as the base; what is wrong with
    the layers is among its problems.
    """
    first, *others = (*below, base)
    merged = first
    for each in others:
        merged = _put_over(merged, each, is_patch=each is not base)
    for each in above:
        merged = _put_over(merged, _without_base_keys(each, base.file), is_patch=True)
    return merged._replace(file=base.file)


def find_keys(layer: Document, keys: Sequence[str]) -> Iterator[KeyPath]:
    """Yield the paths of keys that a layer has at its top, and of `selector` in its workloads."""
    yield from ((key,) for key in keys if key in layer.data)
    workloads = layer.data.get(_WORKLOADS)
    if isinstance(workloads, dict) and "selector" in keys:
        for name, entry in workloads.items():
            if isinstance(entry, dict) and "selector" in entry:
                yield _WORKLOADS, name, "selector"


def without(layer: Document, path: KeyPath, message: str = "") -> Document:
    """Return a layer without the value at a path, and with a problem if there is a message."""
    problem = Diagnostic.at(layer.key_place(path), layer.show(path), message)
    problems = (*layer.diagnostics, problem) if message else layer.diagnostics
    data = _without(layer.data, path)
    assert isinstance(data, dict)  # noqa: S101 - a path starts with a key
    return layer._replace(data=data, diagnostics=problems)


def _without(data: Data, path: KeyPath) -> Data:
    step, *rest = path
    if isinstance(data, list) and isinstance(step, int):
        inner = [_without(data[step], tuple(rest))] if rest else []
        return [*data[:step], *inner, *data[step + 1 :]]
    if not isinstance(data, dict) or step not in data:
        return data
    if not rest:
        return {key: each for key, each in data.items() if key != step}
    return {key: _without(each, tuple(rest)) if key == step else each for key, each in data.items()}


def _without_base_keys(layer: Document, base: str) -> Document:
    message = f"expected none: it is written in {os.path.basename(base)} only"  # noqa: PTH119 - text
    for path in list(find_keys(layer, _OF_BASE)):
        layer = without(layer, path, message)
    return layer


def _put_over(base: Document, layer: Document, *, is_patch: bool) -> Document:
    problems: list[Diagnostic] = []

    def of_null(path: KeyPath, null: Scalar, below: Data | None) -> Effect:
        is_below = below is not None and not (isinstance(below, Scalar) and below.is_null)
        if path[0] == _WORKLOADS and len(path) > 2:  # noqa: PLR2004 - below an entry
            return "is data"
        if not null.text:  # nothing is written, such as a section whose lines are comments
            if isinstance(below, Scalar) and is_below:
                message = "expected a value; to remove what a layer below has, write ~"
                problems.append(Diagnostic.at(layer.place(path), layer.show(path), message))
            return "is nothing" if is_below else "is data"
        if is_below or not is_patch:
            return "removes" if is_below else "is data"
        message = "nothing to remove: no layer below has it"
        problems.append(Diagnostic.at(layer.place(path), layer.show(path), message))
        return "is nothing"

    shown = {path: path for path in (*layer.places, *layer.key_places)} if base.shown else {}
    merged = merge_patch(
        Layer(base.data, base.places, base.key_places, base.shown),
        Layer(layer.data, layer.places, layer.key_places, {**shown, **layer.shown}),
        of_null,
    )
    kept = {path for path in base.unsure if merged.places.get(path) == base.places.get(path)}
    return layer._replace(
        data=merged.data,
        places=dict(merged.places),
        key_places=dict(merged.key_places),
        diagnostics=(*base.diagnostics, *layer.diagnostics, *problems),
        unsure=frozenset(kept | layer.unsure),
        shown=merged.shown,
    )

"""Layers against RFC 7386 on plain data, and each difference of the language from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kustz_tpl.errors import KeyPath
from kustz_tpl.yaml_source import Data, Document, Scalar, read
from kustz_tpl.yaml_source.layers import put_layers

Plain = Any

KEYS = st.sampled_from("abcd")
SHAPES = st.recursive(
    st.sampled_from(["text", "null"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)
MAPS = st.dictionaries(KEYS, SHAPES, max_size=4)


def merge_patch(target: Plain, patch: Plain) -> Plain:
    """Apply a patch as the pseudo-code of RFC 7386 does."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merge_patch(result.get(name), value)
    return result


def filled(shape: Plain, file: str, numbers: Iterator[int], *, nulls: bool) -> Plain:
    """Return data of a shape whose strings tell their file."""
    if isinstance(shape, dict):
        return {key: filled(each, file, numbers, nulls=nulls) for key, each in shape.items()}
    if isinstance(shape, list):
        return [filled(each, file, numbers, nulls=False) for each in shape]
    return None if shape == "null" and nulls else f"{file} {next(numbers)}"


def with_known_nulls(patch: Plain, base: Plain) -> Plain:
    """Leave out the nulls that take nothing away, which the language refuses."""
    below = base if isinstance(base, dict) else {}
    return {
        key: with_known_nulls(each, below.get(key)) if isinstance(each, dict) else each
        for key, each in patch.items()
        if each is not None or key in below
    }


def document(data: Plain, file: str) -> Document:
    return read(json.dumps(data).encode(), file)


def plain(data: Data) -> Plain:
    if isinstance(data, dict):
        return {key: plain(each) for key, each in data.items()}
    if isinstance(data, list):
        return [plain(each) for each in data]
    return data.text


def leaves(data: Data, at: KeyPath = ()) -> Iterator[tuple[KeyPath, Scalar]]:
    if isinstance(data, Scalar):
        yield at, data
        return
    entries = data.items() if isinstance(data, dict) else enumerate(data)
    for key, each in entries:
        yield from leaves(each, (*at, key))


@given(MAPS, MAPS)
def test_a_layer_is_a_json_merge_patch(first: Plain, second: Plain) -> None:
    base = filled(first, "base", count(), nulls=False)
    patch = with_known_nulls(filled(second, "layer", count(), nulls=True), base)
    merged = put_layers(document(base, "base"), above=[document(patch, "layer")])
    expected = merge_patch(base, patch)
    assert not merged.diagnostics
    assert plain(merged.data) == expected
    assert json.dumps(plain(merged.data)) == json.dumps(expected), "in the same order"
    for path, leaf in leaves(merged.data):
        assert merged.places[path].file == leaf.text.split()[0]


@given(MAPS, MAPS, MAPS)
def test_layers_below_are_put_under_a_config(first: Plain, second: Plain, third: Plain) -> None:
    shared = filled(first, "shared", count(), nulls=False)
    base = with_known_nulls(filled(second, "base", count(), nulls=True), shared)
    finished = merge_patch(shared, base)
    patch = with_known_nulls(filled(third, "layer", count(), nulls=True), finished)
    merged = put_layers(
        document(base, "base"), [document(shared, "shared")], [document(patch, "layer")]
    )
    assert not merged.diagnostics
    assert merged.file == "base"
    assert plain(merged.data) == merge_patch(finished, patch)
    for path, leaf in leaves(merged.data):
        assert merged.places[path].file == leaf.text.split()[0]


def texts(base: str, layer: str, *below: str) -> Document:
    return put_layers(
        read(base.encode(), "kustz.yml"),
        [read(text.encode(), "kustz-project.yml") for text in below],
        [read(layer.encode(), "kustz.prod.yml")],
    )


@pytest.mark.parametrize(
    ("base", "layer", "problem"),
    [
        ("a: 1", "c: ~", "1:4: c: nothing to remove: no layer below has it"),
        ("a: 1", "b: {c: null}", "1:8: b.c: nothing to remove: no layer below has it"),
        ("a: ~", "a: ~", "1:4: a: nothing to remove: no layer below has it"),
        (
            "a: 1",
            "a:",
            "1:3: a: expected a value; to remove what a layer below has, write ~",
        ),
        ("name: a", "name: b", "1:1: name: expected none: it is written in kustz.yml only"),
    ],
)
def test_what_a_layer_cannot_say(base: str, layer: str, problem: str) -> None:
    merged = texts(base, layer)
    assert [str(each) for each in merged.diagnostics] == [f"kustz.prod.yml:{problem}"]
    assert plain(merged.data["a" if "a" in merged.data else "name"]) in {"1", "~", "a"}


@pytest.mark.parametrize("empty", ["a:", "a: # nothing\n"])
def test_an_empty_section_takes_nothing_away(empty: str) -> None:
    merged = texts("a: {b: 1}", empty)
    assert (plain(merged.data), merged.diagnostics) == ({"a": {"b": "1"}}, ())


def test_a_config_without_a_default_keeps_its_null() -> None:
    merged = texts("a: ~\nb: ~\nc: {d: ~}", "{}", "b: 1")
    assert (plain(merged.data), merged.diagnostics) == ({"a": "~", "c": {"d": "~"}}, ())


def test_below_an_entry_of_workloads_a_null_is_data() -> None:
    merged = texts("workloads: {a: {envs: {x: 1}}, b: {}}", "workloads: {a: {envs: ~}, b: ~}")
    assert plain(merged.data) == {"workloads": {"a": {"envs": "~"}}}
    assert not merged.diagnostics

"""A merge patch against RFC 7386, and the places of what it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kustz_tpl.errors import KeyPath
from kustz_tpl.yaml_source.merge_patch import Layer, find_idle_nulls, merge_patch
from kustz_tpl.yaml_source.tree import Data, Place, Scalar

LEAVES = st.sampled_from(["a", "b", "1", ""]).map(lambda text: Scalar(text, is_plain=False))
NULLS = st.just(Scalar("~", is_plain=True))
KEYS = st.sampled_from("abc")


def maps(leaves: st.SearchStrategy[Scalar]) -> st.SearchStrategy[dict[str, Any]]:
    inner = st.recursive(
        leaves | st.lists(LEAVES, max_size=2),
        lambda each: st.dictionaries(KEYS, each, max_size=3),
        max_leaves=8,
    )
    return st.dictionaries(KEYS, inner, max_size=3)


def rfc_7386(target: object, patch: object) -> object:
    """Return the result as the pseudocode of RFC 7386 has it."""
    if not isinstance(patch, dict):
        return patch
    target = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if isinstance(value, Scalar) and value.is_null:
            target.pop(name, None)
        else:
            target[name] = rfc_7386(target.get(name), value)
    return target


def walk(data: Data, at: KeyPath = ()) -> Iterator[tuple[KeyPath, Data]]:
    yield at, data
    if isinstance(data, dict):
        for key, value in data.items():
            yield from walk(value, (*at, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from walk(value, (*at, index))


def layer(file: str, data: dict[str, Any]) -> Layer:
    """Return data as if each of its values were on a line of its own."""
    places = {path: Place(file, line, 1) for line, (path, _) in enumerate(walk(data), 1)}
    return Layer(data, places, places, {path: (file, *path) for path in places})


@given(maps(LEAVES), maps(LEAVES | NULLS))
def test_the_data_is_that_of_the_rfc(base: dict[str, Any], patch: dict[str, Any]) -> None:
    merged = merge_patch(layer("base", base), layer("patch", patch)).data
    assert merged == rfc_7386(base, patch)
    kept = [key for key in base if key in merged]
    assert list(merged)[: len(kept)] == kept, "keys of the base keep their order"


@given(maps(LEAVES), maps(LEAVES | NULLS))
def test_each_leaf_has_the_place_that_wrote_it(base: dict[str, Any], patch: dict[str, Any]) -> None:
    below, above = layer("base", base), layer("patch", patch)
    merged = merge_patch(below, above)
    values = dict(walk(patch))
    for path, value in walk(merged.data):
        if isinstance(value, dict):
            continue
        writer = above if path in values else below
        assert merged.places[path] == writer.places[path]
        assert merged.key_places[path] == writer.key_places[path]
        assert merged.shown[path] == writer.shown[path]


@given(maps(LEAVES), maps(LEAVES | NULLS))
def test_a_null_is_idle_where_taking_it_out_changes_nothing(
    base: dict[str, Any], patch: dict[str, Any]
) -> None:
    idle = set(find_idle_nulls(base, patch))
    nulls = {path for path, each in walk(patch) if isinstance(each, Scalar) and each.is_null}
    assert idle <= nulls
    for path in nulls - idle:
        assert path in dict(walk(base))


def test_an_empty_value_takes_nothing_away() -> None:
    empty = Scalar("", is_plain=True)
    base = {"a": {"b": Scalar("1", is_plain=True)}}
    patch = {"a": empty, "c": empty}
    merged = merge_patch(layer("base", base), layer("patch", patch))
    assert merged.data == {**base, "c": empty}
    assert merged.places["a", "b"].file == "base"
    assert not list(find_idle_nulls(base, patch))

"""Data value in any place of a template reads back equal, in Python and in Go, or is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import places
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import PAGE, Pages, carried, is_same, read
from places import Place
from values import Data, data, is_lost, lists, maps, numbers, scalars, texts

from kustz_tpl.engine import TemplateError, write_yaml

pytestmark = pytest.mark.hypothesis

BATCH = 1_000


class Carriage:
    """Gather trees, and hold them against what kustomize carries, a thousand in one run."""

    def __init__(self) -> None:
        self._trees: list[Data] = []
        self._lost: list[Data] = []

    def add(self, tree: Data) -> None:
        self._trees.append(tree)
        if len(self._trees) == BATCH:
            self._carry()

    def _carry(self) -> None:
        pairs = zip(self._trees, carried(self._trees), strict=True)
        self._lost += [(tree, got) for tree, got in pairs if not is_same(tree, got)]
        self._trees = []

    def finish(self) -> None:
        self._carry()
        assert not self._lost


def holds(
    places: Sequence[Place],
    values: st.SearchStrategy[Data],
    is_refused: Callable[[Data], bool],
) -> None:
    """Check places for every value; Hypothesis' profile says how many."""
    carriage = Carriage()
    pages = [(place, place.pages()) for place in places]

    @given(values)
    def check(x: Data) -> None:
        texts_seen: set[str] = set()
        for place, page in pages:
            with placed(place):
                if is_refused(x):
                    refuses(place, page, x)
                else:
                    (tree,) = page.render(x=x).documents
                    assert is_same(tree, place.tree(x))
                    assert list(tree) == list(place.tree(x))  # in this order, too
                    text = write_yaml([tree])
                    if text not in texts_seen:
                        texts_seen.add(text)
                        assert is_same(read(text), tree)
                        carriage.add(tree)

    check()
    carriage.finish()


def refuses(place: Place, page: Pages, x: Data) -> None:
    with pytest.raises(TemplateError) as caught:
        page.render(x=x)
    assert caught.value.template in (PAGE, *place.others)
    assert caught.value.line == place.line


@contextmanager
def placed(place: Place) -> Iterator[None]:
    """Let a failure name the place."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"in the place: {place.name}")
        raise


def is_refused_value(x: Data) -> bool:
    return x is None or is_lost(x)


def is_refused_text(x: Data) -> bool:
    return is_refused_value(x) or isinstance(x, (dict, list))


def is_refused_key(x: Data) -> bool:
    return is_refused_text(x) or isinstance(x, bool) or x == "<<"


def test_a_value_keeps_its_type() -> None:
    holds(places.VALUES + places.ITEMS, data, is_refused_value)


def test_a_scalar_is_spliced_into_a_text() -> None:
    holds(places.TEXTS, scalars | maps | lists, is_refused_text)


def test_a_string_or_a_number_is_a_key() -> None:
    holds(places.KEYS, scalars | maps | lists, is_refused_key)


def test_a_scalar_is_spliced_into_a_key() -> None:
    values = texts | numbers | st.booleans()
    holds(places.QUOTED_KEYS, values, lambda x: is_refused_text(x) or x == "<<")
    holds(places.LONGER_KEYS, values, is_refused_text)


def test_the_entries_of_a_mapping_join_their_siblings() -> None:
    holds(places.MAPS, maps, is_lost)


def test_the_items_of_a_list_join_their_siblings() -> None:
    holds(places.LISTS, lists, is_lost)


def test_a_value_disappears_with_its_comment() -> None:
    holds(places.COMMENTS, data, lambda _: False)

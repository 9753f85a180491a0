"""Our named tuples are like those of typing."""

from __future__ import annotations

import pickle
import typing
from typing import Generic, TypeVar

from kustz_tpl.named_tuple import NamedTuple

T = TypeVar("T")


class Ours(NamedTuple, Generic[T]):
    """Hold two values."""

    first: T
    second: int = 2

    @property
    def both(self) -> tuple[T, int]:
        return self.first, self.second

    def __repr__(self) -> str:
        return super().__repr__().upper()


class Theirs(typing.NamedTuple):
    first: str
    second: int = 2


def test_a_named_tuple_has_fields_defaults_and_methods() -> None:
    one = Ours("a")
    assert one == ("a", 2) == Theirs("a")
    assert one.both == ("a", 2)
    assert repr(one) == "OURS(FIRST='A', SECOND=2)"
    assert one._replace(second=3) == Ours(first="a", second=3)


def test_a_named_tuple_is_described_as_by_typing() -> None:
    for name in ("_fields", "_field_defaults", "__match_args__", "__annotations__"):
        assert list(getattr(Ours, name)) == list(getattr(Theirs, name))
    assert (Ours.__name__, Ours.__module__) == ("Ours", __name__)
    assert Ours.__doc__ == "Hold two values."
    assert not hasattr(Ours("a"), "__dict__")


def test_a_named_tuple_is_pickled() -> None:
    copy = pickle.loads(pickle.dumps(Ours("a")))
    assert (copy, type(copy)) == (Ours("a"), Ours)

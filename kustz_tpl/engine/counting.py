"""Counts what one call of Python's own does for a template, which no limit could stop."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

from jinja2 import Environment, pass_environment
from jinja2.filters import make_attrgetter

from kustz_tpl.engine.limits import WORK
from kustz_tpl.engine.reads import Noted

STRUCTURES = frozenset((Noted, dict, list, tuple))
_LONG_TEXT = 1 << 10
_MOST_BITS = 1 << 16


def measured(value: Any) -> Any:  # noqa: ANN401 - any value
    """Count the nodes of a value, and the characters of a long text, as steps; return the value.

    A list may hold one and the same list often, and so be much larger than its memory.
    """
    if type(value) is str:
        if len(value) > _LONG_TEXT:
            WORK.get().step(len(value) // _LONG_TEXT)
    elif type(value) in STRUCTURES:
        work = WORK.get()
        stack = [value]
        while stack:
            each = stack.pop()
            work.step(len(each) + 1)
            items = (*each, *each.values()) if type(each) is dict else each
            stack += [x for x in items if type(x) in STRUCTURES]
    return value


def check_product(operator: str, left: Any, right: Any) -> None:  # noqa: ANN401 - any values
    """Raise OverflowError for a product or a power that would be too large."""
    if isinstance(left, int) and isinstance(right, int):
        factor = right if operator == "**" else 1
        bits = left.bit_length() * factor + (right.bit_length() if factor == 1 else 0)
        if bits > _MOST_BITS:
            raise OverflowError(f"an integer of more than {_MOST_BITS} bits")
        return
    for sequence, times in ((left, right), (right, left)):
        if isinstance(sequence, (str, list, tuple)) and isinstance(times, int):
            WORK.get().text(len(sequence) * times)


def measuring(compare: Any) -> Callable[..., Any]:  # noqa: ANN401 - a filter or test of Jinja's
    """Return a filter or test that measures what it is given first."""

    @functools.wraps(compare)  # and with it what Jinja noted on the function
    def measured_first(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        for each in args:
            measured(each)
        return compare(*args, **kwargs)

    return measured_first


@pass_environment
def counted_sum(
    environment: Environment,
    iterable: Iterable[Any],
    attribute: str | int | None = None,
    start: Any = 0,  # noqa: ANN401 - whatever adds
) -> Any:  # noqa: ANN401
    """Add up as Jinja's own filter does, but in Python: C would not notice a limit."""
    if attribute is not None:
        iterable = map(make_attrgetter(environment, attribute), iterable)
    for item in iterable:
        start = start + item
        WORK.get().step(len(start) if isinstance(start, list) else 1)
    return start


def eager(lazy: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter that gives a list in place of an iterator, and counts its items."""

    @functools.wraps(lazy)  # and with it what Jinja noted on the function
    def listed(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        made = lazy(*args, **kwargs)
        if isinstance(made, str):
            return made
        items = list(made)
        WORK.get().step(len(items))
        return items

    return listed

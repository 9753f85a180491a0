"""What parsers share: a cache of what they read, and a choice of words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from typing import Any, TypeVar

from kustz_tpl.errors import NotationError
from kustz_tpl.messages import Shown, any_of, closest, quoted

T = TypeVar("T")


def cached(parse: Callable[[str], T]) -> Callable[[str], T]:
    """Parse a string once, as a check, a rule and a filter all need the value."""
    known = lru_cache(parse)

    @wraps(parse)
    def parsed(text: Any) -> T:  # noqa: ANN401 - a template may have anything
        if isinstance(text, str):
            return known(text)
        kinds = {list: "a list", dict: "a mapping", type(None): "nothing"}
        raise NotationError("a string", Shown(kinds.get(type(text)) or quoted(str(text))))

    return parsed


def choose(word: str, words: Sequence[str], within: str | None = None, where: str = "") -> str:
    """Return the one of the words that is meant, in any case.

    `where` is what the message says after the words, such as ` before '://'`.
    """
    for each in words:
        if each.lower() == word.lower():
            return each
    raise NotationError(any_of(words) + where, word, within, hint=closest(word, words))

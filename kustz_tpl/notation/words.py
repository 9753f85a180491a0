"""The words of a message: a user's text made safe to show, a near word, a refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, wraps
from typing import Any, TypeVar

from kustz_tpl.errors import NotationError

T = TypeVar("T")

_LONGEST_SHOWN = 80
_SHOWN_OF_LONGER = 40


def closest(word: str, words: Iterable[str], likeness: float = 0.6) -> str | None:
    """Return the hint `did you mean …?` where one of the words is near, else None.

    Case does not count. The likeness goes up to 1, for the same word.
    """
    if len(word) > _LONGEST_SHOWN:
        return None
    known = {each.lower(): each for each in words}
    if word.lower() in known:
        return f"did you mean {known[word.lower()]}?"
    from difflib import get_close_matches  # noqa: PLC0415 - start-up time

    near = get_close_matches(word.lower(), known, n=1, cutoff=likeness)
    return f"did you mean {known[near[0]]}?" if near else None


def any_of(words: Sequence[str]) -> str:
    """Return the words as a choice: `a, b or c`."""
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def quoted(text: str) -> str:
    """Return the text in single quotes for a message.

    What does not print is escaped; a text over 80 characters is cut and counted.
    """
    if len(text) <= _LONGEST_SHOWN:
        return f"'{_printable(text)}'"
    return f"'{_printable(text[:_SHOWN_OF_LONGER])}…' ({len(text)} characters)"


def _printable(text: str) -> str:
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def refusal(
    expected: str, got: str, *, within: str | None = None, hint: str | None = None
) -> NotationError:
    """Return the error `expected …, got '…' in '…'; …?`.

    `within` is the whole text of which `got` is a part. Nothing the user wrote stands before
    `, got `, which `without_value` relies on.
    """
    place = f" in {quoted(within)}" if within is not None and within != got else ""
    ending = f"; {hint}" if hint else ""
    return NotationError(f"expected {expected}, got {quoted(got)}{place}{ending}")


def without_value(error: NotationError) -> str:
    """Return the error's message without anything the user wrote.

    For values that may be secret.
    """
    return str(error).partition(", got ")[0]


def remembered(parse: Callable[[str], T]) -> Callable[[str], T]:
    """Parse a text once: it is checked first, then used by a rule and a filter or two."""
    known = lru_cache(parse)

    @wraps(parse)
    def parsed(text: Any) -> T:  # noqa: ANN401 - a template may have anything
        if isinstance(text, str):
            return known(text)
        kinds = {list: "a list", dict: "a map", type(None): "nothing"}
        raise NotationError(f"expected a text, got {kinds.get(type(text)) or quoted(str(text))}")

    return parsed

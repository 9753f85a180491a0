"""The wording of messages: a refusal, a quoted text, a choice of words, a near word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MERGE_CONFLICT = "a merge conflict; resolve it, then run the command again"

_LONGEST_SHOWN = 80
_SHOWN_OF_LONGER = 40


class Shown(str):
    """Hold words that a message shows without quotes, such as `a list` or `nothing`."""

    __slots__ = ()


def with_hint(message: str, hint: str | None) -> str:
    """Return `message; hint`, the only place that joins the two."""
    return f"{message}; {hint}" if hint else message


def worded(expected: str, got: str | None, within: str | None = None) -> str:
    """Return `expected …, got '…' in '…'`, the only place that words a refusal.

    `within` is the whole text of which `got` is a part; it is left out where it is the same.
    """
    found = "" if got is None else f", got {_shown(got)}"
    place = "" if within is None or within == got else f" in {_shown(within)}"
    return f"expected {expected}{found}{place}"


def quoted(text: str) -> str:
    """Return the text in single quotes.

    Unprintable characters are escaped; a text over 80 characters is cut and counted.
    """
    if len(text) <= _LONGEST_SHOWN:
        return f"'{_printable(text)}'"
    return f"'{_printable(text[:_SHOWN_OF_LONGER])}…' ({len(text)} characters)"


def any_of(words: Sequence[str]) -> str:
    """Return the words as a choice: `a, b or c`."""
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


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


def _shown(text: str) -> str:
    return text if isinstance(text, Shown) else quoted(text)


def _printable(text: str) -> str:
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )

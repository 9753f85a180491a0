"""The wording of messages: what was expected, quoted strings, choices, suggestions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MERGE_CONFLICT = "a merge conflict; resolve it, then run the command again"

_LONGEST_SHOWN = 80
_SHOWN_OF_LONGER = 40


class Shown(str):
    """Hold words that a message shows without quotes, such as `a list` or `nothing`."""

    __slots__ = ()


def with_hint(message: str, hint: str | None) -> str:
    """Return `message; hint`; nothing else joins the two."""
    return f"{message}; {hint}" if hint else message


def worded(expected: str, got: str | None, within: str | None = None) -> str:
    """Return `expected …, got '…' in '…'`; nothing else words it.

    `within` is the whole string of which `got` is a part; it is omitted if both are the same.
    """
    found = "" if got is None else f", got {_shown(got)}"
    place = "" if within is None or within == got else f" in {_shown(within)}"
    return f"expected {expected}{found}{place}"


def quoted(text: str) -> str:
    """Return a string in single quotes.

    Unprintable characters are escaped; a string of over 80 characters is cut, with its length.
    """
    if len(text) <= _LONGEST_SHOWN:
        return f"'{_printable(text)}'"
    return f"'{_printable(text[:_SHOWN_OF_LONGER])}…' ({len(text)} characters)"


def any_of(words: Sequence[str]) -> str:
    """Return the words as a choice: `a, b or c`."""
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def closest(word: str, words: Iterable[str], likeness: float = 0.6) -> str | None:
    """Return the hint `did you mean …?` with the most similar word, None without one.

    Case is ignored. A likeness of 1 is the same word.
    """
    if len(word) > _LONGEST_SHOWN:
        return None
    known = {each.lower(): each for each in words}
    if word.lower() in known:
        return f"did you mean {known[word.lower()]}?"
    from difflib import get_close_matches  # noqa: PLC0415 - start-up time

    near = get_close_matches(word.lower(), known, n=1, cutoff=likeness)
    return f"did you mean {known[near[0]]}?" if near else None


def has_control_characters(name: str) -> bool:
    """Return whether a name has line breaks or the like, which no printed command repeats."""
    return any(each < " " or each == "\x7f" for each in name)


def _shown(text: str) -> str:
    return text if isinstance(text, Shown) else quoted(text)


def _printable(text: str) -> str:
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )

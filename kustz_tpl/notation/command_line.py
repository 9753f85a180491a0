"""A command line split into words as a POSIX shell splits them."""

from __future__ import annotations

import re

from kustz_tpl.errors import NotationError

_PIECE = r"""(?xs)
      (?P<blank> [ \t\n]+ )
    | (?P<continued> \\\n )
    | \\ (?P<escaped> . )
    | ' (?P<single> [^']* ) '
    | " (?P<double> (?: \\. | [^"\\] )* ) "
    | (?P<plain> [^ \t\n\\'"]+ )
    """
_ESCAPE_IN_QUOTES = r'\\(?:\n|([$`"\\]))'
_UNFINISHED = {
    "'": "a closing ' for the one here",
    '"': 'a closing " for the one here',
    "\\": "a character after the last '\\'",
}


def split_words(text: str) -> tuple[str, ...]:
    r"""Split a command line by the quoting rules of a POSIX shell, and by nothing else.

    Quotes and `\` quote; variables, globs, comments and operators are ordinary text.

    Examples: `cat /tmp/healthy`, `sh -c 'test -f /tmp/a && test -f /tmp/b'`. Refused: a quote
    without its end, a `\` at the end.
    """
    words: list[str] = []
    word: str | None = None
    place, pattern = 0, re.compile(_PIECE)
    while place < len(text):
        found = pattern.match(text, place)
        if not found:
            raise NotationError(_UNFINISHED[text[place]], text[place:], within=text)
        place = found.end()
        if found["blank"]:
            words += [] if word is None else [word]
            word = None
        elif not found["continued"]:
            word = (word or "") + _meaning(found)
    return tuple(words if word is None else [*words, word])


def _meaning(found: re.Match[str]) -> str:
    if found["double"] is not None:
        return re.sub(_ESCAPE_IN_QUOTES, r"\1", found["double"])
    return found[found.lastgroup or 0]

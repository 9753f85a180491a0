"""Prints safe characters, and colours where the user wants them."""

from __future__ import annotations

import os
import re
import shlex
import sys
from typing import Literal, TextIO

Colour = Literal["red", "green", "yellow", "cyan", "bold"]

_CODES: dict[Colour, str] = {"red": "31", "green": "32", "yellow": "33", "cyan": "36", "bold": "1"}
# Control characters, those that change the writing direction, and lone surrogates.
_UNSAFE = "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"


def safe(text: str) -> str:
    """Return a line without characters that control a terminal."""
    if text.isprintable():
        return text
    return re.sub(_UNSAFE, lambda match: _escape(match[0]), text)


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"  # noqa: PLR2004 - one byte


def paint(text: str, colour: Colour, stream: TextIO) -> str:
    """Return a string in a colour if the stream supports it."""
    return f"\x1b[{_CODES[colour]}m{text}\x1b[0m" if has_colour(stream) else text


def has_colour(stream: TextIO) -> bool:
    """Return whether a stream is a terminal whose user wants colour."""
    is_wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return is_wanted and stream.isatty()


def print_line(line: str) -> None:
    """Write one line of the result to standard output."""
    sys.stdout.write(f"{safe(line)}\n")


def print_note(line: str) -> None:
    """Write one line to standard error, after everything that was written before."""
    sys.stdout.flush()
    sys.stderr.write(f"{safe(line)}\n")


def print_text(text: str, colour: Colour | None = None) -> None:
    """Write a string to standard output; to a terminal, only its safe characters."""
    if sys.stdout.isatty():
        lines = [safe(line) for line in text.removesuffix("\n").split("\n")]
        shown = [paint(line, colour, sys.stdout) if colour else line for line in lines]
        text = "".join(f"{line}\n" for line in shown)
    sys.stdout.write(text)


def counted(number: int, noun: str) -> str:
    """Return a number and its noun: `1 file`, `3 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def as_argument(path: str) -> str:
    """Return a path as an argument of a shell command, which takes it for no option."""
    return shlex.quote(f"./{path}" if path.startswith("-") else path)

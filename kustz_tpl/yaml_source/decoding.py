"""Decode the bytes of a file, or report the bytes and characters that prevent it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import TypeAlias

from kustz_tpl.errors import Diagnostic, InputError, NotationError
from kustz_tpl.messages import Shown

MAX_BYTES = 1_048_576
"""The maximum size of a YAML file."""

MAX_FAULTS = 10
"""The maximum number of reported lines: a binary file has invalid characters everywhere."""

IsRefused: TypeAlias = "Callable[[str], bool]"
"""Says whether a character is not allowed."""

_BREAK = r"\r\n?|\n"
_INVALID_BYTES = range(0xDC80, 0xDD00)  # what surrogateescape makes of them
# What is not printable in YAML 1.1, and three rare line breaks and the byte order mark, which
# libyaml reads as line breaks or drops. These are the first and the last character of each range;
# a pattern would take long to compile.
_NO_YAML = "\x00\x08\x0b\x0c\x0e\x1f\x7f\x9f\u2028\u2029\ud800\udfff\ufeff\ufeff\ufffe\uffff"


def decode_yaml(data: bytes, file: str, *, hides: bool = False) -> str:
    """Decode the UTF-8 of a YAML file without its byte order mark.

    With `hides` messages show nothing of the file. Raises InputError for a file over `MAX_BYTES`,
    invalid UTF-8 and control characters.
    """
    if len(data) > MAX_BYTES:
        message = NotationError(f"at most {MAX_BYTES} bytes", Shown(len(data)))
        raise InputError(Diagnostic.at((file, 0, 0), "", message, hides=hides))
    return _decode(data, file, _is_no_yaml, hides=hides).removeprefix("\ufeff")


def decode_text(data: bytes, file: str, *, hides: bool = False) -> str:
    """Decode UTF-8; raises InputError for invalid bytes."""
    return _decode(data, file, _is_no_text, hides=hides)


def find_characters(text: str, is_refused: IsRefused) -> Iterator[tuple[int, int, str]]:
    """Yield line, column and character of the first refused character of each line.

    Stops after `MAX_FAULTS`.
    """
    if not any(map(is_refused, set(text))):
        return
    found = 0
    for number, line in enumerate(re.split(_BREAK, text), start=1):
        if refused := set(filter(is_refused, set(line))):
            character = min(refused, key=line.index)
            yield number, line.index(character) + 1, character
            found += 1
        if found == MAX_FAULTS:
            return


def _is_no_yaml(character: str) -> bool:
    at = bisect_right(_NO_YAML, character)
    return at % 2 == 1 or (at > 0 and _NO_YAML[at - 1] == character)


def _is_no_text(character: str) -> bool:
    """Check whether a character is what surrogateescape makes of an invalid byte."""
    return ord(character) in _INVALID_BYTES


def _decode(data: bytes, file: str, is_refused: IsRefused, *, hides: bool) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        message = NotationError("UTF-8", Shown("UTF-16"))
        raise InputError(Diagnostic.at((file, 1, 1), "", message, hides=hides))
    # surrogateescape turns an invalid byte into a character that is refused
    text = data.decode("utf-8", "surrogateescape")
    body = text.removeprefix("\ufeff")
    diagnostics = [
        # the line may contain anything, so it is never shown
        Diagnostic.at((file, line, column), "", _refusal(character), hides=hides)._replace(
            is_secret=True
        )
        for line, column, character in find_characters(body, is_refused)
    ]
    if diagnostics:
        raise InputError(*diagnostics)
    return text


def _refusal(character: str) -> NotationError:
    code = ord(character)
    if code in _INVALID_BYTES:
        return NotationError("UTF-8", Shown(f"the byte 0x{code - _INVALID_BYTES.start + 0x80:02X}"))
    is_break = character in "\x85\u2028\u2029"
    expected = "no line break that exists only in YAML" if is_break else "no control character"
    hint = f'write "\\u{code:04X}" in double quotes'
    return NotationError(expected, Shown(f"U+{code:04X}"), hint=hint)

"""Bytes of a file to text, or the problems that keep them from being one."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import TypeAlias

from kustz_tpl.errors import InputError, Problem

MAX_BYTES = 1_048_576
"""The largest YAML file that is read."""

MAX_FAULTS = 10
"""How many lines with faulty characters are reported: a binary file has them everywhere."""

IsRefused: TypeAlias = "Callable[[str], bool]"
"""Tells whether a character is none that a text may hold."""

_BREAK = r"\r\n?|\n"
_INVALID_BYTES = range(0xDC80, 0xDD00)  # what surrogateescape makes of them
# What YAML 1.1 does not call printable, and the three exotic line breaks and the byte order mark:
# libyaml takes those for breaks or drops them, so they would not be what was typed. These are the
# first and the last of each range; a pattern of them would take long to compile.
_NO_YAML = "\x00\x08\x0b\x0c\x0e\x1f\x7f\x9f\u2028\u2029\ud800\udfff\ufeff\ufeff\ufffe\uffff"


def decode_yaml(data: bytes, file: str) -> str:
    """Decode the UTF-8 of a YAML file without its byte order mark.

    Raises InputError for a file over `MAX_BYTES`, invalid UTF-8, and control characters.
    """
    if len(data) > MAX_BYTES:
        message = f"expected at most {MAX_BYTES} bytes, got {len(data)}"
        raise InputError(Problem(file, 0, 0, "", message))
    return _decode(data, file, _is_no_yaml).removeprefix("\ufeff")


def decode_text(data: bytes, file: str) -> str:
    """Decode UTF-8; raises InputError for bytes that are none."""
    return _decode(data, file, _is_no_text)


def find_characters(text: str, is_refused: IsRefused) -> Iterator[tuple[int, int, str]]:
    """Yield line, column and character of what is refused first in each line.

    At most `MAX_FAULTS` of them.
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
    """Tell whether it is what surrogateescape makes of an invalid byte."""
    return ord(character) in _INVALID_BYTES


def _decode(data: bytes, file: str, is_refused: IsRefused) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(Problem(file, 1, 1, "", "expected UTF-8, got UTF-16"))
    # surrogateescape makes an invalid byte a character that is refused either way
    text = data.decode("utf-8", "surrogateescape")
    body = text.removeprefix("\ufeff")
    problems = [
        # the line may hold anything, so it is not for show
        Problem(file, line, column, "", _complain(character), is_secret=True)
        for line, column, character in find_characters(body, is_refused)
    ]
    if problems:
        raise InputError(*problems)
    return text


def _complain(character: str) -> str:
    code = ord(character)
    if code in _INVALID_BYTES:
        return f"expected UTF-8, got the byte 0x{code - _INVALID_BYTES.start + 0x80:02X}"
    hint = f'write "\\u{code:04X}" in double quotes'
    if character in "\x85\u2028\u2029":
        return f"expected no line break that only YAML knows, got U+{code:04X}; {hint}"
    return f"expected no control character, got U+{code:04X}; {hint}"

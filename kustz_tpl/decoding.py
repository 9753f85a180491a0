"""Bytes of a YAML file to text, or the problems that keep them from being one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kustz_tpl.errors import InputError, Problem

MAX_BYTES = 1_048_576
"""The largest YAML file that is read."""

MAX_FAULTS = 10
"""How many lines with faulty characters are reported: a binary file has them everywhere."""

_BREAK = re.compile(r"\r\n?|\n")
# What YAML 1.1 calls printable, without the three exotic line breaks and the byte order mark:
# libyaml takes those for breaks or drops them, so they would not be what was typed.
_FAULT = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)

_INVALID_BYTES = range(0xDC80, 0xDD00)  # what surrogateescape makes of them


def decode(data: bytes, file: str) -> str:
    """Decode UTF-8 without its byte order mark.

    Raises InputError for a file over `MAX_BYTES`, invalid UTF-8, and control characters.
    """
    if len(data) > MAX_BYTES:
        message = f"expected at most {MAX_BYTES} bytes, got {len(data)}"
        raise InputError(Problem(file, 0, 0, "", message))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(Problem(file, 1, 1, "", "expected UTF-8, got UTF-16"))
    # surrogateescape makes an invalid byte a character that the pattern below refuses
    text = data.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    if problems := tuple(_faults(text, file)):
        raise InputError(*problems)
    return text


def _faults(text: str, file: str) -> Iterator[Problem]:
    """Yield the first faulty character of each line, at most `MAX_FAULTS` of them."""
    if not _FAULT.search(text):
        return
    found = 0
    for number, line in enumerate(_BREAK.split(text), start=1):
        if match := _FAULT.search(line):
            # the line may hold anything, so it is not for show
            yield Problem(file, number, match.start() + 1, "", _complain(match[0]), is_secret=True)
            found += 1
        if found == MAX_FAULTS:
            return


def _complain(character: str) -> str:
    code = ord(character)
    if code in _INVALID_BYTES:
        return f"expected UTF-8, got the byte 0x{code - _INVALID_BYTES.start + 0x80:02X}"
    if character in "\x85\u2028\u2029":
        return f'expected no U+{code:04X}, a line break to YAML; write "\\u{code:04X}" in double quotes'
    return (
        f'expected no control character, got U+{code:04X}; write "\\u{code:04X}" in double quotes'
    )

"""Finds strings that `kubectl kustomize` would change, as tried with 5.8."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from kustz_tpl.yaml_source.decoding import find_characters

# Its YAML library writes a string of several lines as a literal block, which must not begin with
# a tab; a string with one of these gets double quotes instead.
_QUOTED = " \n| \\Z|[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe-\U0010ffff]"
_EXPECTED = "expected a string that kustomize keeps"


def find_lost(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield line, column and message of what a ConfigMap's value or an annotation would lose."""
    for line, column, character in find_characters(text, _is_lost):
        yield line, column, f"{_EXPECTED}, got U+{ord(character):04X}"
    if text.startswith("\t") and "\n" in text and not re.search(_QUOTED, text):
        yield 1, 1, f"{_EXPECTED}, got several lines after a tab"


def find_lost_bytes(content: bytes) -> Iterator[tuple[int, int, str]]:
    """Yield the same for the content of a file; anything but UTF-8 is kept unchanged."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return
    yield from find_lost(text)


def find_unfit(text: str) -> Iterator[str]:
    """Yield why a string cannot be an argument or a variable of a process."""
    for _, _, character in islice(find_characters(text, _is_lost), 1):
        yield f"{_EXPECTED}, got U+{ord(character):04X}"
    if "\0" in text:
        yield "expected no U+0000, which no process can be given"


def kustomize_fault(text: str) -> str | None:
    """Return why kustomize would change a key or value, None if it would not."""
    if text.isprintable():
        return None
    for _, _, character in find_characters(text, _is_lost):
        fate = "turns it into a space" if character == "\x85" else "refuses it"
        return f"U+{ord(character):04X} is not supported: kustomize {fate}"
    return None


def _is_lost(character: str) -> bool:
    """Check whether kustomize's YAML library refuses a character or turns it into a space."""
    return "\x7f" <= character <= "\x9f" or character in "\ufffe\uffff"

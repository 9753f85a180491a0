"""What `kubectl kustomize` carries unchanged in a manifest's strings, found by trying 5.8."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from kustz_tpl.yaml_source.decoding import find_characters

# Its YAML library writes text of several lines as a literal block, which must not begin with a
# tab, apart from text with one of these, which it writes in double quotes.
_QUOTED = " \n| \\Z|[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe-\U0010ffff]"
_EXPECTED = "expected a string that kustomize keeps"


def find_lost(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield line, column and message of what a ConfigMap's value or an annotation loses."""
    for line, column, character in find_characters(text, _is_lost):
        yield line, column, f"{_EXPECTED}, got U+{ord(character):04X}"
    if text.startswith("\t") and "\n" in text and not re.search(_QUOTED, text):
        yield 1, 1, f"{_EXPECTED}, got several lines after a tab"


def find_lost_bytes(content: bytes) -> Iterator[tuple[int, int, str]]:
    """Yield the same of a file's content; what is no UTF-8 is carried as it is."""
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
    """Return why kustomize would change a key or value, None if it does not."""
    if text.isprintable():
        return None
    for _, _, character in find_characters(text, _is_lost):
        fate = "turns it into a space" if character == "\x85" else "refuses it"
        return f"U+{ord(character):04X} is not supported: kustomize {fate}"
    return None


def _is_lost(character: str) -> bool:
    """Check whether kustomize's YAML library does not read it back, or makes a blank of it."""
    return "\x7f" <= character <= "\x9f" or character in "\ufffe\uffff"

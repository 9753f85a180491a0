"""What `kubectl kustomize` carries unchanged in a manifest's strings, found by trying 5.8."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kustz_tpl.document.decoding import find_characters

# The YAML library of kustomize refuses to read these back, and makes a blank of U+0085.
_LOST = "[\x7f-\x9f\ufffe\uffff]"
# It writes text of several lines as a literal block, which must not begin with a tab ...
# ... apart from text with one of these, which it writes in double quotes.
_QUOTED = " \n| \\Z|[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe-\U0010ffff]"
_EXPECTED = "expected text that kustomize can carry"


def find_lost(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield line, column and message of what a ConfigMap's value or an annotation loses."""
    for line, column, character in find_characters(text, _LOST):
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
    """Yield why no process can be given a text as an argument or variable."""
    if found := re.search(_LOST, text):
        yield f"{_EXPECTED}, got U+{ord(found[0]):04X}"
    if "\0" in text:
        yield "expected no U+0000, which no process can be given"


def kustomize_fault(text: str) -> str | None:
    """Say why a resource's key or value loses a text, None if it does not."""
    if text.isprintable() or not (found := re.search(_LOST, text)):
        return None
    fate = "turns it into a blank" if found[0] == "\x85" else "refuses it"
    return f"U+{ord(found[0]):04X} cannot be carried: kustomize {fate}"

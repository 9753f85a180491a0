"""Writes plain data as YAML that every reader reads back equal, or as JSON.

Readers differ over plain scalars (YAML 1.1, 1.2, the two Go parsers under kubectl), so a string
is written plain only where its form leaves none of them a choice.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

# Words that begin with a letter, and the options, paths, URLs and image references made of them.
# No nested repetition: on a long text it would take a hundred times its memory.
_PLAIN = re.compile(r"(?:-{0,2}[A-Za-z]|/)[-./@+=,%?&;()$~\"'A-Za-z0-9_: ]*")
_NOT_PLAIN = re.compile(r":(?![-./@+=,%A-Za-z0-9_])| (?![A-Za-z])")
_QUANTITY = re.compile(r"[0-9]{1,9}(?:m|[KMGT]i)")
_MISTAKEN = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"))

# Invisible, direction-changing, like a blank, private or not allowed raw by some reader: the first
# and the last of each range. It is a fixed set: what Python calls printable changes with its version.
_UNSAFE = (
    "\x00\x1f\x7f\xa0\xad\xad\u034f\u034f\u061c\u061c\u115f\u1160\u1680\u1680\u17b4\u17b5"
    "\u180b\u180f\u2000\u200f\u2028\u202f\u205f\u206f\u3164\u3164\ud800\uf8ff\ufdd0\ufdef"
    "\ufeff\ufeff\uffa0\uffa0\ufff0\ufffb\ufffe\uffff\U0001bca0\U0001bca3\U0001d173\U0001d17a"
    "\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe\U0010ffff"
)
_BLANK_AT_END = re.compile(r"(?<![ \t])[ \t]++(?:\n|\Z)")
_LONGEST_KNOWN = 64
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def write_yaml(documents: Iterable[Any], comments: Iterable[str] = ()) -> str:
    """Return documents as one YAML text in block style, keys in their order.

    The keys of mappings must be strings. Nothing is folded and nothing is an alias; a text of
    several lines is a literal block where that is exact, else it is quoted.
    """
    pages = []
    for document in documents:
        lines: list[str] = []
        _add(lines, document, "")
        pages.append("\n".join([*lines, ""]))
    return "".join(f"{line}\n" for line in comments) + "---\n".join(pages)


def write_json(value: Any) -> str:  # noqa: ANN401 - any plain data
    """Return a value as JSON, indented by two; text that is printable stays as it is."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    return _escaped(text, _is_escaped_json, _json_escape) + "\n"


def quoted(text: str) -> str:
    """Return a text in double quotes, on one line, with escapes."""
    return f'"{_escaped(text, _is_escaped, _escape)}"'


def _add(lines: list[str], value: Any, indent: str) -> None:  # noqa: ANN401
    """Add the lines of a value; all go into one list, for lists of lists take their time."""
    if value and isinstance(value, dict):
        _add_mapping(lines, value, indent)
    elif value and isinstance(value, list):
        _add_sequence(lines, value, indent)
    else:
        _add_inline(lines, indent, value, indent)


def _add_mapping(lines: list[str], value: dict[str, Any], indent: str) -> None:
    for key, item in value.items():
        start = f"{indent}{_key(key)}:"
        if item and isinstance(item, (dict, list)):
            lines.append(start)
            _add(lines, item, indent + "  ")
        else:
            _add_inline(lines, start + " ", item, indent)


def _add_sequence(lines: list[str], value: list[Any], indent: str) -> None:
    inner = indent + "  "
    for item in value:
        if item and isinstance(item, (dict, list)):
            first = len(lines)
            _add(lines, item, inner)
            lines[first] = f"{indent}- {lines[first][len(inner) :]}"
        else:
            _add_inline(lines, f"{indent}- ", item, indent)


def _add_inline(lines: list[str], start: str, value: Any, indent: str) -> None:  # noqa: ANN401
    """Add a scalar or an empty collection behind the start of its line, then further lines."""
    if not isinstance(value, str):
        lines.append(start + _literal(value))
    elif "\n" in value and _is_exact_in_block(value):
        lines.append(f"{start}|" if value.endswith("\n") else f"{start}|-")
        body = value.removesuffix("\n").split("\n")
        lines += [f"{indent}  {line}" if line else "" for line in body]
    else:
        lines.append(start + _key(value))


def _literal(value: Any) -> str:  # noqa: ANN401
    """Return a number, a boolean, null or an empty collection."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, int):
        return str(value)
    return "{}" if isinstance(value, dict) else "[]"


def _key(text: str) -> str:
    """Return a string on one line; most are keys and words that every manifest has."""
    return _known_key(text) if len(text) <= _LONGEST_KNOWN else _new_key(text)


def _new_key(text: str) -> str:
    return text if is_plain(text) else quoted(text)


_known_key = lru_cache(maxsize=1024)(_new_key)


def is_plain(text: str) -> bool:
    """Check whether no reader can mistake a text that is written as it is."""
    if _PLAIN.fullmatch(text) is None:
        return _QUANTITY.fullmatch(text) is not None
    return not _NOT_PLAIN.search(text) and text.lower() not in _MISTAKEN


def _is_exact_in_block(text: str) -> bool:
    """Check whether a literal block gives the text back, in every reader and to the eye."""
    if text[0] in " \t\n" or text.endswith("\n\n") or any(map(_is_unsafe_raw, set(text))):
        return False
    return not _BLANK_AT_END.search(text)


def _is_unsafe(character: str) -> bool:
    at = bisect_right(_UNSAFE, character)
    return at % 2 == 1 or _UNSAFE[at - 1] == character


def _is_unsafe_raw(character: str) -> bool:
    """Check whether a literal block cannot hold it; in JSON raw line breaks are indentation."""
    return character not in "\n\t" and _is_unsafe(character)


def _is_escaped_json(character: str) -> bool:
    """Return what JSON escapes; of two escapes, beyond U+FFFF, Go's YAML reader makes no character."""
    return character <= "\uffff" and _is_unsafe_raw(character)


def _is_escaped(character: str) -> bool:
    return character in _SHORT or _is_unsafe(character)


def _float(value: float) -> str:
    """Return a float so that YAML 1.1 too sees a number: with a point and a signed exponent."""
    text = repr(value)
    if "e" in text and "." not in text:
        text = text.replace("e", ".0e")
    return text


class _Escapes(dict[int, str]):
    """What stands for each character, worked out when it is first met.

    Far quicker and smaller than a substitution where a long text is nothing but escapes.
    """

    def __init__(self, is_escaped: Callable[[str], bool], escape: Callable[[str], str]) -> None:
        super().__init__()
        self._is_escaped = is_escaped
        self._escape = escape

    def __missing__(self, code: int) -> str:
        character = chr(code)
        is_escaped = self._is_escaped(character)
        written = self[code] = self._escape(character) if is_escaped else character
        return written


def _escaped(text: str, is_escaped: Callable[[str], bool], escape: Callable[[str], str]) -> str:
    return text.translate(_Escapes(is_escaped, escape)) if any(map(is_escaped, set(text))) else text


def _escape(character: str) -> str:
    code = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    if code <= 0xFF:  # noqa: PLR2004
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004


def _json_escape(character: str) -> str:
    return json.dumps(character)[1:-1]

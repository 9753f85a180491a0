"""The source line of a problem, with a caret under its column."""

from __future__ import annotations

import re
from pathlib import Path

from kustz_tpl.cli.terminal import safe
from kustz_tpl.errors import Diagnostic
from kustz_tpl.schema import SCHEMA

_READ_LIMIT = 2**20
_TAB = "    "
_INDENT = "  "
_CUT = "..."
_NARROWEST = 10
"""Columns; fewer leave no room for a character between two cuts."""
_SHOWN = {".yml", ".yaml", ".j2"}
_TOP_KEY = r"[\"']?([A-Za-z]+)[\"']?[ \t]*:"
_SECRET_KEYS = {"registries", "secrets"}
# A key with secrets may be misspelt or misplaced.
_MISSPELT = "(?i)regist|secret|auth|cred|login|pass|token"
_WITH_VALUE = r"(?i)(pass(word|wd)?|token|secret)[\"']?[ \t]*:[ \t]*[^ \t\[{]"


def excerpt(problem: Diagnostic, width: int, text: bytes | None = None) -> list[str]:
    """Return the problem's line, cut to a width, and a line with the caret; or nothing.

    `text` is the source if it is not a file. Nothing is shown of a place that may hold a
    secret, nor of data files.
    """
    if problem.is_secret or not problem.line:
        return []
    content = _read(problem.file) if text is None else text
    lines = content.removeprefix(b"\xef\xbb\xbf").decode(errors="replace").split("\n")
    if not content or problem.line > len(lines):
        return []
    line = lines[problem.line - 1].rstrip("\r")
    is_template = problem.file.endswith(".j2")
    if not is_template and (_may_be_secret(lines, problem.line) or re.search(_WITH_VALUE, line)):
        return []
    before, rest = line[: problem.column - 1], line[problem.column - 1 :]
    return _fit(_visible(before), _visible(rest), width)


def _read(file: str) -> bytes:
    path = Path(file)
    try:
        if path.suffix not in _SHOWN or not path.is_file():
            return b""
        with path.open("rb") as source:
            return source.read(_READ_LIMIT)
    except (OSError, ValueError):
        return b""


def _may_be_secret(lines: list[str], number: int) -> bool:
    """Return whether a line belongs to a top-level key with secrets, or to one that is misspelt.

    An error of the YAML parser has no path.
    """
    for line in reversed(lines[:number]):
        if line.strip() and line[0] not in " \t#-":
            key = re.match(_TOP_KEY, line)
            if key and key[1] == "defaults":  # of a project file: any key of the language is in it
                break
            if key:
                is_unknown = key[1] not in SCHEMA
                is_alike = is_unknown and re.match(_MISSPELT, key[1])
                return key[1] in _SECRET_KEYS or bool(is_alike)
            break
    else:
        return False
    return any(word in above for above in lines[:number] for word in _SECRET_KEYS)


def _visible(text: str) -> list[str]:
    return [_TAB if char == "\t" else safe(char) for char in text]


def _fit(before: list[str], rest: list[str], width: int) -> list[str]:
    """Cut around the caret, which stays in the left two thirds of the width.

    A line that the terminal wraps would separate the caret from its column.
    """
    room = max(width - len(_INDENT), _NARROWEST)
    inner = room - 2 * len(_CUT)
    start, used = len(before), 0
    while start and used + _width(before[start - 1]) <= inner * 2 // 3:
        start -= 1
        used += _width(before[start])
    left = (_CUT if start else "") + "".join(before[start:])
    caret = " " * _width(left)
    right = _cut(rest, room - len(caret))
    return [f"{_INDENT}{left}{right}", f"{_INDENT}{caret}^"]


def _cut(parts: list[str], room: int) -> str:
    text = "".join(parts)
    if _width(text) <= room:
        return text
    end, total = 0, len(_CUT)
    while total + _width(parts[end]) <= room:
        total += _width(parts[end])
        end += 1
    return "".join(parts[:end]) + _CUT


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width  # noqa: PLC0415 - start-up time

    return sum(
        0 if category(char) in {"Mn", "Me", "Cf"} else 1 + (east_asian_width(char) in "WF")
        for char in text
    )

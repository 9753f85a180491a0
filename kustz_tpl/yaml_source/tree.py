"""The content of a YAML file: data whose scalars keep their text, and all places."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

from kustz_tpl.errors import Diagnostic, KeyPath, NotationError
from kustz_tpl.messages import Shown, quoted

Step: TypeAlias = "str | int"
IsSecret: TypeAlias = "Callable[[str | None], bool]"
"""Says whether the value of a key of the top mapping (None: outside of any) is never shown."""
Data: TypeAlias = "Scalar | list[Data] | dict[str, Data]"

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
# Longer numbers stay strings: readers differ on numbers of more than 64 bits.
_INTEGER = r"[-+]?(?:0|[1-9][0-9]{0,17})"
_OCTAL = r"0o?[0-7]{1,5}"
_MODES = ("defaultMode", "mode")
_HEXADECIMAL = r"0x[0-9a-fA-F]{1,15}"
_INFINITE = (float("inf"), float("-inf"))
_FLOAT = r"[-+]?[0-9]+\.[0-9]*(?:[eE][-+][0-9]+)?"
_SHOWN_KEY = 317  # the longest label key: prefix, slash, name
_STEP = r"(?s)\[(?P<index>0|[1-9][0-9]{0,8})\]|(?P<dot>\.)?(?P<key>(?:\\.|[^\\.\[])+)"


class Scalar:
    """Hold the source text of a scalar; `is_plain` says that it is not quoted.

    Do not assign to its fields. It is not a tuple, because Cerberus treats a tuple as a list.
    """

    __slots__ = ("is_plain", "text")

    def __init__(self, text: str, *, is_plain: bool) -> None:
        """Take the text, and whether it is written without quotes."""
        self.text = text
        self.is_plain = is_plain

    def __repr__(self) -> str:
        """Return the expression that makes an equal scalar."""
        return f"Scalar({self.text!r}, is_plain={self.is_plain})"

    def __eq__(self, other: object) -> bool:
        """Compare text and quoting."""
        if not isinstance(other, Scalar):
            return NotImplemented
        return (self.text, self.is_plain) == (other.text, other.is_plain)

    def __hash__(self) -> int:
        """Hash the text."""
        return hash(self.text)

    @property
    def is_null(self) -> bool:
        """Check whether YAML reads it as null, as it reads an empty value."""
        return self.is_plain and self.text in _NULLS


NULL = Scalar("", is_plain=True)
"""The value where nothing valid is written."""


class Place(NamedTuple):
    """Hold a place; lines and columns count from 1, and line 0 is the whole file."""

    file: str
    line: int
    column: int


class Tree(NamedTuple):
    """Hold data, the place of every value and key, and what is wrong with it.

    `unsure` are the paths whose content is unknown, in whole or in part, because of the problems.
    """

    data: Data
    places: dict[KeyPath, Place]
    key_places: dict[KeyPath, Place]
    diagnostics: tuple[Diagnostic, ...]
    unsure: frozenset[KeyPath]


class Document(NamedTuple):
    """Hold the tree of a file that is one mapping.

    `shown` has the paths that are written elsewhere than they take effect.
    """

    file: str
    data: dict[str, Data]
    places: dict[KeyPath, Place]
    key_places: dict[KeyPath, Place]
    is_secret: IsSecret = lambda _key: False
    diagnostics: tuple[Diagnostic, ...] = ()
    unsure: frozenset[KeyPath] = frozenset()
    shown: Mapping[KeyPath, KeyPath] = {}

    def show(self, path: KeyPath) -> str:
        """Write a path as a message names it: where it is written, not where it takes effect."""
        return show_path(self.written_path(path))

    def written_path(self, path: KeyPath) -> KeyPath:
        """Return where what takes effect at a path is written."""
        above = path
        while above not in self.shown and above:
            above = above[:-1]
        return (*self.shown.get(above, above), *path[len(above) :])

    def display(self, path: str) -> str:
        """Return a path relative to the folder of the file in the way the user named the file."""
        return os.path.normpath(os.path.join(os.path.dirname(self.file), path))  # noqa: PTH118, PTH120 - text

    def place(self, path: KeyPath) -> Place:
        """Return the place of a value, or of its nearest written parent."""
        return self.places.get(self._written(path), Place(self.file, 1, 1))

    def key_place(self, path: KeyPath) -> Place:
        """Return the place of a key; without one, of its value."""
        return self.key_places.get(path) or self.place(path)

    def is_unsure(self, path: KeyPath) -> bool:
        """Check whether the content of a path is unknown, so that it is no reason for a problem."""
        return self._written(path) in self.unsure

    def _written(self, path: KeyPath) -> KeyPath:
        while path not in self.places and path:
            path = path[:-1]
        return path


def to_integer(scalar: Scalar) -> int | None:
    """Return the integer that a plain scalar is in every version of YAML, else None."""
    if scalar.is_plain and re.fullmatch(_INTEGER, scalar.text):
        return int(scalar.text)
    return None


def to_boolean(scalar: Scalar) -> bool | None:
    """Return the boolean that a plain scalar is in every version of YAML, else None."""
    return _BOOLEANS.get(scalar.text) if scalar.is_plain else None


def to_plain(data: Data) -> Any:  # noqa: ANN401 - what the user's own values hold
    """Return data with typed scalars; where YAML 1.1 and 1.2 differ, a scalar stays a string."""
    if isinstance(data, dict):
        return {key: to_plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [to_plain(item) for item in data]
    return _typed(data)


def to_fields(data: Data) -> Any:  # noqa: ANN401 - Kubernetes' own fields
    """Return plain data in which a file mode is a number, in octal too: `0440`, `0o440`."""
    if isinstance(data, dict):
        return {
            key: _to_mode(value) if key in _MODES else to_fields(value)
            for key, value in data.items()
        }
    return [to_fields(item) for item in data] if isinstance(data, list) else _typed(data)


def _to_mode(value: Data) -> Any:  # noqa: ANN401 - whatever is written there
    if isinstance(value, Scalar) and value.is_plain and re.fullmatch(_OCTAL, value.text):
        return int(value.text.replace("o", ""), 8)
    return to_fields(value)


def _typed(scalar: Scalar) -> str | int | float | bool | None:
    if not scalar.is_plain:
        return scalar.text
    if scalar.is_null:
        return None
    if re.fullmatch(_HEXADECIMAL, scalar.text):
        return int(scalar.text, 16)
    number = float(scalar.text) if re.fullmatch(_FLOAT, scalar.text) else None
    for typed in (to_boolean(scalar), to_integer(scalar), number):
        if typed is not None and typed not in _INFINITE:
            return typed
    return scalar.text


def describe(value: object) -> str:
    """Name a value in the words of messages, a scalar by its text."""
    match value:
        case Scalar(is_null=True) | None:
            return "null"
        case Scalar(text=text):
            return quoted(text)
        case dict():
            return "a mapping"
        case list():
            return "a list"
    return quoted(str(value))


def show_path(path: KeyPath) -> str:
    """Write a path as `parse_path` reads it: `service.ports[1]`."""
    shown = ""
    for step in path:
        if isinstance(step, str) and path[0] == "registries":
            step = step.rpartition("@")[2]  # noqa: PLW2901 - a password may precede it
        if isinstance(step, int):
            shown += f"[{step}]"
        else:
            key = _one_line(re.sub(r"([\\.\[])", r"\\\1", _cut(step))) or '""'
            shown += f".{key}" if shown else key
    return shown


def parse_path(text: str) -> KeyPath:
    r"""Read a path into its steps.

    Form: keys joined by dots, list positions in brackets: `service.ports[0]`,
    `labels.example\.com/team`. A backslash keeps the next character as it is. Refused: an empty
    key, brackets without a number, a list position at the start.
    """
    steps: list[Step] = []
    position, pattern = 0, re.compile(_STEP)
    while position < len(text):
        match = pattern.match(text, position)
        # the first step is a key without a dot; later ones are positions, or keys with one
        if match is None or bool(match["index"] or match["dot"]) != bool(steps):
            raise NotationError("a path such as service.ports[0]", text)
        key = re.sub(r"\\(.)", r"\1", match["key"] or "", flags=re.DOTALL)
        steps.append(int(match["index"]) if match["index"] else key)
        position = match.end()
    if not steps:
        raise NotationError("a path such as service.ports[0]", Shown("nothing"))
    return tuple(steps)


def show_key(key: str) -> str:
    """Write a key for a message: on one line, shortened if it is long."""
    return _one_line(_cut(key)) or '""'


def _cut(key: str) -> str:
    return f"{key[:_SHOWN_KEY]}…" if len(key) > _SHOWN_KEY else key


def _one_line(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)

"""The content of a YAML file: plain data with scalars as typed, and their places."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from kustz_tpl.errors import Diagnostic, NotationError
from kustz_tpl.messages import Shown, quoted

Step: TypeAlias = "str | int"
Path: TypeAlias = "tuple[Step, ...]"
IsSecret: TypeAlias = "Callable[[str | None], bool]"
"""Tells whether what stands under a key of the top map (None: outside any) is never shown."""
Data: TypeAlias = "Scalar | list[Data] | dict[str, Data]"

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_SHOWN_KEY = 317  # the longest label key: prefix, slash, name
_STEP = r"(?s)\[(?P<index>0|[1-9][0-9]{0,8})\]|(?P<dot>\.)?(?P<key>(?:\\.|[^\\.\[])+)"


class Scalar:
    """Keep a scalar's source text; `is_plain` says that nothing quoted it.

    Its fields are for reading. It is no tuple, which Cerberus would take for a list.
    """

    __slots__ = ("is_plain", "text")

    def __init__(self, text: str, *, is_plain: bool) -> None:
        """Take the text, and whether it stood without quotes."""
        self.text = text
        self.is_plain = is_plain

    def __repr__(self) -> str:
        """Return what makes an equal one."""
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
        """Check whether YAML reads it as null, which is how an empty value reads too."""
        return self.is_plain and self.text in _NULLS


NULL = Scalar("", is_plain=True)
"""What stands where nothing was written, or nothing that can be taken."""


class Place(NamedTuple):
    """Hold a place; lines and columns count from 1, and line 0 is the whole file."""

    file: str
    line: int
    column: int


class Tree(NamedTuple):
    """Hold data with the place of every value and every key, and what is wrong with it.

    `unsure` are the paths of which the problems leave the content unknown, in whole or in part.
    """

    data: Data
    places: dict[Path, Place]
    key_places: dict[Path, Place]
    diagnostics: tuple[Diagnostic, ...]
    unsure: frozenset[Path]


class Document(NamedTuple):
    """Hold the tree of a file that is one map."""

    file: str
    data: dict[str, Data]
    places: dict[Path, Place]
    key_places: dict[Path, Place]
    is_secret: IsSecret = lambda _key: False
    diagnostics: tuple[Diagnostic, ...] = ()
    unsure: frozenset[Path] = frozenset()

    def display(self, path: str) -> str:
        """Return a path that is relative to the file's folder as the user sees the file's own."""
        return os.path.normpath(os.path.join(os.path.dirname(self.file), path))  # noqa: PTH118, PTH120 - text

    def place(self, path: Path) -> Place:
        """Return the place of a value, or of the nearest thing around it that was written."""
        return self.places.get(self._written(path), Place(self.file, 1, 1))

    def key_place(self, path: Path) -> Place:
        """Return the place of a key, or of its value if it has none."""
        return self.key_places.get(path) or self.place(path)

    def is_unsure(self, path: Path) -> bool:
        """Check whether what stands at a path, or that nothing does, is no ground for a complaint."""
        return self._written(path) in self.unsure

    def _written(self, path: Path) -> Path:
        while path not in self.places and path:
            path = path[:-1]
        return path


def describe(value: object) -> str:
    """Name a value in a message's words, a scalar by its text."""
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


def show_path(path: Path) -> str:
    """Write a path as `parse_path` reads it: `service.ports[1]`."""
    shown = ""
    for step in path:
        if isinstance(step, str) and path[0] == "registries":
            step = step.rpartition("@")[2]  # noqa: PLW2901 - before it may stand a password
        if isinstance(step, int):
            shown += f"[{step}]"
        else:
            shown += f"{'.' if shown else ''}{_escaped(step)}"
    return shown


def parse_path(text: str) -> Path:
    r"""Read a path into its steps.

    Form: keys joined by dots, list positions in brackets: `service.ports[0]`,
    `labels.example\.com/team`. A backslash takes the next character as it is. Refused: an empty
    key, a bracket that holds no number, a list position at the start.
    """
    steps: list[Step] = []
    position, pattern = 0, re.compile(_STEP)
    while position < len(text):
        match = pattern.match(text, position)
        if match is None or not _continues(match, is_first=not steps):
            raise NotationError("a path such as service.ports[0]", text)
        steps.append(_step(match))
        position = match.end()
    if not steps:
        raise NotationError("a path such as service.ports[0]", Shown("nothing"))
    return tuple(steps)


def _continues(match: re.Match[str], *, is_first: bool) -> bool:
    if match["index"]:
        return not is_first
    return bool(match["dot"]) != is_first


def _step(match: re.Match[str]) -> Step:
    if match["index"]:
        return int(match["index"])
    return re.sub(r"\\(.)", r"\1", match["key"], flags=re.DOTALL)


def show_key(key: str) -> str:
    """Write a key for a message: on one line, cut where it is long."""
    return _one_line(_cut(key)) or '""'


def _escaped(key: str) -> str:
    return _one_line(re.sub(r"([\\.\[])", r"\\\1", _cut(key))) or '""'


def _cut(key: str) -> str:
    return f"{key[:_SHOWN_KEY]}…" if len(key) > _SHOWN_KEY else key


def _one_line(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)

"""Reword libyaml's messages about invalid YAML so that they help to fix it."""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple

import yaml
from yaml.error import MarkedYAMLError, YAMLError

from kustz_tpl.errors import Message, NotationError
from kustz_tpl.messages import Shown, quoted
from kustz_tpl.yaml_source.composition import MAX_DEPTH, TOO_DEEP, Locate
from kustz_tpl.yaml_source.tree import Place


class _Words(NamedTuple):
    """Hold the parts of a message.

    {opening} is the place where the incomplete thing starts, {found} is what was found instead.
    """

    expected: str
    got: str | None = None
    hint: str | None = None


_TABS = _Words("spaces", "a tab", "indent with spaces")
_MESSAGES = {
    "block sequence entries are not allowed in this context": _Words(
        "no list item here", hint="start a list on its own line"
    ),
    "could not find expected ':'": _Words("':' after the key at {opening}"),
    "did not find expected ',' or ']'": _Words("',' or ']' for the list that opens at {opening}"),
    "did not find expected ',' or '}'": _Words(
        "',' or '}}' for the mapping that opens at {opening}"
    ),
    "did not find expected '-' indicator": _Words(
        "'-', the next item of the list that starts at {opening}", hint="check the indentation"
    ),
    "did not find expected <document start>": _Words("the end of the document", "{found}"),
    "did not find expected alphabetic or numeric character": _Words(
        "the name of an anchor", "{found}", "put a string that starts with & or * in quotes"
    ),
    "did not find expected key": _Words(
        "a key of the mapping that starts at {opening}",
        "{found}",
        "check the indentation and quotes",
    ),
    "did not find expected node content": _Words("a value", "{found}"),
    "found a tab character that violates indentation": _TABS,
    "found a tab character where an indentation space is expected": _TABS,
    "found character that cannot start any token": _Words(
        "a value", "{found}", "put a string that starts like this in quotes"
    ),
    "did not find expected hexdecimal number": _Words("a hexadecimal digit", "{found}"),
    "did not find expected comment or line break": _Words("the end of the line", "{found}"),
    "found incompatible YAML document": _Words("YAML 1.1 or 1.2", "another version"),
    "found invalid Unicode character escape code": _Words(
        "the code of a character, not one from D800 to DFFF or above 10FFFF",
        hint="write the character itself",
    ),
    "found undefined tag handle": _Words("no tag", "{found}"),
    "found unexpected document indicator": _Words(
        "the closing quote of the string that opens at {opening}", "a document mark"
    ),
    "found unexpected end of stream": _Words(
        "the closing quote of the string that opens at {opening}", "the end of the file"
    ),
    "found unknown escape character": _Words(
        "a valid escape", "{found}", "write \\\\ for a backslash"
    ),
    "mapping values are not allowed in this context": _Words(
        "no second ':' here", hint="put a string with ': ' in quotes and check the indentation"
    ),
}


def explain(error: MarkedYAMLError, text: str, locate: Locate) -> tuple[Place, Message]:
    """Return where the parser stopped and why, with the place where the incomplete thing starts."""
    if error.problem == "exceeded maximum nesting depth":  # libyaml 0.2.6 and newer
        return _too_deep(text, locate), TOO_DEEP
    mark = error.problem_mark
    assert mark is not None  # noqa: S101 - the parser marks every problem
    found = _found(text, mark.index)
    words = _MESSAGES.get(error.problem or "", _Words("YAML", f"a fault: {error.problem}"))
    if found == "a tab" and words.got == "{found}":
        words = _TABS
    opening = "its start"
    if context := error.context_mark:
        start = locate(context.line, context.column)
        opening = f"line {start.line}, column {start.column}" if start.line else opening
    got = None if words.got is None else Shown(words.got.replace("{found}", found))
    expected = words.expected.format(opening=opening)
    return locate(mark.line, mark.column), NotationError(expected, got, hint=words.hint)


def _too_deep(text: str, locate: Locate) -> Place:
    """Return where the first mapping or list that is too deep starts.

    libyaml reads ahead of it before it stops; PyYAML's own parser does not.
    """
    depth, place = 0, locate(0, 0)
    with suppress(YAMLError):
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if mark := event.start_mark:
                place = locate(mark.line, mark.column)
            if depth > MAX_DEPTH:
                break
    return place


def _found(text: str, index: int) -> str:
    """Name the character at an index, and nothing after it, because a secret may follow."""
    if index >= len(text):
        return "the end of the file"
    if text[index] == "\t":
        return "a tab"
    if text[index] in "\r\n":
        return "the end of the line"
    return quoted(text[index : index + 2] if text[index] == "\\" else text[index])

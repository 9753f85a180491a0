"""What a printed value may be: plain data that every reader of YAML and JSON reads back."""

from __future__ import annotations

import math
from collections.abc import Callable, ItemsView, KeysView, Mapping, ValuesView
from types import BuiltinMethodType, GeneratorType
from typing import Any, NamedTuple, NoReturn

from jinja2 import TemplateRuntimeError, Undefined

from kustz_tpl.engine.errors import TemplateError
from kustz_tpl.engine.parts import ONLY_PRINTED, Fragment, Placeholder
from kustz_tpl.engine.writer import quoted, write_json

LARGEST_INTEGER = 2**63 - 1
DEEPEST = 100
# Every parser stops to look for a key's colon after 1,024 characters.
LONGEST_KEY = 1000
NO_VALUE = "no value (null); default(x, true) or a test says what to do"
ALONE = "only a mapping or a list may stand alone among keys or items"
NO_KEYS = "a list cannot join the keys of a mapping"
NO_ITEMS = "a mapping cannot join the items of a list"
INSIDE_A_TEXT = "a mapping or a list cannot stand inside a longer text"

_LISTS = (list, tuple, range, GeneratorType, KeysView, ValuesView, ItemsView, map, filter, zip)


STRUCTURES = ("mapping", "sequence")


def kind_of(value: object) -> str:
    """Return "mapping", "sequence" or "scalar"."""
    if isinstance(value, Mapping):
        return "mapping"
    return "sequence" if isinstance(value, _LISTS) else "scalar"


class Values(NamedTuple):
    """Check printed values; `refuse` names what a reader cannot carry in a text, or None.

    `expression` returns the source text that printed a placeholder's value, for messages.
    """

    refuse: Callable[[str], str | None]
    expression: Callable[[Placeholder], str]

    def plain(self, placeholder: Placeholder) -> Any:  # noqa: ANN401 - any plain data
        """Return the value as dictionaries, lists, strings, numbers and booleans."""
        if placeholder.value is None:
            self._fail(placeholder, NO_VALUE)
        try:
            return self._plain(placeholder.value, 0)
        except ValueError as error:
            self._fail(placeholder, str(error))

    def text(self, placeholder: Placeholder) -> str:
        """Return the text of a scalar value, for a longer scalar."""
        value = self.plain(placeholder)
        if isinstance(value, (dict, list)):
            self._fail(placeholder, INSIDE_A_TEXT)
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value)

    def fault(self, value: object) -> str | None:
        """Say why a scalar cannot be written, None if it can."""
        if isinstance(value, str):
            if value.isascii() and value.isprintable():
                return None
            try:
                value.encode()
            except UnicodeEncodeError as error:
                return f"the lone surrogate U+{ord(value[error.start]):04X} is no character"
            return self.refuse(value)
        if isinstance(value, float) and not math.isfinite(value):
            return "a number beyond 1.8e308" if math.isinf(value) else "nan is no number in JSON"
        if isinstance(value, int) and not -LARGEST_INTEGER - 1 <= value <= LARGEST_INTEGER:
            return "an integer of more than 64 bits"
        return None

    def key_fault(self, text: str) -> str | None:
        """Say why a text cannot be a key, None if it can."""
        if text == "<<":
            return "the key << cannot be carried: readers take it for a merge"
        if len(text) > LONGEST_KEY // 10:
            written = quoted(text), write_json(text).rstrip()
            if max(map(len, written)) > LONGEST_KEY:
                return f"a key may have {LONGEST_KEY} characters at most"
        return self.fault(text)

    def _plain(self, value: Any, depth: int) -> Any:  # noqa: ANN401
        if isinstance(value, str):
            value = value if type(value) is str else str.__str__(value)
        elif isinstance(value, (bool, int, float)) or (value is None and depth):
            pass
        elif depth >= DEEPEST:
            raise ValueError(f"nested deeper than {DEEPEST} levels")
        elif isinstance(value, Mapping):
            return self._plain_mapping(value, depth)
        elif isinstance(value, _LISTS):
            return [self._plain(item, depth + 1) for item in value]
        else:
            _refuse_object(value)
        if fault := self.fault(value):
            raise ValueError(fault)
        return value

    def _plain_mapping(self, value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        for key, item in value.items():
            text = str.__str__(key) if isinstance(key, str) else _key_text(key)
            if text in entries:
                raise ValueError("two keys that are written alike")
            if fault := self.key_fault(text):
                raise ValueError(fault)
            entries[text] = self._plain(item, depth + 1)
        return entries

    def _fail(self, placeholder: Placeholder, message: str) -> NoReturn:
        expression = self.expression(placeholder)
        raise TemplateError(message, placeholder.template, placeholder.line, expression=expression)


def _key_text(key: object) -> str:
    if isinstance(key, bool) or not isinstance(key, (int, float)):
        raise ValueError("a key must be a string or a number")  # noqa: TRY004
    return str(key)


def _refuse_object(value: object) -> NoReturn:
    if isinstance(value, Fragment):
        raise ValueError(ONLY_PRINTED)  # noqa: TRY004 - of the value, not of a call
    if isinstance(value, Undefined):
        try:
            str(value)
        except TemplateRuntimeError as error:  # a missing or a forbidden one
            raise ValueError(str(error)) from error
    if isinstance(value, BuiltinMethodType) and isinstance(value.__self__, Mapping):
        name = value.__name__
        raise ValueError(f"this is the method {name}; write ['{name}'] for the key")  # noqa: TRY004
    name = type(value).__name__
    raise ValueError(f"only plain data may be printed, this is a {name}")

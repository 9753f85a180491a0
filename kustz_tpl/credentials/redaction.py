"""A template's fault told without what it may have said about a secret value."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from kustz_tpl.engine import Engine, TemplateError
from kustz_tpl.errors import InputError, Problem
from kustz_tpl.secret import REDACTED

_SHORTEST = 3


@contextmanager
def reported(engine: Engine, values: Iterable[str]) -> Iterator[None]:
    """Turn a fault of a template that sees secret values into a problem that holds none."""
    try:
        yield
    except TemplateError as error:
        message = redacted(error.message, values)
        place = engine.loader.describe(error.template)
        problem = Problem(place, error.line, 1 if error.line else 0, "", message, is_secret=True)
        raise InputError(problem) from None


def redacted(message: str, values: Iterable[str]) -> str:
    """Return a message without the values, whole or within any word that holds one."""
    forms = {form for value in values for form in _forms(value) if len(form) >= _SHORTEST}
    for form in sorted(forms, key=len, reverse=True):
        message = message.replace(form, REDACTED)
    return message


def _forms(value: str) -> Iterator[str]:
    """Yield the ways in which Python and base64 write a text."""
    yield value
    yield repr(value)[1:-1]
    yield value.encode("unicode_escape").decode()
    yield b64encode(value.encode(errors="replace")).decode()

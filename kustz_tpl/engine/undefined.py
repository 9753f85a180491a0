"""What a name that is not there is in a template: an error that helps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import StrictUndefined


class MissingName(StrictUndefined):
    """Fail like Jinja's strict undefined; where a map lacks a key, name one that is near."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        name, where = self._undefined_name, self._undefined_obj
        if self._undefined_hint or not isinstance(where, Mapping) or not isinstance(name, str):
            return super()._undefined_message
        near = _nearest(name, where)
        return f"no key {name!r}{f'; did you mean {near}?' if near else ''}"


def _nearest(name: str, entries: Mapping[Any, Any]) -> str | None:
    from difflib import get_close_matches  # noqa: PLC0415 - start-up time

    known = [key for key in entries if isinstance(key, str)]
    return next(iter(get_close_matches(name, known, n=1)), None)

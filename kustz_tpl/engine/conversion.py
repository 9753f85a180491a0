"""Turns values into text the way YAML writes them, and refuses what would not survive it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from jinja2 import Environment, Undefined, pass_environment
from jinja2.exceptions import FilterArgumentError
from jinja2.filters import do_urlencode, make_attrgetter
from jinja2.sandbox import SandboxedFormatter

from kustz_tpl.engine.limits import WORK
from kustz_tpl.engine.parts import Fragment, UseError, refuse_use
from kustz_tpl.engine.value import NO_VALUE, kind_of

# They make a text of their first argument, whatever it is.
_OF_TEXT = (
    "capitalize",
    "center",
    "lower",
    "string",
    "title",
    "trim",
    "truncate",
    "upper",
    "wordcount",
    "wordwrap",
)
_OF_TEXT_TESTS = ("lower", "upper")
# They make 0 of what is no number.
_OF_NUMBER = ("abs", "filesizeformat", "float", "int", "round")
_NAMES = {"mapping": "a mapping", "sequence": "a list"}

Function = Callable[..., Any]


def computable(value: Any) -> Any:  # noqa: ANN401 - any value of a template
    """Return a value as it is; UseError for captured text."""
    if type(value) is Fragment:
        refuse_use()
    return value


def scalar(value: Any) -> Any:  # noqa: ANN401 - any value of a template
    """Return a string or a number as it is, a boolean as its word; UseError for the rest."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, (str, int, float)) else _refuse(value)


def as_text(value: object) -> str:
    """Return the text of a string, number or boolean; UseError for the rest."""
    return value if isinstance(value, str) else str(scalar(value))


def concatenate(values: Iterable[Any]) -> str:
    """Return the text of `~`."""
    return _joined("", [value if type(value) is str else as_text(value) for value in values])


def _joined(separator: str, texts: list[str]) -> str:
    """Join texts, as long as they are not too much."""
    size = sum(map(len, texts)) + len(separator) * len(texts)
    work = WORK.get()
    work.text(size)
    work.step(size >> 10)  # what a text may hold is copied a thousand times faster than a step
    return separator.join(texts)


def modulo(left: Any, right: Any) -> Any:  # noqa: ANN401 - whatever the template has
    """Return the text or the rest of `%`."""
    if not isinstance(left, str):
        return left % right
    if isinstance(right, tuple):
        return left % tuple(map(scalar, right))
    return left % (_Named(right) if isinstance(right, Mapping) else scalar(right))


class Formatter(SandboxedFormatter):
    """Format as `str.format` does in a sandbox, and only what has a text."""

    def format_field(self, value: Any, format_spec: str) -> Any:  # noqa: ANN401 - Python's signature
        """Return the text of a field."""
        return super().format_field(scalar(value), format_spec)

    def convert_field(self, value: Any, conversion: Any) -> Any:  # noqa: ANN401 - Python's signature
        """Return what `!s` or `!r` makes of a value."""
        return super().convert_field(scalar(value) if conversion else value, conversion)


def check_filters(filters: dict[str, Any]) -> None:
    """Let no filter make a text or a number of what has none."""
    for name in _OF_TEXT:
        filters[name] = _of_text(filters[name])
    for name in _OF_NUMBER:
        filters[name] = _of_number(filters[name])
    filters.update(format=_format, join=_join, replace=_replace, urlencode=_urlencode)


def check_tests(tests: dict[str, Any]) -> None:
    """Let no test make a text of what has none, nor compare captured text."""
    for name in _OF_TEXT_TESTS:
        tests[name] = _of_text(tests[name])
    tests["sameas"] = _is_same


def _refuse(value: object) -> NoReturn:
    if isinstance(value, Fragment):
        refuse_use()
    if isinstance(value, Undefined):
        str(value)
    if value is None:
        raise UseError(NO_VALUE)
    got = _NAMES.get(kind_of(value), f"a {type(value).__name__}")
    raise UseError(f"expected a string, a number or a boolean, got {got}")


class _Named(dict[Any, Any]):
    """The values that a text with `%(name)s` may take."""

    def __getitem__(self, key: object) -> Any:  # noqa: ANN401 - a string or a number
        return scalar(super().__getitem__(key))

    def __repr__(self) -> str:
        return as_text(self)


def _of_text(function: Function) -> Function:
    at = _first(function)

    def checked(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        return function(*args[:at], as_text(args[at]), *args[at + 1 :], **kwargs)

    return _noted(checked, function)


def _of_number(function: Function) -> Function:
    at = _first(function)

    def checked(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        scalar(args[at])
        return function(*args, **kwargs)

    return _noted(checked, function)


def _first(function: Function) -> int:
    """Return where a function takes the value; Jinja may hand it something before that."""
    return int(hasattr(function, "jinja_pass_arg"))


def _noted(checked: Function, function: Function) -> Function:
    """Take over what Jinja noted on a function; functools.wraps would take half a millisecond."""
    checked.__dict__.update(getattr(function, "__dict__", {}))
    return checked


def _is_same(value: object, other: object) -> bool:
    return value is computable(other)


def _format(value: Any, *args: Any, **kwargs: Any) -> str:  # noqa: ANN401 - Jinja's signature
    if args and kwargs:
        raise FilterArgumentError("can't handle positional and keyword arguments at the same time")
    return str(modulo(as_text(value), kwargs or args))


@pass_environment
def _join(
    environment: Environment,
    value: Iterable[Any],
    d: str = "",
    attribute: str | int | None = None,
) -> str:
    if attribute is not None:
        value = map(make_attrgetter(environment, attribute), value)
    return _joined(as_text(d), list(map(as_text, value)))


def _replace(s: object, old: object, new: object, count: int | None = None) -> str:
    text, before, after = as_text(s), as_text(old), as_text(new)
    times = text.count(before) if count is None or count < 0 else min(count, text.count(before))
    WORK.get().text(len(text) + times * (len(after) - len(before)))
    return text.replace(before, after, times)


def _urlencode(value: Any) -> str:  # noqa: ANN401 - a text, a mapping or pairs
    if kind_of(value) == "scalar":
        return do_urlencode(as_text(value))
    pairs = value.items() if isinstance(value, Mapping) else value
    return do_urlencode([(as_text(key), as_text(item)) for key, item in pairs])

"""A URL, its parts and parameters."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from typing import NamedTuple

from kustz_tpl.errors import NotationError
from kustz_tpl.messages import Shown, closest
from kustz_tpl.notation.choices import choose

_URL = (
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<path>[^?#]*)"
    r"(?:\?(?P<query>[^#]*))?(?P<fragment>#(?s:.*))?"
)
_BAD_PERCENT = r"%(?![0-9A-Fa-f]{2})(?s:.{0,2})"
_LINE = r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>[^?]*)(?:\?(?P<query>.*))?"


class Url(NamedTuple):
    """Hold the parts of a URL as written, the scheme in lower case; without `?` no query."""

    scheme: str
    authority: str
    path: str
    query: str | None


class Line(NamedTuple):
    """Hold the parts of `scheme://rest[?query]`, the scheme in lower case."""

    scheme: str
    rest: str
    query: str | None


def scheme_of(text: str) -> str | None:
    """Return what could be a scheme before `://` at the start of a string."""
    found = re.match(_URL, text)
    return found["scheme"] if found else None


def parse_url(text: str) -> Url:
    """Read a URL without fragment and user name.

    Also refused: spaces, control characters, a `%` without two hexadecimal digits.
    """
    found = re.fullmatch(_URL, text)
    if not found:
        raise NotationError("scheme://host/path", text)
    if "@" in found["authority"]:
        # A password may follow it, so the URL is not shown.
        raise NotationError("no user name in the URL", Shown("one"))
    bad = next((each for each in text if each == " " or not each.isprintable()), None)
    if bad:
        hint = "write %20" if bad == " " else None
        raise NotationError("no space or control character in the URL", text, hint=hint)
    _check_percent(text, text)
    if found["fragment"]:
        raise NotationError(
            "no fragment in the URL", found["fragment"], within=text, hint="write %23"
        )
    return Url(found["scheme"].lower(), found["authority"], found["path"], found["query"])


def parse_line(text: str, schemes: Sequence[str], expected: str) -> Line:
    """Read `scheme://rest[?query]`, one of the schemes in any case.

    The rest may have any printable character. `expected` is the message for a string without a
    scheme.
    """
    found = re.fullmatch(_LINE, text)
    if not found or not text.isprintable():
        raise NotationError(expected, text)
    scheme = choose(found["scheme"], schemes, text, " before '://'")
    return Line(scheme, found["rest"], found["query"])


def parse_parameters(
    query: str | None, known: Sequence[str], text: str, *, is_open: bool = False
) -> list[tuple[str, str]]:
    """Read `name=value&…` in written order; values are percent-decoded.

    Refused: a parameter without a name or `=`; an unknown name, unless the query is open.
    """
    parameters = []
    for each in [] if query is None else query.split("&"):
        name, equals, value = each.partition("=")
        if name not in known and not is_open:
            raise NotationError(_only(known), name, text, hint=closest(name, known))
        if not name or not equals:
            raise NotationError("name=value", each, text)
        parameters.append((name, parse_percent(value, text)))
    return parameters


def check_repeated(names: Iterable[str], text: str, many: Container[str] = ()) -> None:
    """Refuse a repeated parameter, except those in `many`."""
    seen: set[str] = set()
    for name in names:
        if name in seen and name not in many:
            raise NotationError("unique parameters", name, text)
        seen.add(name)


def parse_percent(value: str, text: str) -> str:
    """Decode the percent-encoding of a value."""
    if "%" not in value:
        return value
    from urllib.parse import unquote  # noqa: PLC0415 - start-up time

    _check_percent(value, text)
    decoded = unquote(value)
    if not decoded.isprintable():
        raise NotationError("no control character in a parameter", value, text)
    return decoded


def _only(known: Sequence[str]) -> str:
    if not known:
        return "no parameters"
    *others, last = known
    return (
        f"the parameters {', '.join(others)} and {last} only"
        if others
        else f"the parameter {last} only"
    )


def _check_percent(value: str, text: str) -> None:
    bad = re.search(_BAD_PERCENT, value) if "%" in value else None
    if bad:
        raise NotationError(
            "two hexadecimal digits after the '%'", bad[0], within=text, hint="write %25 for a '%'"
        )

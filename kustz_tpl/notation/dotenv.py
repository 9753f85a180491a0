"""Lines of a dotenv file, read as kustomize reads them."""

from __future__ import annotations

from typing import NamedTuple

from kustz_tpl.errors import Diagnostic, NotationError
from kustz_tpl.notation.keys import check_text_key, parse_data_key
from kustz_tpl.secret_string import partial_repr

_BYTE_ORDER_MARK = "\ufeff"
# What Go's unicode.IsSpace accepts; str.isspace() accepts U+001C to U+001F too.
_SPACES = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)


class Line(NamedTuple):
    """Hold a key, its value, which may be secret, and the number of its line, from 1."""

    number: int
    key: str
    value: str

    def __repr__(self) -> str:
        """Leave out what may be secret."""
        return partial_repr(self, "number", "key")


class Dotenv(NamedTuple):
    """Hold the valid lines of a file, and what is wrong with the others; no file is named yet."""

    lines: tuple[Line, ...]
    diagnostics: tuple[Diagnostic, ...]


def parse_dotenv(text: str) -> Dotenv:
    r"""Read `key=value` lines by the rules of kustomize.

    The value is everything after the first `=`, with quotes, spaces and `#`; without `=` it is
    empty. A byte order mark, spaces before a key, a carriage return at the end of a line and
    lines that start with `#` are ignored.

    Examples: `LEVEL=debug`, `GREETING="hi" # both quotes and this`. Refused: a key that
    Kubernetes refuses, such as that of `export LEVEL=debug`; a line without a key, which
    kustomize would drop.
    """
    lines: list[Line] = []
    diagnostics: list[Diagnostic] = []
    for number, source in enumerate(text.removeprefix(_BYTE_ORDER_MARK).split("\n"), start=1):
        content = source.removesuffix("\r").lstrip(_SPACES)
        if not content or content.startswith("#"):
            continue
        key, _, value = content.partition("=")
        try:
            lines.append(Line(number, parse_data_key(key), value))
        except NotationError:
            diagnostics.append(Diagnostic.at(("", number, 1), "", _fault(key)))
    return Dotenv(tuple(lines), tuple(diagnostics))


def _fault(key: str) -> NotationError:
    try:
        check_text_key(key)
    except NotationError as error:
        return error.redacted()
    hint = None
    if key.split()[:1] == ["export"]:
        hint = "remove the word export"
    elif key != key.rstrip():
        hint = "remove the space before '='"
    return NotationError("key=value, the key of letters, digits, '-', '_' and '.'", hint=hint)

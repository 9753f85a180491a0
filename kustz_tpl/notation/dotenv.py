"""Lines of a dotenv file, read as kustomize reads them."""

from __future__ import annotations

from typing import NamedTuple

from kustz_tpl.errors import NotationError, RefusedError
from kustz_tpl.notation.keys import check_text_key, parse_data_key
from kustz_tpl.secret import partial_repr

_BYTE_ORDER_MARK = "\ufeff"
# What Go's unicode.IsSpace takes for a blank; str.isspace() would take U+001C to U+001F too.
_BLANKS = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)


class Line(NamedTuple):
    """Hold a key and its value, which may be secret, and the number of their line, from 1."""

    number: int
    key: str
    value: str

    def __repr__(self) -> str:
        """Return all but what may be secret."""
        return partial_repr(self, "number", "key")


class Fault(NamedTuple):
    """State what is wrong with a line, without anything from it."""

    number: int
    message: str


class DotenvError(RefusedError):
    """Carry every fault of a dotenv file, and the lines that are right."""

    def __init__(self, faults: tuple[Fault, ...], lines: tuple[Line, ...]) -> None:
        """Keep both in the order of their lines."""
        super().__init__("\n".join(f"line {each.number}: {each.message}" for each in faults))
        self.faults = faults
        self.lines = lines


def parse_dotenv(text: str) -> list[Line]:
    """Read `key=value` lines like kustomize.

    The value is everything after the first `=`, with quotes, spaces and `#`; without `=` it is
    empty. A byte order mark, spaces before a key, a carriage return at the end of a line and
    lines that start with `#` are ignored.

    Examples: `LEVEL=debug`, `GREETING="hi" # with quotes and this comment`. Refused: a key that
    Kubernetes refuses, such as in `export LEVEL=debug`, and a line without a key. Raises
    DotenvError.
    """
    lines: list[Line] = []
    faults: list[Fault] = []
    for number, source in enumerate(text.removeprefix(_BYTE_ORDER_MARK).split("\n"), start=1):
        content = source.removesuffix("\r").lstrip(_BLANKS)
        if not content or content.startswith("#"):
            continue
        key, _, value = content.partition("=")
        try:
            lines.append(Line(number, parse_data_key(key), value))
        except NotationError:
            faults.append(Fault(number, _fault(key)))
    if faults:
        raise DotenvError(tuple(faults), tuple(lines))
    return lines


def _fault(key: str) -> str:
    try:
        check_text_key(key)
    except NotationError as error:
        return str(error.redacted())
    expected = "expected key=value, the key of letters, digits, '-', '_' and '.'"
    if key.split()[:1] == ["export"]:
        return f"{expected}; remove the word export"
    if key != key.rstrip():
        return f"{expected}; remove the space before '='"
    return expected

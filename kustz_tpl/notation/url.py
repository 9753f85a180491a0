"""A URL, its parts, and IP addresses."""

from __future__ import annotations

import re
from typing import NamedTuple

from kustz_tpl.errors import NotationError
from kustz_tpl.messages import Shown

_OCTETS = frozenset(map(str, range(256)))
_LONGEST_IPV6 = len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255")


def is_ipv4(text: str) -> bool:
    """Tell whether the text is four numbers from 0 to 255 without leading zeros."""
    return text.count(".") == 3 and _OCTETS.issuperset(text.split("."))  # noqa: PLR2004


def is_ipv6(text: str) -> bool:
    """Tell whether the text is an IPv6 address without a zone; an IPv4 one in disguise is."""
    if ":" not in text or "%" in text or len(text) > _LONGEST_IPV6:
        return False
    from ipaddress import AddressValueError, IPv6Address  # noqa: PLC0415 - start-up time

    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True


def mapped_ipv4(text: str) -> str | None:
    """Return the IPv4 address that the IPv6 address `::ffff:…` stands for, else None."""
    from ipaddress import IPv6Address  # noqa: PLC0415 - start-up time

    mapped = IPv6Address(text).ipv4_mapped
    return str(mapped) if mapped else None


_URL = (
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<path>[^?#]*)"
    r"(?:\?(?P<query>[^#]*))?(?P<fragment>#(?s:.*))?"
)
_BAD_PERCENT = r"%(?![0-9A-Fa-f]{2})(?s:.{0,2})"


class Url(NamedTuple):
    """Hold a URL's parts as written, the scheme in lower case; no query is not an empty one."""

    scheme: str
    authority: str
    path: str
    query: str | None


def scheme_of(text: str) -> str | None:
    """Return what stands before `://` at the text's start if it could be a scheme."""
    found = re.match(_URL, text)
    return found["scheme"] if found else None


def parse_url(text: str) -> Url:
    """Read a URL that has neither fragment nor user name.

    Refused as well: blanks, control characters, a `%` without two hexadecimal digits.
    """
    found = re.fullmatch(_URL, text)
    if not found:
        raise NotationError("scheme://host/path", text)
    if "@" in found["authority"]:
        # A password may stand beside it, so the URL is not shown.
        raise NotationError("no user name in the URL", Shown("one"))
    _check_characters(text)
    if found["fragment"]:
        raise NotationError(
            "no fragment in the URL", found["fragment"], within=text, hint="write %23"
        )
    return Url(found["scheme"].lower(), found["authority"], found["path"], found["query"])


def _check_characters(text: str) -> None:
    for each in text:
        if each == " " or not each.isprintable():
            hint = "write %20" if each == " " else None
            raise NotationError("no blank or control character in the URL", text, hint=hint)
    bad = re.search(_BAD_PERCENT, text) if "%" in text else None
    if bad:
        raise NotationError(
            "two hexadecimal digits after the '%'", bad[0], within=text, hint="write %25 for a '%'"
        )

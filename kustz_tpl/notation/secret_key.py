"""A key of a Secret: `name/key`."""

from __future__ import annotations

from typing import NamedTuple

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.names import parse_data_key, parse_dns_subdomain
from kustz_tpl.notation.words import refusal


class SecretKey(NamedTuple):
    """Name a Secret and one of its keys."""

    name: str
    key: str


def parse_secret_key(text: str) -> SecretKey:
    """Read `name/key`.

    Examples: `shop-database/USERNAME`, `pull/.dockerconfigjson`. Refused: a name without a key,
    a name or key that Kubernetes refuses.
    """
    name, _, key = text.partition("/")
    try:
        return SecretKey(parse_dns_subdomain(name), parse_data_key(key))
    except NotationError:
        raise refusal("name/key of a Secret", text) from None

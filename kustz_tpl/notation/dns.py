"""The DNS settings of a pod."""

from __future__ import annotations

import re
from typing import NamedTuple

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.names import SUBDOMAIN_LIMIT, parse_dns_subdomain
from kustz_tpl.notation.url import is_ipv4, is_ipv6, mapped_ipv4

_OPTION = r"(?P<name>[!-9;-~]+)(?::(?P<value>[!-9;-~]+))?"
# The server's own words for it, `_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?` and the same after each dot.
_RELAXED_LABEL = r"_?[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?"
_RELAXED_SEARCH = rf"{_RELAXED_LABEL}(?:\.{_RELAXED_LABEL})*"


class DnsOption(NamedTuple):
    """Hold an option of the resolver; many have no value."""

    name: str
    value: str | None
    text: str = ""


def parse_dns_option(text: str) -> DnsOption:
    """Read `name[:value]`.

    Examples: `ndots:2`, `edns0`. Refused: an empty name or value, spaces, a second colon.
    """
    found = re.fullmatch(_OPTION, text)
    if not found:
        raise NotationError("name or name:value, such as edns0 or ndots:2", text)
    return DnsOption(found["name"], found["value"], text)


def parse_nameserver(text: str) -> str:
    """Read an IP address.

    Examples: `10.9.8.7`, `2001:db8::1`. Refused: a host name, a port, leading zeros, an IPv6
    address with an embedded IPv4 address.
    """
    if is_ipv4(text):
        return text
    if not is_ipv6(text):
        raise NotationError("an IP address such as 10.9.8.7 or 2001:db8::1", text)
    ipv4 = mapped_ipv4(text)
    if ipv4:
        raise NotationError("a plain IP address", text, hint=f"write {ipv4}")
    return text


def parse_search(text: str) -> str:
    """Read a domain name.

    Examples: `ns1.svc.cluster.local`, `example.com.`. Refused: upper-case letters; with a
    `kubeVersion` below 1.33 also `_` and a single dot.
    """
    name = text.removesuffix(".")
    if text == "." or (len(name) <= SUBDOMAIN_LIMIT and re.fullmatch(_RELAXED_SEARCH, name)):
        return text
    return parse_old_search(text)


def parse_old_search(text: str) -> str:
    """Read a domain name as Kubernetes up to 1.32 takes it."""
    try:
        parse_dns_subdomain(text.removesuffix("."))
    except NotationError:
        raise NotationError("a domain such as svc.cluster.local (lower case)", text) from None
    return text

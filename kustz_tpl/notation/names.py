"""The names of objects, ports and hosts, IP addresses, and the DNS settings of a pod.

Each parser accepts what the API servers of Kubernetes 1.25 to 1.37 all accept. `within` is the
longer notation that contains the name; messages show it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kustz_tpl.errors import NotationError

_LABEL = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
# The server's own words for it, `_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?` and the same after each dot.
_RELAXED_LABEL = r"_?[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?"
_RELAXED_SEARCH = rf"{_RELAXED_LABEL}(?:\.{_RELAXED_LABEL})*"
_DNS_SUBDOMAIN = rf"{_LABEL}(?:\.{_LABEL})*"
_SERVICE_NAME = r"[a-z](?:[-a-z0-9]*[a-z0-9])?"
_PORT_NAME = r"(?=.*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*"

LABEL_LIMIT = 63
SUBDOMAIN_LIMIT = 253
_PORT_NAME_LIMIT = 15
_OCTETS = frozenset(map(str, range(256)))
_LONGEST_IPV6 = len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255")
_DNS_OPTION = r"(?P<name>[!-9;-~]+)(?::(?P<value>[!-9;-~]+))?"


class DnsOption(NamedTuple):
    """Hold an option of the resolver; many have no value."""

    name: str
    value: str | None
    text: str = ""


def is_dns_subdomain(text: str) -> bool:
    """Check whether a string is a DNS subdomain (RFC 1123)."""
    return len(text) <= SUBDOMAIN_LIMIT and re.fullmatch(_DNS_SUBDOMAIN, text) is not None


def parse_dns_label(text: str, *, within: str | None = None) -> str:
    """Read a DNS label: the name of a container or namespace.

    Examples: `web`, `1-a`. Refused: upper-case letters, `_`, `.`, a `-` at the start or end, more
    than 63 characters (RFC 1123).
    """
    if len(text) <= LABEL_LIMIT and re.fullmatch(_LABEL, text):
        return text
    raise NotationError(
        "a name of lower-case letters, digits and '-'"
        " (at most 63, the first and the last a letter or digit)",
        text,
        within=within,
        hint=_respelled(text, _LABEL),
    )


def parse_environment(text: str) -> str:
    """Read the name of an environment.

    Form: a DNS label. Examples: `prod`, `eu-west-1`. Refused: `base`, which an environment is not.
    """
    if text == "base":
        raise NotationError("the name of an environment", text)
    return parse_dns_label(text)


def parse_dns_subdomain(text: str, *, within: str | None = None) -> str:
    """Read a DNS subdomain: the name of a Deployment, ConfigMap, Secret or Ingress class.

    Examples: `web`, `web.example.com`. Refused: upper-case letters, `_`, an empty part, a `-` at
    the start or end of a part, more than 253 characters (RFC 1123).
    """
    if is_dns_subdomain(text):
        return text
    raise NotationError(
        "a name of lower-case letters, digits, '-' and '.'"
        " (at most 253, the first and the last of each part a letter or digit)",
        text,
        within=within,
        hint=_respelled(text, _DNS_SUBDOMAIN),
    )


def parse_service_name(text: str, *, within: str | None = None) -> str:
    """Read the name of a Service.

    Examples: `web`, `web-2`. Refused: what a DNS label refuses, and a digit at the start (RFC 1035;
    Kubernetes accepts it only from 1.36).
    """
    if len(text) <= LABEL_LIMIT and re.fullmatch(_SERVICE_NAME, text):
        return text
    raise NotationError(
        "a Service name of lower-case letters, digits and '-'"
        " (at most 63, the first a letter, the last a letter or digit)",
        text,
        within=within,
        hint=_respelled(text, _SERVICE_NAME),
    )


def parse_new_service_name(text: str, *, within: str | None = None) -> str:
    """Read the name of a Service as Kubernetes from 1.36 on takes it."""
    is_label = len(text) <= LABEL_LIMIT and re.fullmatch(_LABEL, text)
    return text if is_label else parse_service_name(text, within=within)


def parse_port_name(text: str, *, within: str | None = None) -> str:
    """Read the name of a port, as an Ingress or a probe refers to it.

    Examples: `http`, `80-tls`. Refused: more than 15 characters, a name without a letter,
    upper-case letters, `_`, `--`, a `-` at the start or end (RFC 6335).
    """
    if len(text) <= _PORT_NAME_LIMIT and re.fullmatch(_PORT_NAME, text):
        return text
    raise NotationError(
        "a port name of lower-case letters, digits and single '-' between them"
        " (at most 15, one of them a letter)",
        text,
        within=within,
    )


def parse_host(text: str, *, within: str | None = None) -> str:
    """Read the host of an Ingress rule.

    Examples: `www.example.com`, `*.example.com`. Refused: an IP address, a `*` that is not the
    whole first part or stands alone, upper-case letters, `_`, a dot at the end.
    """
    if is_loose_ipv4(text):
        raise NotationError("a host name, not an IP address", text, within=within)
    if len(text) <= SUBDOMAIN_LIMIT and is_dns_subdomain(text.removeprefix("*.")):
        return text
    lower = text.lower().removesuffix(".")
    is_near = lower != text and text.isascii() and is_dns_subdomain(lower)
    raise NotationError(
        "a host such as www.example.com or *.example.com (lower-case letters, digits, '-')",
        text,
        within=within,
        hint=f"did you mean {lower}?" if is_near else None,
    )


def parse_dns_option(text: str) -> DnsOption:
    """Read `name[:value]`.

    Examples: `ndots:2`, `edns0`. Refused: an empty name or value, spaces, a second colon.
    """
    found = re.fullmatch(_DNS_OPTION, text)
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


def is_ipv4(text: str) -> bool:
    """Check whether a string is four numbers from 0 to 255 without leading zeros."""
    return text.count(".") == 3 and _OCTETS.issuperset(text.split("."))  # noqa: PLR2004


def is_loose_ipv4(text: str) -> bool:
    """Check whether the text is an IPv4 address to Kubernetes, which may have leading zeros."""
    return is_ipv4(".".join(each.lstrip("0") or each[-1:] for each in text.split(".")))


def is_ipv6(text: str) -> bool:
    """Check whether a string is an IPv6 address without a zone; it may embed an IPv4 address."""
    if ":" not in text or "%" in text or len(text) > _LONGEST_IPV6:
        return False
    from ipaddress import AddressValueError, IPv6Address  # noqa: PLC0415 - start-up time

    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True


def mapped_ipv4(text: str) -> str | None:
    """Return the IPv4 address that the IPv6 address `::ffff:…` embeds, else None."""
    from ipaddress import IPv6Address  # noqa: PLC0415 - start-up time

    mapped = IPv6Address(text).ipv4_mapped
    return str(mapped) if mapped else None


def _respelled(text: str, pattern: str) -> str | None:
    spelling = text.strip().lower().replace("_", "-").replace(" ", "-")
    is_near = len(text) <= LABEL_LIMIT and text.isascii() and re.fullmatch(pattern, spelling)
    return f"did you mean {spelling}?" if is_near else None

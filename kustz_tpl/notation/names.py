"""The names Kubernetes gives its things, and their parsers.

Each accepts what the API servers of Kubernetes 1.25 to 1.37 all accept. `within` is the notation
that a name is part of; messages show it.
"""

from __future__ import annotations

import re

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.url import is_loose_ipv4

_LABEL = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_DNS_SUBDOMAIN = rf"{_LABEL}(?:\.{_LABEL})*"
_SERVICE_NAME = r"[a-z](?:[-a-z0-9]*[a-z0-9])?"
_PORT_NAME = r"(?=.*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*"

LABEL_LIMIT = 63
SUBDOMAIN_LIMIT = 253
_PORT_NAME_LIMIT = 15


def is_dns_subdomain(text: str) -> bool:
    """Check whether a string is a DNS subdomain (RFC 1123)."""
    return len(text) <= SUBDOMAIN_LIMIT and re.fullmatch(_DNS_SUBDOMAIN, text) is not None


def parse_dns_label(text: str, *, within: str | None = None) -> str:
    """Read a DNS label: the name of a container or namespace.

    Examples: `web`, `1-a`. Refused: capitals, `_`, `.`, a `-` at an end, more than 63
    characters (RFC 1123).
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


def parse_dns_subdomain(text: str, *, within: str | None = None) -> str:
    """Read a DNS subdomain: the name of a Deployment, ConfigMap, Secret or Ingress class.

    Examples: `web`, `web.example.com`. Refused: capitals, `_`, an empty part, a `-` at an end
    of a part, more than 253 characters (RFC 1123).
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
    """Read a Service's name.

    Examples: `web`, `web-2`. Refused: what a DNS label refuses, and a digit first (RFC 1035;
    Kubernetes accepts one only from 1.36).
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


def parse_port_name(text: str, *, within: str | None = None) -> str:
    """Read the name of a port as an Ingress or a probe refers to it.

    Examples: `http`, `80-tls`. Refused: more than 15 characters, no letter at all, capitals,
    `_`, `--`, a `-` at an end (RFC 6335).
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

    Examples: `www.example.com`, `*.example.com`. Refused: an IP address, `*` alone or elsewhere
    than as the first part, capitals, `_`, a dot at the end.
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


def _respelled(text: str, pattern: str) -> str | None:
    spelling = text.strip().lower().replace("_", "-").replace(" ", "-")
    is_near = len(text) <= LABEL_LIMIT and text.isascii() and re.fullmatch(pattern, spelling)
    return f"did you mean {spelling}?" if is_near else None

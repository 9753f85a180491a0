"""A rule of the Ingress, written as the URL that it serves."""

from __future__ import annotations

from typing import Literal, NamedTuple

from kustz_tpl.errors import NotationError
from kustz_tpl.messages import closest
from kustz_tpl.notation import cached
from kustz_tpl.notation.names import (
    parse_dns_subdomain,
    parse_host,
    parse_port_name,
    parse_service_name,
)
from kustz_tpl.notation.port import parse_port_number
from kustz_tpl.notation.url import check_repeated, parse_parameters, parse_url

PathType = Literal["Prefix", "Exact"]

SCHEMES = ("http", "https")
_PARAMETERS = ("tls", "svc")
_BAD_PARTS = ("//", "/./", "/../", "%2f", "%2F")
_BAD_ENDINGS = ("/.", "/..")


class IngressRule(NamedTuple):
    """Hold one rule; without a service, it is for the Service of this application."""

    scheme: str
    host: str
    path: str
    path_type: PathType
    tls: str | None = None
    service: str | None = None
    port: int | str | None = None
    text: str = ""


@cached
def parse_ingress_rule(text: str) -> IngressRule:
    """Read `scheme://host/path[*][?tls=SECRET&svc=NAME[:PORT]]`.

    The scheme is `http` or `https`. A path that ends in `*` is a prefix, any other path is exact,
    and an empty path matches everything. The path is not decoded. The port of `svc` is a number or
    a name.

    Examples: `http://www.example.com/api/*`, `https://www.example.com/?tls=www-cert&svc=web:8080`.
    Refused: another scheme, no host, an IP address, a port, user name or fragment in the URL, a `*`
    inside the path, a path that Kubernetes refuses (`//`, `/./`, `/../`, `%2f`), an unknown or
    repeated parameter.
    """
    url = parse_url(text)
    if url.scheme not in SCHEMES:
        hint = closest(url.scheme, SCHEMES)
        raise NotationError("http or https before '://'", url.scheme, within=text, hint=hint)
    host = parse_rule_host(url.authority, text)
    path, path_type = parse_rule_path(url.path, text)
    parameters = parse_parameters(url.query, _PARAMETERS, text)
    check_repeated((name for name, _ in parameters), text)
    tls, svc = (dict(parameters).get(name) for name in _PARAMETERS)
    if tls is not None:
        parse_dns_subdomain(tls, within=text)
    service, port = (None, None) if svc is None else parse_rule_service(svc, text)
    return IngressRule(url.scheme, host, path, path_type, tls, service, port, text)


def parse_rule_host(authority: str, text: str) -> str:
    """Read the host of a rule from the part of the URL between `//` and the path."""
    if authority.startswith("["):
        raise NotationError("a host name, not an IP address", authority, within=text)
    if ":" in authority:
        raise NotationError(
            "no port in the URL", authority, within=text, hint="write ?svc=NAME:PORT"
        )
    return parse_host(authority, within=text)


def parse_rule_path(path: str, text: str) -> tuple[str, PathType]:
    """Read the path of a rule, and whether it is a prefix."""
    if not path:
        return "/", "Prefix"
    path_type: PathType = "Prefix" if path.endswith("*") else "Exact"
    path = path.removesuffix("*")
    if "*" in path:
        raise NotationError("a '*' only at the end of the path", path, within=text)
    for bad in _BAD_PARTS:
        if bad in path:
            raise NotationError("a path without '//', '/./', '/../' and '%2f'", path, within=text)
    if path.endswith(_BAD_ENDINGS):
        raise NotationError("a path that does not end in '/.' or '/..'", path, within=text)
    return path, path_type


def parse_rule_service(value: str, text: str) -> tuple[str, int | str | None]:
    """Read `NAME[:PORT]`."""
    name, colon, port = value.partition(":")
    parse_service_name(name, within=text)
    if not colon:
        return name, None
    if port.isascii() and port.isdigit():
        return name, parse_port_number(port, within=text)
    return name, parse_port_name(port, within=text)

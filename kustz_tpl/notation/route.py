"""A rule of a route, written as the URL that it serves, and the gateway of a route."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from kustz_tpl.errors import NotationError
from kustz_tpl.messages import Shown, closest
from kustz_tpl.notation import cached
from kustz_tpl.notation.choices import RouteKind, choose
from kustz_tpl.notation.keys import parse_header_name
from kustz_tpl.notation.names import (
    parse_dns_label,
    parse_dns_subdomain,
    parse_host,
    parse_new_service_name,
    parse_port_name,
)
from kustz_tpl.notation.port import parse_port_number
from kustz_tpl.notation.url import check_repeated, parse_parameters, parse_url

PathType = Literal["Prefix", "Exact", "ImplementationSpecific"]

SCHEMES = ("http", "https")
_ROUTE_PARAMETERS = ("tls", "svc", "redirect", "rewrite", "set", "header", "timeout", "type")
_MANY = ("svc", "set", "header")
_AT_MOST = 16  # of a kind in a rule of Gateway API
_HIGHEST_WEIGHT = 1_000_000
_LONGEST_PATH = 1024
_LONGEST_HEADER_NAME = 256
_LONGEST_HEADER_VALUE = 4096
_DURATION = r"(?:[0-9]{1,5}(?:h|ms|m|s)){1,4}"
_WEIGHT = r"0|[1-9][0-9]{0,6}"
_HTTPS = "https"
_BAD_PARTS = ("//", "/./", "/../", "%2f", "%2F")
_BAD_ENDINGS = ("/.", "/..")
_PATH = r"(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+"


class Backend(NamedTuple):
    """Hold a Service that gets requests; without a port, on its default port."""

    service: str
    port: int | str | None = None
    weight: int | None = None


class Redirect(NamedTuple):
    """Hold where a client is sent; None keeps that part of the request."""

    scheme: str | None = None
    host: str | None = None
    port: int | None = None
    path: str | None = None


class Header(NamedTuple):
    """Hold a header of a request."""

    name: str
    value: str


class RouteRule(NamedTuple):
    """Hold one rule; without a host for any host, without a backend for our own Service."""

    scheme: str
    host: str | None
    path: str
    path_type: PathType
    tls: str | None = None
    backends: tuple[Backend, ...] = ()
    redirect: Redirect | None = None
    rewrite: str | None = None
    set_headers: tuple[Header, ...] = ()
    match_headers: tuple[Header, ...] = ()
    timeout: str | None = None
    text: str = ""


class Gateway(NamedTuple):
    """Name a gateway and, if the route is for one listener only, that listener."""

    name: str
    namespace: str | None = None
    listener: str | None = None
    text: str = ""


@cached
def parse_gateway(text: str) -> Gateway:
    """Read `[NAMESPACE/]NAME[:LISTENER]`.

    Examples: `public`, `infra/public:https`. Refused: a second `/`, upper-case letters.
    """
    before, slash, rest = text.rpartition("/")
    if "/" in before:
        raise NotationError("[NAMESPACE/]NAME[:LISTENER]", text)
    if slash:
        parse_dns_label(before, within=text)
    name, colon, listener = rest.partition(":")
    parse_dns_subdomain(name, within=text)
    if colon:
        parse_dns_subdomain(listener, within=text)
    return Gateway(name, before if slash else None, listener if colon else None, text)


@cached
def parse_route_rule(text: str) -> RouteRule:
    """Read `scheme://host/path[*][?name=value&…]`.

    The scheme is http or https, the host may be `*` for any. A path that ends in `*` is a prefix,
    any other path is exact, and an empty path matches everything. The path stays as written; the values of parameters
    are percent-decoded.

    | parameter | how often | meaning |
    |---|---|---|
    | `svc=NAME[:PORT][@WEIGHT]` | many | the Service for requests; several need weights |
    | `tls=SECRET` | 1 | the certificate |
    | `redirect=https`, `redirect=/PATH`, `redirect=URL` | 1 | redirects the client (301) |
    | `rewrite=/PATH` | 1 | replaces the prefix, or the whole of an exact path |
    | `set=NAME:VALUE` | many | sets a header of the request to the backend |
    | `header=NAME:VALUE` | many | matches only requests with this header |
    | `timeout=30s` | 1 | limits the time of the whole request |
    | `type=ImplementationSpecific` | 1 | lets the Ingress controller interpret the path |

    Examples: `http://www.example.com/api/*`,
    `https://shop.example.com/*?svc=shop@90&svc=shop-canary:80@10`. Refused: another scheme, no
    host, an IP address, a port, user name or fragment in the URL, a `*` within the path, a path
    that Kubernetes refuses (`//`, `/./`, `/../`, `%2f`), an unknown or repeated parameter, a
    parameter more than 16 times, several `svc` without weights, `svc` or `rewrite` with `redirect`, a header
    name with `_` (many proxies drop such a header), a duration of 0 or with fractions.
    """
    url = parse_url(text)
    if url.scheme not in SCHEMES:
        hint = closest(url.scheme, SCHEMES)
        raise NotationError("http or https before '://'", url.scheme, text, hint)
    parameters = parse_parameters(url.query, _ROUTE_PARAMETERS, text)
    check_repeated((name for name, _ in parameters), text, _MANY)
    one, many = dict(parameters), _grouped(parameters, text)
    path, path_type = _parse_rule_path(url.path, one.get("type"), text)
    if one.get("tls") is not None:
        parse_dns_subdomain(one["tls"], within=text)
    if "redirect" in one and (many["svc"] or "rewrite" in one):
        raise NotationError("no svc and no rewrite with redirect", text)
    return RouteRule(
        scheme=url.scheme,
        host=_parse_rule_host(url.authority, text),
        path=path,
        path_type=path_type,
        tls=one.get("tls"),
        backends=_parse_backends(many["svc"], text),
        redirect=_parse_redirect(one["redirect"], text) if "redirect" in one else None,
        rewrite=_parse_target_path(one["rewrite"], text) if "rewrite" in one else None,
        set_headers=_parse_headers(many["set"], text),
        match_headers=_parse_headers(many["header"], text),
        timeout=_parse_timeout(one["timeout"], text) if "timeout" in one else None,
        text=text,
    )


def check_route_rule(rule: RouteRule, kind: RouteKind) -> None:
    """Check a rule against the kind of object that it becomes.

    Refused: for an Ingress `rewrite`, `set`, `header`, `timeout`, a second `svc` and a weight; for
    the others `type`; for an HTTPRoute a path with characters that Gateway API does not accept.
    """
    if kind == "Ingress":
        _check_for_ingress(rule)
    elif rule.path_type == "ImplementationSpecific":
        article = "an" if kind == "HTTPRoute" else "a"
        raise NotationError(f"no type=ImplementationSpecific for {article} {kind}")
    elif kind == "HTTPRoute" and not re.fullmatch(_PATH, rule.path):
        expected = "a path of letters, digits, -._~!$&'()*+,;=:@/ and %41 for others"
        raise NotationError(expected, rule.path, rule.text)
    elif kind == "HTTPRoute" and len(rule.path) > _LONGEST_PATH:
        raise NotationError(f"a path of at most {_LONGEST_PATH} characters", rule.path, rule.text)
    elif (
        kind == "VirtualService" and rule.backends and not any(map(_takes_requests, rule.backends))
    ):
        raise NotationError("a weight above 0", rule.text)


def _takes_requests(backend: Backend) -> bool:
    return backend.weight != 0


def _check_for_ingress(rule: RouteRule) -> None:
    hint = "or write ingress.kind: HTTPRoute"
    only_routes = {
        "rewrite": rule.rewrite,
        "set": rule.set_headers,
        "header": rule.match_headers,
        "timeout": rule.timeout,
    }
    for name, value in only_routes.items():
        if value:
            expected = f"no {name} for an Ingress: use an annotation of its controller"
            raise NotationError(expected, hint=hint)
    if any(each.weight is not None for each in rule.backends):
        raise NotationError("one svc without a weight for an Ingress", hint=hint)


def _grouped(parameters: Iterable[tuple[str, str]], text: str) -> dict[str, list[str]]:
    many: dict[str, list[str]] = {name: [] for name in _MANY}
    for name, value in parameters:
        if name in many:
            many[name].append(value)
    for name, values in many.items():
        if len(values) > _AT_MOST:
            raise NotationError(f"at most {_AT_MOST} times {name}", Shown(len(values)), text)
    return many


def _parse_rule_host(authority: str, text: str) -> str | None:
    if authority == "*":
        return None
    if authority.startswith("["):
        raise NotationError("a host name, not an IP address", authority, within=text)
    if ":" in authority:
        raise NotationError(
            "no port in the URL", authority, within=text, hint="write ?svc=NAME:PORT"
        )
    return parse_host(authority, within=text)


def _parse_rule_path(path: str, written: str | None, text: str) -> tuple[str, PathType]:
    if written is not None:
        choose(written, ("ImplementationSpecific",), text)
        return path or "/", "ImplementationSpecific"
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


def _parse_backends(values: Sequence[str], text: str) -> tuple[Backend, ...]:
    backends = tuple(_parse_backend(value, text) for value in values)
    if len(backends) > 1 and any(each.weight is None for each in backends):
        raise NotationError("a weight for each svc, as in svc=web@90", text)
    return backends


def _parse_backend(value: str, text: str) -> Backend:
    target, at, digits = value.partition("@")
    service, colon, written = target.partition(":")
    parse_new_service_name(service, within=text)
    port = _parse_backend_port(written, text) if colon else None
    if not at:
        return Backend(service, port)
    if not re.fullmatch(_WEIGHT, digits) or int(digits) > _HIGHEST_WEIGHT:
        raise NotationError(f"a weight from 0 to {_HIGHEST_WEIGHT}", digits, text)
    return Backend(service, port, int(digits))


def _parse_backend_port(port: str, text: str) -> int | str:
    if port.isascii() and port.isdigit():
        return parse_port_number(port, within=text)
    return parse_port_name(port, within=text)


def _parse_redirect(value: str, text: str) -> Redirect:
    if value == _HTTPS:
        return Redirect(scheme=_HTTPS)
    if value.startswith("/"):
        return Redirect(path=_parse_target_path(value, text))
    scheme, separator, rest = value.partition("://")
    if not separator or scheme not in SCHEMES:
        raise NotationError("https, a path or a URL", value, text)
    authority, slash, path = rest.partition("/")
    host, colon, port = authority.partition(":")
    if host.startswith("*"):
        raise NotationError("one host", host, text)
    return Redirect(
        scheme,
        parse_host(host, within=text),
        parse_port_number(port, within=text) if colon else None,
        _parse_target_path(f"/{path}", text) if slash else None,
    )


def _parse_target_path(value: str, text: str) -> str:
    if not value.startswith("/") or re.search("[?# ]", value):
        raise NotationError("a path", value, text)
    if len(value) > _LONGEST_PATH:
        raise NotationError(f"a path of at most {_LONGEST_PATH} characters", value, text)
    return value


def _parse_headers(values: Iterable[str], text: str) -> tuple[Header, ...]:
    headers: dict[str, Header] = {}
    for each in values:
        name, colon, value = each.partition(":")
        if not colon or not value.strip():
            raise NotationError("NAME:VALUE", each, text)
        parse_header_name(name, within=text)
        if len(name) > _LONGEST_HEADER_NAME or len(value) > _LONGEST_HEADER_VALUE:
            expected = (
                f"a header name of at most {_LONGEST_HEADER_NAME} characters"
                f" and a value of at most {_LONGEST_HEADER_VALUE}"
            )
            raise NotationError(expected, each, text)
        if name.lower() in headers:
            raise NotationError("unique headers", name, text)
        headers[name.lower()] = Header(name, value)
    return tuple(headers.values())


def _parse_timeout(value: str, text: str) -> str:
    if not re.fullmatch(_DURATION, value) or not re.search("[1-9]", value):
        raise NotationError("a duration such as 30s or 500ms", value, text)
    return value

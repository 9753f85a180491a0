"""The types of HTTPRoute, and the rules of Gateway API that are not in the schemas of its CRDs."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.verdict.checks import (
    LABEL,
    LARGEST_PORT,
    SHARED,
    SUBDOMAIN,
    Check,
    Fields,
    Findings,
    Rules,
    about,
    at_least,
    at_most,
    between,
    choice,
    each_read_by,
    items,
    notation,
    parse_key,
    parse_pattern,
    read_by,
    required,
    unique,
)

# Fields of the experimental channel are known, and hold anything.
TYPES: Mapping[str, Mapping[str, str]] = {
    "HTTPRoute": {
        "apiVersion": "string",
        "kind": "string",
        "metadata": "ObjectMeta",
        "spec": "HTTPRouteSpec",
        "status": "{}",
    },
    "HTTPRouteSpec": {
        "parentRefs": "[]ParentReference",
        "hostnames": "[]string",
        "rules": "[]HTTPRouteRule",
        "useDefaultGateways": "string",
    },
    "ParentReference": {
        "group": "string",
        "kind": "string",
        "namespace": "string",
        "name": "string",
        "sectionName": "string",
        "port": "integer",
    },
    "HTTPRouteRule": {
        "name": "string",
        "matches": "[]HTTPRouteMatch",
        "filters": "[]HTTPRouteFilter",
        "backendRefs": "[]HTTPBackendRef",
        "timeouts": "HTTPRouteTimeouts",
        "retry": "{}",
        "sessionPersistence": "{}",
    },
    "HTTPRouteMatch": {
        "path": "HTTPPathMatch",
        "headers": "[]HTTPMatch",
        "queryParams": "[]HTTPMatch",
        "method": "string",
    },
    "HTTPPathMatch": {"type": "string", "value": "string"},
    "HTTPMatch": {"type": "string", "name": "string", "value": "string"},
    "HTTPRouteTimeouts": {"request": "string", "backendRequest": "string"},
    "HTTPBackendRef": {
        "group": "string",
        "kind": "string",
        "name": "string",
        "namespace": "string",
        "port": "integer",
        "weight": "integer",
        "filters": "[]HTTPRouteFilter",
    },
    "HTTPRouteFilter": {
        "type": "string",
        "requestHeaderModifier": "HTTPHeaderFilter",
        "responseHeaderModifier": "HTTPHeaderFilter",
        "requestMirror": "HTTPRequestMirror",
        "requestRedirect": "HTTPRequestRedirect",
        "urlRewrite": "HTTPURLRewrite",
        "extensionRef": "RouteExtension",
        "cors": "{}",
        "externalAuth": "{}",
    },
    "HTTPRequestMirror": {
        "backendRef": "RouteBackend",
        "percent": "integer",
        "fraction": "Fraction",
    },
    "RouteBackend": {
        "group": "string",
        "kind": "string",
        "name": "string",
        "namespace": "string",
        "port": "integer",
    },
    "Fraction": {"numerator": "integer", "denominator": "integer"},
    "RouteExtension": {"group": "string", "kind": "string", "name": "string"},
    "HTTPHeaderFilter": {
        "set": "[]HTTPHeaderValue",
        "add": "[]HTTPHeaderValue",
        "remove": "[]string",
    },
    "HTTPHeaderValue": {"name": "string", "value": "string"},
    "HTTPRequestRedirect": {
        "scheme": "string",
        "hostname": "string",
        "path": "HTTPPathModifier",
        "port": "integer",
        "statusCode": "integer",
    },
    "HTTPURLRewrite": {"hostname": "string", "path": "HTTPPathModifier"},
    "HTTPPathModifier": {
        "type": "string",
        "replaceFullPath": "string",
        "replacePrefixMatch": "string",
    },
}
"""The kind of every field of every type of a route."""

_FILTERS = {
    "RequestHeaderModifier": "requestHeaderModifier",
    "ResponseHeaderModifier": "responseHeaderModifier",
    "RequestMirror": "requestMirror",
    "RequestRedirect": "requestRedirect",
    "URLRewrite": "urlRewrite",
    "ExtensionRef": "extensionRef",
    "CORS": "cors",
    "ExternalAuth": "externalAuth",
}
_REPEATED = ("RequestMirror", "ExtensionRef")
_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH")
_CODES = (301, 302, 303, 307, 308)
_WITHIN = ("//", "/./", "/../", "%2f", "%2F", "#")
_CHARACTERS = r"(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+"
_UNITS = {"h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
_HOST = parse_pattern(
    r"(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*",
    "a host such as www.example.com or *.example.com",
    longest=253,
)
_SERVICE = parse_pattern(
    r"\.?[A-Za-z_][A-Za-z_0-9]*(\.[A-Za-z_][A-Za-z_0-9]*)*", "a service such as shop.v1.Cart"
)
_METHOD = parse_pattern(r"[A-Za-z_][A-Za-z_0-9]*", "a method such as AddItem")
_TOKEN = parse_pattern(r"[A-Za-z0-9!#$%&'*+\-.^_`|~]+", "the name of a header", longest=256)
_TIMEOUT = parse_pattern(r"([0-9]{1,5}(h|m|s|ms)){1,4}", "a duration such as 30s or 1h30m")
_NAME = parse_pattern(r"(?s).*", "a name of at most 253 characters", longest=253)
_KIND = parse_pattern(r"[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?", "a kind such as Gateway", longest=63)


def _check_route(route: Fields, path: KeyPath) -> Findings:
    if route.get("spec") is None:
        yield about((*path, "spec"), NotationError("a value", Shown("none")))


def _check_parents(spec: Fields, path: KeyPath) -> Findings:
    sections: dict[tuple[object, ...], list[str]] = {}
    for index, parent in items(spec, "parentRefs"):
        name = tuple(parent.get(key) for key in ("group", "kind", "namespace", "name", "port"))
        section = parent.get("sectionName") or ""
        known = sections.setdefault(name, [])
        if known and (not section or section in known or "" in known):
            at = (*path, "parentRefs", index, "sectionName")
            expected = "a unique sectionName for each parentRef"
            yield about(at, NotationError(expected, section or Shown("none")))
        known.append(section)


def _check_path(match: Fields, path: KeyPath) -> Findings:
    text = match.get("value")
    if text is None or match.get("type", "PathPrefix") == "RegularExpression":
        return
    at = (*path, "value")
    found = [each for each in _WITHIN if each in text]
    found += [each for each in ("/..", "/.") if text.endswith(each)]
    if not text.startswith("/"):
        yield about(at, NotationError("a path that starts with /", text))
    elif found:
        yield about(at, NotationError(f"a path without {found[0]}", text))
    elif not re.fullmatch(_CHARACTERS, text):
        yield about(at, NotationError("a path without spaces and special characters", text))


def _check_backend(backend: Fields, path: KeyPath) -> Findings:
    is_service = backend.get("kind") in (None, "Service") and not backend.get("group")
    if is_service and backend.get("port") is None:
        yield about((*path, "port"), NotationError("the port of the Service", Shown("none")))


def _check_filter(route_filter: Fields, path: KeyPath) -> Findings:
    kind = route_filter.get("type", "")
    field = _FILTERS.get(kind)
    if field is None:
        return
    if route_filter.get(field) is None:
        yield about((*path, field), NotationError(f"{field} with type: {kind}", Shown("none")))
    for other in _FILTERS.values():
        if other != field and route_filter.get(other) is not None:
            yield about((*path, other), f"expected no {other} with type: {kind}")


def _check_filters(rule: Fields, path: KeyPath) -> Findings:
    """Yield the filters that are repeated, or that exclude each other."""
    kinds = [each.get("type") for _, each in items(rule, "filters")]
    for index, kind in enumerate(kinds):
        at = (*path, "filters", index)
        if kind in kinds[:index] and kind not in _REPEATED:
            yield about(at, NotationError("each type of filter once", kind))
        if kind == "URLRewrite" and "RequestRedirect" in kinds:
            yield about(at, "expected either URLRewrite or RequestRedirect, got both")


def _check_rule(rule: Fields, path: KeyPath) -> Findings:
    yield from _check_filters(rule, path)
    kinds = [each.get("type") for _, each in items(rule, "filters")]
    if "RequestRedirect" in kinds and rule.get("backendRefs"):
        yield about((*path, "backendRefs"), "expected no backendRefs with RequestRedirect")
    yield from _check_prefix(rule, path)


def _check_mirror(mirror: Fields, path: KeyPath) -> Findings:
    if mirror.get("percent") is not None and mirror.get("fraction") is not None:
        yield about((*path, "fraction"), "expected either percent or fraction, got both")


def _check_fraction(fraction: Fields, path: KeyPath) -> Findings:
    whole = fraction.get("denominator", 100)
    yield from between(0, whole, "numerator")(fraction, path)


def _check_prefix(rule: Fields, path: KeyPath) -> Findings:
    """Yield a replaced prefix without exactly one match that is a prefix."""
    matches = rule.get("matches")
    paths = [each.get("path") or {} for each in ([{}] if matches is None else matches)]
    is_prefix = [each.get("type", "PathPrefix") == "PathPrefix" for each in paths] == [True]
    backends = [((*path, "backendRefs", at), each) for at, each in items(rule, "backendRefs")]
    for holder, fields in () if is_prefix else ((path, rule), *backends):
        for index, each in items(fields, "filters"):
            for field in ("requestRedirect", "urlRewrite"):
                modifier = (each.get(field) or {}).get("path") or {}
                if modifier.get("replacePrefixMatch") is not None:
                    at = (*holder, "filters", index, field, "path", "replacePrefixMatch")
                    expected = "one match of type: PathPrefix with replacePrefixMatch"
                    yield about(at, f"expected {expected}")


def _check_removed(headers: Fields, path: KeyPath) -> Findings:
    names = headers.get("remove") or []
    for index, name in enumerate(names):
        if name in names[:index]:
            at = (*path, "remove", index)
            yield about(at, NotationError("a unique header", name))


def _check_modifier(modifier: Fields, path: KeyPath) -> Findings:
    kinds = {"ReplaceFullPath": "replaceFullPath", "ReplacePrefixMatch": "replacePrefixMatch"}
    kind = modifier.get("type", "")
    for name, field in kinds.items():
        if name == kind and modifier.get(field) is None:
            yield about((*path, field), NotationError(f"{field} with type: {kind}", Shown("none")))
        elif name != kind and modifier.get(field) is not None:
            yield about((*path, field), f"expected no {field} with type: {kind}")


def _check_code(redirect: Fields, path: KeyPath) -> Findings:
    code = redirect.get("statusCode")
    if code not in (None, *_CODES):
        expected = ", ".join(map(str, _CODES))
        yield about((*path, "statusCode"), NotationError(f"one of {expected}", Shown(code)))


def _check_timeouts(timeouts: Fields, path: KeyPath) -> Findings:
    found = [
        list(notation(_TIMEOUT, timeouts[key], (*path, key)))
        for key in ("request", "backendRequest")
        if timeouts.get(key) is not None
    ]
    yield from (each for findings in found for each in findings)
    if len(found) < 2 or any(found):  # noqa: PLR2004 - both
        return
    whole, inner = map(_milliseconds, (timeouts["request"], timeouts["backendRequest"]))
    if whole and inner > whole:
        expected = f"at most {timeouts['request']}, the request timeout"
        at = (*path, "backendRequest")
        yield about(at, NotationError(expected, timeouts["backendRequest"]))


def _milliseconds(text: str) -> int:
    parts = re.findall(r"([0-9]+)(h|ms|m|s)", text)
    return sum(int(number) * _UNITS[unit] for number, unit in parts)


def _is_there(key: str) -> Check:
    def check(fields: Fields, path: KeyPath) -> Findings:
        if fields.get(key) is None:
            yield about((*path, key), NotationError("a value", Shown("none")))

    return check


_BACKEND = (
    required("name"),
    read_by(SUBDOMAIN, "group"),
    read_by(_NAME, "name"),
    read_by(_KIND, "kind", may_be_empty=False),
    read_by(LABEL, "namespace", may_be_empty=False),
    between(1, LARGEST_PORT, "port"),
    _check_backend,
)


def check_grpc_route(route: Fields, path: KeyPath) -> Findings:
    """Yield what is wrong with a GRPCRoute, apart from what its schema says."""
    spec, at = route.get("spec") or {}, (*path, "spec")
    yield from _check_parents(spec, at)
    for index, rule in items(spec, "rules"):
        where = (*at, "rules", index)
        yield from _check_filters_of(rule, where)
        for number, backend in items(rule, "backendRefs"):
            yield from _check_backend(backend, (*where, "backendRefs", number))
            yield from _check_filters_of(backend, (*where, "backendRefs", number))
        for number, match in items(rule, "matches"):
            method = match.get("method")
            if method is not None:
                yield from _check_method(method, (*where, "matches", number, "method"))


def _check_filters_of(holder: Fields, path: KeyPath) -> Findings:
    yield from _check_filters(holder, path)
    for index, each in items(holder, "filters"):
        at = (*path, "filters", index)
        yield from _check_filter(each, at)
        if (mirror := each.get("requestMirror")) is not None:
            yield from _check_mirror(mirror, (*at, "requestMirror"))
            backend = mirror.get("backendRef") or {}
            yield from _check_backend(backend, (*at, "requestMirror", "backendRef"))


def _check_method(method: Fields, path: KeyPath) -> Findings:
    if method.get("service") is None and method.get("method") is None:
        yield about(path, "expected service, method or both, got none")
    if method.get("type", "Exact") == "Exact":
        yield from read_by(_SERVICE, "service", may_be_empty=False)(method, path)
        yield from read_by(_METHOD, "method", may_be_empty=False)(method, path)


def check_gateway(gateway: Fields, path: KeyPath) -> Findings:
    """Yield what is wrong with the listeners of a Gateway, apart from what its schema says."""
    seen: list[tuple[object, ...]] = []
    spec = gateway.get("spec") or {}
    for index, each in items(spec, "listeners"):
        at = (*path, "spec", "listeners", index)
        yield from _check_listener(each, at)
        place = tuple(each.get(key) for key in ("port", "protocol", "hostname"))
        if place in seen:
            yield about(
                (*at, "port"), "expected a unique combination of port, protocol and hostname"
            )
        seen.append(place)
    yield from _check_addresses(spec, (*path, "spec"))
    for kind in ("labels", "annotations"):
        for key in (spec.get("infrastructure") or {}).get(kind) or {}:
            yield from notation(parse_key, key, (*path, "spec", "infrastructure", kind, key))


def _check_addresses(spec: Fields, path: KeyPath) -> Findings:
    seen = set()
    for index, each in items(spec, "addresses"):
        at, kind, value = (*path, "addresses", index, "value"), each.get("type"), each.get("value")
        if kind == "Hostname" and value is not None:
            yield from notation(_HOST, value, at)
        if kind in (None, "IPAddress", "Hostname") and value is not None:
            if (kind == "Hostname", value) in seen:
                yield about(at, "expected another address in each item")
            seen.add((kind == "Hostname", value))


def _check_listener(listener: Fields, path: KeyPath) -> Findings:
    protocol, tls = listener.get("protocol"), listener.get("tls")
    if protocol in ("TCP", "UDP") and listener.get("hostname"):
        yield about((*path, "hostname"), f"expected no hostname with protocol: {protocol}")
    if tls is None:
        return
    at, mode = (*path, "tls"), tls.get("mode") or "Terminate"
    if protocol in ("HTTP", "TCP", "UDP"):
        yield about(at, f"expected no tls with protocol: {protocol}")
    if protocol == "HTTPS" and mode != "Terminate":
        yield about((*at, "mode"), NotationError("Terminate with protocol: HTTPS", mode))
    if mode == "Terminate" and not tls.get("certificateRefs") and not tls.get("options"):
        yield about((*at, "certificateRefs"), NotationError("a certificate", Shown("none")))


RULES: Rules = {
    **SHARED,
    "HTTPRoute": (_check_route,),
    "HTTPRouteSpec": (
        at_most(32, "parentRefs"),
        at_most(16, "hostnames", "rules"),
        each_read_by(_HOST, "hostnames"),
        _check_parents,
    ),
    "ParentReference": (
        required("name"),
        read_by(SUBDOMAIN, "group"),
        read_by(_NAME, "name"),
        read_by(_KIND, "kind", may_be_empty=False),
        read_by(LABEL, "namespace", may_be_empty=False),
        read_by(SUBDOMAIN, "sectionName", may_be_empty=False),
        between(1, LARGEST_PORT, "port"),
    ),
    "HTTPRouteRule": (
        read_by(SUBDOMAIN, "name", may_be_empty=False),
        at_most(64, "matches"),
        at_most(16, "filters", "backendRefs"),
        _check_rule,
    ),
    "HTTPRouteMatch": (
        choice("method", *_METHODS, may_be_empty=False),
        at_most(16, "headers", "queryParams"),
        unique("headers", "name"),
        unique("queryParams", "name"),
    ),
    "HTTPPathMatch": (
        choice("type", "Exact", "PathPrefix", "RegularExpression", may_be_empty=False),
        read_by(parse_pattern(r"(?s).*", "at most 1024 characters", 1024), "value"),
        _check_path,
    ),
    "HTTPMatch": (
        required("name", "value"),
        choice("type", "Exact", "RegularExpression", may_be_empty=False),
        read_by(_TOKEN, "name"),
    ),
    "HTTPRouteTimeouts": (_check_timeouts,),
    "RouteBackend": _BACKEND,
    "HTTPBackendRef": (
        *_BACKEND,
        at_most(16, "filters"),
        between(0, 1_000_000, "weight"),
        _check_filters,
    ),
    "HTTPRequestMirror": (_is_there("backendRef"), between(0, 100, "percent"), _check_mirror),
    "Fraction": (_is_there("numerator"), at_least(1, "denominator"), _check_fraction),
    "RouteExtension": (
        required("kind", "name"),
        _is_there("group"),
        read_by(SUBDOMAIN, "group"),
        read_by(_NAME, "name"),
        read_by(_KIND, "kind"),
    ),
    "HTTPRouteFilter": (required("type"), choice("type", *_FILTERS), _check_filter),
    "HTTPHeaderFilter": (
        at_most(16, "set", "add", "remove"),
        unique("set", "name"),
        unique("add", "name"),
        _check_removed,
    ),
    "HTTPHeaderValue": (required("name", "value"), read_by(_TOKEN, "name")),
    "HTTPRequestRedirect": (
        choice("scheme", "http", "https", may_be_empty=False),
        read_by(SUBDOMAIN, "hostname", may_be_empty=False),
        between(1, LARGEST_PORT, "port"),
        _check_code,
    ),
    "HTTPURLRewrite": (read_by(SUBDOMAIN, "hostname", may_be_empty=False),),
    "HTTPPathModifier": (
        required("type"),
        choice("type", "ReplaceFullPath", "ReplacePrefixMatch"),
        _check_modifier,
    ),
}
"""The checks of the types of a route."""

"""The HTTPRoute of Gateway API: the rules of a host, attached to gateways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from kustz_tpl.errors import Diagnostic, NotationError
from kustz_tpl.kinds.backend import find_backends, number_of
from kustz_tpl.kinds.kind import Config, Kind, Object, present, value_at
from kustz_tpl.kinds.route import (
    ANY_HOST,
    GATEWAYS,
    check_names,
    group_routes,
    has_schemes,
    parse_gateways,
)
from kustz_tpl.messages import Shown
from kustz_tpl.notation.route import SCHEMES, Gateway, Header, Redirect, RouteRule

_MOST_RULES = 16
_MOST_GATEWAYS = 32
_MOVED = 301


def http_routes(
    ingress: Mapping[str, Any], name: str, services: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the parts of every HTTPRoute: `name`, `parentRefs`, `hostnames` and `rules`.

    `name` is the application's, `services` is `sources.routing`.
    """
    if HTTP_ROUTE.name not in ingress["kind"]:
        return []
    return [
        {
            "name": route.name,
            "parentRefs": [_parent(each) for each in route.gateways],
            "hostnames": [route.host] if route.host else [],
            "rules": [_rule(rule, services) for _, rule in route.rules],
        }
        for route in group_routes(ingress, name, _MOST_RULES)
    ]


def check_http_route(config: Config) -> Iterator[Diagnostic]:
    """Find names and gateways that an HTTPRoute cannot have."""
    yield from check_names(config, "HTTPRoute", _MOST_RULES)
    ingress, at = config["ingress"], ("ingress", "gateways")
    if HTTP_ROUTE.name not in ingress["kind"]:
        return
    for scheme in SCHEMES if has_schemes(ingress) else SCHEMES[:1]:
        gateways = parse_gateways(ingress, scheme)
        if len(gateways) > _MOST_GATEWAYS:
            got = Shown(len(gateways))
            yield Diagnostic.about(
                at, NotationError(f"at most {_MOST_GATEWAYS} gateways", got), depends_on=GATEWAYS
            )
        counts = Counter((each.namespace, each.name) for each in gateways)
        for each in gateways:
            if each.listener is None and counts[each.namespace, each.name] > 1:
                expected = "a listener, as the gateway is listed more than once"
                yield Diagnostic.about(at, NotationError(expected, each.text), depends_on=GATEWAYS)


def hosts_of(route: Object) -> tuple[str, ...]:
    """Return the hosts of an HTTPRoute."""
    hosts = value_at(route, "spec", "hostnames")
    return tuple(map(str, hosts)) if isinstance(hosts, list) and hosts else (ANY_HOST,)


HTTP_ROUTE = Kind(
    name="HTTPRoute",
    template="httproute.yml",
    needs=("ingress", "rules"),
    filters={"http_routes": http_routes},
    rules=(check_http_route,),
    has_many=True,
    hosts=hosts_of,
)


def _parent(gateway: Gateway) -> dict[str, str]:
    return present(
        {
            "namespace": gateway.namespace,
            "name": gateway.name,
            "sectionName": gateway.listener,
        }
    )


def _rule(rule: RouteRule, services: Mapping[str, Any]) -> dict[str, Any]:
    backends = [] if rule.redirect else _backends(rule, services)
    timeouts = present({"request": rule.timeout})
    parts = {"filters": _filters(rule), "backendRefs": backends, "timeouts": timeouts}
    return {"matches": [_match(rule)], **present(parts)}


def _match(rule: RouteRule) -> dict[str, Any]:
    path_type = "PathPrefix" if rule.path_type == "Prefix" else rule.path_type
    path = {"type": path_type, "value": rule.path}
    return {"path": path, **present({"headers": _headers(rule.match_headers)})}


def _headers(headers: tuple[Header, ...]) -> list[dict[str, str]]:
    return [{"name": each.name, "value": each.value} for each in headers]


def _filters(rule: RouteRule) -> list[dict[str, Any]]:
    filters: list[dict[str, Any]] = []
    if rule.rewrite is not None:
        path = _replacement(rule.rewrite, is_prefix=rule.path_type == "Prefix")
        filters.append({"type": "URLRewrite", "urlRewrite": {"path": path}})
    if rule.set_headers:
        headers = {"set": _headers(rule.set_headers)}
        filters.append({"type": "RequestHeaderModifier", "requestHeaderModifier": headers})
    if rule.redirect:
        filters.append({"type": "RequestRedirect", "requestRedirect": _redirect(rule.redirect)})
    return filters


def _replacement(path: str, *, is_prefix: bool = False) -> dict[str, str]:
    if is_prefix:
        return {"type": "ReplacePrefixMatch", "replacePrefixMatch": path}
    return {"type": "ReplaceFullPath", "replaceFullPath": path}


def _redirect(to: Redirect) -> dict[str, Any]:
    parts = {
        "scheme": to.scheme,
        "hostname": to.host,
        "path": None if to.path is None else _replacement(to.path),
        "port": to.port,
    }
    return {**present(parts), "statusCode": _MOVED}


def _backends(rule: RouteRule, services: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": backend.service,
            "port": number_of(backend, port, services),
            **({} if backend.weight is None else {"weight": backend.weight}),
        }
        for backend, port in find_backends(rule, services)
    ]

"""The VirtualService of Istio: the rules of a host in the order in which they are tried."""

from __future__ import annotations

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
from kustz_tpl.messages import Shown, quoted
from kustz_tpl.notation.route import Gateway, Redirect, RouteRule

_MOVED = 301


def virtual_services(
    ingress: Mapping[str, Any], name: str, services: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the parts of every VirtualService: `name`, `hosts`, `gateways` and `http`.

    `name` is the application's, `services` is `sources.routing`.
    """
    if VIRTUAL_SERVICE.name not in ingress["kind"]:
        return []
    return [
        {
            "name": route.name,
            "hosts": [route.host or "*"],
            "gateways": _gateways(route.gateways),
            "http": [
                entry
                for _, rule in sorted(route.rules, key=lambda each: _precedence(each[1]))
                for entry in _entries(rule, services)
            ],
        }
        for route in group_routes(ingress, name)
    ]


def check_virtual_service(config: Config) -> Iterator[Diagnostic]:
    """Find names that a VirtualService cannot have, and a gateway that is that of both schemes."""
    yield from check_names(config, "VirtualService")
    ingress = config["ingress"]
    if VIRTUAL_SERVICE.name not in ingress["kind"] or not has_schemes(ingress):
        return
    http = _gateways(parse_gateways(ingress, "http"))
    both = next(
        (each for each in _gateways(parse_gateways(ingress, "https")) if each in http), None
    )
    if both:
        expected = "different gateways for http and https: a VirtualService knows no listeners"
        got = Shown(f"{quoted(both)} for both")
        yield Diagnostic.about(
            ("ingress", "gateways"), NotationError(expected, got), depends_on=GATEWAYS
        )


def hosts_of(service: Object) -> tuple[str, ...]:
    """Return the hosts of a VirtualService."""
    hosts = value_at(service, "spec", "hosts")
    texts = map(str, hosts) if isinstance(hosts, list) else ()
    return tuple(ANY_HOST if each == "*" else each for each in texts)


VIRTUAL_SERVICE = Kind(
    name="VirtualService",
    template="virtualservice.yml",
    needs=("ingress", "rules"),
    filters={"virtual_services": virtual_services},
    rules=(check_virtual_service,),
    has_many=True,
    hosts=hosts_of,
)


def _gateways(gateways: tuple[Gateway, ...]) -> list[str]:
    names = (f"{each.namespace}/{each.name}" if each.namespace else each.name for each in gateways)
    return list(dict.fromkeys(names))


def _precedence(rule: RouteRule) -> tuple[bool, int, int]:
    """Return what sorts the most specific rule first, as an HTTPRoute takes it."""
    return rule.path_type != "Exact", -len(rule.path), -len(rule.match_headers)


def _entries(rule: RouteRule, services: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what a rule becomes: an entry for each rewrite, with the paths that it is for."""
    paths: dict[str | None, list[dict[str, Any]]] = {}
    for path, rewrite in _paths(rule):
        headers = {each.name.lower(): {"exact": each.value} for each in rule.match_headers}
        paths.setdefault(rewrite, []).append({"uri": path, **present({"headers": headers})})
    for rewrite, matches in paths.items():
        values = {each.name: each.value for each in rule.set_headers}
        parts = {
            "redirect": _redirect(rule.redirect) if rule.redirect else None,
            "rewrite": present({"uri": rewrite}),
            "headers": {"request": {"set": values}} if values else None,
            "route": [] if rule.redirect else _destinations(rule, services),
            "timeout": rule.timeout,
        }
        yield {"match": matches, **present(parts)}


def _paths(rule: RouteRule) -> Iterator[tuple[dict[str, str], str | None]]:
    """Yield each path of a rule with its rewrite; Istio's prefix is one of letters."""
    whole = rule.path.rstrip("/")
    if rule.path_type == "Exact":
        yield {"exact": rule.path}, rule.rewrite
        return
    if whole:
        yield {"exact": whole}, rule.rewrite
    below = None if rule.rewrite is None else f"{rule.rewrite.rstrip('/')}/"
    yield {"prefix": f"{whole}/"}, below


def _redirect(to: Redirect) -> dict[str, Any]:
    parts = {"scheme": to.scheme, "authority": to.host, "port": to.port, "uri": to.path}
    return {**present(parts), "redirectCode": _MOVED}


def _destinations(rule: RouteRule, services: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "destination": {
                "host": backend.service,
                "port": {"number": number_of(backend, port, services)},
            },
            **({} if backend.weight is None else {"weight": backend.weight}),
        }
        for backend, port in find_backends(rule, services)
    ]

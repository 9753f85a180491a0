"""What an Ingress and the routes have in common: their rules, and the Services behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kustz_tpl.errors import Diagnostic, Message, NotationError
from kustz_tpl.kinds.kind import JOBS, Config, Object, mappings_at, parsed, string_at
from kustz_tpl.kinds.service import DEFAULT_PORT, service_ports
from kustz_tpl.kinds.stateful_set import governing_service
from kustz_tpl.messages import Shown, any_of, closest, quoted
from kustz_tpl.notation.choices import RouteKind
from kustz_tpl.notation.names import SUBDOMAIN_LIMIT
from kustz_tpl.notation.route import (
    SCHEMES,
    Backend,
    Gateway,
    RouteRule,
    check_route_rule,
    parse_gateway,
    parse_route_rule,
)
from kustz_tpl.yaml_source.tree import Path

Numbered = tuple[int, RouteRule]
"""A rule and its position in the list."""

ServicePorts = Mapping[str, int]
"""The number of each port of a Service by its name; an ExternalName has none."""

ANY_HOST = "(any)"
GATEWAYS: tuple[Path, ...] = (
    ("ingress", "kind"),
    ("ingress", "gateways"),
    *(("ingress", "gateways", scheme) for scheme in SCHEMES),
)
"""What a problem of routes relies on."""

_MADE_NAME = r"[0-9]+-[0-9]+(-[a-z]+)?"  # of a port that the file gives none
_SERVICES: tuple[Path, ...] = (("name",), ("service", "ports"), ("services",))
_ROUTE_KINDS: tuple[RouteKind, ...] = ("HTTPRoute", "VirtualService")
_NGINX = "nginx.ingress.kubernetes.io/"
_INSTEAD = {
    "rewrite-target": "rewrite= in a rule",
    "ssl-redirect": "redirect=https in a rule",
    "force-ssl-redirect": "redirect=https in a rule",
    "canary-weight": "svc=NAME@WEIGHT in a rule",
    "canary-by-header": "header= in a rule",
    "proxy-read-timeout": "timeout= in a rule",
    "app-root": "a rule of the path / with redirect=",
}
"""What a rule says instead of an annotation of ingress-nginx."""


class Route(NamedTuple):
    """Hold the rules of one host that become one object.

    With gateways by scheme they are the rules of one scheme. `host` is None for any.
    """

    name: str
    host: str | None
    gateways: tuple[Gateway, ...]
    rules: tuple[Numbered, ...]


def article(kind: str) -> str:
    """Return a kind's name with its article."""
    return f"{'a' if kind == 'VirtualService' else 'an'} {kind}"


def read_rules(rules: Sequence[RouteRule | str | None]) -> list[Numbered]:
    """Return the rules with their positions, without what is wrong."""
    return [(i, parsed(parse_route_rule, each)) for i, each in enumerate(rules) if each is not None]


def read_gateways(ingress: Config, scheme: str) -> tuple[Gateway, ...]:
    """Return the gateways that the rules of a scheme hang on, without what is wrong."""
    written = ingress["gateways"][scheme]
    return tuple(parsed(parse_gateway, each) for each in written if each is not None)


def has_schemes(ingress: Config) -> bool:
    """Check whether the rules of each scheme have gateways of their own."""
    return bool(ingress["gateways"]["http"] != ingress["gateways"]["https"])


def group_routes(ingress: Config, name: str, most: int = 0) -> Iterator[Route]:
    """Yield the routes of an application in the order of their first rules.

    That of the first host has the application's name. `most` is how many rules one may have, 0
    for any number.
    """
    groups: dict[tuple[str | None, str], list[Numbered]] = {}
    for index, rule in read_rules(ingress["rules"]):
        scheme = rule.scheme if has_schemes(ingress) else "https"
        groups.setdefault((rule.host, scheme), []).append((index, rule))
    first = next(iter(groups), (None, ""))[0]
    for (host, scheme), rules in groups.items():
        base = name if host == first else f"{name}-{_name_part(host)}"
        if scheme == "http" and (host, "https") in groups:
            base += "-http"
        size = most or len(rules)
        for number, start in enumerate(range(0, len(rules), size), 1):
            whole = base if number == 1 else f"{base}-{number}"
            part = tuple(rules[start : start + size])
            yield Route(whole, host, read_gateways(ingress, scheme), part)


def find_backends(rule: RouteRule, services: Config) -> list[tuple[Backend, int | str | None]]:
    """Return each Service of a rule with its port, None where that is not clear.

    `services` has `ports` by Service, and the `default` for a rule that names none.
    """
    written = rule.backends or (Backend(services["default"]),)
    return [(each, _port(each, services["ports"])) for each in written]


def number_of(backend: Backend, port: int | str | None, services: Config) -> int:
    """Return the number of a port, which may be given by its name."""
    known: ServicePorts = services["ports"].get(backend.service, {})
    number = known.get(port) if isinstance(port, str) else port
    if number is None:
        expected = f"the number of a port for the Service {backend.service}"
        raise NotationError(expected, port if isinstance(port, str) else Shown("none"))
    return number


def own_services(config: Config) -> dict[str, ServicePorts | None]:
    """Return the ports of the Services that a workload and `services` make, None for wrong ones."""
    name = config["name"] or ""
    written = {name: config["service"]["ports"]}
    governing = governing_service(config)
    if governing.name and governing.is_new:
        written[governing.name] = config["service"]["ports"]
    written |= {key: each["ports"] for key, each in config["services"].items() if each is not None}
    return {key: _named_ports(ports) for key, ports in written.items() if ports}


def ports_of(service: Object) -> ServicePorts:
    """Return the ports of a Service's manifest, of which every scalar is a string."""
    ports = mappings_at(service, "spec", "ports")
    return {
        string_at(each, "name"): int(number)
        for each in ports
        if (number := string_at(each, "port")).isdecimal()
    }


def default_service(config: Config) -> str | None:
    """Return the Service of a rule that names none: the application's, else the only one."""
    if config["service"]["ports"]:
        return config["name"] or ""
    further = list(config["services"])
    return further[0] if len(further) == 1 else None


def services_for_rules(
    config: Config, services: Mapping[str, ServicePorts | None]
) -> dict[str, Any]:
    """Return what the filters of rules need to know of Services."""
    known = {name: dict(ports) for name, ports in services.items() if ports is not None}
    return {"default": default_service(config), "ports": known}


def check_backends(
    config: Config, services: Mapping[str, ServicePorts | None], *, is_whole: bool
) -> Iterator[Diagnostic]:
    """Find rules whose Service or port does not exist.

    `services` are those of this file; with `is_whole` there are no others.
    """
    for index, rule in read_rules(config["ingress"]["rules"]):
        for backend in () if rule.redirect else rule.backends or (None,):
            message = _backend_fault(backend, config, services, is_whole=is_whole)
            if message:
                names = [*config["services"], *([backend.service] if backend else ())]
                grounds = (*_SERVICES, *(("services", name) for name in names))
                yield Diagnostic.about(rule_path(index), message, relies_on=grounds)


def check_rules(config: Config) -> Iterator[Diagnostic]:
    """Find what a kind of object cannot say, and Services and ports that do not exist."""
    for index, rule in read_rules(config["ingress"]["rules"]):
        for kind in config["ingress"]["kind"]:
            try:
                check_route_rule(rule, kind)
            except NotationError as error:
                grounds = (("ingress", "kind"),)
                yield Diagnostic.about(rule_path(index), error, relies_on=grounds)
    is_whole = not config["resources"] and not config["workloads"]
    yield from check_backends(config, own_services(config), is_whole=is_whole)


def check_duplicates(config: Config) -> Iterator[Diagnostic]:
    """Find rules of a route that take the same requests."""
    if not route_kinds(config):
        return
    by_scheme = has_schemes(config["ingress"])
    seen: dict[object, int] = {}
    for index, rule in read_rules(config["ingress"]["rules"]):
        headers = frozenset((each.name.lower(), each.value) for each in rule.match_headers)
        scheme = rule.scheme if by_scheme else ""
        first = seen.setdefault((scheme, rule.host, rule.path, rule.path_type, headers), index)
        if first != index:
            yield duplicate(rule, index, first, GATEWAYS)


def duplicate(
    rule: RouteRule, index: int, first: int, grounds: tuple[Path, ...] = ()
) -> Diagnostic:
    """Return the problem of a rule that takes the requests of an earlier one."""
    got = Shown(f"{quoted((rule.host or '*') + rule.path)} ({rule.path_type}) twice")
    what = "hosts, paths and headers" if rule.match_headers else "hosts and paths"
    message = NotationError(f"unique {what}", got)
    return Diagnostic.about(rule_path(index), message, rule_path(first), relies_on=grounds)


def check_gateways(config: Config) -> Iterator[Diagnostic]:
    """Find rules of a route without a gateway, and redirects that come back to their listener."""
    kinds, rules = route_kinds(config), read_rules(config["ingress"]["rules"])
    if not kinds or not rules:
        return
    gateways, at = config["ingress"]["gateways"], ("ingress", "gateways")
    if not any(gateways.values()):
        message = f"expected ingress.gateways with {article(kinds[0])}"
        yield Diagnostic.about(("ingress", "kind"), message, relies_on=GATEWAYS)
        return
    for index, rule in rules:
        if not gateways[rule.scheme]:
            message = f"expected a gateway for {rule.scheme} in ingress.gateways"
            yield Diagnostic.about(rule_path(index), message, relies_on=GATEWAYS)
        elif _is_to_https(rule) and not has_schemes(config["ingress"]):
            yield Diagnostic.about(
                rule_path(index), _endless("ingress.gateways by scheme"), relies_on=GATEWAYS
            )
        elif _is_to_https(rule) and rule.scheme == "https":
            yield Diagnostic.about(rule_path(index), _endless("http://"), relies_on=GATEWAYS)
    texts = [gateways[scheme] for scheme in SCHEMES]
    for each in texts if has_schemes(config["ingress"]) else texts[:1]:
        written = [text for text in each if text is not None]
        twice = next((text for text in written if written.count(text) > 1), None)
        if twice:
            got = Shown(f"{quoted(twice)} twice")
            yield Diagnostic.about(at, NotationError("unique gateways", got), relies_on=GATEWAYS)


def check_names(config: Config, kind: RouteKind, most: int = 0) -> Iterator[Diagnostic]:
    """Find hosts whose objects would have the same name, or one that is too long."""
    if kind not in config["ingress"]["kind"] or config["name"] is None:
        return
    seen: dict[str, Route] = {}
    for route in group_routes(config["ingress"], config["name"], most):
        path, host = rule_path(route.rules[0][0]), quoted(route.host or "*")
        first = seen.setdefault(route.name, route)
        if len(route.name) > SUBDOMAIN_LIMIT:
            expected = f"a host whose {kind} has a name of at most {SUBDOMAIN_LIMIT} characters"
            yield Diagnostic.about(path, NotationError(expected, route.name), relies_on=GATEWAYS)
        elif first is not route:
            got = f"{host} and {quoted(first.host or '*')}, both {route.name}"
            message = NotationError(f"hosts whose {kind}s have different names", Shown(got))
            other = rule_path(first.rules[0][0])
            yield Diagnostic.about(path, message, other, relies_on=GATEWAYS)


def check_moved(config: Config) -> Iterator[Diagnostic]:
    """Warn of what only an Ingress and its controller act upon."""
    kinds = route_kinds(config)
    if not kinds:
        return
    has_ingress = len(kinds) < len(config["ingress"]["kind"])
    for key in config["ingress"]["annotations"]:
        instead = _INSTEAD.get(key.removeprefix(_NGINX)) if key.startswith(_NGINX) else None
        if instead:
            when = f"with ingress.kind: {kinds[0]}, write" if has_ingress else "write"
            message = f"{article(kinds[0])} does not act upon it; {when} {instead}"
            path = ("ingress", "annotations", key)
            yield Diagnostic.about(path, message, is_about_key=True, severity="warning")
    for index, rule in read_rules(config["ingress"]["rules"]):
        if rule.tls and not has_ingress:
            message = "the certificate is that of the Gateway's listener; drop tls="
            yield Diagnostic.about(rule_path(index), message, severity="warning")


def route_kinds(config: Config) -> list[RouteKind]:
    """Return the kinds of the rules' objects without the Ingress."""
    return [kind for kind in _ROUTE_KINDS if kind in config["ingress"]["kind"]]


def rule_path(index: int) -> Path:
    """Return the path of a rule."""
    return ("ingress", "rules", index)


def _name_part(host: str | None) -> str:
    return (host or "*").replace("*", "wildcard").replace(".", "-")


def _port(backend: Backend, ports: Mapping[str, ServicePorts]) -> int | str | None:
    if backend.port is not None:
        return backend.port
    return _default_port(ports[backend.service]) if backend.service in ports else DEFAULT_PORT


def _default_port(ports: ServicePorts) -> int | None:
    numbers = set(ports.values())
    if DEFAULT_PORT in numbers:
        return DEFAULT_PORT
    return numbers.pop() if len(numbers) == 1 else None


def _named_ports(ports: Sequence[str | None]) -> ServicePorts | None:
    texts = [each for each in ports if isinstance(each, str)]
    if len(texts) < len(ports):
        return None
    return {each["name"]: each["port"] for each in service_ports(texts)}


def _backend_fault(
    backend: Backend | None,
    config: Config,
    services: Mapping[str, ServicePorts | None],
    *,
    is_whole: bool,
) -> Message | None:
    """Return what is wrong with the Service and port of a rule."""
    own = config["name"] or ""
    service = backend.service if backend else default_service(config)
    if config["service"]["kind"] in JOBS and service in {own, None}:
        return None  # it has no Service, which is said of the rules as a whole
    port = backend.port if backend else None
    if service is None and len(config["services"]) > 1:
        return f"expected ?svc=NAME, because the Services are {any_of([*config['services']])}"
    if service is None or (service == own and service not in services and is_whole):
        return "expected a Service; write service.ports or ?svc=NAME:PORT"
    kinds = route_kinds(config)
    if service not in services and isinstance(port, str) and is_whole and kinds:
        expected = f"the number of the port: {article(kinds[0])} knows no names"
        return NotationError(expected, port)
    ports = services.get(service)
    if ports is None:
        return None
    label = "the Service" if service == own else f"the Service {service}"
    return _port_fault(port, ports, label)


def _port_fault(port: int | str | None, ports: ServicePorts, label: str) -> Message | None:
    numbers = list(dict.fromkeys(map(str, ports.values())))
    if not ports:
        return "expected a Service with ports, but an ExternalName has none"
    if port is None and _default_port(ports) is None:
        return f"expected ?svc=NAME:PORT, because {label} has the ports {any_of(numbers)}"
    if port is None or port in ports or port in ports.values():
        return None
    names = [name for name in ports if name and not re.fullmatch(_MADE_NAME, name)]
    expected = f"a port of {label}, {any_of([*numbers, *names])}"
    return NotationError(expected, str(port), hint=closest(str(port), names))


def _is_to_https(rule: RouteRule) -> bool:
    """Check whether a rule redirects to the same URL with https."""
    to = rule.redirect
    return (
        to is not None
        and to.scheme == "https"
        and to.host in {None, rule.host}
        and (to.port, to.path) == (None, None)
    )


def _endless(what: str) -> str:
    end = "on a gateway's https listener it would redirect for ever"
    return f"expected {what} with redirect=https: {end}"

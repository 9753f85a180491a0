"""What an Ingress and the routes have in common: their rules, hosts and gateways."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kustz_tpl.errors import Diagnostic, KeyPath, NotationError
from kustz_tpl.kinds.kind import Config, parsed
from kustz_tpl.messages import Shown, quoted
from kustz_tpl.notation.choices import RouteKind
from kustz_tpl.notation.names import SUBDOMAIN_LIMIT
from kustz_tpl.notation.route import (
    SCHEMES,
    Gateway,
    RouteRule,
    check_route_rule,
    parse_gateway,
    parse_route_rule,
)

Numbered = tuple[int, RouteRule]
"""A rule and its position in the list."""

ANY_HOST = "(any)"
GATEWAYS: tuple[KeyPath, ...] = (
    ("ingress", "kind"),
    ("ingress", "gateways"),
    *(("ingress", "gateways", scheme) for scheme in SCHEMES),
)
"""What a problem of routes relies on."""

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


def parse_rules(rules: Sequence[RouteRule | str | None]) -> list[Numbered]:
    """Return the rules with their positions, without what is wrong."""
    return [(i, parsed(parse_route_rule, each)) for i, each in enumerate(rules) if each is not None]


def parse_gateways(ingress: Config, scheme: str) -> tuple[Gateway, ...]:
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
    for index, rule in parse_rules(ingress["rules"]):
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
            yield Route(whole, host, parse_gateways(ingress, scheme), part)


def check_rules(config: Config) -> Iterator[Diagnostic]:
    """Find rules that a kind of object cannot have."""
    for index, rule in parse_rules(config["ingress"]["rules"]):
        for kind in config["ingress"]["kind"]:
            try:
                check_route_rule(rule, kind)
            except NotationError as error:
                depends_on = (("ingress", "kind"),)
                yield Diagnostic.about(rule_path(index), error, depends_on=depends_on)


def check_duplicates(config: Config) -> Iterator[Diagnostic]:
    """Find rules of a route that take the same requests."""
    if not route_kinds(config):
        return
    by_scheme = has_schemes(config["ingress"])
    seen: dict[object, int] = {}
    for index, rule in parse_rules(config["ingress"]["rules"]):
        headers = frozenset((each.name.lower(), each.value) for each in rule.match_headers)
        scheme = rule.scheme if by_scheme else ""
        first = seen.setdefault((scheme, rule.host, rule.path, rule.path_type, headers), index)
        if first != index:
            yield duplicate(rule, index, first, GATEWAYS)


def duplicate(
    rule: RouteRule, index: int, first: int, depends_on: tuple[KeyPath, ...] = ()
) -> Diagnostic:
    """Return the problem of a rule that takes the requests of an earlier one."""
    got = Shown(f"{quoted((rule.host or '*') + rule.path)} ({rule.path_type}) twice")
    what = "hosts, paths and headers" if rule.match_headers else "hosts and paths"
    message = NotationError(f"unique {what}", got)
    return Diagnostic.about(rule_path(index), message, rule_path(first), depends_on=depends_on)


def check_gateways(config: Config) -> Iterator[Diagnostic]:
    """Find rules of a route without a gateway, and redirects that come back to their listener."""
    kinds, rules = route_kinds(config), parse_rules(config["ingress"]["rules"])
    if not kinds or not rules:
        return
    gateways, at = config["ingress"]["gateways"], ("ingress", "gateways")
    if not any(gateways.values()):
        message = f"expected ingress.gateways with {article(kinds[0])}"
        yield Diagnostic.about(("ingress", "kind"), message, depends_on=GATEWAYS)
        return
    for index, rule in rules:
        if not gateways[rule.scheme]:
            message = f"expected a gateway for {rule.scheme} in ingress.gateways"
            yield Diagnostic.about(rule_path(index), message, depends_on=GATEWAYS)
        elif _is_to_https(rule) and not has_schemes(config["ingress"]):
            yield Diagnostic.about(
                rule_path(index), _endless("ingress.gateways by scheme"), depends_on=GATEWAYS
            )
        elif _is_to_https(rule) and rule.scheme == "https":
            yield Diagnostic.about(rule_path(index), _endless("http://"), depends_on=GATEWAYS)
    texts = [gateways[scheme] for scheme in SCHEMES]
    for each in texts if has_schemes(config["ingress"]) else texts[:1]:
        written = [text for text in each if text is not None]
        twice = next((text for text in written if written.count(text) > 1), None)
        if twice:
            got = Shown(f"{quoted(twice)} twice")
            yield Diagnostic.about(at, NotationError("unique gateways", got), depends_on=GATEWAYS)


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
            yield Diagnostic.about(path, NotationError(expected, route.name), depends_on=GATEWAYS)
        elif first is not route:
            got = f"{host} and {quoted(first.host or '*')}, both {route.name}"
            message = NotationError(f"hosts whose {kind}s have different names", Shown(got))
            other = rule_path(first.rules[0][0])
            yield Diagnostic.about(path, message, other, depends_on=GATEWAYS)


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
    for index, rule in parse_rules(config["ingress"]["rules"]):
        if rule.tls and not has_ingress:
            message = "the certificate is that of the Gateway's listener; drop tls="
            yield Diagnostic.about(rule_path(index), message, severity="warning")


def route_kinds(config: Config) -> list[RouteKind]:
    """Return the kinds of the rules' objects without the Ingress."""
    return [kind for kind in _ROUTE_KINDS if kind in config["ingress"]["kind"]]


def rule_path(index: int) -> KeyPath:
    """Return the path of a rule."""
    return ("ingress", "rules", index)


def _name_part(host: str | None) -> str:
    return (host or "*").replace("*", "wildcard").replace(".", "-")


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

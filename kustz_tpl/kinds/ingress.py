"""The Ingress: its rules among themselves, and its certificates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kustz_tpl.errors import Diagnostic, KeyPath, NotationError
from kustz_tpl.kinds.backend import check_backend_names, check_services, find_backends
from kustz_tpl.kinds.kind import Config, Kind, Object, mappings_at, parsed, string_at
from kustz_tpl.kinds.route import (
    ANY_HOST,
    Numbered,
    check_duplicates,
    check_gateways,
    check_moved,
    check_rules,
    duplicate,
    parse_rules,
    rule_path,
)
from kustz_tpl.kinds.service import service_ports
from kustz_tpl.messages import Shown, quoted
from kustz_tpl.notation.port import Port
from kustz_tpl.notation.route import RouteRule, parse_route_rule
from kustz_tpl.rules.general import check_once

CLASS_ANNOTATION = "kubernetes.io/ingress.class"


def ingress_rules(
    rules: Sequence[RouteRule | str],
    name: str,
    ports: Sequence[Port | str],
    services: Mapping[str, Any] | None = None,
) -> list[dict[str, Any]]:
    """Return an Ingress's `rules`: the paths of each host in written order.

    `name` is the Service that a rule without `svc` goes to, `ports` are its ports; `services` are
    all that are known, as `sources.routing`. Redirects are left out.
    """
    own = {each["name"]: each["port"] for each in service_ports(ports)}
    known = services or {"default": name, "ports": {name: own}}
    paths: dict[str | None, list[dict[str, Any]]] = {}
    for _, rule in parse_rules(rules):
        if rule.redirect is None:
            paths.setdefault(rule.host, []).append(_path_entry(rule, known))
    return [
        {**({"host": host} if host else {}), "http": {"paths": entries}}
        for host, entries in paths.items()
    ]


def ingress_tls(rules: Sequence[RouteRule | str]) -> list[dict[str, Any]]:
    """Return an Ingress's `tls`: the hosts of each certificate's Secret."""
    hosts: dict[tuple[str, bool], dict[str | None, None]] = {}
    for rule in (parsed(parse_route_rule, each) for each in rules):
        if rule.tls and rule.redirect is None:
            hosts.setdefault((rule.tls, rule.host is None), {})[rule.host] = None
    return [
        {"secretName": secret} if is_any else {"hosts": list(names), "secretName": secret}
        for (secret, is_any), names in hosts.items()
    ]


def check_ingress(config: Config) -> Iterator[Diagnostic]:
    """Find conflicting rules of an Ingress, and a duplicate class."""
    yield from check_once(("ingress", "kind"), config["ingress"]["kind"])
    if INGRESS.name not in config["ingress"]["kind"]:
        return
    numbered = parse_rules(config["ingress"]["rules"])
    rules = [(index, rule) for index, rule in numbered if rule.redirect is None]
    yield from _check_paths(rules)
    yield from _check_certificates(rules)
    yield from _check_class(config)
    for index, rule in numbered:
        if rule.redirect:
            message = (
                "the Ingress has no rule for this redirect; most controllers redirect to https by"
                " themselves where there is a certificate"
            )
            yield Diagnostic.about(rule_path(index), message, severity="warning")


def hosts_of(ingress: Object) -> tuple[str, ...]:
    """Return the hosts of an Ingress."""
    rules = mappings_at(ingress, "spec", "rules")
    return tuple(dict.fromkeys(string_at(rule, "host") or ANY_HOST for rule in rules))


INGRESS = Kind(
    name="Ingress",
    keys=("ingress",),
    template="ingress.yml",
    needs=("ingress", "rules"),
    filters={
        "ingress_rules": ingress_rules,
        "ingress_tls": ingress_tls,
    },
    rules=(
        check_rules,
        check_services,
        check_backend_names,
        check_gateways,
        check_duplicates,
        check_ingress,
        check_moved,
    ),
    hosts=hosts_of,
)


def _path_entry(rule: RouteRule, services: Mapping[str, Any]) -> dict[str, Any]:
    [(backend, port)] = find_backends(rule, services)
    if port is None:
        raise NotationError(f"a port for the Service {backend.service}", Shown("none"))
    number = {"number": port} if isinstance(port, int) else {"name": port}
    return {
        "path": rule.path,
        "pathType": rule.path_type,
        "backend": {"service": {"name": backend.service, "port": number}},
    }


def _check_paths(rules: Sequence[Numbered]) -> Iterator[Diagnostic]:
    seen: dict[tuple[str | None, str, str], int] = {}
    for index, rule in rules:
        first = seen.setdefault((rule.host, rule.path, rule.path_type), index)
        if first != index:
            yield duplicate(rule, index, first)


def _check_certificates(rules: Sequence[Numbered]) -> Iterator[Diagnostic]:
    seen: dict[str | None, Numbered] = {}
    for index, rule in rules:
        if rule.tls is None:
            continue
        first, known = seen.setdefault(rule.host, (index, rule))
        if known.tls != rule.tls:
            got = Shown(f"{quoted(rule.tls)} and {quoted(known.tls or '')}")
            message = NotationError(f"one certificate for {quoted(rule.host or '*')}", got)
            yield Diagnostic.about(rule_path(index), message, other=rule_path(first))


def _check_class(config: Config) -> Iterator[Diagnostic]:
    if config["ingress"]["class"] is None:
        return
    own, kinds = config["ingress"]["annotations"], config["metadata"]["ingress"]["annotations"]
    written: dict[KeyPath, Config] = {
        ("ingress", "annotations"): own,
        ("metadata", "ingress", "annotations"): kinds,
        ("annotations",): config["annotations"],
    }
    for path, entries in written.items():
        if CLASS_ANNOTATION in entries:
            message = NotationError("this annotation or ingress.class", Shown("both"))
            key = (*path, CLASS_ANNOTATION)
            yield Diagnostic.about(key, message, other=("ingress", "class"), is_about_key=True)

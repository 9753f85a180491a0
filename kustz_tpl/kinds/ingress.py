"""The Ingress: its rules, among themselves and against the Service, and its certificates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kustz_tpl.errors import Diagnostic, Message, NotationError
from kustz_tpl.kinds.kind import JOBS, Config, Kind, Object, mappings_at, parsed, string_at
from kustz_tpl.kinds.service import DEFAULT_PORT, default_port, numbered_ports, port_names
from kustz_tpl.messages import Shown, any_of, closest, quoted
from kustz_tpl.notation.ingress_rule import IngressRule, parse_ingress_rule
from kustz_tpl.notation.port import Port, parse_named_port
from kustz_tpl.yaml_source.tree import Path

Numbered = tuple[int, IngressRule]
"""A rule and its position in the list."""

CLASS_ANNOTATION = "kubernetes.io/ingress.class"


def ingress_rules(
    rules: Sequence[IngressRule | str], name: str, ports: Sequence[Port | str]
) -> list[dict[str, Any]]:
    """Return an Ingress's `rules`: the paths of each host in written order.

    `name` is the Service that a rule without `svc` goes to, `ports` are its ports.
    """
    paths: dict[str, list[dict[str, Any]]] = {}
    own = default_port(ports)
    for rule in (parsed(parse_ingress_rule, each) for each in rules):
        paths.setdefault(rule.host, []).append(_path_entry(rule, name, own))
    return [
        {**({"host": host} if host else {}), "http": {"paths": entries}}
        for host, entries in paths.items()
    ]


def ingress_tls(rules: Sequence[IngressRule | str]) -> list[dict[str, Any]]:
    """Return an Ingress's `tls`: the hosts of each certificate's Secret."""
    hosts: dict[str, dict[str, None]] = {}
    for rule in (parsed(parse_ingress_rule, each) for each in rules):
        if rule.tls:
            hosts.setdefault(rule.tls, {})[rule.host] = None
    return [{"hosts": list(names), "secretName": secret} for secret, names in hosts.items()]


def check_ingress(config: Config) -> Iterator[Diagnostic]:
    """Find conflicting rules, rules without a port of the Service, and a duplicate class."""
    texts = config["ingress"]["rules"]
    rules = [(i, parse_ingress_rule(text)) for i, text in enumerate(texts) if text is not None]
    ports = _ports(config)
    yield from _check_paths(rules)
    yield from _check_certificates(rules)
    for index, rule in rules:
        if config["service"]["kind"] not in JOBS and rule.service in (None, config["name"]):
            yield from _check_port(index, rule, ports)
    yield from _check_class(config)


def find_removed_hosts(old: Object, new: Object) -> Iterator[str]:
    """Yield the hosts that are no longer routed."""
    kept = _hosts_of(new)
    for host in _hosts_of(old):
        if host not in kept:
            yield f"host {host or '(any)'} is removed"


def describe_lost_hosts(ingress: Object) -> str:
    """Return what goes with an Ingress: its hosts."""
    hosts = _hosts_of(ingress)
    return f", and with it {', '.join(host or '(any)' for host in hosts)}" if hosts else ""


INGRESS = Kind(
    name="Ingress",
    keys=("ingress",),
    template="ingress.yml",
    needs=("ingress", "rules"),
    filters={
        "ingress_rules": ingress_rules,
        "ingress_tls": ingress_tls,
    },
    rules=(check_ingress,),
    breaking_changes=(find_removed_hosts,),
    describe_loss=describe_lost_hosts,
)


def _path_entry(rule: IngressRule, name: str, own: int | None) -> dict[str, Any]:
    service = rule.service or name
    port = rule.port or (own if service == name else DEFAULT_PORT)
    if port is None:
        raise NotationError(f"a port for the Service {service}", Shown("none"))
    number = {"number": port} if isinstance(port, int) else {"name": port}
    return {
        "path": rule.path,
        "pathType": rule.path_type,
        "backend": {"service": {"name": service, "port": number}},
    }


def _check_paths(rules: Sequence[Numbered]) -> Iterator[Diagnostic]:
    seen: dict[tuple[str, str, str], int] = {}
    for index, rule in rules:
        first = seen.setdefault((rule.host, rule.path, rule.path_type), index)
        if first != index:
            got = Shown(f"{quoted(rule.host + rule.path)} ({rule.path_type}) twice")
            message = NotationError("unique hosts and paths", got)
            yield Diagnostic.about(_path(index), message, other=_path(first))


def _check_certificates(rules: Sequence[Numbered]) -> Iterator[Diagnostic]:
    seen: dict[str, Numbered] = {}
    for index, rule in rules:
        if rule.tls is None:
            continue
        first, known = seen.setdefault(rule.host, (index, rule))
        if known.tls != rule.tls:
            got = Shown(f"{quoted(rule.tls)} and {quoted(known.tls or '')}")
            message = NotationError(f"one certificate for {quoted(rule.host)}", got)
            yield Diagnostic.about(_path(index), message, other=_path(first))


def _ports(config: Config) -> list[Port] | None:
    """Return the Service's ports, None as long as one of them is wrong."""
    texts = config["service"]["ports"]
    return None if None in texts else [parse_named_port(text) for text in texts]


def _check_port(index: int, rule: IngressRule, ports: list[Port] | None) -> Iterator[Diagnostic]:
    """Check a rule that is routed to this application."""
    if ports is None:
        return
    numbers = list(dict.fromkeys(port.port for port in ports if port.port is not None))
    message: Message
    if not ports:
        message = "expected a Service; write service.ports or ?svc=NAME:PORT"
    elif not numbers:
        message = "expected a Service with ports, but an ExternalName has none"
    elif rule.port is None and DEFAULT_PORT not in numbers and len(numbers) > 1:
        message = f"expected ?svc=NAME:PORT, because the Service has the ports {any_of([*map(str, numbers)])}"
    elif rule.port is not None and rule.port not in (*numbers, *port_names(numbered_ports(ports))):
        names = list(dict.fromkeys(port.name for port in ports if port.name))
        expected = f"a port of the Service, {any_of([*map(str, numbers), *names])}"
        message = NotationError(expected, str(rule.port), hint=closest(str(rule.port), names))
    else:
        return
    yield Diagnostic.about(_path(index), message, relies_on=(("service", "ports"),))


def _check_class(config: Config) -> Iterator[Diagnostic]:
    if config["ingress"]["class"] is None:
        return
    own, kinds = config["ingress"]["annotations"], config["metadata"]["ingress"]["annotations"]
    written: dict[Path, Config] = {
        ("ingress", "annotations"): own,
        ("metadata", "ingress", "annotations"): kinds,
        ("annotations",): config["annotations"],
    }
    for path, entries in written.items():
        if CLASS_ANNOTATION in entries:
            message = NotationError("this annotation or ingress.class", Shown("both"))
            key = (*path, CLASS_ANNOTATION)
            yield Diagnostic.about(key, message, other=("ingress", "class"), is_about_key=True)


def _path(index: int) -> Path:
    return ("ingress", "rules", index)


def _hosts_of(ingress: Object) -> tuple[str, ...]:
    rules = mappings_at(ingress, "spec", "rules")
    return tuple(dict.fromkeys(string_at(rule, "host") for rule in rules))

"""Filters that convert notations to Kubernetes fields.

Each takes a value of the normalised config and returns plain data for a manifest. `FILTERS`
lists all of them; their names are public.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kustz_tpl.errors import NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.notation.action import Exec, Grpc, HttpGet, TcpSocket, parse_action
from kustz_tpl.notation.choices import parse_pull_policy
from kustz_tpl.notation.dns import parse_dns_option
from kustz_tpl.notation.ingress_rule import IngressRule, parse_ingress_rule
from kustz_tpl.notation.local import file_name
from kustz_tpl.notation.port import Port, parse_port
from kustz_tpl.notation.quantity import parse_resource
from kustz_tpl.notation.references import parse_env_source

Manifest = dict[str, Any]
DEFAULT_PORT = 80


def b64_auth(account: Mapping[str, str]) -> str:
    """Return the `auth` of a docker config: the base64 of `username:password`."""
    pair = f"{account['username']}:{account['password']}"
    return base64.b64encode(pair.encode()).decode()


def combine(first: Mapping[str, Any], *others: Mapping[str, Any]) -> Manifest:
    """Return the entries of all mappings; later values override, keys keep their position."""
    entries = dict(first)
    for other in others:
        entries.update(other)
    return entries


def container_ports(ports: Sequence[str]) -> list[Manifest]:
    """Return the `ports` of a container, without duplicates."""
    pairs = {(port.target_port, port.protocol): None for port in _ports(ports)}
    return [{"containerPort": number, "protocol": protocol} for number, protocol in pairs]


def service_ports(ports: Sequence[str]) -> list[Manifest]:
    """Return the `ports` of a Service, named `<port>-<targetPort>`."""
    names: set[str] = set()
    return [_service_port(port, names) for port in _ports(ports)]


def service_type(ports: Sequence[str]) -> Manifest:
    """Return the `spec` fields of a Service that depend on the mode of its ports."""
    parsed = [parse_port(text) for text in ports]
    moded = next((port for port in parsed if not port.is_plain), None)
    if moded is None:
        return {"type": "ClusterIP"}
    if moded.service_type == "Headless":
        return {"type": "ClusterIP", "clusterIP": "None"}
    if moded.service_type == "ExternalName":
        return {"type": "ExternalName", "externalName": moded.external_name}
    return {"type": moded.service_type}


def env_source(text: str) -> Manifest:
    """Return a `secretRef` or `configMapRef` from `name[:optional]`."""
    source = parse_env_source(text)
    return {"name": source.name, "optional": source.optional}


def resources(entries: Mapping[str, str]) -> Manifest:
    """Return the `resources` of a container from `name: request/limit`."""
    parsed = {name: parse_resource(text) for name, text in entries.items()}
    requests = {name: item.request.text for name, item in parsed.items() if item.request}
    limits = {name: item.limit.text for name, item in parsed.items() if item.limit}
    return _present({"requests": requests, "limits": limits})


def probe(entries: Mapping[str, Any]) -> Manifest:
    """Return a probe of a container from an `action` and its numbers."""
    handler = _handler(entries["action"], entries.get("headers") or {})
    numbers = {key: entries[key] for key in entries if key not in ("action", "headers")}
    return handler | {key: value for key, value in numbers.items() if value is not None}


def dns_config(dns: Mapping[str, Any]) -> Manifest:
    """Return the `dnsConfig` of a pod, empty if there is none."""
    config = dns["config"]
    options = [
        _present({"name": o.name, "value": o.value})
        for o in map(parse_dns_option, config["options"])
    ]
    return _present(
        {"nameservers": config["nameservers"], "searches": config["searches"], "options": options}
    )


def ingress_rules(rules: Sequence[str], name: str, ports: Sequence[str]) -> list[Manifest]:
    """Return the `rules` of an Ingress: the paths of each host, in the order of the config.

    `name` is the Service of rules without `svc`, `ports` are its ports.
    """
    paths: dict[str, list[Manifest]] = {}
    for rule in map(parse_ingress_rule, rules):
        paths.setdefault(rule.host, []).append(_path(rule, name, ports))
    return [
        {**({"host": host} if host else {}), "http": {"paths": entries}}
        for host, entries in paths.items()
    ]


def ingress_tls(rules: Sequence[str]) -> list[Manifest]:
    """Return the `tls` of an Ingress: the hosts of each certificate Secret."""
    hosts: dict[str, dict[str, None]] = {}
    for rule in map(parse_ingress_rule, rules):
        if rule.tls:
            hosts.setdefault(rule.tls, {})[rule.host] = None
    return [{"hosts": list(names), "secretName": secret} for secret, names in hosts.items()]


def default_port(ports: Sequence[str]) -> int | None:
    """Return the default port of a rule: 80, or the only port of the Service."""
    numbers = {port.port for port in _ports(ports)}
    if DEFAULT_PORT in numbers:
        return DEFAULT_PORT
    return numbers.pop() if len(numbers) == 1 else None


FILTERS: dict[str, Callable[..., Any]] = {
    "b64_auth": b64_auth,
    "combine": combine,
    "container_ports": container_ports,
    "dns_config": dns_config,
    "env_source": env_source,
    "file_name": file_name,
    "ingress_rules": ingress_rules,
    "ingress_tls": ingress_tls,
    "probe": probe,
    "pull_policy": parse_pull_policy,
    "resources": resources,
    "service_ports": service_ports,
    "service_type": service_type,
}


def _present(entries: Manifest) -> Manifest:
    return {key: value for key, value in entries.items() if value not in (None, [], {})}


def _ports(texts: Sequence[str]) -> list[Port]:
    """Return the ports that have a number; an ExternalName has none."""
    return [port for port in map(parse_port, texts) if port.port is not None]


def _service_port(port: Port, names: set[str]) -> Manifest:
    name = f"{port.port}-{port.target_port}"
    if name in names:
        name = f"{name}-{port.protocol.lower()}"
    names.add(name)
    return _present(
        {
            "name": name,
            "protocol": port.protocol,
            "port": port.port,
            "targetPort": port.target_port,
            "nodePort": port.node_port,
        }
    )


def _handler(action: str | Sequence[str], headers: Mapping[str, str]) -> Manifest:
    parsed = parse_action(action)
    if isinstance(parsed, Exec):
        return {"exec": {"command": list(parsed.command)}}
    if isinstance(parsed, Grpc):
        return {"grpc": _present({"port": parsed.port, "service": parsed.service})}
    if isinstance(parsed, TcpSocket):
        return {"tcpSocket": _present({"host": parsed.host, "port": parsed.port})}
    return {"httpGet": _http_get(parsed, headers)}


def _http_get(action: HttpGet, headers: Mapping[str, str]) -> Manifest:
    return _present(
        {
            "host": action.host,
            "path": action.path,
            "port": action.port,
            "scheme": action.scheme,
            "httpHeaders": [{"name": name, "value": value} for name, value in headers.items()],
        }
    )


def _path(rule: IngressRule, name: str, ports: Sequence[str]) -> Manifest:
    service = rule.service or name
    port = rule.port or (default_port(ports) if service == name else DEFAULT_PORT)
    if port is None:
        raise NotationError(f"a port for the Service {service}", Shown("none"))
    number = {"number": port} if isinstance(port, int) else {"name": port}
    return {
        "path": rule.path,
        "pathType": rule.path_type,
        "backend": {"service": {"name": service, "port": number}},
    }

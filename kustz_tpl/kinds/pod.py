"""The pod of a workload: its container, probes, resources and DNS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kustz_tpl.errors import Diagnostic, NotationError
from kustz_tpl.kinds.kind import (
    Filter,
    Object,
    PassThrough,
    Rule,
    mappings_at,
    parsed,
    present,
    string_at,
    value_at,
)
from kustz_tpl.kinds.service import numbered_ports
from kustz_tpl.messages import Shown
from kustz_tpl.notation.action import Action, Exec, Grpc, HttpGet, TcpSocket, parse_action
from kustz_tpl.notation.choices import parse_pull_policy
from kustz_tpl.notation.names import parse_dns_option
from kustz_tpl.notation.port import Port
from kustz_tpl.notation.quantity import Resource, check_resource, parse_resource
from kustz_tpl.notation.references import EnvSource, parse_env_source
from kustz_tpl.rules.general import check_once
from kustz_tpl.yaml_source.tree import Path

_CONTAINER = ("service", "container")
_POD = ("pod",)
_ONE_SUCCESS = ("liveness", "startup")
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")

MAX_NAMESERVERS = 3
MAX_SEARCHES = 6
"""What Kubernetes 1.25 takes; from 1.26 it is 32."""
MAX_SEARCH_LENGTH = 256
"""Of all domains with a blank between them; from Kubernetes 1.26 it is 2048."""


def container_ports(ports: Sequence[Port | str]) -> list[dict[str, Any]]:
    """Return a container's `ports`: each target port and protocol once."""
    pairs = {(port.target_port, port.protocol): None for port in numbered_ports(ports)}
    return [{"containerPort": number, "protocol": protocol} for number, protocol in pairs]


def env_source(text: EnvSource | str) -> dict[str, Any]:
    """Return a `secretRef` or `configMapRef` of `name[:optional]`."""
    source = parsed(parse_env_source, text)
    return {"name": source.name, "optional": source.optional}


def resources(entries: Mapping[str, Resource | str]) -> dict[str, Any]:
    """Return a container's `resources` of `name: request/limit`."""
    items = {name: parsed(parse_resource, each) for name, each in entries.items()}
    requests = {name: item.request.text for name, item in items.items() if item.request}
    limits = {name: item.limit.text for name, item in items.items() if item.limit}
    return present({"requests": requests, "limits": limits})


def probe(entries: Mapping[str, Any]) -> dict[str, Any]:
    """Return a container's probe of an `action` and its numbers."""
    handler = _handler(entries["action"], entries.get("headers") or {})
    numbers = {key: entries[key] for key in entries if key not in ("action", "headers")}
    return handler | {key: value for key, value in numbers.items() if value is not None}


def dns_config(dns: Mapping[str, Any]) -> dict[str, Any]:
    """Return a pod's `dnsConfig`, empty if there is none."""
    config = dns["config"]
    options = [
        present({"name": o.name, "value": o.value})
        for o in (parsed(parse_dns_option, each) for each in config["options"])
    ]
    return present(
        {"nameservers": config["nameservers"], "searches": config["searches"], "options": options}
    )


def check_workload(config: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Find what the container cannot be run with."""
    service = config["service"]
    yield from check_once(("service", "imagePullSecrets"), service["imagePullSecrets"])
    yield from _check_resources(service["resources"])
    for kind, probe in service["probes"].items():
        if probe is not None:
            yield from _check_probe(kind, probe)


def check_dns(config: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Find what the pod's resolver cannot have."""
    dns = config["dns"]
    servers, searches = dns["config"]["nameservers"], dns["config"]["searches"]
    if dns["policy"] == "None" and not servers:
        expected = "a name server, because the policy is None"
        error = NotationError(expected, hint="write policy: ClusterFirst")
        yield Diagnostic.about(("dns", "config", "nameservers"), error)
    if len(servers) > MAX_NAMESERVERS:
        message = NotationError(f"at most {MAX_NAMESERVERS} name servers", Shown(len(servers)))
        yield Diagnostic.about(("dns", "config", "nameservers", MAX_NAMESERVERS), message)
    yield from check_once(("dns", "config", "nameservers"), servers)
    yield from check_once(("dns", "config", "searches"), searches)
    yield from _check_searches([each or "" for each in searches])
    names = [each and parse_dns_option(each).name for each in dns["config"]["options"]]
    yield from check_once(("dns", "config", "options"), names)


def find_lost_protection(old: Object, new: Object) -> Iterator[str]:
    """Yield the probes and limits that the containers of a pod's spec lose."""
    new_ones = {
        string_at(container, "name"): container for container in mappings_at(new, "containers")
    }
    for container in mappings_at(old, "containers"):
        name = string_at(container, "name")
        if name in new_ones:
            yield from _protection(container, new_ones[name])


def pass_through(pod_spec: tuple[str, ...]) -> tuple[PassThrough, ...]:
    """Return where the fields of a container and its pod are written, for where their pod is."""
    return (
        PassThrough(
            path=_CONTAINER,
            type="Container",
            part=(*pod_spec, "containers"),
            owned={
                (*_CONTAINER, key): f"set by service.{key}; write it there"
                for key in ("name", "image", "imagePullPolicy", "command", "args")
            },
            shared={
                (*_CONTAINER, "ports"): "service.ports",
                (*_CONTAINER, "env"): "service.envs",
                (*_CONTAINER, "envFrom"): "service.envs",
                (*_CONTAINER, "resources"): "service.resources",
                (*_CONTAINER, "livenessProbe"): "service.probes.liveness",
                (*_CONTAINER, "readinessProbe"): "service.probes.readiness",
                (*_CONTAINER, "startupProbe"): "service.probes.startup",
            },
        ),
        PassThrough(
            path=_POD,
            type="PodSpec",
            part=pod_spec,
            owned={
                (*_POD, "imagePullSecrets"): "set by service.imagePullSecrets; write it there",
                (*_POD, "dnsPolicy"): "set by dns.policy; write it there",
                (*_POD, "dnsConfig"): "set by dns.config; write it there",
            },
            shared={(*_POD, "containers"): "service"},
        ),
    )


FILTERS: dict[str, Filter] = {
    "container_ports": container_ports,
    "dns_config": dns_config,
    "env_source": env_source,
    "probe": probe,
    "pull_policy": parse_pull_policy,
    "resources": resources,
}
RULES: tuple[Rule, ...] = (check_workload, check_dns)


def _handler(action: Action | str | Sequence[str], headers: Mapping[str, str]) -> dict[str, Any]:
    does = action if isinstance(action, Action) else parse_action(action)
    if isinstance(does, Exec):
        return {"exec": {"command": list(does.command)}}
    if isinstance(does, Grpc):
        return {"grpc": present({"port": does.port, "service": does.service})}
    if isinstance(does, TcpSocket):
        return {"tcpSocket": present({"host": does.host, "port": does.port})}
    return {"httpGet": _http_get(does, headers)}


def _http_get(action: HttpGet, headers: Mapping[str, str]) -> dict[str, Any]:
    return present(
        {
            "host": action.host,
            "path": action.path,
            "port": action.port,
            "scheme": action.scheme,
            "httpHeaders": [{"name": name, "value": value} for name, value in headers.items()],
        }
    )


def _protection(old: Object, new: Object) -> Iterator[str]:
    for probe in _PROBES:
        if value_at(old, probe) and not value_at(new, probe):
            yield f"container {string_at(old, 'name')} loses its {probe}"
    kept = value_at(new, "resources", "limits") or {}
    for resource in value_at(old, "resources", "limits") or {}:
        if resource not in kept:
            yield f"container {string_at(old, 'name')} loses its limit of {resource}"


def _parsed(action: str | list[str | None] | None) -> Action | None:
    """Return a parsed action, None if it or one of its words is invalid."""
    if isinstance(action, list):
        return None if None in action else parse_action([word or "" for word in action])
    return None if action is None else parse_action(action)


def _check_resources(resources: Mapping[str, str | None]) -> Iterator[Diagnostic]:
    for name, text in resources.items():
        if text is None:
            continue
        path = ("service", "resources", name)
        for resource in (Resource(None, None), parse_resource(text)):  # the name, then all
            try:
                check_resource(name, resource)
            except NotationError as error:
                yield Diagnostic.about(path, error, is_about_key=resource == Resource(None, None))
                break
    pages = next((name for name in resources if name.startswith("hugepages-")), None)
    if pages and not resources.keys() & {"cpu", "memory"}:
        message = "expected cpu or memory with huge pages"
        whole = ("service", "resources")
        yield Diagnostic.about((*whole, pages), message, is_about_key=True, relies_on=(whole,))


def _check_probe(kind: str, probe: Mapping[str, Any]) -> Iterator[Diagnostic]:
    path = ("service", "probes", kind)
    successes, grace = probe["successThreshold"], probe["terminationGracePeriodSeconds"]
    if kind in _ONE_SUCCESS and successes is not None and successes > 1:
        error = NotationError(f"1 for a {kind} probe", Shown(successes))
        yield Diagnostic.about((*path, "successThreshold"), error)
    if kind == "readiness" and grace is not None:
        message = (
            "expected no terminationGracePeriodSeconds: a readiness probe does not end a container"
        )
        yield Diagnostic.about((*path, "terminationGracePeriodSeconds"), message, is_about_key=True)
    yield from _check_headers(path, probe)


def _check_headers(path: Path, probe: Mapping[str, Any]) -> Iterator[Diagnostic]:
    headers, action = probe["headers"], _parsed(probe["action"])
    if headers and action and not isinstance(action, HttpGet):
        message = "expected headers only with an http or https action"
        yield Diagnostic.about((*path, "headers"), message, is_about_key=True)
    for name, text in headers.items():
        if text and not text.replace("\t", " ").isprintable():
            message = "expected a header value without control characters and line endings"
            yield Diagnostic.about((*path, "headers", name), message)


def _check_searches(searches: list[str]) -> Iterator[Diagnostic]:
    path = ("dns", "config", "searches")
    length = len(" ".join(searches))
    if len(searches) > MAX_SEARCHES:
        message = NotationError(f"at most {MAX_SEARCHES} search domains", Shown(len(searches)))
        yield Diagnostic.about((*path, MAX_SEARCHES), message)
    elif length > MAX_SEARCH_LENGTH:
        expected = f"search domains of at most {MAX_SEARCH_LENGTH} characters in total"
        message = NotationError(expected, Shown(length))
        yield Diagnostic.about(path, message, is_about_key=True)

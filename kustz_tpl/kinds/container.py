"""The containers of a pod: what they run, with which ports, variables, resources and probes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kustz_tpl.errors import Diagnostic, KeyPath, NotationError
from kustz_tpl.kinds.kind import Config, Filter, PassThrough, Rule, parsed, present, value_at
from kustz_tpl.kinds.service import numbered_ports
from kustz_tpl.messages import Shown
from kustz_tpl.notation.action import (
    Action,
    Exec,
    Grpc,
    HttpGet,
    TcpSocket,
    parse_action,
    parse_lifecycle_action,
)
from kustz_tpl.notation.choices import parse_pull_policy
from kustz_tpl.notation.port import ContainerPort, Port, parse_container_port
from kustz_tpl.notation.quantity import Resource, check_resource, parse_resource
from kustz_tpl.notation.references import (
    EnvSource,
    VariableSource,
    parse_env_source,
    parse_variable_source,
)

_ONE_SUCCESS = ("liveness", "startup")
_SLEEP = r"\bsleep +(?P<number>[0-9]+(?:\.[0-9]+)?)(?P<unit>[smhd]?)\b"
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_NOT_IN_HEADERS = r"[\x00-\x08\x0a-\x1f\x7f]"
_GRACE: KeyPath = ("pod", "terminationGracePeriodSeconds")
_GRACE_PERIOD = 30
"""The seconds that a pod has to stop by default."""


class Container(NamedTuple):
    """Hold a container of the config: where it is written, its name, and what is written."""

    path: KeyPath
    name: str
    entry: Config

    @property
    def is_main(self) -> bool:
        """Check whether it is the one of `service`."""
        return self.path == ("service",)


def containers(config: Config) -> list[Container]:
    """Return the containers: the main one, then those of initContainers and of containers."""
    service = config["service"]
    further = [
        Container((key, name), name, entry)
        for key in ("initContainers", "containers")
        for name, entry in config[key].items()
        if entry is not None
    ]
    return [Container(("service",), service["name"], service), *further]


def container_ports(
    ports: Sequence[Port | str], *others: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the main container's `ports`: each target port and protocol once.

    `ports` are those of the Services; of two that share a name the first has it. What one of the
    other containers, which come in maps by their names, lists is left to it.
    """
    taken = {
        (port.port, port.protocol)
        for containers in others
        for each in containers.values()
        for port in (parsed(parse_container_port, text) for text in each["ports"])
    }
    entries: dict[tuple[int | None, str], dict[str, Any]] = {}
    for port in numbered_ports(ports):
        key = (port.target_port, port.protocol)
        if key not in taken and not (key in entries and "name" in entries[key]):
            names = [each.get("name") for each in entries.values()]
            entries[key] = _container_port(None if port.name in names else port.name, *key)
    return list(entries.values())


def own_ports(ports: Sequence[ContainerPort | str]) -> list[dict[str, Any]]:
    """Return the `ports` of a further container, which are no ports of the Service."""
    return [
        _container_port(port.name, port.port, port.protocol)
        for port in (parsed(parse_container_port, each) for each in ports)
    ]


def value_from(text: VariableSource | str) -> dict[str, Any]:
    """Return a variable's `valueFrom` of a source such as `secret://NAME/KEY`."""
    source = parsed(parse_variable_source, text)
    if source.scheme == "field":
        return {"fieldRef": {"fieldPath": source.name}}
    if source.scheme == "resource":
        reference = {
            "containerName": source.container,
            "resource": source.name,
            "divisor": source.divisor,
        }
        return {"resourceFieldRef": present(reference)}
    kind = "secretKeyRef" if source.scheme == "secret" else "configMapKeyRef"
    optional = present({"optional": source.optional})
    return {kind: {"name": source.name, "key": source.key, **optional}}


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


def lifecycle(entries: Mapping[str, Any]) -> dict[str, Any]:
    """Return a container's `lifecycle` of its actions."""
    return {
        key: _handler(parse_lifecycle_action(entries[key]), {})
        for key in ("postStart", "preStop")
        if entries[key]
    }


def parse_written_action(action: str | list[str | None] | None) -> Action | None:
    """Return a probe's action, None if it or one of its words is wrong."""
    if isinstance(action, list):
        return None if None in action else parse_action([word or "" for word in action])
    return None if action is None else parse_action(action)


def check_containers(config: Config) -> Iterator[Diagnostic]:
    """Find what a container cannot be run with."""
    for container in containers(config):
        yield from _check_resources(container)
        for kind, probe in container.entry["probes"].items():
            if probe is not None:
                yield from _check_probe(container.path, kind, probe)
        yield from _check_hooks(container)
        if warning := _check_sleep(config, container):
            yield warning


def pass_through(container: Container) -> PassThrough:
    """Return where a container's own fields are written, and which of them the language sets."""
    at, setter = (*container.path, "container"), ".".join(map(str, container.path))
    set_here = ("name", "image", "imagePullPolicy", "command", "args")
    owned = {(*at, key): f"set by {setter}.{key}; write it there" for key in set_here}
    if not container.is_main:
        owned[(*at, "name")] = f"set by the key of {container.path[0]}; write it there"
    if "restartPolicy" in container.entry and not container.is_main:
        owned[(*at, "restartPolicy")] = f"set by {setter}.restartPolicy; write it there"
    return PassThrough(
        path=at,
        type="Container",
        part=(str(container.path[0]) if not container.is_main else "containers",),
        container=container.name,
        is_in_pod=True,
        owned=owned,
        shared={
            (*at, "ports"): f"{setter}.ports",
            (*at, "env"): f"{setter}.envs",
            (*at, "envFrom"): f"{setter}.envs",
            (*at, "resources"): f"{setter}.resources",
            (*at, "volumeMounts"): f"{setter}.mounts",
            (*at, "livenessProbe"): f"{setter}.probes.liveness",
            (*at, "readinessProbe"): f"{setter}.probes.readiness",
            (*at, "startupProbe"): f"{setter}.probes.startup",
            (*at, "lifecycle"): f"{setter}.lifecycle",
            (*at, "securityContext"): "security",
        },
    )


FILTERS: dict[str, Filter] = {
    "container_ports": container_ports,
    "env_source": env_source,
    "lifecycle": lifecycle,
    "own_ports": own_ports,
    "probe": probe,
    "pull_policy": parse_pull_policy,
    "resources": resources,
    "value_from": value_from,
}
RULES: tuple[Rule, ...] = (check_containers,)


def _container_port(name: str | None, number: int | None, protocol: str) -> dict[str, Any]:
    return present({"name": name, "containerPort": number, "protocol": protocol})


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


def _check_resources(container: Container) -> Iterator[Diagnostic]:
    at, resources = container.path, container.entry["resources"]
    for name, text in resources.items():
        if text is None:
            continue
        path = (*at, "resources", name)
        for resource in (Resource(None, None), parse_resource(text)):  # the name, then all
            try:
                check_resource(name, resource)
            except NotationError as error:
                yield Diagnostic.about(path, error, is_about_key=resource == Resource(None, None))
                break
    pages = next((name for name in resources if name.startswith("hugepages-")), None)
    if pages and not {*resources, *_raw_resources(container)} & {"cpu", "memory"}:
        message = "expected cpu or memory with huge pages"
        whole = (*at, "resources")
        raw: KeyPath = (*at, "container", "resources")
        depends_on = (whole, raw[:-1], raw, (*raw, "requests"), (*raw, "limits"))
        yield Diagnostic.about((*whole, pages), message, is_about_key=True, depends_on=depends_on)


def _raw_resources(container: Container) -> Iterator[str]:
    """Yield the resources of a container's own Kubernetes fields."""
    for part in ("requests", "limits"):
        written = value_at(container.entry["container"], "resources", part)
        yield from written if isinstance(written, dict) else ()


def _check_probe(at: KeyPath, kind: str, probe: Mapping[str, Any]) -> Iterator[Diagnostic]:
    path = (*at, "probes", kind)
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


def _check_hooks(container: Container) -> Iterator[Diagnostic]:
    """Find actions of both the language and Kubernetes' own fields; a container takes one."""
    for hook, action in container.entry["lifecycle"].items():
        if action is not None and value_at(container.entry["container"], "lifecycle", hook):
            setter = ".".join(map(str, (*container.path, "lifecycle", hook)))
            path = (*container.path, "container", "lifecycle", hook)
            yield Diagnostic.about(path, f"set by {setter} already", is_about_key=True)


def _check_sleep(config: Config, container: Container) -> Diagnostic | None:
    """Find a pause before the stop that outlasts the time that a pod has to stop."""
    action = parse_written_action(container.entry["lifecycle"]["preStop"])
    grace = config["pod"].get("terminationGracePeriodSeconds", _GRACE_PERIOD)
    found = re.search(_SLEEP, " ".join(action.command)) if isinstance(action, Exec) else None
    if not found or not isinstance(grace, int):
        return None
    if float(found["number"]) * _SECONDS[found["unit"]] < grace:
        return None
    message = (
        f"{found[0]} is not shorter than pod.terminationGracePeriodSeconds, {grace}: "
        "the container is killed before it ends"
    )
    path = (*container.path, "lifecycle", "preStop")
    return Diagnostic.about(path, message, severity="warning", depends_on=(_GRACE,))


def _check_headers(path: KeyPath, probe: Mapping[str, Any]) -> Iterator[Diagnostic]:
    headers, action = probe["headers"], parse_written_action(probe["action"])
    if headers and action and not isinstance(action, HttpGet):
        message = "expected headers only with an http or https action"
        yield Diagnostic.about((*path, "headers"), message, is_about_key=True)
    for name, text in headers.items():
        if text and re.search(_NOT_IN_HEADERS, text):
            message = "expected a header value without control characters and line endings"
            yield Diagnostic.about((*path, "headers", name), message)

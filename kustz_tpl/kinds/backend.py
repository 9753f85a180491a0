"""The Services that the rules of an Ingress or route send requests to, and their ports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kustz_tpl.errors import Diagnostic, KeyPath, Message, NotationError
from kustz_tpl.kinds.kind import JOBS, Config, Object, is_older_than, mappings_at, string_at
from kustz_tpl.kinds.route import article, parse_rules, route_kinds, rule_path
from kustz_tpl.kinds.service import DEFAULT_PORT, DIGIT_FIRST, service_ports
from kustz_tpl.kinds.stateful_set import governing_service
from kustz_tpl.messages import Shown, any_of, closest
from kustz_tpl.notation.names import parse_service_name
from kustz_tpl.notation.route import Backend, RouteRule

ServicePorts = Mapping[str, int]
"""The number of each port of a Service by its name; an ExternalName has none."""

_MADE_NAME = r"[0-9]+-[0-9]+(-[a-z]+)?"  # of a port that the file gives none
_SERVICES: tuple[KeyPath, ...] = (("name",), ("service", "ports"), ("services",))


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
    for index, rule in parse_rules(config["ingress"]["rules"]):
        for backend in () if rule.redirect else rule.backends or (None,):
            message = _backend_fault(backend, config, services, is_whole=is_whole)
            if message:
                names = [*config["services"], *([backend.service] if backend else ())]
                depends_on = (*_SERVICES, *(("services", name) for name in names))
                yield Diagnostic.about(rule_path(index), message, depends_on=depends_on)


def check_services(config: Config) -> Iterator[Diagnostic]:
    """Find rules whose Service or port does not exist, as far as the config alone tells."""
    is_whole = not config["resources"] and not config["workloads"]
    yield from check_backends(config, own_services(config), is_whole=is_whole)


def check_backend_names(config: Config) -> Iterator[Diagnostic]:
    """Find rules to a Service of a name that not every Kubernetes takes."""
    for index, rule in parse_rules(config["ingress"]["rules"]):
        for backend in rule.backends if is_older_than(config, DIGIT_FIRST) else ():
            try:
                parse_service_name(backend.service, within=rule.text)
            except NotationError as error:
                hint = f"or write kubeVersion: 1.{DIGIT_FIRST}"
                refusal = NotationError(error.expected, error.got, error.within, hint)
                depends_on = (("kubeVersion",),)
                yield Diagnostic.about(rule_path(index), refusal, depends_on=depends_on)


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

"""The Service: its type and its ports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from kustz_tpl.errors import Diagnostic, KeyPath, NotationError
from kustz_tpl.kinds.kind import (
    JOBS,
    Config,
    Kind,
    Object,
    is_older_than,
    mappings_at,
    parsed,
    present,
    string_at,
)
from kustz_tpl.messages import Shown, any_of, closest, quoted
from kustz_tpl.notation.names import parse_service_name
from kustz_tpl.notation.port import DEFAULT_NODE_PORTS, Port, parse_port

Written = tuple[KeyPath, Port]
"""A port and where it is written."""

DEFAULT_PORT = 80
_EXTERNAL = frozenset({"NodePort", "LoadBalancer"})
_KUBELET_PORT = 10250
_ANY_PORT = 33
"""The first minor version of Kubernetes that takes the port of the kubelet on a LoadBalancer."""
DIGIT_FIRST = 36
"""The first minor version of Kubernetes that takes a Service whose name starts with a digit."""


def numbered_ports(ports: Iterable[Port | str]) -> list[Port]:
    """Return the ports that have a number; an ExternalName has none."""
    return [port for port in (parsed(parse_port, each) for each in ports) if port.port is not None]


def service_ports(ports: Sequence[Port | str], *, node_ports: bool = True) -> list[dict[str, Any]]:
    """Return a Service's `ports`, a headless one's without node ports.

    Without a name of its own, one is `<port>-<targetPort>`.
    """
    numbered = numbered_ports(ports)
    names = port_names(numbered)
    entries = [_service_port(port, name) for port, name in zip(numbered, names, strict=True)]
    if node_ports:
        return entries
    return [{key: each[key] for key in each if key != "nodePort"} for each in entries]


def port_names(ports: Iterable[Port]) -> list[str]:
    """Return the name of each port of a Service."""
    names: list[str] = []
    for port in ports:
        name = port.name or f"{port.port}-{port.target_port}"
        is_taken = port.name is None and name in names
        names.append(f"{name}-{port.protocol.lower()}" if is_taken else name)
    return names


def service_type(ports: Sequence[Port | str]) -> dict[str, Any]:
    """Return the fields of a Service's spec that the ports' mode decides."""
    moded = next(
        (port for port in (parsed(parse_port, each) for each in ports) if not port.is_plain),
        None,
    )
    if moded is None:
        return {"type": "ClusterIP"}
    if moded.service_type == "Headless":
        return {"type": "ClusterIP", "clusterIP": "None"}
    if moded.service_type == "ExternalName":
        return {"type": "ExternalName", "externalName": moded.external_name}
    return {"type": moded.service_type}


def written_ports(config: Config) -> dict[KeyPath, list[Written]]:
    """Return the ports of each Service that is written, without those that are wrong.

    The keys are the paths of the lists.
    """
    further = (
        (("services", name, "ports"), each)
        for name, each in config["services"].items()
        if each is not None
    )
    return {
        at: [
            ((*at, index), parse_port(text))
            for index, text in enumerate(each["ports"])
            if text is not None
        ]
        for at, each in ((("service", "ports"), config["service"]), *further)
    }


def selected_ports(config: Config) -> list[tuple[KeyPath, str | None]]:
    """Return the ports of all Services that select a workload's own pods, with their paths."""
    lists: dict[KeyPath, list[str | None]] = {("service", "ports"): config["service"]["ports"]}
    lists |= {("services", name, "ports"): each["ports"] for name, each in further_services(config)}
    return [((*at, index), text) for at, texts in lists.items() for index, text in enumerate(texts)]


def further_services(config: Config) -> list[tuple[str, Config]]:
    """Return the further Services of a workload's own pods, with their names."""
    return [
        (name, each)
        for name, each in config["services"].items()
        if each is not None and each["workload"] is None
    ]


def check_ports(config: Config) -> Iterator[Diagnostic]:
    """Find ports that do not go together in one Service."""
    for ports in written_ports(config).values():
        yield from _check_types(ports)
        yield from _check_once(ports)
        yield from _check_port_names(ports)
        yield from _check_once_per_node(ports)
        for path, port in ports:
            is_public = port.service_type == "LoadBalancer"
            if is_public and port.port == _KUBELET_PORT and is_older_than(config, _ANY_PORT):
                expected = f"no {_KUBELET_PORT} on a LoadBalancer: the kubelet uses it"
                error = NotationError(expected, hint=f"or write kubeVersion: 1.{_ANY_PORT}")
                yield Diagnostic.about(path, error, depends_on=(("kubeVersion",),))
            if port.node_port is not None and port.node_port not in DEFAULT_NODE_PORTS:
                message = _outside_default(port.node_port)
                yield Diagnostic.about(path, message, severity="warning")


def check_further_services(config: Config) -> Iterator[Diagnostic]:
    """Find further Services without ports, and those whose pods nothing runs."""
    entries = config["workloads"]
    for name, each in config["services"].items():
        path, entry = ("services", name), each and each["workload"]
        if each and not each["ports"]:
            message = "expected ports: without any there is no Service"
            yield Diagnostic.about(path, message, is_about_key=True, depends_on=((*path, "ports"),))
        if entry and entry not in entries:
            names = f", {any_of([*entries])}" if entries else ""
            expected = f"an entry of workloads{names}"
            error = NotationError(expected, entry, hint=closest(entry, entries))
            yield Diagnostic.about((*path, "workload"), error, depends_on=(("workloads",),))
    for name, each in further_services(config) if config["service"]["kind"] in JOBS else ():
        ports = [parse_port(text) for text in each["ports"] if text]
        if ports and all(port.service_type != "ExternalName" for port in ports):
            kind = config["service"]["kind"]
            message = f"expected no Service for a {kind}: no Service finds pods that have ended"
            path, depends_on = ("services", name), (("service", "kind"),)
            yield Diagnostic.about(path, message, is_about_key=True, depends_on=depends_on)


def _outside_default(node_port: int) -> str:
    low, high = DEFAULT_NODE_PORTS[0], DEFAULT_NODE_PORTS[-1]
    return (
        f"node port {node_port} is outside {low}-{high}, the default range; "
        "check --service-node-port-range of your cluster"
    )


def check_names(config: Config) -> Iterator[Diagnostic]:
    """Find a name that a Service may not have."""
    names: dict[KeyPath, str | None] = {("services", name): name for name in config["services"]}
    if config["service"]["ports"]:
        names = {("name",): config["name"], **names}
    for path, name in names.items():
        try:
            parse_service_name(name or "a")
        except NotationError as error:
            if not (name or "").startswith(tuple("0123456789")):
                yield Diagnostic.about(path, error, is_about_key=len(path) > 1, depends_on=(path,))
            elif is_older_than(config, DIGIT_FIRST):
                hint = f"or write kubeVersion: 1.{DIGIT_FIRST}"
                error = NotationError(error.expected, error.got, hint=hint)
                depends_on = (path, ("kubeVersion",))
                yield Diagnostic.about(
                    path, error, is_about_key=len(path) > 1, depends_on=depends_on
                )


def find_changed_type(old: Object, new: Object) -> Iterator[str]:
    """Yield another type, which some clusters refuse."""
    was, becomes = _type_of(old), _type_of(new)
    if was == becomes:
        return
    refusal = ", which a cluster refuses: delete and create it"
    yield f"type {was} becomes {becomes}" + (refusal if "headless" in {was, becomes} else "")


def find_changed_node_ports(old: Object, new: Object) -> Iterator[str]:
    """Yield the node ports that are no longer what they were."""
    ports = {_key(port): string_at(port, "nodePort") for port in mappings_at(new, "spec", "ports")}
    for port in mappings_at(old, "spec", "ports"):
        was, becomes = string_at(port, "nodePort"), ports.get(_key(port), "")
        if was and was != becomes:
            yield f"node port {was} becomes {becomes or 'unfixed'}"


SERVICE = Kind(
    name="Service",
    keys=("service", "services"),
    template="service.yml",
    is_of_workload=True,
    filters={"service_ports": service_ports, "service_type": service_type},
    rules=(check_names, check_ports, check_further_services),
    breaking_changes=(find_changed_type, find_changed_node_ports),
)


def _service_port(port: Port, name: str) -> dict[str, Any]:
    return present(
        {
            "name": name,
            "protocol": port.protocol,
            "port": port.port,
            "targetPort": port.target_port,
            "nodePort": port.node_port,
        }
    )


def _check_types(ports: Sequence[Written]) -> Iterator[Diagnostic]:
    if not ports:
        return
    leader = next((each for each in ports if not each[1].is_plain), ports[0])
    for each in ports:
        if each is leader or _go_together(each[1], leader[1]):
            continue
        (first, before), (second, port) = sorted((each, leader), key=itemgetter(0))
        got = Shown(f"{_kind(port)} and {_kind(before)}")
        message = NotationError("ports of one Service type", got)
        yield Diagnostic.about(second, message, other=first)


def _go_together(port: Port, leader: Port) -> bool:
    if "ExternalName" in (port.service_type, leader.service_type):
        return False
    if port.service_type == leader.service_type:
        return True
    return port.is_plain and leader.service_type in _EXTERNAL


def _kind(port: Port) -> str:
    return f"'{port.text}' ({port.service_type})"


def _check_once(ports: Sequence[Written]) -> Iterator[Diagnostic]:
    seen: dict[tuple[int, str], KeyPath] = {}
    for path, port in ports:
        if port.port is None:
            continue
        first = seen.setdefault((port.port, port.protocol), path)
        if first != path:
            message = NotationError("unique ports", Shown(f"{port.port}/{port.protocol} twice"))
            yield Diagnostic.about(path, message, other=first)


def _check_port_names(ports: Sequence[Written]) -> Iterator[Diagnostic]:
    seen: dict[str, KeyPath] = {}
    numbered = [(path, port) for path, port in ports if port.port is not None]
    names = port_names(port for _, port in numbered)
    for (path, _), name in zip(numbered, names, strict=True):
        first = seen.setdefault(name, path)
        if first != path:
            message = NotationError("unique port names", Shown(f"{quoted(name)} twice"))
            yield Diagnostic.about(path, message, other=first)


def _check_once_per_node(ports: Sequence[Written]) -> Iterator[Diagnostic]:
    """Find a node port of two ports; one port may have it for each of its protocols."""
    seen: dict[int, Written] = {}
    for path, port in ports:
        if port.node_port is None:
            continue
        first, other = seen.setdefault(port.node_port, (path, port))
        if other.port != port.port:
            message = NotationError("unique node ports", Shown(f"{port.node_port} twice"))
            yield Diagnostic.about(path, message, other=first)


def _type_of(service: Object) -> str:
    if string_at(service, "spec", "clusterIP") == "None":
        return "headless"
    return string_at(service, "spec", "type") or "ClusterIP"


def _key(port: Object) -> tuple[str, str]:
    return string_at(port, "port"), string_at(port, "protocol") or "TCP"

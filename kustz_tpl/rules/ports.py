"""The ports of the Service: one type, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kustz_tpl.errors import NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.notation.port import DEFAULT_NODE_PORTS, Port, parse_port
from kustz_tpl.rules.finding import Finding

Numbered = tuple[int, Port]
"""A port and its position in the list."""

_EXTERNAL = frozenset({"NodePort", "LoadBalancer"})
_KUBELET_PORT = 10250


def check_ports(config: Mapping[str, Any]) -> Iterator[Finding]:
    """Find ports that do not go together in one Service."""
    texts = config["service"]["ports"]
    ports = [(i, parse_port(text)) for i, text in enumerate(texts) if text is not None]
    yield from _check_types(ports, texts)
    yield from _check_once(ports)
    yield from _check_once_per_node(ports)
    for index, port in ports:
        if port.service_type == "LoadBalancer" and port.port == _KUBELET_PORT:
            message = f"expected no {_KUBELET_PORT} on a LoadBalancer: the kubelet uses it"
            yield Finding(_path(index), message)
        if port.node_port is not None and port.node_port not in DEFAULT_NODE_PORTS:
            yield Finding(_path(index), _outside_default(port.node_port), severity="warning")


def _outside_default(node_port: int) -> str:
    low, high = DEFAULT_NODE_PORTS[0], DEFAULT_NODE_PORTS[-1]
    return (
        f"node port {node_port} is outside {low}-{high}, the default range; "
        "check --service-node-port-range of your cluster"
    )


def _check_types(ports: Sequence[Numbered], texts: Sequence[str]) -> Iterator[Finding]:
    if not ports:
        return
    leader = next((each for each in ports if not each[1].is_plain), ports[0])
    for each in ports:
        if each is leader or _go_together(each[1], leader[1]):
            continue
        first, second = sorted((each[0], leader[0]))
        got = Shown(f"{_kind(texts[second])} and {_kind(texts[first])}")
        message = NotationError("ports of one Service type", got)
        yield Finding(_path(second), message, other=_path(first))


def _go_together(port: Port, leader: Port) -> bool:
    if "ExternalName" in (port.service_type, leader.service_type):
        return False
    if port.service_type == leader.service_type:
        return True
    return port.is_plain and leader.service_type in _EXTERNAL


def _kind(text: str) -> str:
    return f"'{text}' ({parse_port(text).service_type})"


def _check_once(ports: Sequence[Numbered]) -> Iterator[Finding]:
    seen: dict[tuple[int, str], int] = {}
    for index, port in ports:
        if port.port is None:
            continue
        first = seen.setdefault((port.port, port.protocol), index)
        if first != index:
            message = NotationError("unique ports", Shown(f"{port.port}/{port.protocol} twice"))
            yield Finding(_path(index), message, other=_path(first))


def _check_once_per_node(ports: Sequence[Numbered]) -> Iterator[Finding]:
    seen: dict[tuple[int, str], int] = {}
    for index, port in ports:
        if port.node_port is None:
            continue
        first = seen.setdefault((port.node_port, port.protocol), index)
        if first != index:
            got = Shown(f"{port.node_port}/{port.protocol} twice")
            message = NotationError("unique node ports", got)
            yield Finding(_path(index), message, other=_path(first))


def _path(index: int) -> tuple[str, str, int]:
    return ("service", "ports", index)

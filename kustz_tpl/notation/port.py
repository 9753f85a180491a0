"""A port of the Service, `[name=][protocol://][mode]ports`, or of a container alone."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from kustz_tpl.errors import NotationError
from kustz_tpl.messages import closest
from kustz_tpl.notation import cached
from kustz_tpl.notation.names import parse_dns_subdomain, parse_port_name

Protocol = Literal["TCP", "UDP", "SCTP"]
ServiceType = Literal["ClusterIP", "NodePort", "LoadBalancer", "Headless", "ExternalName"]

_NUMBER = r"[1-9][0-9]{0,4}"
_HIGHEST = 65535
DEFAULT_NODE_PORTS = range(30000, 32768)
"""The node ports of a cluster without `--service-node-port-range`."""

_PROTOCOLS: dict[str, Protocol] = {"tcp": "TCP", "udp": "UDP", "sctp": "SCTP"}
_MODES: dict[str, ServiceType] = {
    "!": "NodePort",
    "%": "LoadBalancer",
    "#": "Headless",
    "@": "ExternalName",
}
_TAKES_NODE_PORT = ("!", "%")


class Port(NamedTuple):
    """Hold one port of the Service; an ExternalName has only `external_name`."""

    service_type: ServiceType
    protocol: Protocol = "TCP"
    port: int | None = None
    target_port: int | None = None
    node_port: int | None = None
    external_name: str | None = None
    name: str | None = None
    text: str = ""

    @property
    def is_plain(self) -> bool:
        """Check whether the port has no mode, so the other ports decide the type."""
        return self.service_type == "ClusterIP"


class ContainerPort(NamedTuple):
    """Hold a port of a container that is not a port of the Service."""

    port: int
    protocol: Protocol = "TCP"
    name: str | None = None
    text: str = ""


@cached
def parse_port(text: str) -> Port:
    """Read `[name=][protocol://][mode]ports`.

    `name` is the name of the Service port and of the container port; an ExternalName has none.
    `protocol` is `tcp` (the default), `udp` or `sctp`, in any case. `mode` is `!` for NodePort,
    `%` for LoadBalancer, `#` for a headless Service, or nothing for ClusterIP. `ports` is `port`
    or `port:targetPort`; with `!` and `%` it can be `nodePort:port:targetPort`. `@name` makes
    the Service an ExternalName.

    Examples: `http=80:8080` (port 80, 8080 in the pod), `udp://!30053:53:53`. Refused: an invalid
    port name, a port or node port outside 1 to 65535, a node port without its mode, a name,
    protocol or port with `@`.
    """
    name, equals, rest = text.partition("=")
    if not equals:
        return _parse_unnamed(text, text)
    parse_port_name(name, within=text)
    if rest.startswith("@"):
        raise NotationError("no name before an ExternalName: it has no port", name, text)
    return _parse_unnamed(rest, text)._replace(name=name)


@cached
def parse_container_port(text: str) -> ContainerPort:
    """Read `[name=][protocol://]port`.

    Examples: `9102`, `metrics=9102`. Refused: a mode, a second port.
    """
    name, equals, rest = text.partition("=") if "=" in text else ("", "", text)
    if equals:
        parse_port_name(name, within=text)
    protocol, separator, number = rest.rpartition("://")
    if number[:1] in _MODES or ":" in number:
        expected = "a container port, [name=][protocol://]port"
        raise NotationError(expected, text)
    return ContainerPort(
        port=parse_port_number(number, within=text),
        protocol=_parse_protocol(protocol, text) if separator else "TCP",
        name=name if equals else None,
        text=text,
    )


def _parse_unnamed(port: str, text: str) -> Port:
    """Parse a port without its name; messages show the whole string."""
    protocol, separator, rest = port.rpartition("://")
    mode = rest[:1] if rest[:1] in _MODES else ""
    if mode == "@":
        return Port("ExternalName", external_name=_parse_external_name(port, text), text=text)
    parts = rest.removeprefix(mode).split(":")
    _check_form(parts, mode, text)
    return Port(
        service_type=_MODES.get(mode, "ClusterIP"),
        protocol=_parse_protocol(protocol, text) if separator else "TCP",
        port=parse_port_number(parts[-2:][0], within=text),
        target_port=parse_port_number(parts[-1], within=text),
        node_port=_parse_number(parts[-3], "node port", text) if parts[2:] else None,
        text=text,
    )


def parse_port_number(text: str, *, within: str | None = None) -> int:
    """Parse a port from 1 to 65535 in plain digits; `within` is the notation around it."""
    return _parse_number(text, "port", within)


def _parse_number(text: str, kind: str, within: str | None) -> int:
    if re.fullmatch(_NUMBER, text) and int(text) <= _HIGHEST:
        return int(text)
    bare = text.strip().lstrip("+0")
    hint = f"write {bare}" if bare != text and re.fullmatch(_NUMBER, bare) else None
    raise NotationError(f"a {kind} from 1 to {_HIGHEST}", text, within=within, hint=hint)


def _check_form(parts: list[str], mode: str, text: str) -> None:
    takes_node_port = mode in _TAKES_NODE_PORT
    if len(parts) <= 2 + takes_node_port:
        return
    form = "nodePort:port:targetPort" if takes_node_port else "port:targetPort"
    hint = "a node port needs the mode '!' or '%'" if not mode else None
    raise NotationError(f"{form} at most", text, hint=hint)


def _parse_protocol(word: str, text: str) -> Protocol:
    if word.lower() in _PROTOCOLS:
        return _PROTOCOLS[word.lower()]
    hint = closest(word, _PROTOCOLS)
    raise NotationError("tcp, udp or sctp before '://'", word, within=text, hint=hint)


def _parse_external_name(port: str, text: str) -> str:
    if not port.startswith("@"):
        raise NotationError("no protocol before '@'", text)
    name = port[1:]
    try:
        parse_dns_subdomain(name.removesuffix("."))
    except NotationError:
        hint = "an ExternalName has no port" if ":" in name else None
        raise NotationError("a DNS name after '@'", name, within=text, hint=hint) from None
    return name

"""The ports that each container lists: their names, and the probes that use those."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kustz_tpl.errors import Diagnostic, KeyPath, NotationError
from kustz_tpl.kinds.container import (
    Container,
    container_ports,
    containers,
    own_ports,
    parse_written_action,
)
from kustz_tpl.kinds.kind import Config, Object, Rule, string_at, value_at
from kustz_tpl.kinds.service import selected_ports
from kustz_tpl.messages import Shown, any_of, closest, quoted
from kustz_tpl.notation.action import Action, HttpGet, TcpSocket
from kustz_tpl.notation.port import parse_port

Key = tuple[int, str]
"""The number and protocol of a port."""


class ListedPort(NamedTuple):
    """Hold a port that a container lists, with the place where it is written.

    One of the container's Kubernetes fields has no key: it may only add to a port of that key.
    """

    path: KeyPath
    name: str
    key: Key | None = None


def listed_ports(config: Config, container: Container) -> list[ListedPort]:
    """Return the ports of a container, those of its own Kubernetes fields last."""
    if container.is_main:
        lines = selected_ports(config)
        others = [_whole(config[key]) for key in ("containers", "initContainers")]
        places: dict[Key, KeyPath] = {}
        for path, port in ((path, parse_port(text)) for path, text in lines if text):
            places.setdefault((port.target_port or 0, port.protocol), path)
        listed = container_ports([text for _, text in lines if text], *others)
        entries = [(places[_key(each)], each) for each in listed]
    else:
        at: KeyPath = (*container.path, "ports")
        texts = enumerate(container.entry["ports"])
        entries = [((*at, index), own_ports([text])[0]) for index, text in texts if text]
    found = [ListedPort(path, string_at(each, "name"), _key(each)) for path, each in entries]
    return [*found, *_raw_ports(container, found)]


def check_listed_ports(config: Config) -> Iterator[Diagnostic]:
    """Find ports and names of ports that a container lists twice, and warn of those of a pod."""
    in_pod: dict[object, str] = {}
    # In the order in which the cluster looks for a name.
    for container in sorted(containers(config), key=lambda each: each.path[0] != "initContainers"):
        own: dict[object, ListedPort] = {}
        for port in listed_ports(config, container):
            for what in (port.key, port.name):
                if not what:
                    continue
                first = own.setdefault(what, port)
                if first is not port:
                    yield _twice(what, port, first)
                elif in_pod.setdefault(what, container.name) != container.name:
                    message = _shared(what, in_pod[what])
                    yield Diagnostic.about(port.path, message, severity="warning")


def check_probe_ports(config: Config) -> Iterator[Diagnostic]:
    """Find actions on a port by a name that no port of the container has."""
    for container in containers(config):
        lines = dict(selected_ports(config)) if container.is_main else {}
        if None in (*lines.values(), *container.entry["ports"]):
            continue
        probes, lifecycle = container.entry["probes"], container.entry["lifecycle"]
        actions: dict[KeyPath, Action | None] = {
            ("probes", kind, "action"): parse_written_action(probe["action"])
            for kind, probe in probes.items()
            if probe
        } | {("lifecycle", hook): parse_written_action(each) for hook, each in lifecycle.items()}
        named = {
            at: action
            for at, action in actions.items()
            if isinstance(action, HttpGet | TcpSocket) and isinstance(action.port, str)
        }
        ports = listed_ports(config, container) if named else []
        names = list(dict.fromkeys(port.name for port in ports if port.name))
        for at, action in named.items():
            if action.port not in names:
                path = (*container.path, *at)
                error = _no_such_port(action, names)
                depends_on = _places_of_names(container, config["services"])
                yield Diagnostic.about(path, error, depends_on=depends_on)


RULES: tuple[Rule, ...] = (check_listed_ports, check_probe_ports)


def _whole(entries: Config) -> dict[str, Config]:
    """Return further containers without the ports that are wrong."""
    return {
        name: {"ports": [text for text in entry["ports"] if text is not None]}
        for name, entry in entries.items()
        if entry is not None
    }


def _raw_ports(container: Container, listed: list[ListedPort]) -> Iterator[ListedPort]:
    """Yield the named ports of Kubernetes' own fields, but for what repeats a port's name."""
    names = {port.key: port.name for port in listed}
    written = container.entry["container"].get("ports")
    for index, each in enumerate(written if isinstance(written, list) else ()):
        name = string_at(each, "name")
        if name and names.get(_key(each)) != name:
            yield ListedPort((*container.path, "container", "ports", index), name)


def _places_of_names(container: Container, services: Iterable[str]) -> tuple[KeyPath, ...]:
    """Return the paths on which it depends what the ports of a container are called."""
    own: KeyPath = (*container.path, "container")
    written = container.entry["container"].get("ports")
    items = [(*own, "ports", i) for i in range(len(written) if isinstance(written, list) else 0)]
    named = [(*item, "name") for item in items]
    further = [("services", name, *part) for name in services for part in ((), ("ports",))]
    fixed: list[KeyPath] = [("services",), (*container.path, "ports"), own, (*own, "ports")]
    return (*fixed, *further, *items, *named)


def _key(entry: Object) -> Key:
    number = value_at(entry, "containerPort")
    return number if isinstance(number, int) else 0, string_at(entry, "protocol") or "TCP"


def _twice(what: Key | str, port: ListedPort, first: ListedPort) -> Diagnostic:
    if isinstance(what, str):
        error = NotationError("unique port names", Shown(f"{quoted(what)} twice"))
    else:
        error = NotationError("unique ports", Shown(f"{what[0]}/{what[1]} twice"))
    return Diagnostic.about(port.path, error, other=first.path)


def _shared(what: Key | str, container: str) -> str:
    if isinstance(what, str):
        return (
            f"the container {container} has a port {what} too, "
            "and what selects ports by name uses only that one"
        )
    number, protocol = what
    return f"the container {container} lists {number}/{protocol} too, and only one can listen on it"


def _no_such_port(action: HttpGet | TcpSocket, names: list[str]) -> NotationError:
    port = str(action.port)
    if not names:
        return NotationError(
            "a port number, because the container names no port", port, action.text
        )
    expected = f"the name of a port of the container, {any_of(names)}"
    return NotationError(expected, port, action.text, closest(port, names))

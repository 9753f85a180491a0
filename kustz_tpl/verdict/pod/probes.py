"""The rules of the probes and the lifecycle hooks of containers."""

from __future__ import annotations

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.notation.keys import parse_header_name
from kustz_tpl.verdict.checks import (
    LARGEST_LONG,
    LARGEST_PORT,
    Fields,
    Findings,
    Rules,
    about,
    at_least,
    between,
    choice,
    items,
    one_of,
    port,
    read_by,
    required,
)
from kustz_tpl.verdict.pod.container import PROBES, containers

_HANDLERS = ("exec", "httpGet", "tcpSocket")
_GRACE_PERIOD = 30


def check_init_containers(spec: Fields, path: KeyPath) -> Findings:
    """Yield probes and hooks of an init container that is not a sidecar."""
    for index, container in items(spec, "initContainers"):
        if container.get("restartPolicy") != "Always":
            reason = " of an init container without restartPolicy: Always"
            for key in (*PROBES, "lifecycle"):
                if container.get(key) is not None:
                    yield about((*path, "initContainers", index, key), f"expected no {key}{reason}")


def check_pause(spec: Fields, path: KeyPath) -> Findings:
    """Yield the hooks that sleep longer than the termination grace period."""
    most = spec.get("terminationGracePeriodSeconds")
    most = _GRACE_PERIOD if most is None else most
    for at, container in containers(spec):
        for hook in ("postStart", "preStop"):
            sleep = ((container.get("lifecycle") or {}).get(hook) or {}).get("sleep")
            seconds = (sleep or {}).get("seconds", 0)
            if not 0 <= seconds <= max(most, 0):
                where = (*path, *at, "lifecycle", hook, "sleep", "seconds")
                expected = f"a number from 0 to {most}, terminationGracePeriodSeconds"
                yield about(where, NotationError(expected, Shown(seconds)))


RULES: Rules = {
    "Probe": (
        one_of(*_HANDLERS, "grpc"),
        at_least(
            0,
            "initialDelaySeconds",
            "timeoutSeconds",
            "periodSeconds",
            "successThreshold",
            "failureThreshold",
        ),
        between(1, LARGEST_LONG, "terminationGracePeriodSeconds"),
    ),
    "LifecycleHandler": (one_of(*_HANDLERS, "sleep"),),
    "ExecAction": (required("command"),),
    "HTTPGetAction": (port("port"), choice("scheme", "HTTP", "HTTPS")),
    "TCPSocketAction": (port("port"),),
    "GRPCAction": (required("port"), between(1, LARGEST_PORT, "port")),
    "HTTPHeader": (required("name"), read_by(parse_header_name, "name")),
}
"""The checks of the types of probes and hooks."""

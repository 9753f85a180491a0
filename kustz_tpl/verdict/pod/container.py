"""The rules of a container and its ports."""

from __future__ import annotations

from collections.abc import Iterator

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.notation.names import parse_port_name
from kustz_tpl.verdict.checks import (
    LABEL,
    LARGEST_PORT,
    Fields,
    Findings,
    Rules,
    about,
    at_most,
    between,
    choice,
    items,
    read_by,
    required,
    unique,
)

PROBES = ("livenessProbe", "readinessProbe", "startupProbe")


def containers(spec: Fields) -> Iterator[tuple[tuple[str, int], Fields]]:
    """Yield each container of a pod, with its list and position."""
    for key in ("initContainers", "containers"):
        for index, container in items(spec, key):
            yield (key, index), container


def _check_container(container: Fields, path: KeyPath) -> Findings:
    for key in PROBES:
        if probe := container.get(key):
            yield from _check_probe(probe, (*path, key), is_readiness=key == "readinessProbe")
    names: dict[str, int] = {}
    for index, each in items(container, "ports"):
        if (name := each.get("name")) and name in names:
            at = (*path, "ports", index, "name")
            yield about(at, NotationError("a unique port name", name))
        names[name] = index

    if container.get("restartPolicyRules") and not container.get("restartPolicy"):
        at = (*path, "restartPolicy")
        yield about(at, NotationError("a policy with restartPolicyRules", Shown("none")))


def _check_probe(probe: Fields, path: KeyPath, *, is_readiness: bool) -> Findings:
    if not is_readiness and probe.get("successThreshold", 1) not in (0, 1):
        got = Shown(probe["successThreshold"])
        yield about((*path, "successThreshold"), NotationError("1 for this probe", got))
    if is_readiness and probe.get("terminationGracePeriodSeconds") is not None:
        key = "terminationGracePeriodSeconds"
        yield about((*path, key), f"expected no {key} of a readinessProbe")


def check_names(spec: Fields, path: KeyPath) -> Findings:
    """Yield the names of containers that are not unique."""
    seen: set[str] = set()
    for at, container in containers(spec):
        name = container.get("name")
        if name and name in seen:
            where = (*path, *at, "name")
            yield about(where, NotationError("a unique container name", name))
        seen.add(name or "")


def check_images(spec: Fields, path: KeyPath) -> Findings:
    """Yield the containers without an image."""
    for at, container in containers(spec):
        if not container.get("image"):
            yield about((*path, *at, "image"), NotationError("an image", Shown("none")))


RULES: Rules = {
    "Container": (
        required("name"),
        read_by(LABEL, "name"),
        choice("imagePullPolicy", "Always", "IfNotPresent", "Never"),
        choice("terminationMessagePolicy", "File", "FallbackToLogsOnError"),
        choice("restartPolicy", "Always", "OnFailure", "Never", may_be_empty=False),
        at_most(20, "restartPolicyRules"),
        unique("resizePolicy", "resourceName"),
        unique("volumeMounts", "mountPath"),
        unique("volumeDevices", "name"),
        unique("volumeDevices", "devicePath"),
        _check_container,
    ),
    "ContainerResizePolicy": (
        required("resourceName", "restartPolicy"),
        choice("resourceName", "cpu", "memory"),
        choice("restartPolicy", "NotRequired", "RestartContainer"),
    ),
    "ContainerRestartRule": (
        required("action"),
        choice("action", "Restart", "RestartAllContainers"),
        required("exitCodes"),
    ),
    "ContainerRestartRuleOnExitCodes": (
        required("operator"),
        choice("operator", "In", "NotIn"),
        at_most(255, "values"),
    ),
    "ContainerPort": (
        required("containerPort"),
        between(1, LARGEST_PORT, "containerPort"),
        between(0, LARGEST_PORT, "hostPort"),
        read_by(parse_port_name, "name"),
        choice("protocol", "TCP", "UDP", "SCTP"),
    ),
}
"""The checks of the types of a container."""

"""The variables of a container: their names, their order, and what their sources refer to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from kustz_tpl.errors import Diagnostic, NotationError
from kustz_tpl.kinds.container import Container, containers
from kustz_tpl.kinds.kind import Config, Rule, is_older_than, mappings_at, string_at, value_at
from kustz_tpl.messages import any_of, closest
from kustz_tpl.notation.keys import parse_old_env_name
from kustz_tpl.notation.references import VariableSource, parse_variable_source

Limits: TypeAlias = "tuple[str, ...] | None"
"""The names of the resources that a container has a limit of."""

RELAXED_NAMES = 32
"""The Kubernetes 1.x from which a variable's name may have nearly any character."""
_HOST_IPS = 29
"""The Kubernetes 1.x from which a variable can have all addresses of the node."""
_RAW = ("container", "resources", "limits")
_LIMITED_BY = (("resources",), _RAW[:1], _RAW[:2], _RAW)
_CONTAINERS = (("containers",), ("initContainers",), ("pod",), ("service", "name"))
_REFERENCE = r"\$(?:\$|\((?P<name>[^)]*)\))"


def check_variables(config: Config) -> Iterator[Diagnostic]:
    """Find variables that are written twice, and names that the cluster refuses."""
    for container in containers(config):
        envs, at = container.entry["envs"], (*container.path, "envs")
        for name in envs["valueFrom"]:
            if name in envs["pairs"]:
                path, other = (*at, "valueFrom", name), (*at, "pairs", name)
                message = "expected each variable once"
                yield Diagnostic.about(path, message, other=other, is_about_key=True)
        if is_older_than(config, RELAXED_NAMES):
            yield from _check_names(container)
        if is_older_than(config, _HOST_IPS):
            yield from _check_host_ips(container)


def check_sources(config: Config) -> Iterator[Diagnostic]:
    """Find sources of another container, and limits that nobody sets."""
    limits = _limits(config)
    places = [each.path for each in containers(config)]
    for container in containers(config):
        for name, text in container.entry["envs"]["valueFrom"].items():
            source = None if text is None else parse_variable_source(text)
            if source is None or source.scheme != "resource":
                continue
            path = (*container.path, "envs", "valueFrom", name)
            owner = source.container or container.name
            if owner in limits:
                if message := _missing_limit(source, owner, limits[owner]):
                    depends_on = tuple((*at, *keys) for at in places for keys in _LIMITED_BY)
                    yield Diagnostic.about(path, message, severity="warning", depends_on=depends_on)
            elif None not in limits:
                names = [each for each in limits if each]
                expected = f"a container of the pod, {any_of(names)}"
                error = NotationError(expected, owner, text, closest(owner, names))
                yield Diagnostic.about(path, error, depends_on=_CONTAINERS)


def check_order(config: Config, variables: Mapping[str, Mapping[str, str]]) -> Iterator[Diagnostic]:
    """Find pairs that refer to a variable that comes later, which Kubernetes does not know yet.

    `variables` are those of the files and pairs of each container in their order.
    """
    for container in containers(config):
        envs = container.entry["envs"]
        raw = [string_at(each, "name") for each in mappings_at(container.entry["container"], "env")]
        order = [*envs["valueFrom"], *variables[container.name], *raw]
        places = {name: index for index, name in reversed([*enumerate(order)])}
        for name, text in envs["pairs"].items():
            for found in references(text or ""):
                if places.get(found, 0) > places.get(name, 0):
                    message = (
                        f"$({found}) comes later, so Kubernetes leaves it as it is; "
                        f"move {found} before it"
                    )
                    path = (*container.path, "envs", "pairs", name)
                    yield Diagnostic.about(path, message, severity="warning")
                    break


def references(text: str) -> list[str]:
    """Return the variables that a value refers to as `$(NAME)`; `$$` is the escape of a `$`."""
    found = (each["name"] for each in re.finditer(_REFERENCE, text))
    return [name for name in found if name]


RULES: tuple[Rule, ...] = (check_variables, check_sources)


def _check_names(container: Container) -> Iterator[Diagnostic]:
    for key in ("valueFrom", "pairs"):
        for name in container.entry["envs"][key]:
            try:
                parse_old_env_name(name)
            except NotationError as error:
                path = (*container.path, "envs", key, name)
                depends_on = (("kubeVersion",),)
                yield Diagnostic.about(path, error, is_about_key=True, depends_on=depends_on)


def _check_host_ips(container: Container) -> Iterator[Diagnostic]:
    for name, text in container.entry["envs"]["valueFrom"].items():
        if text is not None and parse_variable_source(text).name == "status.hostIPs":
            expected = f"Kubernetes 1.{_HOST_IPS} or newer for status.hostIPs"
            error = NotationError(expected, hint=f"write kubeVersion: 1.{_HOST_IPS}")
            path = (*container.path, "envs", "valueFrom", name)
            yield Diagnostic.about(path, error, depends_on=(("kubeVersion",),))


def _limits(config: Config) -> dict[str | None, Limits]:
    """Return the limits that each container of the file sets, of a wrong one None.

    The main container has no name where that is wrong.
    """
    found: dict[str | None, Limits] = {config["service"]["name"]: None}
    found |= dict.fromkeys((*config["initContainers"], *config["containers"]))
    for container in containers(config):
        written = container.entry["resources"].items()
        limited = [name for name, text in written if text is None or not text.endswith("/")]
        found[container.name] = (*limited, *_raw_limits(container.entry["container"]))
    for key in ("initContainers", "containers"):
        for each in mappings_at(config["pod"], key):
            found.setdefault(string_at(each, "name"), _raw_limits(each))
    return found


def _raw_limits(container: Mapping[str, Any]) -> tuple[str, ...]:
    limits = value_at(container, "resources", "limits")
    return tuple(limits) if isinstance(limits, dict) else ()


def _missing_limit(source: VariableSource, owner: str, limits: Limits) -> str | None:
    kind, _, resource = source.name.partition(".")
    if limits is None or kind != "limits" or resource in limits:
        return None
    return (
        f"the container {owner} has no limit of {resource}, so the variable holds that of the node"
        f"; write resources: {{{resource}: REQUEST/LIMIT}}"
    )

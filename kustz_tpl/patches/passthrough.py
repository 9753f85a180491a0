"""Kubernetes' own fields of kustz.yml, joined with the manifest that the templates made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kustz_tpl.rules.fields import list_keys
from kustz_tpl.rules.finding import Finding
from kustz_tpl.rules.passthrough import KINDS
from kustz_tpl.schema.kubernetes import types
from kustz_tpl.yaml_source.tree import Path

CONTAINER: Path = ("service", "container")
TEMPLATE: Path = ("spec", "template", "spec")
# A list's items are told apart by these where they are not written.
_DEFAULTS = {"protocol": "TCP"}

# Which key of the language sets what is there already; anything else is a template's.
SETTERS: dict[Path, str] = {
    (*CONTAINER, "ports"): "service.ports",
    (*CONTAINER, "env"): "service.envs",
    (*CONTAINER, "envFrom"): "service.envs",
    (*CONTAINER, "resources"): "service.resources",
    (*CONTAINER, "livenessProbe"): "service.probes.liveness",
    (*CONTAINER, "readinessProbe"): "service.probes.readiness",
    (*CONTAINER, "startupProbe"): "service.probes.startup",
    ("pod", "containers"): "service",
    ("deployment", "template", "metadata", "labels", "app"): "name",
    ("deployment", "template", "metadata", "labels"): "labels",
}


def join_fields(config: Mapping[str, Any], documents: Iterable[Any]) -> list[Finding]:
    """Join the fields with the workload among the documents, in place; last, so that all is there.

    A map's entries are added, a list's items appended. A value, or an item of a name, that is
    there already stays and is found.
    """
    if not any(_at(config, path) for path in KINDS):
        return []
    workload = _workload(documents, config["name"])
    if workload is None:
        first = next(path for path in KINDS if _at(config, path))
        message = f"expected a Deployment {config['name']} to add this to, got none"
        return [Finding(first, message, is_about_key=True)]
    pod = _at(workload, TEMPLATE)
    findings = list(_join_container(config, pod))
    findings += _join(pod, config["pod"], ("pod",), "PodSpec")
    findings += _join(workload["spec"], config["deployment"], ("deployment",), "DeploymentSpec")
    return findings


def _join_container(config: Mapping[str, Any], pod: dict[str, Any]) -> Iterator[Finding]:
    more, name = _at(config, CONTAINER), config["service"]["name"]
    if not more:
        return
    for container in pod.get("containers") or []:
        if isinstance(container, dict) and container.get("name") == name:
            yield from _join(container, more, CONTAINER, "Container")
            return
    yield Finding(CONTAINER, f"expected a container {name} to add this to, got none")


def _join(
    tree: dict[str, Any], more: Mapping[str, Any], path: Path, kind: str
) -> Iterator[Finding]:
    """Add entries to a map of a kind; yield what is there already."""
    for key, value in more.items():
        here = (*path, key)
        inner = types().get(kind, {}).get(key, "")
        old = tree.get(key)
        if key not in tree or old in ({}, []):
            tree[key] = value
        elif isinstance(old, dict) and isinstance(value, dict):
            yield from _join(old, value, here, inner)
        elif isinstance(old, list) and isinstance(value, list):
            yield from _known_items(old, value, here, inner)
            tree[key] = [*old, *value]
        else:
            yield Finding(here, _set_by(here), is_about_key=True)


def _known_items(old: list[Any], new: list[Any], path: Path, kind: str) -> Iterator[Finding]:
    keys = list_keys(kind)
    known = {_name(item, keys) for item in old} if keys else set()
    for index, item in enumerate(new):
        if keys and (name := _name(item, keys)) in known:
            shown = " ".join(f"{key} {value}" for key, value in zip(keys, name, strict=True))
            yield Finding((*path, index), f"{shown} is {_set_by(path)}")


def _name(item: Any, keys: Iterable[str]) -> tuple[str, ...]:  # noqa: ANN401 - plain data
    return tuple(str(item.get(key, _DEFAULTS.get(key))) for key in keys)


def _set_by(path: Path) -> str:
    for end in range(len(path), 0, -1):
        if path[:end] in SETTERS:
            return f"set by {SETTERS[path[:end]]} already"
    return "already set by a template"


def _workload(documents: Iterable[Any], name: str) -> dict[str, Any] | None:
    """Return the Deployment of a name, else another workload that a template made instead."""
    found: list[dict[str, Any]] = [
        each
        for each in documents
        if isinstance(_at(each, TEMPLATE), dict) and _at(each, ("metadata", "name")) == name
    ]
    found.sort(key=lambda each: each.get("kind") != "Deployment")
    return found[0] if found else None


def _at(data: Any, path: Path) -> Any:  # noqa: ANN401 - plain data
    for step in path:
        if not isinstance(data, dict):
            return None
        data = data.get(step)
    return data

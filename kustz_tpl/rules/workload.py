"""The container: its pull secrets, variables, resources and probes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kustz_tpl.errors import NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.notation.action import Action, HttpGet, parse_action
from kustz_tpl.notation.quantity import Resource, check_resource, parse_resource
from kustz_tpl.rules.finding import Finding
from kustz_tpl.rules.repetition import check_once
from kustz_tpl.yaml_source.tree import Path

_ONE_SUCCESS = ("liveness", "startup")


def check_workload(config: Mapping[str, Any]) -> Iterator[Finding]:
    """Find what the container cannot be run with."""
    service = config["service"]
    yield from check_once(("service", "imagePullSecrets"), service["imagePullSecrets"])
    yield from _check_resources(service["resources"])
    for kind, probe in service["probes"].items():
        if probe is not None:
            yield from _check_probe(kind, probe)


def _parsed(action: str | list[str | None] | None) -> Action | None:
    """Return a parsed action, None if it or one of its words is invalid."""
    if isinstance(action, list):
        return None if None in action else parse_action([word or "" for word in action])
    return None if action is None else parse_action(action)


def _check_resources(resources: Mapping[str, str | None]) -> Iterator[Finding]:
    for name, text in resources.items():
        if text is None:
            continue
        path = ("service", "resources", name)
        for resource in (Resource(None, None), parse_resource(text)):  # the name, then all
            try:
                check_resource(name, resource)
            except NotationError as error:
                yield Finding(path, error, is_about_key=resource == Resource(None, None))
                break
    pages = next((name for name in resources if name.startswith("hugepages-")), None)
    if pages and not resources.keys() & {"cpu", "memory"}:
        message = "expected cpu or memory with huge pages"
        whole = ("service", "resources")
        yield Finding((*whole, pages), message, is_about_key=True, relies_on=(whole,))


def _check_probe(kind: str, probe: Mapping[str, Any]) -> Iterator[Finding]:
    path = ("service", "probes", kind)
    successes, grace = probe["successThreshold"], probe["terminationGracePeriodSeconds"]
    if kind in _ONE_SUCCESS and successes is not None and successes > 1:
        error = NotationError(f"1 for a {kind} probe", Shown(successes))
        yield Finding((*path, "successThreshold"), error)
    if kind == "readiness" and grace is not None:
        message = (
            "expected no terminationGracePeriodSeconds: a readiness probe does not end a container"
        )
        yield Finding((*path, "terminationGracePeriodSeconds"), message, is_about_key=True)
    yield from _check_headers(path, probe)


def _check_headers(path: Path, probe: Mapping[str, Any]) -> Iterator[Finding]:
    headers, action = probe["headers"], _parsed(probe["action"])
    if headers and action and not isinstance(action, HttpGet):
        message = "expected headers only with an http or https action"
        yield Finding((*path, "headers"), message, is_about_key=True)
    for name, text in headers.items():
        if text and not text.replace("\t", " ").isprintable():
            message = "expected a header value without control characters and line endings"
            yield Finding((*path, "headers", name), message)

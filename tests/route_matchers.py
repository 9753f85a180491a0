"""Where an Ingress, HTTPRoutes and VirtualServices send a request, by their specifications.

Written from the API references of Kubernetes, Gateway API and Istio, not from what kustz-tpl makes
of a rule. Where several hosts match, all three take the rules of the most specific one alone. A
wildcard is one label in an Ingress and any number in the others; requests here have one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

Fields: TypeAlias = Mapping[str, Any]


class Request(NamedTuple):
    """Hold a request; the names of headers are in lower case."""

    host: str
    path: str
    headers: Mapping[str, str]


class Answer(NamedTuple):
    """Hold the Service and port that a request is sent to, and the path that it is sent with."""

    service: str
    port: int
    path: str


def route_by_ingress(objects: Iterable[Fields], request: Request) -> Answer | None:
    """Return the backend of the longest path; of two the exact one."""
    rules = [rule for each in objects for rule in each["spec"]["rules"]]
    hosts = _most_specific(((rule.get("host", "*"),), rule) for rule in rules)(request.host)
    found = [
        path for rule in hosts for path in rule["http"]["paths"] if _matches_path(path, request)
    ]
    best = max(found, key=_ingress_precedence, default=None)
    if best is None:
        return None
    service = best["backend"]["service"]
    return Answer(service["name"], service["port"]["number"], request.path)


def route_by_http_route(objects: Iterable[Fields], request: Request) -> Answer | None:
    """Return the backend of the exact path, then the longest prefix, then the most headers.

    What is left is decided by the names of the routes, and the order of rules in one.
    """
    named = sorted(objects, key=lambda each: str(each["metadata"]["name"]))
    hosts = ((each["spec"].get("hostnames", ["*"]), each["spec"]) for each in named)
    rules = [rule for spec in _most_specific(hosts)(request.host) for rule in spec["rules"]]
    found = [
        (match, rule)
        for rule in rules
        for match in rule["matches"]
        if _matches_route_path(match["path"], request) and _has_all(match, request)
    ]
    if not found:
        return None
    match, rule = max(found, key=lambda each: _route_precedence(each[0]))  # the first of equals
    (backend,) = rule["backendRefs"]
    path = request.path
    for each in rule.get("filters", []):
        if each["type"] == "URLRewrite":
            path = _replaced(path, match["path"]["value"], each["urlRewrite"]["path"])
    return Answer(backend["name"], backend["port"], path)


def route_by_virtual_service(objects: Iterable[Fields], request: Request) -> Answer | None:
    """Return the destination of the first entry that matches."""
    hosts = ((each["spec"]["hosts"], each["spec"]) for each in objects)
    for spec in _most_specific(hosts)(request.host):
        for entry in spec["http"]:
            uri = next((m["uri"] for m in entry["match"] if _matches_entry(m, request)), None)
            if uri is not None:
                (route,) = entry["route"]
                to, rewrite = route["destination"], entry.get("rewrite", {}).get("uri")
                path = request.path
                if rewrite is not None:
                    path = rewrite + path[len(uri["prefix"]) :] if "prefix" in uri else rewrite
                return Answer(to["host"], to["port"]["number"], path)
    return None


class _most_specific:  # noqa: N801 - reads like the function that it is
    """Find what belongs to the most specific host that matches."""

    def __init__(self, hosts: Iterable[tuple[Iterable[str], Any]]) -> None:
        self._hosts = [(name, owner) for names, owner in hosts for name in names]

    def __call__(self, host: str) -> list[Any]:
        matching = [(name, owner) for name, owner in self._hosts if _matches_host(name, host)]
        best = max((_specificity(name) for name, _ in matching), default=None)
        return [owner for name, owner in matching if _specificity(name) == best]


def _matches_host(name: str, host: str) -> bool:
    return name in {"*", host} or (name.startswith("*.") and host.endswith(name[1:]))


def _specificity(name: str) -> tuple[bool, int]:
    return not name.startswith("*"), len(name)


def _elements(path: str) -> list[str]:
    return path.rstrip("/").split("/")


def _is_below(path: str, prefix: str) -> bool:
    """Check a prefix by elements; a slash at its end does not count."""
    elements = _elements(prefix)
    return path.split("/")[: len(elements)] == elements


def _matches_path(path: Fields, request: Request) -> bool:
    if path["pathType"] == "Exact":
        return bool(request.path == path["path"])
    return _is_below(request.path, path["path"])


def _ingress_precedence(path: Fields) -> tuple[int, bool, int]:
    return len(_elements(path["path"])), path["pathType"] == "Exact", len(path["path"])


def _matches_route_path(path: Fields, request: Request) -> bool:
    if path["type"] == "Exact":
        return bool(request.path == path["value"])
    return _is_below(request.path, path["value"])


def _has_all(match: Fields, request: Request) -> bool:
    headers = ((each["name"].lower(), each["value"]) for each in match.get("headers", []))
    return all(request.headers.get(name) == value for name, value in headers)


def _route_precedence(match: Fields) -> tuple[bool, int, int]:
    path = match["path"]
    return path["type"] == "Exact", len(path["value"]), len(match.get("headers", []))


def _replaced(path: str, prefix: str, by: Fields) -> str:
    """Replace a path or its prefix as the table of HTTPPathModifier shows."""
    if by["type"] == "ReplaceFullPath":
        return str(by["replaceFullPath"])
    rest = path[len(prefix.rstrip("/")) :]
    new = str(by["replacePrefixMatch"])
    return (new.rstrip("/") + rest if rest else new) or "/"


def _matches_entry(match: Fields, request: Request) -> bool:
    uri = match["uri"]
    is_on = (
        request.path.startswith(uri["prefix"]) if "prefix" in uri else request.path == uri["exact"]
    )
    headers: Iterator[tuple[str, Any]] = iter(match.get("headers", {}).items())
    return is_on and all(request.headers.get(name) == each["exact"] for name, each in headers)

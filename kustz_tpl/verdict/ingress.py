"""The rules of Ingresses and IngressClasses."""

from __future__ import annotations

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.notation.names import is_dns_subdomain, parse_host, parse_port_name
from kustz_tpl.verdict.checks import (
    LABEL,
    SUBDOMAIN,
    Fields,
    Findings,
    Rules,
    about,
    check_port,
    choice,
    items,
    notation,
    one_of,
    parse_domain_path,
    parse_path_segment,
    parse_pattern,
    read_by,
    required,
)

_WITHIN = ("//", "/./", "/../", "%2f", "%2F")
_CLASS = "kubernetes.io/ingress.class"


def _check_ingress(spec: Fields, path: KeyPath) -> Findings:
    if not spec.get("rules") and spec.get("defaultBackend") is None:
        yield about(path, NotationError("rules or defaultBackend", Shown("none")))


def _check_class(ingress: Fields, path: KeyPath) -> Findings:
    notes = (ingress.get("metadata") or {}).get("annotations") or {}
    name = (ingress.get("spec") or {}).get("ingressClassName")
    if name is not None and _CLASS in notes and notes[_CLASS] != name:
        at = (*path, "metadata", "annotations", _CLASS)
        yield about(at, NotationError(f"{name}, the ingressClassName", notes[_CLASS]))


def _check_host(rule: Fields, path: KeyPath) -> Findings:
    if rule.get("host"):
        yield from notation(parse_host, rule["host"], (*path, "host"))


def _check_path(route: Fields, path: KeyPath) -> Findings:
    text, kind = route.get("path") or "", route.get("pathType")
    if kind == "ImplementationSpecific" and not text:
        return
    at = (*path, "path")
    if not text.startswith("/"):
        yield about(at, NotationError("a path that starts with /", text or Shown("none")))
    elif kind in ("Exact", "Prefix"):
        found = [each for each in _WITHIN if each in text]
        found += [each for each in ("/..", "/.") if text.endswith(each)]
        if found:
            yield about(at, NotationError(f"a path without {found[0]}", text))


def _check_backend_port(service: Fields, path: KeyPath) -> Findings:
    port = service.get("port") or {}
    number, name = port.get("number") or 0, port.get("name") or ""
    at = (*path, "port")
    if number and name:
        yield about((*at, "name"), "expected either the name or the number of a port, got both")
    elif name:
        yield from notation(parse_port_name, name, (*at, "name"))
    else:
        yield from check_port(number, (*at, "number"))


def _check_tls(tls: Fields, path: KeyPath) -> Findings:
    for index, host in items(tls, "hosts"):
        if not is_dns_subdomain(host.removeprefix("*.")):
            at = (*path, "hosts", index)
            yield about(at, NotationError("a host such as www.example.com", host))


def _check_parameters(reference: Fields, path: KeyPath) -> Findings:
    scope, namespace = reference.get("scope") or "Cluster", reference.get("namespace")
    if scope == "Namespace":
        yield from notation(LABEL, namespace or "", (*path, "namespace"))
    elif namespace is not None:
        yield about((*path, "namespace"), "expected no namespace with scope: Cluster")


RULES: Rules = {
    "Ingress": (required("spec"), _check_class),
    "IngressSpec": (read_by(SUBDOMAIN, "ingressClassName", may_be_empty=False), _check_ingress),
    "IngressRule": (_check_host,),
    "HTTPIngressRuleValue": (required("paths"),),
    "HTTPIngressPath": (
        required("pathType", "backend"),
        choice("pathType", "Exact", "Prefix", "ImplementationSpecific"),
        _check_path,
    ),
    "IngressBackend": (one_of("service", "resource"),),
    "IngressServiceBackend": (required("name"), read_by(LABEL, "name"), _check_backend_port),
    "IngressTLS": (read_by(SUBDOMAIN, "secretName"), _check_tls),
    "TypedLocalObjectReference": (
        required("kind", "name"),
        read_by(parse_path_segment, "kind", "name"),
        read_by(SUBDOMAIN, "apiGroup", may_be_empty=False),
    ),
    "IngressClass": (required("spec"),),
    "IngressClassSpec": (
        required("controller"),
        read_by(parse_domain_path, "controller"),
        read_by(parse_pattern(r".*", "at most 250 characters", 250), "controller"),
    ),
    "IngressClassParametersReference": (
        required("kind", "name"),
        read_by(parse_path_segment, "kind", "name"),
        read_by(SUBDOMAIN, "apiGroup", may_be_empty=False),
        choice("scope", "Cluster", "Namespace", may_be_empty=False),
        _check_parameters,
    ),
}
"""The checks of the types of these kinds."""

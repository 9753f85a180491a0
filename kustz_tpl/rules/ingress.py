"""The rules of the Ingress, among themselves and against the Service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kustz_tpl.errors import Message, NotationError
from kustz_tpl.messages import Shown, any_of, quoted
from kustz_tpl.notation.ingress_rule import IngressRule, parse_ingress_rule
from kustz_tpl.notation.port import parse_port
from kustz_tpl.rules.finding import Finding
from kustz_tpl.yaml_source.tree import Path

Numbered = tuple[int, IngressRule]
"""A rule and its position in the list."""

CLASS_ANNOTATION = "kubernetes.io/ingress.class"
DEFAULT_PORT = 80


def check_ingress(config: Mapping[str, Any]) -> Iterator[Finding]:
    """Find conflicting rules, rules without a port of the Service, and a duplicate class."""
    texts = config["ingress"]["rules"]
    rules = [(i, parse_ingress_rule(text)) for i, text in enumerate(texts) if text is not None]
    yield from _check_paths(rules)
    yield from _check_certificates(rules)
    for index, rule in rules:
        if rule.service in (None, config["name"]):
            yield from _check_port(index, rule, config["service"]["ports"])
    yield from _check_class(config)


def _check_paths(rules: Sequence[Numbered]) -> Iterator[Finding]:
    seen: dict[tuple[str, str, str], int] = {}
    for index, rule in rules:
        first = seen.setdefault((rule.host, rule.path, rule.path_type), index)
        if first != index:
            got = Shown(f"{quoted(rule.host + rule.path)} ({rule.path_type}) twice")
            message = NotationError("unique hosts and paths", got)
            yield Finding(_path(index), message, other=_path(first))


def _check_certificates(rules: Sequence[Numbered]) -> Iterator[Finding]:
    seen: dict[str, Numbered] = {}
    for index, rule in rules:
        if rule.tls is None:
            continue
        first, known = seen.setdefault(rule.host, (index, rule))
        if known.tls != rule.tls:
            got = Shown(f"{quoted(rule.tls)} and {quoted(known.tls or '')}")
            message = NotationError(f"one certificate for {quoted(rule.host)}", got)
            yield Finding(_path(index), message, other=_path(first))


def _check_port(index: int, rule: IngressRule, texts: Sequence[str | None]) -> Iterator[Finding]:
    """Check a rule that is routed to this application."""
    if None in texts:
        return  # which ports there are is not known before their own problems are solved
    ports = [parse_port(text) for text in texts if text is not None]
    numbers = list(dict.fromkeys(port.port for port in ports if port.port is not None))
    message: Message
    if not texts:
        message = "expected a Service; write service.ports or ?svc=NAME:PORT"
    elif not numbers:
        message = "expected a Service with ports, but an ExternalName has none"
    elif rule.port is None and DEFAULT_PORT not in numbers and len(numbers) > 1:
        message = f"expected ?svc=NAME:PORT, because the Service has the ports {any_of([*map(str, numbers)])}"
    elif rule.port is not None and rule.port not in numbers:
        expected = f"a port of the Service, {any_of([*map(str, numbers)])}"
        message = NotationError(expected, str(rule.port))
    else:
        return
    yield Finding(_path(index), message, relies_on=(("service", "ports"),))


def _check_class(config: Mapping[str, Any]) -> Iterator[Finding]:
    if config["ingress"]["class"] is None:
        return
    for path in (("ingress", "annotations"), ("annotations",)):
        annotations = config["ingress"]["annotations"] if path[1:] else config["annotations"]
        if CLASS_ANNOTATION in annotations:
            message = NotationError("this annotation or ingress.class", Shown("both"))
            key = (*path, CLASS_ANNOTATION)
            yield Finding(key, message, other=("ingress", "class"), is_about_key=True)


def _path(index: int) -> Path:
    return ("ingress", "rules", index)

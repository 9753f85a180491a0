"""Kubernetes' own fields in kustz.yml: known to Kubernetes, and none that the language has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kustz_tpl.rules.finding import Finding
from kustz_tpl.yaml_source.tree import Path

KINDS: dict[Path, str] = {
    ("service", "container"): "Container",
    ("pod",): "PodSpec",
    ("deployment",): "DeploymentSpec",
}
"""Where the fields of which type are passed through."""

# The language says all that these can say; what it says only in part (env, ports, probes …) may
# be added to, and clashes are found when the trees are joined.
OWNED: dict[Path, str] = {
    ("service", "container", "name"): "set by service.name; write it there",
    ("service", "container", "image"): "set by service.image; write it there",
    ("service", "container", "imagePullPolicy"): "set by service.imagePullPolicy; write it there",
    ("service", "container", "command"): "set by service.command; write it there",
    ("service", "container", "args"): "set by service.args; write it there",
    ("pod", "imagePullSecrets"): "set by service.imagePullSecrets; write it there",
    ("pod", "dnsPolicy"): "set by dns.policy; write it there",
    ("pod", "dnsConfig"): "set by dns.config; write it there",
    ("deployment", "replicas"): "set by service.replicas; write it there",
    ("deployment", "selector"): "set by name; a selector has no other label",
    ("deployment", "template", "spec"): "set by pod; write it there",
}


def check_passthrough(config: dict[str, Any]) -> Iterator[Finding]:
    """Yield unknown fields, values of a wrong kind, and fields that the language itself sets."""
    for path, kind in KINDS.items():
        value = _at(config, path)
        if value:
            from kustz_tpl.rules.fields import check_fields  # noqa: PLC0415 - reads a table

            owned = [each for each in OWNED if _at(config, each) is not None]
            yield from (
                Finding(each, OWNED[each], is_about_key=True)
                for each in owned
                if each[: len(path)] == path
            )
            yield from (
                finding
                for finding in check_fields(kind, value, path)
                if not any(finding.path[: len(each)] == each for each in owned)
            )


def _at(config: Any, path: Path) -> Any:  # noqa: ANN401 - any part of a config
    for step in path:
        if not isinstance(config, dict):
            return None
        config = config.get(step)
    return config

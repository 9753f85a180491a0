"""The level of kustz.yml where a misplaced key belongs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kustz_tpl.schema.kubernetes import types
from kustz_tpl.yaml_source.tree import Path, show_path

# Kubernetes' fields for which the language has its own word, or that are not for users to set.
_WORDS: dict[str, Path] = {
    "containers": ("service",),
    "dnsConfig": ("dns", "config"),
    "dnsPolicy": ("dns", "policy"),
    "env": ("service", "envs", "pairs"),
    "envFrom": ("service", "envs"),
    "kind": ("service", "kind"),  # not that of ingress
    "livenessProbe": ("service", "probes", "liveness"),
    "readinessProbe": ("service", "probes", "readiness"),
    "startupProbe": ("service", "probes", "startup"),
    "restartPolicy": ("pod", "restartPolicy"),  # a container's is for sidecars
    "strategy": ("service", "rollout"),
    "template": ("pod",),
    "timeZone": ("service", "schedule"),
    "updateStrategy": ("service", "rollout"),
}
# Far too many things have a name.
_NOWHERE = ("name",)

_FURTHER = ("containers", "initContainers")
_CONTAINER: tuple[Path, str] = (("service", "container"), "Container")
_POD: tuple[Path, str] = (("pod",), "PodSpec")
_WORKLOADS: tuple[tuple[Path, str], ...] = (
    (("deployment",), "DeploymentSpec"),
    (("statefulset",), "StatefulSetSpec"),
    (("daemonset",), "DaemonSetSpec"),
    (("cronjob",), "CronJobSpec"),
    (("job",), "JobSpec"),
)


def place_of(key: str, holder: Path, schema: Mapping[str, Any]) -> str | None:
    """Return the hint `write service.replicas` for a key that has a place, but not in its holder.

    Of several places the nearest counts, first those in the holder, and none where two are as near.
    """
    if key in _NOWHERE:
        return None
    path = _in_language(key, holder, schema) or _WORDS.get(key) or _in_kubernetes(key, holder)
    if path is None:
        return None
    path = _of_holder(path, holder, schema)
    return f"write {show_path(path)}{' at the top level' if len(path) == 1 else ''}"


def _of_holder(path: Path, holder: Path, schema: Mapping[str, Any]) -> Path:
    """Return a path of the main container as that of the further container that is the holder."""
    is_of_main = path[0] == "service" and len(path) > 1
    if not is_of_main or not holder[1:] or holder[0] not in _FURTHER:
        return path
    entry = schema[str(holder[0])]["valuesrules"]["schema"]
    return (*holder[:2], *path[1:]) if path[1] in entry else path


def _in_language(key: str, holder: Path, schema: Mapping[str, Any]) -> Path | None:
    found = sorted((_distance(path, holder), path) for path in _paths(schema) if path[-1] == key)
    is_clear = found and (len(found) == 1 or found[0][0] < found[1][0])
    return found[0][1] if is_clear else None


def _paths(schema: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the path of every key outside of lists."""
    for key, rules in schema.items():
        yield (*above, key)
        if rules.get("type") == "dict":
            yield from _paths(rules.get("schema", {}), (*above, key))


def _distance(path: Path, holder: Path) -> tuple[bool, int]:
    """Return whether a place is outside of a holder, and the steps from there, up and down."""
    shared = 0
    while path[:-1][: shared + 1] == holder[: shared + 1] and shared < len(holder):
        shared += 1
    return shared < len(holder), len(path) + len(holder) - 2 * shared


def _in_kubernetes(key: str, holder: Path) -> Path | None:
    is_container = holder[:1] in (("service",), *((key,) for key in _FURTHER))
    inner = (_CONTAINER, _POD) if is_container else (_POD, _CONTAINER)
    for path, kind in (*inner, *_WORKLOADS):
        if key in types()[kind]:
            return (*path, key)
    return None

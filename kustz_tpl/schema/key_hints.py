"""The level of kustz.yml where a misplaced key belongs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from kustz_tpl.errors import KeyPath
from kustz_tpl.messages import closest
from kustz_tpl.schema.kubernetes import types
from kustz_tpl.yaml_source.tree import show_path

# Kubernetes' fields for which the language has its own word, or that are not for users to set.
_WORDS: dict[str, KeyPath] = {
    "commonAnnotations": ("annotations",),
    "commonLabels": ("labels",),
    "configMapGenerator": ("configmaps",),
    "containers": ("service",),
    "dnsConfig": ("dns", "config"),
    "dnsPolicy": ("dns", "policy"),
    "env": ("service", "envs", "pairs"),
    "envFrom": ("service", "envs"),
    "kind": ("service", "kind"),  # not that of ingress
    "images": ("service", "image"),
    "ingressClassName": ("ingress", "class"),
    "jobTemplate": ("job",),
    "livenessProbe": ("service", "probes", "liveness"),
    "maxUnavailable": ("service", "disruptionBudget"),
    "readinessProbe": ("service", "probes", "readiness"),
    "secretGenerator": ("secrets",),
    "serviceAccountName": ("serviceAccount",),
    "startupProbe": ("service", "probes", "startup"),
    "strategy": ("service", "rollout"),
    "template": ("pod",),
    "timeZone": ("service", "schedule"),
    "topologySpreadConstraints": ("spread",),
    "updateStrategy": ("service", "rollout"),
    "volumeMounts": ("service", "mounts"),
    "volumes": ("service", "mounts"),
}
_PATCH = "write a patch of the Service in patches"
_RANGE = "write a range in service.replicas, such as 2-10"
_URL = "write a URL in ingress.rules"
# Fields of objects around the workload, which are part of a notation here.
_AROUND: dict[str, str] = {
    "allocateLoadBalancerNodePorts": _PATCH,
    "backend": _URL,
    "behavior": "write a template for the HorizontalPodAutoscaler",
    "clusterIP": "write # before a port of service.ports for a headless Service",
    "defaultBackend": _URL,
    "externalIPs": _PATCH,
    "externalName": 'write "@name" in service.ports',
    "externalTrafficPolicy": _PATCH,
    "host": _URL,
    "hosts": _URL,
    "internalTrafficPolicy": _PATCH,
    "ipFamilies": _PATCH,
    "ipFamilyPolicy": _PATCH,
    "loadBalancerClass": _PATCH,
    "loadBalancerIP": _PATCH,
    "loadBalancerSourceRanges": _PATCH,
    "maxReplicas": _RANGE,
    "minAvailable": "write how many pods may be away in service.disruptionBudget",
    "minReplicas": _RANGE,
    "nodePort": 'write "!nodePort:port:targetPort" in service.ports',
    "path": _URL,
    "pathType": _URL,
    "paths": _URL,
    "publishNotReadyAddresses": _PATCH,
    "scaleTargetRef": _RANGE,
    "secretName": "write ?tls=SECRET in a URL of ingress.rules",
    "sessionAffinity": _PATCH,
    "sessionAffinityConfig": _PATCH,
    "targetPort": "write port:targetPort in service.ports",
    "tls": "write ?tls=SECRET in a URL of ingress.rules",
    "trafficDistribution": _PATCH,
    "type": "write ! for NodePort, % for LoadBalancer before a port of service.ports",
}
_AROUND_HOLDERS: tuple[KeyPath, ...] = ((), ("service",), ("ingress",))
_PROBES = ("httpGet", "tcpSocket", "exec", "grpc", "host", "path", "port", "scheme")
# What no key says, with the template to write in its place.
_TEMPLATES = {
    "networkPolicy": "networkpolicy.yml.j2",
    "metrics": "servicemonitor.yml.j2",
}
_SURE = 0.85  # likeness of a word that is mistyped and not another
# Far too many things have a name.
_NOWHERE = ("name",)

_FURTHER = ("containers", "initContainers")
_CONTAINER: tuple[KeyPath, str] = (("service", "container"), "Container")
_POD: tuple[KeyPath, str] = (("pod",), "PodSpec")
_WORKLOADS: tuple[tuple[KeyPath, str], ...] = (
    (("deployment",), "DeploymentSpec"),
    (("statefulset",), "StatefulSetSpec"),
    (("daemonset",), "DaemonSetSpec"),
    (("cronjob",), "CronJobSpec"),
    (("job",), "JobSpec"),
)


def key_hint(
    key: str, known: Collection[str], holder: KeyPath, schema: Mapping[str, Any]
) -> str | None:
    """Return what an unknown key may mean: a similar key, or a key of another level."""
    if key in _FURTHER and key not in known:  # and not the `container` that is so similar
        return _place_of(key, holder, schema)
    sure = closest(key, known, _SURE)
    return sure or _place_of(key, holder, schema) or closest(key, known)


def _place_of(key: str, holder: KeyPath, schema: Mapping[str, Any]) -> str | None:
    """Return the hint `write service.replicas` for a key that has a place, but not in its holder.

    Of several places the nearest counts, first those in the holder, and none where two are as near.
    """
    if key in _NOWHERE:
        return None
    if key in _TEMPLATES:
        return f"write a template for it, kustz-templates/{_TEMPLATES[key]}"
    if holder[-2:-1] == ("probes",) and key in _PROBES:
        return f"write {show_path(holder)}.action, such as http://:8080/healthz"
    if holder in _AROUND_HOLDERS and key in _AROUND:
        return _AROUND[key]
    path = _in_language(key, holder, schema) or _WORDS.get(key) or _in_kubernetes(key, holder)
    if path is None:
        return None
    path = _of_holder(path, holder, schema)
    return f"write {show_path(path)}{' at the top level' if len(path) == 1 else ''}"


def _of_holder(path: KeyPath, holder: KeyPath, schema: Mapping[str, Any]) -> KeyPath:
    """Return a path of the main container as that of the further container that is the holder."""
    is_of_main = path[0] == "service" and len(path) > 1
    if not is_of_main or not holder[1:] or holder[0] not in _FURTHER:
        return path
    if path[1:] == ("restartPolicy",):  # that of service is the pod's
        return (*holder[:2], "container", "restartPolicy")
    entry = schema[str(holder[0])]["valuesrules"]["schema"]
    return (*holder[:2], *path[1:]) if path[1] in entry else path


def _in_language(key: str, holder: KeyPath, schema: Mapping[str, Any]) -> KeyPath | None:
    found = sorted((_distance(path, holder), path) for path in _paths(schema) if path[-1] == key)
    is_clear = found and (len(found) == 1 or found[0][0] < found[1][0])
    return found[0][1] if is_clear else None


def _paths(schema: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the path of every key outside of lists."""
    for key, rules in schema.items():
        yield (*above, key)
        if rules.get("type") == "dict":
            yield from _paths(rules.get("schema", {}), (*above, key))


def _distance(path: KeyPath, holder: KeyPath) -> tuple[bool, int]:
    """Return whether a place is outside of a holder, and the steps from there, up and down."""
    shared = 0
    while path[:-1][: shared + 1] == holder[: shared + 1] and shared < len(holder):
        shared += 1
    return shared < len(holder), len(path) + len(holder) - 2 * shared


def _in_kubernetes(key: str, holder: KeyPath) -> KeyPath | None:
    is_container = holder[:1] in (("service",), *((key,) for key in _FURTHER))
    inner = (_CONTAINER, _POD) if is_container else (_POD, _CONTAINER)
    for path, kind in (*inner, *_WORKLOADS):
        if key in types()[kind]:
            return (*path, key)
    return None

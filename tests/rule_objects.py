"""Objects for the rules of which the changed objects of the other modules have too few values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import chain, product
from typing import Any

Object = dict[str, Any]

_CONTAINER = {"name": "web", "image": "nginx:1.29"}
_SECCOMP = "seccomp.security.alpha.kubernetes.io/pod"
_CONTAINER_SECCOMP = "container.seccomp.security.alpha.kubernetes.io/web"
_APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/web"
_PROFILES: Sequence[Object] = (
    {"type": "RuntimeDefault"},
    {"type": "Unconfined"},
    {"type": "Localhost", "localhostProfile": "a"},
)
_PATHS = ("a", "a/b", "..a", "a/..b", "...", "..", "a/../b", "/a", "")
_ADDRESSES: Sequence[list[Object]] = (
    [{}],
    [{}, {}],
    [{"value": "10.0.0.1"}],
    [{"value": "::1"}],
    [{"value": "a"}],
    [{"type": "IPAddress", "value": ""}],
    [{"type": "Hostname", "value": "a"}],
    [{"type": "Hostname", "value": ""}],
    [{"value": "10.0.0.1"}, {"value": "10.0.0.1"}],
    [{"type": "Hostname", "value": "a"}, {"type": "Hostname", "value": "a"}],
)
_NO_CLAIMS: Sequence[list[Any] | None] = ([], None)
_EXACT = [{"path": {"type": "Exact", "value": "/a"}}]
_PREFIX = [{"path": {"type": "PathPrefix", "value": "/a"}}]
_REWRITE = {
    "type": "URLRewrite",
    "urlRewrite": {"path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"}},
}
_LARGE = (2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**63 - 1, 2**63)


def rule_objects() -> Iterator[tuple[str, Object]]:
    """Yield objects, each with what it is about."""
    pods = (_with_profiles(), _with_annotations(), _with_security(), _with_specs())
    for spec, notes in chain.from_iterable(pods):
        for document in (_pod(spec, notes), _deployment(spec, notes)):
            yield f"pod {notes or spec}", document
    for metadata, spec in _services():
        yield f"service {metadata or spec}", _object("v1 Service", spec, annotations=metadata)
    yield from _others()


def _with_profiles() -> Iterator[tuple[Object, Object]]:
    """Yield annotations of profiles, alone and next to each field."""
    values = ("runtime/default", "unconfined", "localhost/a", "localhost/", "bad", "")
    for value, profile in product(values, (None, *_PROFILES)):
        context = {"securityContext": {"seccompProfile": profile}} if profile else {}
        yield context, {_SECCOMP: value}
        yield {"containers": [{**_CONTAINER, **context}]}, {_CONTAINER_SECCOMP: value}
        context = {"securityContext": {"appArmorProfile": profile}} if profile else {}
        yield context, {_APP_ARMOR: value}
        yield {"containers": [{**_CONTAINER, **context}]}, {_APP_ARMOR: value}
    for value in ("docker/default", "localhost/../a", "localhost//a"):
        yield {}, {_SECCOMP: value}
        yield {}, {_CONTAINER_SECCOMP: value}


def _with_annotations() -> Iterator[tuple[Object, Object]]:
    for cost in ("1", "-1", "0", "01", "+1", "x", "", "2147483648"):
        yield {}, {"controller.kubernetes.io/pod-deletion-cost": cost}
    for text in ("[]", "x", ""):
        yield {}, {"scheduler.alpha.kubernetes.io/tolerations": text}
    yield {}, {"kubernetes.io/config.mirror": "a"}
    yield {"nodeName": "a"}, {"kubernetes.io/config.mirror": "a"}


def _with_security() -> Iterator[tuple[Object, Object]]:
    for name, host in product(
        (
            "net.core.somaxconn",
            "kernel.shm_rmid_forced",
            "kernel.sem",
            "kernel/msgmax",
            "fs.mqueue.a",
        ),
        ("hostNetwork", "hostIPC"),
    ):
        yield {host: True, "securityContext": {"sysctls": [{"name": name, "value": "1"}]}}, {}
    for key, kind, file in product(
        ("appArmorProfile", "seccompProfile"), ("RuntimeDefault", "Localhost"), ("", " ", "a")
    ):
        profile = {key: {"type": kind, "localhostProfile": file}}
        yield {"securityContext": profile}, {}
    unmasked = {**_CONTAINER, "securityContext": {"procMount": "Unmasked"}}
    for own in (True, False, None):
        yield {"hostUsers": own, "containers": [unmasked]}, {}
    for policy in ("MountOption", "Recursive"):
        yield {"securityContext": {"seLinuxChangePolicy": policy}}, {}


def _with_specs() -> Iterator[tuple[Object, Object]]:
    for wanted, least in product(("DoNotSchedule", "ScheduleAnyway"), (None, 2)):
        spread = {"maxSkew": 1, "topologyKey": "a", "whenUnsatisfiable": wanted}
        yield {"topologySpreadConstraints": [{**spread, "minDomains": least}]}, {}
    for claims in _NO_CLAIMS:
        yield {"resources": {"claims": claims}}, {}
        yield {"containers": [{**_CONTAINER, "resources": {"claims": claims}}]}, {}
    for count in ("1", "1.5", "2000m", "1Ei", "9223372036854775", "9223372036854776"):
        resources = {"limits": {"example.com/gpu": count}}
        yield {"containers": [{**_CONTAINER, "resources": resources}]}, {}
    for path in _PATHS:
        item = {"key": "a", "path": path}
        file = {"path": path, "fieldRef": {"fieldPath": "metadata.name"}}
        for source in (
            {"configMap": {"name": "a", "items": [item]}},
            {"secret": {"secretName": "a", "items": [item]}},
            {"downwardAPI": {"items": [file]}},
            {"projected": {"sources": [{"serviceAccountToken": {"path": path}}]}},
            {"projected": {"sources": [{"secret": {"name": "a", "items": [item]}}]}},
        ):
            yield {"volumes": [{"name": "a", **source}]}, {}
        mount = {"name": "a", "mountPath": "/a", "subPath": path}
        container = {**_CONTAINER, "volumeMounts": [mount]}
        yield {"volumes": [{"name": "a", "emptyDir": {}}], "containers": [container]}, {}
    for number in _LARGE:
        yield {"terminationGracePeriodSeconds": number}, {}
        toleration = {"operator": "Exists", "effect": "NoExecute", "tolerationSeconds": number}
        yield {"tolerations": [toleration]}, {}


def _services() -> Iterator[tuple[Object, Object]]:
    mode, hints = (f"service.kubernetes.io/topology-{name}" for name in ("mode", "aware-hints"))
    for notes in ({mode: "Auto"}, {mode: "Auto", hints: "Auto"}, {mode: "Auto", hints: "auto"}):
        yield notes, {"ports": [{"port": 80}]}
    for seconds in (2**31 - 1, 2**31):
        affinity = {"clientIP": {"timeoutSeconds": seconds}}
        yield {}, {"ports": [{"port": 80}], "sessionAffinityConfig": affinity}


def _others() -> Iterator[tuple[str, Object]]:
    for key, spec in _quotas():
        yield f"quota {key}", _object("v1 ResourceQuota", spec)
    for limits in (
        {"maxLimitRequestRatio": {"cpu": "3"}, "min": {"cpu": 1}, "max": {"cpu": 2}},
        {"maxLimitRequestRatio": {"cpu": "2"}, "min": {"cpu": 1}, "max": {"cpu": 2}},
        {"maxLimitRequestRatio": {"cpu": "3"}, "min": {"cpu": 0}, "max": {"cpu": 2}},
        {"maxLimitRequestRatio": {"cpu": "3"}, "max": {"cpu": 2}},
    ):
        spec = {"limits": [{"type": "Container", **limits}]}
        yield f"limits {limits}", _object("v1 LimitRange", spec)
    for one, other in ((["a"], ["a"]), (["a", "b"], ["b", "a"]), (["a"], ["a", "b"])):
        terms = [{"matchLabelExpressions": [{"key": "a", "values": each}]} for each in (one, other)]
        storage = _object("storage.k8s.io/v1 StorageClass", None)
        yield f"terms {one} {other}", {**storage, "provisioner": "a", "allowedTopologies": terms}
    for key in ("", "a"):
        storage = _object("storage.k8s.io/v1 StorageClass", None)
        yield f"parameter {key}", {**storage, "provisioner": "a", "parameters": {key: "a"}}
    for matches, at in product((None, [], _EXACT, _PREFIX, [*_PREFIX, *_PREFIX]), ("", "backend")):
        backend = {"name": "a", "port": 80, "filters": [_REWRITE] if at else []}
        rule = {"filters": [] if at else [_REWRITE], "backendRefs": [backend]}
        spec = {"rules": [rule if matches is None else {**rule, "matches": matches}]}
        yield f"rewrite {matches} {at}", _object("gateway.networking.k8s.io/v1 HTTPRoute", spec)
    for number in _LARGE:
        yield from _with_number(number)
    for text in ("1", "-1", "+1", "x", "", "1.5", "99999999999999999999", str(-(2**63))):
        document = _deployment({}, {})
        document["kind"] = "DaemonSet"
        document["metadata"]["annotations"] = {"deprecated.daemonset.template.generation": text}
        yield f"generation {text}", document
        notes = {"deprecated.deployment.rollback.to": text}
        document = _deployment({}, {})
        document["metadata"]["annotations"] = notes
        yield f"rollback {text}", document
    metric: Object = {
        "describedObject": {"kind": "Service", "name": "a"},
        "metric": {"name": "a"},
        "target": {"type": "Value", "value": "1"},
    }
    scaler = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "a"},
        "maxReplicas": 2,
        "metrics": [{"type": "Object", "object": metric}],
    }
    yield "metric", _object("autoscaling/v2 HorizontalPodAutoscaler", scaler)
    for spec in _gateways():
        listeners = [{"name": "a", "port": 80, "protocol": "HTTP"}]
        whole = {"gatewayClassName": "a", "listeners": listeners, **spec}
        yield f"gateway {spec}", _object("gateway.networking.k8s.io/v1 Gateway", whole)


def _quotas() -> Iterator[tuple[str, Object]]:
    names = (
        *("pods", "cpu", "limits.memory", "requests.storage", "persistentvolumeclaims", "secrets"),
        *("storage", "requests.pods", "count/pods", "hugepages-2Mi", "requests.ephemeral-storage"),
    )
    scopes = ("BestEffort", "Terminating", "PriorityClass", "VolumeAttributesClass")
    for name in names:
        yield name, {"hard": {name: "2"}}
        yield f"{name} 1.5", {"hard": {name: "1.5"}}
        for scope in scopes:
            yield f"{name} {scope}", {"hard": {name: "2"}, "scopes": [scope]}
            requirement = {"scopeName": scope, "operator": "Exists"}
            selector = {"matchExpressions": [requirement]}
            yield f"{name} for {scope}", {"hard": {name: "2"}, "scopeSelector": selector}


def _with_number(number: int) -> Iterator[tuple[str, Object]]:
    stateful_set = _deployment({}, {})
    stateful_set["kind"] = "StatefulSet"
    stateful_set["spec"]["revisionHistoryLimit"] = number
    yield f"history {number}", stateful_set
    route = {"route": [{"destination": {"host": "a"}, "weight": number}]}
    spec = {"hosts": ["a"], "http": [route]}
    yield f"weight {number}", _object("networking.istio.io/v1 VirtualService", spec)


def _gateways() -> Iterator[Object]:
    for key in ("a", "a b", "A.b/c", "a/", "/a", "a" * 64):
        yield {"infrastructure": {"annotations": {key: "a"}}}
        yield {"infrastructure": {"labels": {key: "a"}}}
    for addresses in _ADDRESSES:
        yield {"addresses": addresses}


def _object(kind: str, spec: object, annotations: Mapping[str, str] | None = None) -> Object:
    version, name = kind.split()
    metadata: Object = {"name": "web"}
    if annotations:
        metadata["annotations"] = dict(annotations)
    document: Object = {"apiVersion": version, "kind": name, "metadata": metadata}
    return document if spec is None else {**document, "spec": spec}


def _pod(spec: Object, notes: Mapping[str, str]) -> Object:
    return _object("v1 Pod", {"containers": [_CONTAINER], **spec}, notes)


def _deployment(spec: Object, notes: Mapping[str, str]) -> Object:
    labels = {"app": "web"}
    template = {
        "metadata": {"labels": labels, "annotations": dict(notes)},
        "spec": {"containers": [_CONTAINER], **spec},
    }
    whole = {"selector": {"matchLabels": labels}, "template": template}
    return deepcopy(_object("apps/v1 Deployment", whole))

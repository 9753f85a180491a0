"""Objects with every field, and each of them with one field changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

Object = dict[str, Any]
Path = tuple[str | int, ...]

LABELS = {"app": "web"}
_SELECTOR = {"matchLabels": LABELS}
_EXPRESSIONS = [
    {"key": "app", "operator": "In", "values": ["web"]},
    {"key": "gone", "operator": "DoesNotExist"},
]
_TERM = {
    "topologyKey": "kubernetes.io/hostname",
    "namespaces": ["shop"],
    "labelSelector": {**_SELECTOR, "matchExpressions": _EXPRESSIONS},
}
_NODES = {
    "matchExpressions": [
        {"key": "disk", "operator": "In", "values": ["ssd"]},
        {"key": "cores", "operator": "Gt", "values": ["4"]},
    ]
}
_PROBE = {
    "httpGet": {
        "path": "/ready",
        "port": "http",
        "scheme": "HTTP",
        "httpHeaders": [{"name": "X-Probe", "value": "1"}],
    },
    "initialDelaySeconds": 1,
    "periodSeconds": 5,
    "timeoutSeconds": 2,
    "successThreshold": 1,
    "failureThreshold": 3,
}
_CONTAINER = {
    "name": "web",
    "image": "nginx:1.27",
    "imagePullPolicy": "IfNotPresent",
    "command": ["nginx"],
    "args": ["-g", "daemon off;"],
    "workingDir": "/srv",
    "terminationMessagePolicy": "File",
    "ports": [
        {"name": "http", "containerPort": 8080, "protocol": "TCP"},
        {"name": "metrics", "containerPort": 9090, "hostPort": 9090},
    ],
    "env": [
        {"name": "PLAIN", "value": "1"},
        {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
        {"name": "LABEL", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['app']"}}},
        {
            "name": "CPU",
            "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "1m"}},
        },
        {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "web", "key": "key"}}},
        {
            "name": "FLAG",
            "valueFrom": {"configMapKeyRef": {"name": "web", "key": "flag", "optional": True}},
        },
    ],
    "envFrom": [
        {"configMapRef": {"name": "web"}, "prefix": "WEB_"},
        {"secretRef": {"name": "web", "optional": True}},
    ],
    "resources": {
        "requests": {"cpu": "100m", "memory": "64Mi", "nvidia.com/gpu": 1},
        "limits": {"cpu": "1", "memory": "128Mi", "nvidia.com/gpu": 1},
    },
    "livenessProbe": {
        "tcpSocket": {"port": 8080},
        "terminationGracePeriodSeconds": 10,
    },
    "readinessProbe": _PROBE,
    "startupProbe": {"exec": {"command": ["true"]}, "failureThreshold": 30},
    "lifecycle": {
        "preStop": {"sleep": {"seconds": 5}},
        "postStart": {"exec": {"command": ["true"]}},
    },
    "securityContext": {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
        "runAsUser": 1000,
        "runAsGroup": 1000,
        "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    },
    "volumeMounts": [
        {"name": "cache", "mountPath": "/cache", "subPath": "a/b"},
        {"name": "config", "mountPath": "/config", "readOnly": True},
        {"name": "data", "mountPath": "/data", "mountPropagation": "None"},
    ],
}
_VOLUMES = [
    {"name": "cache", "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}},
    {
        "name": "config",
        "configMap": {
            "name": "web",
            "defaultMode": 420,
            "items": [{"key": "a", "path": "b/a", "mode": 256}],
        },
    },
    {"name": "data", "persistentVolumeClaim": {"claimName": "data", "readOnly": False}},
    {"name": "secret", "secret": {"secretName": "web", "defaultMode": 256, "optional": True}},
    {"name": "node", "hostPath": {"path": "/var/log", "type": "Directory"}},
    {"name": "share", "nfs": {"server": "nas", "path": "/share"}},
    {"name": "csi", "csi": {"driver": "example.com", "volumeAttributes": {"a": "b"}}},
    {
        "name": "info",
        "downwardAPI": {
            "items": [
                {"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}},
                {
                    "path": "cpu",
                    "resourceFieldRef": {"containerName": "web", "resource": "limits.cpu"},
                },
            ]
        },
    },
    {
        "name": "token",
        "projected": {
            "defaultMode": 292,
            "sources": [
                {"serviceAccountToken": {"path": "token", "expirationSeconds": 3600}},
                {"configMap": {"name": "web", "items": [{"key": "a", "path": "a"}]}},
                {"secret": {"name": "web"}},
            ],
        },
    },
]
_POD = {
    "serviceAccountName": "web",
    "automountServiceAccountToken": False,
    "restartPolicy": "Always",
    "terminationGracePeriodSeconds": 30,
    "priorityClassName": "high",
    "runtimeClassName": "gvisor",
    "hostname": "web",
    "subdomain": "web",
    "dnsPolicy": "None",
    "dnsConfig": {
        "nameservers": ["10.0.0.10"],
        "searches": ["svc.cluster.local"],
        "options": [{"name": "ndots", "value": "2"}],
    },
    "enableServiceLinks": False,
    "hostAliases": [{"ip": "10.0.0.1", "hostnames": ["db.example.com"]}],
    "hostNetwork": False,
    "imagePullSecrets": [{"name": "registry"}],
    "nodeSelector": {"disk": "ssd"},
    "tolerations": [
        {"key": "dedicated", "operator": "Equal", "value": "web", "effect": "NoSchedule"},
        {"key": "gone", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 60},
    ],
    "topologySpreadConstraints": [
        {
            "maxSkew": 1,
            "topologyKey": "topology.kubernetes.io/zone",
            "whenUnsatisfiable": "DoNotSchedule",
            "labelSelector": _SELECTOR,
        }
    ],
    "affinity": {
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [_NODES]},
            "preferredDuringSchedulingIgnoredDuringExecution": [
                {"weight": 10, "preference": _NODES}
            ],
        },
        "podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [_TERM]},
        "podAntiAffinity": {
            "preferredDuringSchedulingIgnoredDuringExecution": [
                {"weight": 100, "podAffinityTerm": _TERM}
            ]
        },
    },
    "securityContext": {
        "runAsUser": 1000,
        "runAsGroup": 1000,
        "runAsNonRoot": True,
        "fsGroup": 1000,
        "fsGroupChangePolicy": "OnRootMismatch",
        "supplementalGroups": [1000],
        "seccompProfile": {"type": "Localhost", "localhostProfile": "a.json"},
        "sysctls": [{"name": "net.core.somaxconn", "value": "1024"}],
    },
    "initContainers": [
        {"name": "init", "image": "busybox", "command": ["true"]},
        {
            "name": "sidecar",
            "image": "busybox",
            "restartPolicy": "Always",
            "startupProbe": {"grpc": {"port": 9000, "service": "a"}},
        },
    ],
    "containers": [_CONTAINER, {"name": "other", "image": "busybox"}],
    "volumes": _VOLUMES,
}
_META = {"labels": LABELS, "annotations": {"example.com/note": "a"}}
_PLAIN = {"metadata": {"labels": LABELS}, "spec": {"containers": [{"name": "a", "image": "a"}]}}
_ENDING = {"spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "a"}]}}
_CLAIM = {
    "accessModes": ["ReadWriteOnce"],
    "storageClassName": "fast",
    "volumeMode": "Filesystem",
    "resources": {"requests": {"storage": "1Gi"}, "limits": {"storage": "2Gi"}},
    "selector": _SELECTOR,
}
_JOB = {
    "backoffLimit": 3,
    "completions": 3,
    "parallelism": 1,
    "completionMode": "Indexed",
    "activeDeadlineSeconds": 60,
    "ttlSecondsAfterFinished": 60,
    "podReplacementPolicy": "Failed",
    "podFailurePolicy": {
        "rules": [
            {"action": "FailJob", "onExitCodes": {"operator": "In", "values": [42]}},
            {
                "action": "Ignore",
                "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}],
            },
        ]
    },
    "template": _ENDING,
}
_BEHAVIOR = {
    "stabilizationWindowSeconds": 60,
    "selectPolicy": "Max",
    "policies": [{"type": "Pods", "value": 1, "periodSeconds": 60}],
}


def _of(version: str, kind: str, **fields: Any) -> Object:  # noqa: ANN401 - any field
    metadata = {"name": "web", **_META}
    whole = {"apiVersion": version, "kind": kind, "metadata": metadata, **fields}
    parted: Object = json.loads(json.dumps(whole))  # no part is in two places
    return parted


BASES: dict[str, Object] = {
    "pod": _of(
        "apps/v1",
        "Deployment",
        spec={"selector": _SELECTOR, "template": {"metadata": _META, "spec": _POD}},
    ),
    "deployment": _of(
        "apps/v1",
        "Deployment",
        spec={
            "replicas": 2,
            "minReadySeconds": 5,
            "progressDeadlineSeconds": 60,
            "revisionHistoryLimit": 3,
            "strategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0},
            },
            "selector": {**_SELECTOR, "matchExpressions": _EXPRESSIONS},
            "template": _PLAIN,
        },
    ),
    "stateful_set": _of(
        "apps/v1",
        "StatefulSet",
        spec={
            "replicas": 2,
            "serviceName": "web",
            "podManagementPolicy": "Parallel",
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}},
            "persistentVolumeClaimRetentionPolicy": {
                "whenDeleted": "Retain",
                "whenScaled": "Delete",
            },
            "selector": _SELECTOR,
            "template": {
                "metadata": {"labels": LABELS},
                "spec": {
                    "containers": [
                        {
                            "name": "a",
                            "image": "a",
                            "volumeMounts": [{"name": "data", "mountPath": "/data"}],
                        }
                    ]
                },
            },
            "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": _CLAIM}],
        },
    ),
    "daemon_set": _of(
        "apps/v1",
        "DaemonSet",
        spec={
            "minReadySeconds": 1,
            "updateStrategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxUnavailable": "10%", "maxSurge": 0},
            },
            "selector": _SELECTOR,
            "template": _PLAIN,
        },
    ),
    "job": _of("batch/v1", "Job", spec=_JOB),
    "cron_job": _of(
        "batch/v1",
        "CronJob",
        spec={
            "schedule": "*/5 * * * *",
            "timeZone": "Europe/Berlin",
            "concurrencyPolicy": "Forbid",
            "startingDeadlineSeconds": 60,
            "successfulJobsHistoryLimit": 1,
            "failedJobsHistoryLimit": 1,
            "suspend": False,
            "jobTemplate": {"spec": {"backoffLimit": 1, "template": _ENDING}},
        },
    ),
    "service": _of(
        "v1",
        "Service",
        spec={
            "type": "LoadBalancer",
            "selector": LABELS,
            "externalTrafficPolicy": "Local",
            "internalTrafficPolicy": "Cluster",
            "sessionAffinity": "ClientIP",
            "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 60}},
            "loadBalancerSourceRanges": ["10.0.0.0/8"],
            "loadBalancerClass": "example.com/lb",
            "publishNotReadyAddresses": True,
            "ports": [
                {"name": "http", "port": 80, "targetPort": "http", "appProtocol": "http"},
                {"name": "dns", "port": 53, "targetPort": 5353, "protocol": "UDP"},
            ],
        },
    ),
    "ingress": _of(
        "networking.k8s.io/v1",
        "Ingress",
        spec={
            "ingressClassName": "nginx",
            "defaultBackend": {"service": {"name": "web", "port": {"number": 80}}},
            "tls": [{"hosts": ["a.example.com"], "secretName": "tls"}],
            "rules": [
                {
                    "host": "a.example.com",
                    "http": {
                        "paths": [
                            {
                                "path": "/",
                                "pathType": "Prefix",
                                "backend": {"service": {"name": "web", "port": {"name": "http"}}},
                            }
                        ]
                    },
                }
            ],
        },
    ),
    "config_map": _of(
        "v1",
        "ConfigMap",
        immutable=True,
        data={"a": "b"},
        binaryData={"c": "AAEC"},
    ),
    "secret": _of("v1", "Secret", type="kubernetes.io/tls", data={"tls.crt": "", "tls.key": ""}),
    "claim": _of("v1", "PersistentVolumeClaim", spec=_CLAIM),
    "account": _of(
        "v1",
        "ServiceAccount",
        automountServiceAccountToken=False,
        imagePullSecrets=[{"name": "registry"}],
    ),
    "autoscaler": _of(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        spec={
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "minReplicas": 1,
            "maxReplicas": 3,
            "behavior": {"scaleUp": _BEHAVIOR, "scaleDown": _BEHAVIOR},
            "metrics": [
                {
                    "type": "Resource",
                    "resource": {
                        "name": "cpu",
                        "target": {"type": "Utilization", "averageUtilization": 80},
                    },
                },
                {
                    "type": "Pods",
                    "pods": {
                        "metric": {"name": "rps", "selector": _SELECTOR},
                        "target": {"type": "AverageValue", "averageValue": "100"},
                    },
                },
                {
                    "type": "External",
                    "external": {
                        "metric": {"name": "queue"},
                        "target": {"type": "Value", "value": "30"},
                    },
                },
            ],
        },
    ),
    "budget": _of(
        "policy/v1",
        "PodDisruptionBudget",
        spec={
            "maxUnavailable": "25%",
            "selector": _SELECTOR,
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
        },
    ),
    "network_policy": _of(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        spec={
            "podSelector": _SELECTOR,
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [
                {
                    "from": [
                        {"podSelector": _SELECTOR, "namespaceSelector": _SELECTOR},
                        {"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}},
                    ],
                    "ports": [{"port": 8000, "endPort": 8080, "protocol": "TCP"}],
                }
            ],
            "egress": [{"ports": [{"port": "dns", "protocol": "UDP"}]}],
        },
    ),
    "role": _of(
        "rbac.authorization.k8s.io/v1",
        "Role",
        rules=[
            {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"], "resourceNames": ["web"]}
        ],
    ),
    "role_binding": _of(
        "rbac.authorization.k8s.io/v1",
        "RoleBinding",
        roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "web"},
        subjects=[
            {"kind": "ServiceAccount", "name": "web", "namespace": "shop"},
            {"kind": "User", "name": "a", "apiGroup": "rbac.authorization.k8s.io"},
        ],
    ),
    "route": _of(
        "gateway.networking.k8s.io/v1",
        "HTTPRoute",
        spec={
            "parentRefs": [
                {
                    "group": "gateway.networking.k8s.io",
                    "kind": "Gateway",
                    "namespace": "infra",
                    "name": "public",
                    "sectionName": "https",
                    "port": 443,
                }
            ],
            "hostnames": ["a.example.com", "*.b.example.com"],
            "rules": [
                {
                    "name": "first",
                    "matches": [
                        {
                            "path": {"type": "PathPrefix", "value": "/a"},
                            "method": "GET",
                            "headers": [{"type": "Exact", "name": "X-A", "value": "1"}],
                            "queryParams": [{"name": "b", "value": "2"}],
                        }
                    ],
                    "filters": [
                        {
                            "type": "RequestHeaderModifier",
                            "requestHeaderModifier": {
                                "set": [{"name": "X-Set", "value": "1"}],
                                "add": [{"name": "X-Add", "value": "1"}],
                                "remove": ["X-Old"],
                            },
                        },
                        {
                            "type": "URLRewrite",
                            "urlRewrite": {
                                "hostname": "c.example.com",
                                "path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"},
                            },
                        },
                    ],
                    "backendRefs": [
                        {"group": "", "kind": "Service", "name": "web", "port": 80, "weight": 1}
                    ],
                    "timeouts": {"request": "30s", "backendRequest": "10s"},
                },
                {
                    "filters": [
                        {
                            "type": "RequestRedirect",
                            "requestRedirect": {
                                "scheme": "https",
                                "hostname": "d.example.com",
                                "port": 8443,
                                "statusCode": 301,
                                "path": {"type": "ReplaceFullPath", "replaceFullPath": "/b"},
                            },
                        }
                    ]
                },
            ],
        },
    ),
}
"""An object of each kind with most of its fields."""

_STRINGS: tuple[Any, ...] = (5, True, "", "Wrong_Word!", "-a", "a" * 300, "/", [], {}, None)
_NUMBERS: tuple[Any, ...] = ("5", 0, -1, 1, 511, 599, 70000, 2**31, 1.5, True, {}, None)
_BOOLEANS: tuple[Any, ...] = ("yes", 1, [], None)


def mutations() -> Iterator[tuple[str, Object]]:
    """Yield each base with one field changed, and what says which: `base path change`."""
    for name, base in BASES.items():
        yield f"{name} as it is", base
        for path, value in _paths(base, ()):
            if path[:1] in {("apiVersion",), ("kind",)}:
                continue
            yield f"{name} {_shown(path)} absent", _without(base, path)
            for new in _values(value):
                yield f"{name} {_shown(path)} {_cut(new)}", _with(base, path, new)


def _values(value: object) -> Iterator[Any]:
    match value:
        case bool():
            yield from _BOOLEANS
        case str():
            yield from (each for each in _STRINGS if each != value)
            yield value.lower() if value != value.lower() else value.upper()
        case int():
            yield from (each for each in _NUMBERS if each != value)
        case list():
            yield from ([], {}, "a", [*value, value[0]], [*value, None], None)
        case dict():
            yield from ({}, [], "a", {**value, "unknown": "a"}, None)


def _paths(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:  # noqa: ANN401 - plain data
    for key, item in (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    ):
        yield (*path, key), item
        yield from _paths(item, (*path, key))


def _without(base: Object, path: Path) -> Object:
    found: Any = deepcopy(base)
    inner = found
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    return found  # type: ignore[no-any-return]


def _with(base: Object, path: Path, value: object) -> Object:
    found: Any = deepcopy(base)
    inner = found
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = deepcopy(value)
    return found  # type: ignore[no-any-return]


def _shown(path: Path) -> str:
    return ".".join(map(str, path))


def _cut(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:30]}… ({len(text)})"

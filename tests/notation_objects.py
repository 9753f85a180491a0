"""Objects that are right but for one value of a notation, which a server judges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Object = dict[str, Any]
Build = Callable[[str], Object]

LABELS = {"app": "web"}


def pod(container: Object | None = None, **spec: Any) -> Object:  # noqa: ANN401 - any field
    main = {"name": "web", "image": "web", **(container or {})}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web"},
        "spec": {"serviceAccountName": "web", "containers": [main], **spec},
    }


def volume(**source: Object) -> Object:
    return pod(volumes=[{"name": "data", **source}])


def variable(**source: Object) -> Object:
    return pod({"env": [{"name": "A", "valueFrom": source}]})


def token(**fields: Any) -> Object:  # noqa: ANN401 - any field
    return volume(projected={"sources": [{"serviceAccountToken": {"path": "token", **fields}}]})


def sub_path(path: str) -> Object:
    mounts = [{"name": "data", "mountPath": "/data", "subPath": path}]
    return pod({"volumeMounts": mounts}, volumes=[{"name": "data", "emptyDir": {}}])


def limited(limits: Object) -> Object:
    return pod({"resources": {"limits": limits}})


def claim(size: str = "1Gi", storage_class: str | None = None, modes: str = "") -> Object:
    spec: Object = {
        "accessModes": modes.split(",") if modes else ["ReadWriteOnce"],
        "resources": {"requests": {"storage": size}},
    }
    if storage_class is not None:
        spec["storageClassName"] = storage_class
    return of("v1", "PersistentVolumeClaim", spec)


def of(version: str, kind: str, spec: Object) -> Object:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "web"}, "spec": spec}


def cron_job(schedule: str, zone: str | None = None) -> Object:
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "a"}]}}
    spec = {"schedule": schedule, "jobTemplate": {"spec": {"template": template}}}
    return of("batch/v1", "CronJob", spec | ({} if zone is None else {"timeZone": zone}))


def autoscaler(text: str, metric: Object | None = None) -> Object:
    least, most = text.split("-")
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        "minReplicas": int(least),
        "maxReplicas": int(most),
        "metrics": [metric] if metric else [],
    }
    return of("autoscaling/v2", "HorizontalPodAutoscaler", spec)


def of_cpu(target: Object) -> Object:
    return autoscaler("1-2", {"type": "Resource", "resource": {"name": "cpu", "target": target}})


def of_pods(name: str) -> Object:
    target = {"type": "AverageValue", "averageValue": "1"}
    return autoscaler("1-2", {"type": "Pods", "pods": {"metric": {"name": name}, "target": target}})


def number(text: str) -> int | str:
    return int(text) if text.isdigit() else text


def budget(text: str) -> Object:
    spec = {"maxUnavailable": number(text), "selector": {"matchLabels": LABELS}}
    return of("policy/v1", "PodDisruptionBudget", spec)


def workload(kind: str, field: str, text: str) -> Object:
    strategy: Object = {"type": text}
    if "/" in text:
        surge, missing = text.split("/")
        amounts = {"maxSurge": surge, "maxUnavailable": missing}
        numbers = {name: number(amount) for name, amount in amounts.items() if amount}
        strategy = {"type": "RollingUpdate", "rollingUpdate": numbers}
    template = {
        "metadata": {"labels": LABELS},
        "spec": {"containers": [{"name": "a", "image": "a"}]},
    }
    spec = {"selector": {"matchLabels": LABELS}, "template": template, field: strategy}
    return of("apps/v1", kind, spec)


def tolerating(**fields: str) -> Object:
    return pod(tolerations=[fields])


def spread(key: str) -> Object:
    constraint = {"maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": "ScheduleAnyway"}
    return pod(topologySpreadConstraints=[constraint])


def route(rule: Object | None = None, **spec: Any) -> Object:  # noqa: ANN401 - any field
    fields = {"parentRefs": [{"name": "public"}], "rules": [rule or {}]}
    return of("gateway.networking.k8s.io/v1", "HTTPRoute", fields | spec)


def filtered(kind: str, field: str, value: Object) -> Object:
    return route({"filters": [{"type": kind, field: value}]})


def setting(name: str, value: str) -> Object:
    header = {"name": name, "value": value}
    return filtered("RequestHeaderModifier", "requestHeaderModifier", {"set": [header]})


def virtual_service(timeout: str) -> Object:
    http = {"route": [{"destination": {"host": "web"}}], "timeout": timeout}
    spec = {"hosts": ["a.example.com"], "gateways": ["public"], "http": [http]}
    return of("networking.istio.io/v1", "VirtualService", spec)


def ingress(path: str) -> Object:
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    paths = [{"path": path, "pathType": "ImplementationSpecific", "backend": backend}]
    return of("networking.k8s.io/v1", "Ingress", {"rules": [{"http": {"paths": paths}}]})


def matching(path: str) -> Object:
    return route({"matches": [{"path": {"type": "PathPrefix", "value": path}}]})


VALUES: dict[str, tuple[Build, list[str]]] = {
    "medium": (
        lambda v: volume(emptyDir={"medium": v}),
        ["Memory", "HugePages", "HugePages-2Mi", "HugePages-x", "disk"],
    ),
    "size_limit": (lambda v: volume(emptyDir={"sizeLimit": v}), ["0", "64Mi", "-1", "1GB"]),
    "csi_driver": (
        lambda v: volume(csi={"driver": v}),
        ["a", "A.b", "a_b", "a-", "a..b", "a" * 63, "a" * 64, "secrets-store.csi.k8s.io"],
    ),
    "node_path": (lambda v: volume(hostPath={"path": v}), ["/", "/a b", "/a/../b", "/..", "/a..b"]),
    "node_type": (
        lambda v: volume(hostPath={"path": "/a", "type": v}),
        ["Directory", "Socket", "BlockDevice", "Folder"],
    ),
    "export_path": (
        lambda v: volume(nfs={"server": "nas", "path": v}),
        ["/", "/a", "/a/b c"],
    ),
    "sub_path": (sub_path, ["a", "a/b", "a b", "..a", "a:b", "..", "a/../b", "/a"]),
    "mode": (
        lambda v: volume(secret={"secretName": "a", "defaultMode": int(v, 8)}),
        ["000", "400", "777"],
    ),
    "token_file": (lambda v: token(path=v), ["token", ".a", "a/b", "a b", "..a", "a/../b"]),
    "token_seconds": (
        lambda v: token(expirationSeconds=int(v)),
        ["599", "600", "4294967296", "4294967297"],
    ),
    "extended_resource": (
        lambda v: limited({"nvidia.com/gpu": v}),
        ["1", "0", "1.5", "9223372036854775", "9223372036854776", "8Pi", "9Pi", "5Ei", "8Ei"],
    ),
    "huge_pages": (
        lambda v: limited({f"hugepages-{v}": v, "cpu": "1"}),
        ["2Mi", "1", ".5Ki", "8Pi", "9Pi", "+2Mi", "2.", "0", "0" * 50 + "2Mi", "0" * 51 + "2Mi"],
    ),
    "searches": (
        lambda v: pod(dnsConfig={"searches": [f"a{each}" for each in range(int(v))]}),
        ["6", "7", "32", "33"],
    ),
    "claim_size": (lambda v: claim(size=v), ["1Gi", "1", "0.5Gi", "0", "-1", "100m", "1GB"]),
    "storage_class": (
        lambda v: claim(storage_class=v),
        ["", "fast", "a.b", "Fast", "a_b", "-a"],
    ),
    "access": (
        lambda v: claim(modes=v),
        [
            "ReadWriteOnce",
            "ReadOnlyMany,ReadWriteMany",
            "ReadWriteOncePod",
            "ReadWriteOncePod,ReadWriteOnce",
            "ReadWriteOnce,ReadWriteOnce",
            "ReadWrite",
        ],
    ),
    "field": (
        lambda v: variable(fieldRef={"fieldPath": v}),
        [
            "metadata.name",
            "metadata.uid",
            "metadata.namespace",
            "metadata.labels",
            "metadata.labels['app']",
            "metadata.labels['a b']",
            "metadata.labels['A/b']",
            "metadata.labels['']",
            "metadata.labels['a']x",
            "metadata.annotations['A/b']",
            "spec.nodeName",
            "spec.serviceAccountName",
            "spec.restartPolicy",
            "status.hostIP",
            "status.hostIPs",
            "status.podIP",
            "status.podIPs",
            "status.phase",
        ],
    ),
    "resource_field": (
        lambda v: variable(resourceFieldRef={"resource": v}),
        [
            "limits.cpu",
            "requests.memory",
            "limits.ephemeral-storage",
            "requests.hugepages-2Mi",
            "limits.hugepages-x",
            "limits.nvidia.com/gpu",
            "requests.pods",
            "memory",
        ],
    ),
    "cpu_divisor": (
        lambda v: variable(resourceFieldRef={"resource": "limits.cpu", "divisor": v}),
        ["1", "1m", "100m", "1000m", "2", "0"],
    ),
    "memory_divisor": (
        lambda v: variable(resourceFieldRef={"resource": "limits.memory", "divisor": v}),
        ["1", "1k", "1M", "1E", "1Ki", "1Ei", "1m", "2Mi", "1024", "1024Ki", "0"],
    ),
    "key_reference": (
        lambda v: variable(secretKeyRef={"name": "a", "key": v}),
        ["a", "tls.crt", "1", "true", "", ".", "..a", "a b", "a/b", "a" * 253, "a" * 254],
    ),
    "cron": (
        cron_job,
        [
            *("* * * * *", "0-59 0-23 1-31 1-12 0-6", "*/15 8-18 * JAN-dec MON-fri"),
            *("*/100 * * * *", "5/15 * * * *", "? * ? * ?", "01 * * * *", "* * 31 2 *"),
            *("* * * * mon-5", "1-1 * * * *", "*,5 * * * *", "*/1,2-3/1 * * * *"),
            *("*-5 * * * *", "1,2, * * * *", ", * * * *", "+1 * * * *"),
            *("60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 13 *"),
            *("* * * 0 *", "* * * * 7", "* * * * 1-7", "*/0 * * * *", "5-1 * * * *"),
            *("-1 * * * *", "1-2-3 * * * *", "1/2/3 * * * *", "1- * * * *", "1/ * * * *"),
            *("* * * january *", "* * L * *", "* * 1W * *", "* * * * mon#1", "jan * * * *"),
            *("* * * *", "* * * * * *", "0 0 0 * * * 2030", "99999999999 * * * *", ""),
            *("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"),
            *("@Daily", "@reboot", "@every", "@every 90m", "@every 1.5h", "@every 500ms"),
            *("@every .5h", "@every 1d", "@every 0", "@every 0s", "@every -1h", "@every 1"),
            *("@every 1μs", "@every 0.0000000001s", f"*/{2**63 - 1} * * * *", f"*/{2**63} * * * *"),
        ],
    ),
    "time_zone": (
        lambda v: cron_job("@daily", v),
        [
            "Europe/Berlin",
            "UTC",
            "Etc/GMT+3",
            "US/Eastern",
            "Asia/Kolkata",
            "GB",
            "EST",
            "europe/berlin",
            "utc",
            "Local",
            "local",
            "+01:00",
            "Mars/Olympus",
        ],
    ),
    "range": (
        autoscaler,
        ["1-2", "2-10", "1-2147483647", "0-5", "1-1", "10-2", "1-2147483648"],
    ),
    "percentage": (
        lambda v: of_cpu({"type": "Utilization", "averageUtilization": int(v)}),
        ["0", "1", "80", "100", "1000"],
    ),
    "metric_amount": (
        lambda v: of_cpu({"type": "AverageValue", "averageValue": v}),
        ["1", "500m", "0.5", "1e3", "0", "-1", "many"],
    ),
    "metric_name": (of_pods, ["rps", "a_b", "A.b-c", "a:b", "a/b", "a%b", ".", "..", "a|b"]),
    "budget": (
        budget,
        ["1", "1%", "100%", "2147483647", "0", "0%", "101%", "1.5%", "2147483648", "one"],
    ),
    "deployment_rollout": (
        lambda v: workload("Deployment", "strategy", v),
        [
            "Recreate",
            "OnDelete",
            "1/0",
            "0/1",
            "25%/",
            "/1",
            "0/",
            "/0",
            "150%/0",
            "100%/100%",
            "0/0",
            "0%/0",
            "0%/0%",
            "0/101%",
            "x/1",
            "1/-1",
        ],
    ),
    "daemonset_rollout": (
        lambda v: workload("DaemonSet", "updateStrategy", v),
        [
            "Recreate",
            "OnDelete",
            "1/0",
            "0/1",
            "/1",
            "100%/0",
            "/0",
            "150%/0",
            "1/1",
            "0/0",
            "0/101%",
            "0/",
        ],
    ),
    "taint_key": (
        lambda v: tolerating(key=v, operator="Exists"),
        ["a", "1", "a/b", "A", "a b", "A/b", "a" * 63, "a" * 64, "-a", "a/b/c"],
    ),
    "taint_value": (
        lambda v: tolerating(key="a", operator="Equal", value=v),
        ["", "b", "B_c.1", "-b", "b c", "a" * 63, "a" * 64],
    ),
    "effect": (
        lambda v: tolerating(key="a", operator="Exists", effect=v),
        ["NoSchedule", "PreferNoSchedule", "NoExecute", "Never"],
    ),
    "topology_key": (spread, ["topology.kubernetes.io/zone", "a/b", "rack", "a b", "A/b"]),
    "user": (
        lambda v: pod(securityContext={"runAsUser": int(v)}),
        ["0", "10001", "2147483647", "2147483648", "-1"],
    ),
    "gateway_namespace": (
        lambda v: route(parentRefs=[{"name": "a", "namespace": v}]),
        ["infra", "1a", "Infra", "a.b", "a" * 63, "a" * 64],
    ),
    "listener": (
        lambda v: route(parentRefs=[{"name": "a", "sectionName": v}]),
        ["https", "a.b", "Https", "a_b", "-a"],
    ),
    "route_host": (
        lambda v: route(hostnames=[v]),
        ["a.example.com", "*.example.com", "a", "A.b", "a_b", "a.", "*.*.b"],
    ),
    "redirect_host": (
        lambda v: filtered("RequestRedirect", "requestRedirect", {"hostname": v}),
        ["b", "b.example.com", "*.b", "B", "b_c"],
    ),
    "redirect_port": (
        lambda v: filtered("RequestRedirect", "requestRedirect", {"port": int(v)}),
        ["1", "8443", "65535", "0", "65536"],
    ),
    "header_to_set": (
        lambda v: setting(v, "a"),
        ["X-Env", "x", "X_Env", "X.Env", "X Env", ":authority", "", "A" * 256, "A" * 257],
    ),
    "header_value": (lambda v: setting("A", v), ["b", "b c", "b:c", "", "a" * 4096, "a" * 4097]),
    "weight": (
        lambda v: route({"backendRefs": [{"name": "a", "port": 80, "weight": int(v)}]}),
        ["0", "1", "1000000", "1000001", "-1"],
    ),
    "route_timeout": (
        lambda v: route({"timeouts": {"request": v}}),
        ["30s", "500ms", "1h30m", "99999h", "0s", "1.5s", "100000h", "1d", "30", "", "1h" * 5],
    ),
    "istio_timeout": (virtual_service, ["30s", "500ms", "1h30m", "1ms", "0s", "1d", "30"]),
    "any_path": (ingress, ["/a*", "/a(/|$)(.*)", "/a//b", "/a/../b", "/*", "a"]),
    "probe_port": (
        lambda v: pod({"livenessProbe": {"httpGet": {"port": v, "path": "/"}}}),
        ["http", "80-tls", "a" * 15, "a" * 16, "Http", "a--b", "-a", "a_b"],
    ),
    "container_port_name": (
        lambda v: pod({"ports": [{"name": v, "containerPort": 80}]}),
        ["http", "80-tls", "a" * 15, "a" * 16, "Http", "a--b", "-a", "80"],
    ),
}

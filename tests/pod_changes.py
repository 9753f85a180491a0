"""Changes of a pod that the Pod Security Standard *restricted* is about.

Each is of a pod that meets the standard, of a field that the standard restricts
(https://kubernetes.io/docs/concepts/security/pod-security-standards/).
"""

from __future__ import annotations

import json
from itertools import product
from typing import Any

Changes = dict[str, Any]

OWN = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
BASE = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web", "annotations": {}},
    "spec": {
        "serviceAccountName": "web",
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "initContainers": [{"name": "first", "image": "web", "securityContext": OWN}],
        "containers": [{"name": "web", "image": "web", "securityContext": OWN}],
    },
}
POD = "spec.securityContext"
CONTAINERS = ("spec.initContainers.0", "spec.containers.0")
EVERYWHERE = (POD, *(f"{each}.securityContext" for each in CONTAINERS))
PROFILES = [
    {"type": "RuntimeDefault"},
    {"type": "Unconfined"},
    {"type": "Localhost", "localhostProfile": "a"},
]
HTTP = {"httpGet": {"port": 80, "host": "a"}}
TCP = {"tcpSocket": {"port": 80, "host": "a"}}
LOCAL = [{"httpGet": {"port": 80}}, {"tcpSocket": {"port": 80}}, {"exec": {"command": ["a"]}}]

SOURCES: list[Changes] = [
    {},
    {"configMap": {"name": "a"}},
    {"csi": {"driver": "a"}},
    {"downwardAPI": {}},
    {"emptyDir": {}},
    {"persistentVolumeClaim": {"claimName": "a"}},
    {"projected": {"sources": []}},
    {"secret": {"secretName": "a"}},
    {"image": {"reference": "a"}},
    {
        "ephemeral": {
            "volumeClaimTemplate": {
                "spec": {
                    "accessModes": ["ReadWriteOnce"],
                    "resources": {"requests": {"storage": "1Gi"}},
                }
            }
        }
    },
    {"hostPath": {"path": "/a"}},
    {"nfs": {"server": "a", "path": "/a"}},
    {"iscsi": {"targetPortal": "a", "iqn": "iqn.2001-04.com.example:a", "lun": 1}},
    {"awsElasticBlockStore": {"volumeID": "a"}},
    {"azureDisk": {"diskName": "a", "diskURI": "https://a/b.vhd", "kind": "Dedicated"}},
    {"azureFile": {"secretName": "a", "shareName": "a"}},
    {"cephfs": {"monitors": ["a"]}},
    {"cinder": {"volumeID": "a"}},
    {"fc": {"targetWWNs": ["a"], "lun": 1}},
    {"flexVolume": {"driver": "a/b"}},
    {"gcePersistentDisk": {"pdName": "a"}},
    {"rbd": {"monitors": ["a"], "image": "a"}},
    {"vsphereVolume": {"volumePath": "a"}},
]

FIELDS: dict[tuple[str, ...], list[Any]] = {
    ("spec.hostNetwork", "spec.hostPID", "spec.hostIPC"): [True, False],
    tuple(f"{each}.windowsOptions.hostProcess" for each in EVERYWHERE): [False],
    tuple(f"{each}.seLinuxOptions.type" for each in EVERYWHERE): [
        *("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t", "spc_t"),
    ],
    tuple(f"{each}.seLinuxOptions.user" for each in EVERYWHERE): ["", "system_u"],
    tuple(f"{each}.seLinuxOptions.role" for each in EVERYWHERE): ["", "system_r"],
    tuple(f"{each}.seLinuxOptions.level" for each in EVERYWHERE): ["s0"],
    tuple(f"{each}.seccompProfile" for each in EVERYWHERE): [*PROFILES, None],
    tuple(f"{each}.appArmorProfile" for each in EVERYWHERE): [*PROFILES, None],
    tuple(f"{each}.runAsNonRoot" for each in EVERYWHERE): [True, False, None],
    tuple(f"{each}.runAsUser" for each in EVERYWHERE): [0, 1, None],
    tuple(f"{each}.runAsGroup" for each in EVERYWHERE): [0],
    tuple(f"{each}.securityContext.privileged" for each in CONTAINERS): [False, None],
    tuple(f"{each}.securityContext.procMount" for each in CONTAINERS): ["Default", None],
    tuple(f"{each}.securityContext.allowPrivilegeEscalation" for each in CONTAINERS): [
        *(True, False, None),
    ],
    tuple(f"{each}.securityContext.capabilities.add" for each in CONTAINERS): [
        *([], ["NET_BIND_SERVICE"], ["NET_ADMIN"], ["NET_BIND_SERVICE", "CHOWN"]),
    ],
    tuple(f"{each}.securityContext.capabilities.drop" for each in CONTAINERS): [
        *([], ["ALL", "CHOWN"], ["CHOWN"], ["all"]),
    ],
    tuple(f"{each}.securityContext" for each in CONTAINERS): [None, {}],
    tuple(f"{each}.ports" for each in CONTAINERS): [
        [{"containerPort": 80}],
        [{"containerPort": 80, "hostPort": 0}],
        [{"containerPort": 80}, {"containerPort": 81, "hostPort": 81}],
    ],
    tuple(f"spec.containers.0.{each}Probe" for each in ("liveness", "readiness", "startup")): [
        *LOCAL,
        HTTP,
        TCP,
    ],
    tuple(f"spec.containers.0.lifecycle.{each}" for each in ("preStop", "postStart")): [
        LOCAL[0],
        LOCAL[2],
        HTTP,
        TCP,
    ],
    ("metadata.annotations",): [
        {f"container.apparmor.security.beta.kubernetes.io/{name}": profile}
        for name in ("web", "first")
        for profile in ("runtime/default", "localhost/a", "unconfined")
    ],
    (f"{POD}.sysctls",): [
        [{"name": name, "value": "0"}]
        for name in (
            *("kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies"),
            *("net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start"),
            *("net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time"),
            *("net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl"),
            *("net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"),
            *("kernel.msgmax", "net.core.somaxconn", "net.ipv4.ip_forward"),
        )
    ],
    ("spec.volumes",): [[{"name": "a", **source}] for source in SOURCES],
}
SEVERAL: list[Changes] = [
    {},
    {"spec.hostUsers": False, f"{POD}.runAsNonRoot": False},
    {"spec.hostUsers": False, f"{POD}.runAsNonRoot": None, f"{POD}.runAsUser": 0},
    {"spec.hostUsers": False, "spec.containers.0.securityContext.runAsUser": 0},
    {"spec.hostUsers": True, f"{POD}.runAsUser": 0},
    {"spec.hostUsers": False, f"{POD}.seccompProfile": None},
    {
        "spec.hostUsers": False,
        "spec.containers.0.securityContext.procMount": "Unmasked",
    },
    *(
        {f"{each}.securityContext.privileged": True,
         f"{each}.securityContext.allowPrivilegeEscalation": None}
        for each in CONTAINERS
    ),
    {
        f"{POD}.runAsNonRoot": None,
        **{f"{each}.securityContext.runAsNonRoot": True for each in CONTAINERS},
    },
    {f"{POD}.runAsNonRoot": None, "spec.containers.0.securityContext.runAsNonRoot": True},
    {
        f"{POD}.runAsNonRoot": False,
        **{f"{each}.securityContext.runAsNonRoot": True for each in CONTAINERS},
    },
    {
        f"{POD}.seccompProfile": None,
        **{f"{each}.securityContext.seccompProfile": PROFILES[0] for each in CONTAINERS},
    },
    {f"{POD}.seccompProfile": None, "spec.containers.0.securityContext.seccompProfile": PROFILES[0]},
    *(
        {"spec.os.name": "windows", POD: context, **{
            f"{each}.securityContext": None for each in CONTAINERS
        }}
        for context in (
            {"runAsNonRoot": True},
            {},
            {"runAsNonRoot": True, "windowsOptions": {"hostProcess": True}},
        )
    ),
    {"spec.hostNetwork": True, "spec.os.name": "windows", POD: {
        "runAsNonRoot": True, "windowsOptions": {"hostProcess": True}}, **{
            f"{each}.securityContext": None for each in CONTAINERS
        }},
]  # fmt: skip


def changed(base: Any, changes: Changes) -> Any:  # noqa: ANN401 - an object
    """Return an object with other values at dotted paths; None takes a field away."""
    whole = json.loads(json.dumps(base))  # without parts in two places
    for path, value in changes.items():
        *above, last = path.split(".")
        holder = whole
        for key in above:
            holder = holder[int(key)] if isinstance(holder, list) else holder.setdefault(key, {})
        if value is None:
            holder.pop(last, None)
        else:
            holder[last] = value
    return whole


def every_change() -> list[Changes]:
    """Return the changes, each of which is of a pod that meets the standard."""
    single = (
        {path: value} for each, values in FIELDS.items() for path, value in product(each, values)
    )
    return [*SEVERAL, *single]

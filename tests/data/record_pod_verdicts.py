"""Record which pods a namespace that enforces the Pod Security Standard *restricted* refuses.

Usage: python record_pod_verdicts.py NAMESPACE > pod-verdicts.json

kubectl talks to a server of Kubernetes 1.36 that has the namespace, with the labels
`pod-security.kubernetes.io/enforce: restricted` and `…/enforce-version: v1.36`. Nothing is created:
each pod is one that meets the standard with a change of one of the fields that the standard
restricts (https://kubernetes.io/docs/concepts/security/pod-security-standards/), as a dry run.
"""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
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


def verdict(changes: Changes, namespace: str) -> str:
    command = ["kubectl", "create", "-n", namespace, "--dry-run=server", "-f", "-"]
    text = json.dumps(changed(BASE, changes))
    ended = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if not ended.returncode:
        return "accept"
    return "refuse" if "violates PodSecurity" in ended.stderr else ended.stderr


def main(namespace: str) -> None:
    """Print the pod, and each change of it with the verdict."""
    single = [
        {path: value} for paths, values in FIELDS.items() for path, value in product(paths, values)
    ]
    every = [*SEVERAL, *single]
    with ThreadPoolExecutor(4) as pool:
        verdicts = list(pool.map(lambda each: verdict(each, namespace), every))
    for each, found in zip(every, verdicts, strict=True):
        if found not in ("accept", "refuse"):
            sys.stderr.write(f"left out: {json.dumps(each)}: {found.strip()}\n")
    rows = [[each, v] for each, v in zip(every, verdicts, strict=True) if v in ("accept", "refuse")]
    lines = ",\n".join(json.dumps(row) for row in rows)
    sys.stdout.write(f'{{"pod": {json.dumps(BASE)},\n"verdicts": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main(*sys.argv[1:])

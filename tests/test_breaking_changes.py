from __future__ import annotations

from pathlib import Path

import pytest

from kustz_tpl.output.breaking_changes import find_breaking_changes
from kustz_tpl.output.changes import Change, Plan

DEPLOYMENT = """\
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    spec:
      initContainers:
        - name: proxy
          startupProbe: {tcpSocket: {port: 15001}}
      containers:
        - name: web
          livenessProbe: {tcpSocket: {port: 80}}
          readinessProbe: {tcpSocket: {port: 80}}
          resources: {limits: {cpu: 10m, memory: 10Mi}}
        - name: side
"""
SERVICE = """\
kind: Service
metadata: {name: web}
spec:
  type: NodePort
  ports:
    - {port: 80, nodePort: 30080}
    - {port: 53, protocol: UDP, nodePort: 30053}
    - {port: 53, protocol: TCP}
"""
STATEFUL_SET = """\
kind: StatefulSet
metadata: {name: db}
spec:
  selector: {matchLabels: {app: db}}
  serviceName: a
  replicas: 3
  podManagementPolicy: OrderedReady
  volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce]}}]
  template: {spec: {containers: [{name: db, image: a}]}}
"""
JOB = """\
kind: Job
metadata: {name: import}
spec:
  completions: 2
  backoffLimit: 4
  template: {spec: {containers: [{name: import, image: a}]}}
"""
CRON_JOB = """\
kind: CronJob
metadata: {name: report}
spec:
  schedule: "@daily"
  jobTemplate: {spec: {template: {spec: {containers: [{name: report, image: a}]}}}}
"""
INGRESS = """\
kind: Ingress
metadata: {name: web}
spec:
  rules: [{host: a.example.com}, {host: b.example.com}, {http: {}}]
"""
CLAIM = """\
kind: PersistentVolumeClaim
metadata: {name: data}
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: fast
  resources: {requests: {storage: 10Gi}}
"""
CLAIM_TEMPLATES = """\
kind: StatefulSet
metadata: {name: db}
spec:
  volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce]}}]
"""
KUSTOMIZATION = "kind: Kustomization\nnamespace: one\n"


def found(old: str | None, new: str | None, path: str = "x.yml") -> list[str]:
    before, after = (text.encode() if text is not None else None for text in (old, new))
    action = "created" if old is None else "removed" if new is None else "changed"
    change = Change(path, "manifest", action, "ours", before, after)
    return [each.message for each in find_breaking_changes(Plan(Path(), (change,)))]


def swapped(text: str, old: str, new: str) -> list[str]:
    assert old in text
    return found(text, text.replace(old, new))


@pytest.mark.parametrize(
    ("text", "old", "new", "message"),
    [
        (DEPLOYMENT, "name: web}", "name: shop}", "Deployment web becomes shop: a new one is created, and the old one stays"),
        (DEPLOYMENT, "{app: web}", "{app: shop}", "Deployment web: the selector changes, which a cluster refuses: delete and create it"),
        (DEPLOYMENT, "replicas: 2", "replicas: 0", "Deployment web: replicas become 0: nothing runs"),
        (DEPLOYMENT, "  replicas: 2\n", "", "Deployment web: replicas leave the manifest, so kubectl apply makes them 1 for a moment; remove them with kubectl apply edit-last-applied first"),
        (STATEFUL_SET, "replicas: 3", "minReadySeconds: 1", "StatefulSet db: replicas leave the manifest, so kubectl apply makes them 1 for a moment; remove them with kubectl apply edit-last-applied first"),
        (DEPLOYMENT, "livenessProbe", "startupProbe", "Deployment web: container web loses its livenessProbe"),
        (DEPLOYMENT, "startupProbe", "unused", "Deployment web: container proxy loses its startupProbe"),
        (DEPLOYMENT, "cpu: 10m, ", "", "Deployment web: container web loses its limit of cpu"),
        (DEPLOYMENT, "kind: Deployment", "kind: StatefulSet", "Deployment web becomes a StatefulSet: a new one is created, and the old one stays"),
        (STATEFUL_SET, "serviceName: a", "serviceName: b", "StatefulSet db: serviceName changes, which a cluster refuses: delete and create it"),
        (STATEFUL_SET, "OrderedReady", "Parallel", "StatefulSet db: podManagementPolicy changes, which a cluster refuses: delete and create it"),
        (STATEFUL_SET, "{app: db}", "{tier: db}", "StatefulSet db: the selector changes, which a cluster refuses: delete and create it"),
        (JOB, "image: a", "image: b", "Job import: its pods change, which a cluster refuses: delete it first; Argo CD and Flux have an annotation for that"),
        (JOB, "completions: 2", "completions: 3", "Job import: completions changes, which a cluster refuses: delete and create it"),
        (JOB, "kind: Job", "kind: CronJob", "Job import becomes a CronJob: a new one is created, and the old one stays"),
        (SERVICE, "type: NodePort", "type: LoadBalancer", "Service web: type NodePort becomes LoadBalancer"),
        (SERVICE, "type: NodePort", "clusterIP: None", "Service web: type NodePort becomes headless, which a cluster refuses: delete and create it"),
        (SERVICE, "nodePort: 30080", "nodePort: 30081", "Service web: node port 30080 becomes 30081"),
        (SERVICE, ", nodePort: 30053", "", "Service web: node port 30053 becomes unfixed"),
        (CLAIM, "10Gi", "1024Mi", "PersistentVolumeClaim data: size 10Gi becomes 1024Mi, which a cluster refuses: make a new claim"),
        (CLAIM, "fast", "slow", "PersistentVolumeClaim data: class fast becomes slow, which a cluster refuses: make a new claim"),
        (CLAIM, "fast", '""', 'PersistentVolumeClaim data: class fast becomes "", which a cluster refuses: make a new claim'),
        (CLAIM, "storageClassName: fast", "volumeMode: Filesystem", "PersistentVolumeClaim data: class fast becomes the default, which a cluster refuses: make a new claim"),
        (CLAIM, "[ReadWriteOnce]", "[ReadWriteOnce, ReadWriteMany]", "PersistentVolumeClaim data: access ReadWriteOnce becomes ReadWriteOnce,ReadWriteMany, which a cluster refuses: make a new claim"),
        (CLAIM_TEMPLATES, "name: data", "name: more", "StatefulSet db: the claim templates change, which a cluster refuses: delete and create it"),
        (CLAIM_TEMPLATES, "volumeClaimTemplates", "other", "StatefulSet db: the claim templates change, which a cluster refuses: delete and create it"),
        (INGRESS, "a.example", "c.example", "Ingress web: host a.example.com is removed"),
        (INGRESS, ", {http: {}}", "", "Ingress web: host (any) is removed"),
    ],
)  # fmt: skip
def test_what_may_cause_downtime_is_marked(text: str, old: str, new: str, message: str) -> None:
    assert swapped(text, old, new) == [message]


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (DEPLOYMENT, "replicas: 2", "replicas: 1"),
        (DEPLOYMENT.replace("replicas: 2", "replicas: 1"), "  replicas: 1\n", ""),
        (STATEFUL_SET, "image: a", "image: b"),
        (STATEFUL_SET, "  podManagementPolicy: OrderedReady\n", ""),
        (JOB, "backoffLimit: 4", "backoffLimit: 5"),
        (CRON_JOB, "image: a", "image: b"),
        (CRON_JOB, "@daily", "@weekly"),
        (DEPLOYMENT, "cpu: 10m", "cpu: 1m"),
        (DEPLOYMENT, "port: 80", "port: 81"),
        (DEPLOYMENT, "name: side", "name: other"),
        (SERVICE, "port: 80,", "targetPort: 8080, port: 80,"),
        (SERVICE, "protocol: TCP", "protocol: SCTP"),
        (CLAIM, "10Gi", "10240Mi"),
        (CLAIM, "10Gi", "11Gi"),
        (CLAIM.replace("10Gi", "wrong"), "wrong", "1Gi"),
        (CLAIM, "metadata: {", "metadata: {labels: {a: b}, "),
        (CLAIM_TEMPLATES, "spec:\n", "spec:\n  minReadySeconds: 3\n"),
        (INGRESS, "{host: a.example.com}, ", "{host: c.example.com}, {host: a.example.com}, "),
    ],
)
def test_what_is_harmless_is_not_marked(text: str, old: str, new: str) -> None:
    assert swapped(text, old, new) == []


def test_what_comes_or_stays_is_harmless() -> None:
    for text in (DEPLOYMENT, SERVICE, INGRESS):
        assert found(None, text) == []
        assert found(text, text) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (DEPLOYMENT, "Deployment web is removed"),
        (SERVICE, "Service web is removed"),
        (INGRESS, "Ingress web is removed, and with it a.example.com, b.example.com, (any)"),
        ("kind: Ingress\nmetadata: {name: web}\n", "Ingress web is removed"),
        ("kind: Secret\nmetadata: {name: web}\n", "Secret web is removed"),
        (
            CLAIM,
            "PersistentVolumeClaim data is removed, and a pruning apply (Argo CD, Flux) deletes its data",
        ),
    ],
)
def test_what_is_removed_is_marked_once(text: str, message: str) -> None:
    assert found(text, None) == [message]
    assert found(text, None, "resources/own.yml") == [message]
    assert found(f"{text}---\nkind: Other\nmetadata: {{name: web}}\n", text) == [
        "Other web is removed"
    ]


@pytest.mark.parametrize("text", ["kind: Service\n", "metadata: {name: web}\n", "a: b\n", ""])
def test_what_has_no_kind_or_name_is_not_marked(text: str) -> None:
    assert found(text, None) == []


@pytest.mark.parametrize("text", [DEPLOYMENT, SERVICE, INGRESS])
def test_a_rename_is_marked_once(text: str) -> None:
    kind = text.split()[1]
    assert swapped(text, "name: web}", "name: shop}") == [
        f"{kind} web becomes shop: a new one is created, and the old one stays"
    ]


def test_of_several_that_go_none_is_renamed() -> None:
    other = SERVICE.replace("name: web", "name: other")
    assert found(f"{SERVICE}---\n{other}", SERVICE.replace("name: web", "name: shop")) == [
        "Service web is removed",
        "Service other is removed",
    ]


GENERATORS = """\
kind: Kustomization
configMapGenerator: [{name: settings}, {name: files}]
secretGenerator: [{name: tokens}]
"""


@pytest.mark.parametrize(
    ("old", "new", "messages"),
    [
        ("{name: settings}, ", "", ["ConfigMap settings is removed"]),
        ("name: settings", "name: other", ["ConfigMap settings is removed"]),
        ("secretGenerator: [{name: tokens}]\n", "", ["Secret tokens is removed"]),
        ("secretGenerator: [{name: tokens}]", "secretGenerator: []", ["Secret tokens is removed"]),
        ("{name: tokens}", "{name: tokens, type: Opaque}", []),
        ("{name: tokens}", "{name: tokens}, {name: more}", []),
    ],
)
def test_what_kustomize_makes_no_longer_is_marked(old: str, new: str, messages: list[str]) -> None:
    assert old in GENERATORS
    assert found(GENERATORS, GENERATORS.replace(old, new), "kustomization.yml") == messages


@pytest.mark.parametrize("kind", ["Secret", "ExternalSecret"])
def test_a_secret_that_somebody_else_makes_is_not_removed(kind: str) -> None:
    """Whether kustomize, sops or an operator makes it, the application finds it."""
    without = GENERATORS.replace("{name: tokens}", "")
    secret = f"kind: {kind}\nmetadata: {{name: tokens}}\n".encode()
    there = Change(
        "kustomization.yml", "manifest", "changed", "ours", GENERATORS.encode(), without.encode()
    )
    come = Change("secret-tokens.yml", "manifest", "created", "absent", None, secret)
    back = there._replace(before=there.after, after=there.before)
    gone = come._replace(action="removed", before=secret, after=None)
    for changes in ((there, come), (back, gone)):
        assert find_breaking_changes(Plan(Path(), changes)) == ()


def test_replicas_that_were_0_already() -> None:
    zero = DEPLOYMENT.replace("replicas: 2", "replicas: 0")
    assert found(zero, zero + "# x\n") == []


def test_a_service_without_type_is_a_cluster_ip() -> None:
    plain = "kind: Service\nmetadata: {name: web}\nspec: {ports: []}\n"
    assert found(plain, plain.replace("{ports", "{type: ClusterIP, ports")) == []


@pytest.mark.parametrize(
    ("new", "becomes"), [("namespace: two", "two"), ("", "none"), ("namespace: one", None)]
)
def test_another_namespace(new: str, becomes: str | None) -> None:
    messages = found(
        KUSTOMIZATION, KUSTOMIZATION.replace("namespace: one", new), "kustomization.yml"
    )
    expected = f"namespace one becomes {becomes}: everything is created again there, and the old objects stay"
    assert messages == ([expected] if becomes else [])


@pytest.mark.parametrize(
    "text",
    ["a: [", "- 1\n", "", "\0", "&a [*a]", "[" * 5000, "kind: {}\nmetadata: []\nspec: 1\n", "? [a]\n: b\n"],
)  # fmt: skip
def test_an_old_file_that_is_no_manifest_marks_nothing(text: str) -> None:
    assert found(text, DEPLOYMENT) == []


def test_a_resource_that_moves_to_another_file_is_the_same() -> None:
    plan = Plan(
        Path(),
        (
            Change(
                "old.yml", "manifest", "removed", "ours", f"{DEPLOYMENT}---\n{INGRESS}".encode()
            ),
            Change("new.yml", "manifest", "created", "absent", None, DEPLOYMENT.encode()),
            Change("ingress.yml", "manifest", "created", "absent", None, INGRESS.encode()),
        ),
    )
    assert find_breaking_changes(plan) == ()


def test_a_file_in_a_merge_conflict_says_nothing_of_its_namespace() -> None:
    conflict = f"<<<<<<< HEAD\n{KUSTOMIZATION}=======\nkind: Other\n>>>>>>> other\n"
    assert found(conflict, KUSTOMIZATION, "kustomization.yml") == []


def test_another_config_is_marked() -> None:
    """A forgotten flag may turn production into development."""
    first = "# Generated by kustz-tpl from {}; do not edit.\n" + KUSTOMIZATION
    assert found(first.format("prod.yml"), first.format("kustz.yml"), "kustomization.yml") == [
        "generated from kustz.yml, the last time from prod.yml"
    ]
    assert found(first.format("kustz.yml"), first.format("kustz.yml"), "kustomization.yml") == []


def test_objects_of_one_name_in_two_namespaces_are_two() -> None:
    one = SERVICE.replace("name: web", "name: web, namespace: one")
    two = SERVICE.replace("name: web", "name: web, namespace: two")
    assert found(f"{one}---\n{two}", one) == ["Service two/web is removed"]
    assert found(one, two) == [
        "Service one/web becomes two/web: a new one is created, and the old one stays"
    ]


def test_another_group_is_the_same_object() -> None:
    old = f"apiVersion: extensions/v1beta1\n{INGRESS}"
    assert found(old, f"apiVersion: networking.k8s.io/v1\n{INGRESS}") == []


def a_route(name: str, *hosts: str, kind: str = "HTTPRoute") -> str:
    key = "hosts" if kind == "VirtualService" else "hostnames"
    listed = f"{{{key}: [{', '.join(hosts)}]}}" if hosts else "{}"
    return f"kind: {kind}\nmetadata: {{name: {name}}}\nspec: {listed}\n---\n"


A, B = "a.example.com", "b.example.com"


@pytest.mark.parametrize(
    ("old", "new", "messages"),
    [
        # What routes a host now has it.
        (INGRESS, a_route("web", A), ["Ingress web is removed, and with it a.example.com, b.example.com, (any); HTTPRoute web has a.example.com"]),
        (INGRESS, a_route("web", A) + a_route("web-b", B) + a_route("web-any"), ["Ingress web is removed, and with it a.example.com, b.example.com, (any); HTTPRoute web has a.example.com, HTTPRoute web-b has b.example.com, HTTPRoute web-any has (any)"]),
        (a_route("web", A), a_route("web", A, kind="VirtualService"), ["HTTPRoute web is removed, and with it a.example.com; VirtualService web has it"]),
        (a_route("web", A, kind="VirtualService"), "", ["VirtualService web is removed, and with it a.example.com"]),
        (a_route("web", '"*"', kind="VirtualService"), a_route("web"), ["VirtualService web is removed, and with it (any); HTTPRoute web has it"]),
        (INGRESS, INGRESS.replace("{host: a.example.com}, ", "") + "---\n" + a_route("web", A), ["Ingress web: host a.example.com is removed; HTTPRoute web has it"]),
        # Routes whose names change, and the hosts that this affects.
        (a_route("web", A) + a_route("web-b", B), a_route("web", B), ["HTTPRoute web-b becomes web: b.example.com may be unreachable until both are applied", "HTTPRoute web: host a.example.com is removed"]),
        (a_route("web", A) + a_route("web-b", B), a_route("web", B) + a_route("web-a", A), ["HTTPRoute web-b becomes web: b.example.com may be unreachable until both are applied", "HTTPRoute web: host a.example.com is removed; HTTPRoute web-a has it"]),
        (a_route("web", A), a_route("shop", A), ["HTTPRoute web becomes shop: a.example.com may be unreachable until both are applied"]),
        (a_route("web", A), a_route("web", A) + a_route("web-b", B), []),
        (a_route("web", A) + a_route("web-http", A), a_route("web", A), ["HTTPRoute web-http is removed, and with it a.example.com; HTTPRoute web has it"]),
    ],
)  # fmt: skip
def test_a_host_that_moves_is_not_lost(old: str, new: str, messages: list[str]) -> None:
    assert found(old, new) == messages


def test_a_host_may_move_to_a_file_that_does_not_change(tmp_path: Path) -> None:
    route = a_route("web", A, B) + a_route("web-any")
    (tmp_path / "httproute.yml").write_text(route, "utf-8")
    changes = (
        Change("ingress.yml", "manifest", "removed", "ours", INGRESS.encode(), None),
        Change("httproute.yml", "manifest", "unchanged", "ours"),
    )
    (change,) = find_breaking_changes(Plan(tmp_path, changes))
    assert change.message == (
        "Ingress web is removed, and with it a.example.com, b.example.com, (any); HTTPRoute web has"
        " a.example.com, HTTPRoute web has b.example.com, HTTPRoute web-any has (any)"
    )

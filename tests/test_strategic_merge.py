"""Strategic merge patches give what the real kustomize builds, lists and their order included."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from kube import OLDEST, GoLoader, find_kubectl

from kustz_tpl.data_files.folder import DataFolder
from kustz_tpl.engine.writer import write_yaml
from kustz_tpl.patches.dry_run import Tried, try_patches
from kustz_tpl.patches.manifest import Manifest
from kustz_tpl.patches.patch import Patch, read_patches
from kustz_tpl.patches.selector import PATTERNS, SELECTORS
from kustz_tpl.patches.strategic_merge import KINDS as KNOWN

# The fields of the types, each with what it may have: values, a type, or a list of either.
WORDS = ("a", "b", "c", "80", "true", 1, 80, True)
NAMES = ("a", "b", "c")
TYPES: dict[str, dict[str, Any]] = {
    "Env": {"name": NAMES, "value": WORDS, "valueFrom": "Source"},
    "Source": {"secretKeyRef": "Ref", "fieldRef": "Ref"},
    "Ref": {"name": NAMES, "key": NAMES, "optional": (True, False)},
    "ContainerPort": {
        "containerPort": (80, 81, 443),
        "protocol": ("TCP", "UDP"),
        "name": NAMES,
        "hostPort": (1, 2),
    },
    "Mount": {"name": NAMES, "mountPath": ("/a", "/b", "/c"), "readOnly": (True, False)},
    "Container": {
        "name": NAMES,
        "image": WORDS,
        "args": [WORDS],
        "env": ["Env"],
        "envFrom": ["Source"],
        "ports": ["ContainerPort"],
        "volumeMounts": ["Mount"],
        "resources": "Labels",
        "securityContext": "Security",
    },
    "Security": {"runAsUser": (0, 1), "capabilities": "Capabilities"},
    "Capabilities": {"add": [NAMES], "drop": [NAMES]},
    "Labels": {"a": WORDS, "b": WORDS, "c": WORDS},
    "Volume": {"name": NAMES, "emptyDir": "Labels", "configMap": "ConfigMapVolume"},
    "ConfigMapVolume": {"name": NAMES, "items": ["Ref"], "defaultMode": (288, 420)},
    "Alias": {"ip": ("10.0.0.1", "10.0.0.2"), "hostnames": [NAMES]},
    "Toleration": {"key": NAMES, "operator": ("Exists", "Equal")},
    "Spread": {
        "topologyKey": NAMES,
        "whenUnsatisfiable": ("DoNotSchedule", "ScheduleAnyway"),
        "maxSkew": (1, 2),
    },
    "Named": {"name": NAMES},
    "PodSpec": {
        "containers": ["Container"],
        "initContainers": ["Container"],
        "volumes": ["Volume"],
        "imagePullSecrets": ["Named"],
        "hostAliases": ["Alias"],
        "tolerations": ["Toleration"],
        "topologySpreadConstraints": ["Spread"],
        "nodeSelector": "Labels",
        "restartPolicy": ("Never", "Always"),
        "schedulingGates": ["Named"],
    },
    "Metadata": {"labels": "Labels", "annotations": "Labels", "finalizers": [NAMES]},
    "Template": {"metadata": "Metadata", "spec": "PodSpec"},
    "Strategy": {"type": ("Recreate", "RollingUpdate"), "rollingUpdate": "Labels"},
    "DeploymentSpec": {"replicas": (1, 2), "strategy": "Strategy", "template": "Template"},
    "StatefulSetSpec": {"template": "Template", "volumeClaimTemplates": ["Claim"]},
    "Claim": {"metadata": "Metadata", "spec": "Labels"},
    "JobSpec": {"template": "Template", "backoffLimit": (1, 2)},
    "JobTemplate": {"metadata": "Metadata", "spec": "JobSpec"},
    "CronJobSpec": {"schedule": NAMES, "jobTemplate": "JobTemplate"},
    "ServicePort": {
        "port": (80, 81, 443),
        "protocol": ("TCP", "UDP"),
        "name": NAMES,
        "targetPort": (80, "80", "a"),
        "nodePort": (1, 2),
    },
    "ServiceSpec": {"ports": ["ServicePort"], "selector": "Labels", "externalIPs": [NAMES]},
    "IngressSpec": {"rules": ["IngressRule"], "tls": ["Toleration"], "ingressClassName": NAMES},
    "IngressRule": {"host": NAMES, "http": "Paths"},
    "Paths": {"paths": ["Path"]},
    "Path": {"path": NAMES, "pathType": NAMES, "backend": "Ref"},
    "RouteSpec": {"hostnames": [NAMES], "rules": ["RouteRule"], "parentRefs": ["Named"]},
    "RouteRule": {"matches": ["Path"], "backendRefs": ["ServicePort"]},
    "ScalerSpec": {"scaleTargetRef": "ScaleTarget", "metrics": ["Ref"], "maxReplicas": (1, 2)},
    "ScaleTarget": {"apiVersion": ("apps/v1",), "kind": ("Deployment",), "name": NAMES},
}
KINDS: dict[str, dict[str, Any]] = {
    "apps/v1 Deployment": {"spec": "DeploymentSpec"},
    "apps/v1 DaemonSet": {"spec": "DeploymentSpec"},
    "apps/v1 StatefulSet": {"spec": "StatefulSetSpec"},
    "batch/v1 Job": {"spec": "JobSpec"},
    "batch/v1 CronJob": {"spec": "CronJobSpec"},
    "v1 Pod": {"spec": "PodSpec"},
    "v1 Service": {"spec": "ServiceSpec"},
    "v1 ServiceAccount": {"secrets": ["Named"], "imagePullSecrets": ["Named"]},
    "v1 ConfigMap": {"data": "Labels", "immutable": (True, False)},
    "networking.k8s.io/v1 Ingress": {"spec": "IngressSpec"},
    "gateway.networking.k8s.io/v1 HTTPRoute": {"spec": "RouteSpec"},
    "autoscaling/v2 HorizontalPodAutoscaler": {"spec": "ScalerSpec"},
    "example.com/v1 Own": {"spec": "DeploymentSpec"},
}
ABSENT = dict.fromkeys((*PATTERNS, *SELECTORS))


def some(shape: Any, rng: random.Random, odd: float) -> Any:  # noqa: ANN401 - plain data
    """Return a value of a shape; odd is how often it is one that only a patch may have."""
    if rng.random() < odd:
        return rng.choice([None, None, None, "odd", {}, [], {"$patch": "delete"}])
    if isinstance(shape, str):
        shape = TYPES[shape]
    if isinstance(shape, dict):
        found = {key: some(each, rng, odd) for key, each in shape.items() if rng.random() < 0.5}
        for key in ("name", "containerPort", "port", "mountPath", "ip"):
            if key in shape and rng.random() > odd:
                found[key] = some(shape[key], rng, 0)
        if rng.random() < odd * 2:
            found["$patch"] = rng.choice(["delete", "replace", "merge", "delete"])
        return found
    if isinstance(shape, list):
        items = [some(shape[0], rng, odd) for _ in range(rng.randrange(4))]
        items = [each for each in items if each is not None]
        if rng.random() < odd:
            items.insert(0, {"$patch": rng.choice(["delete", "replace", "merge"])})
        return items
    return rng.choice(shape)


class Case:
    """An object, and the patches for it."""

    def __init__(self, seed: int, odd: float) -> None:
        rng = random.Random(seed)
        version, kind = rng.choice(list(KINDS)).split()
        head = {"apiVersion": version, "kind": kind}
        shape = KINDS[f"{version} {kind}"]
        self.name = f"o{seed}"
        meta = some("Metadata", rng, 0) if rng.random() < 0.3 else {}
        labels = {key: str(value) for key, value in meta.pop("labels", {}).items()}
        notes = {key: str(value) for key, value in meta.pop("annotations", {}).items()}
        meta |= {"labels": labels} if labels else {}
        meta |= {"annotations": notes} if notes else {}
        self.object = head | {"metadata": {"name": self.name, **meta}} | some(shape, rng, 0)
        self.entries = []
        for _ in range(rng.choice([1, 1, 1, 2])):
            body = some(shape, rng, odd)
            body = body if isinstance(body, dict) else {}
            meta = some("Metadata", rng, odd) if rng.random() < 0.4 else {}
            meta = meta if isinstance(meta, dict) else {}
            body = head | {"metadata": {**meta, "name": self.name}} | body
            entry: dict[str, Any] = {}
            if rng.random() < 0.3:
                body["metadata"]["name"] = "any"
                body["kind"] = rng.choice([kind, "Other"])
                entry = {"target": {"name": f"o{seed}"}}
            self.entries.append({"patch": yaml.safe_dump(body), **entry})

    @property
    def patches(self) -> list[Patch]:
        return patches_of(self.entries)

    def tried(self) -> Tried:
        return try_patches(self.patches, [self.object], [])


def patches_of(entries: Iterable[dict[str, Any]]) -> list[Patch]:
    whole = [
        {"path": None, "options": {}, **each, "target": ABSENT | each.get("target", {})}
        for each in entries
    ]
    found, findings = read_patches(whole, lambda _: False, DataFolder(Path()))
    assert not findings
    return found


def built(cases: Iterable[Case], folder: Path) -> list[dict[str, Any]] | None:
    """Return what the real kustomize builds of all cases together, None if it fails."""
    cases = list(cases)
    (folder / "all.yml").write_text(write_yaml([each.object for each in cases]), "utf-8")
    entries = [entry for each in cases for entry in each.entries]
    page = {"resources": ["all.yml"], "patches": entries}
    (folder / "kustomization.yml").write_text(json.dumps(page), "utf-8")
    command: list[str | Path] = [find_kubectl(), "kustomize", folder]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    return list(yaml.load_all(run.stdout, GoLoader)) if run.returncode == 0 else None


def test_any_patches_as_kustomize_merges_them(tmp_path: Path) -> None:
    known = {}
    for seed in range(80):
        case = Case(seed, odd=0.03)
        tried = case.tried()
        if not tried.findings and tried.objects[0].document:
            known[case.name] = case, tried.objects[0].document
    assert len(known) > 70
    objects = built((case for case, _ in known.values()), tmp_path)
    assert objects is not None
    assert {each["metadata"]["name"]: each for each in objects} == {
        name: document for name, (_, document) in known.items()
    }


WEB = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: SPEC\n"
SPEC = (
    '{replicas: 1, template: {spec: {containers: [{name: web, image: "80", command: [a, "a"]}]}}}'
)
OWN = WEB.replace("SPEC", SPEC)


def tried(spec: str, own: str = OWN, **entry: object) -> Tried:
    patches = patches_of([{"patch": WEB.replace("SPEC", spec), **entry}])
    return try_patches(patches, [], [Manifest("own.yml", "own.yml", own.encode(), (), ())])


def build_text(spec: str, folder: Path, **entry: object) -> subprocess.CompletedProcess[str]:
    (folder / "own.yml").write_text(OWN, "utf-8")
    page = {"resources": ["own.yml"], "patches": [{"patch": WEB.replace("SPEC", spec), **entry}]}
    (folder / "kustomization.yml").write_text(json.dumps(page), "utf-8")
    command: list[str | Path] = [find_kubectl(), "kustomize", folder]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.mark.parametrize(
    ("spec", "entry"),
    [
        ("{template: {spec: {containers: [{name: web, image: 90}]}}}", {}),
        ("{template: {spec: {containers: [{name: web, imagePullPolicy: x}, {name: b}]}}}", {}),
        ("{template: {spec: {containers: [{image: x}]}}}", {}),
        ("{$patch: replace, replicas: 2}", {}),
        ("{$patch: unknown}", {"target": {"name": "other|web"}}),
        ("null", {"target": {"kind": "Deployment"}}),
        ("{replicas: 2}\n$patch: replace", {}),
    ],
)
def test_a_patch_as_kustomize_merges_it(spec: str, entry: dict[str, Any], tmp_path: Path) -> None:
    found, run = tried(spec, **entry), build_text(spec, tmp_path, **entry)
    if found.findings:
        assert run.returncode != 0
    else:
        assert found.documents == list(yaml.load_all(run.stdout, GoLoader))


@pytest.mark.parametrize("options", [{}, {"allowNameChange": True}, {"allowKindChange": True}])
def test_a_name_and_a_kind_as_kustomize_changes_them(
    options: dict[str, bool], tmp_path: Path
) -> None:
    patch = "apiVersion: v1\nkind: Own\nmetadata: {name: new, labels: {a: ~, b: 0x1}}\n"
    entry = {"patch": patch, "target": {"name": "web"}, "options": options}
    run = build_text("", tmp_path, **entry)
    assert tried("", **entry).documents == list(yaml.load_all(run.stdout, GoLoader))


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("{template: []}", "expected a mapping at spec.template, got a list"),
        ("{replicas: {}}", "expected a single value at spec.replicas, got a mapping"),
        ("{$patch: unknown}", "expected delete, replace or merge at spec.$patch, got 'unknown'"),
        (
            "{template: {spec: {containers: [{$patch: unknown}]}}}",
            "expected delete, replace or merge at spec.template.spec.containers.$patch, got 'unknown'",
        ),
        (
            "{template: {spec: {volumes: [a]}}}",
            "expected mappings in the list spec.template.spec.volumes, got 'a'",
        ),
    ],
)
def test_a_patch_that_does_not_fit(spec: str, message: str, tmp_path: Path) -> None:
    (found,) = tried(spec).findings
    assert found.message == f"the patch cannot be applied to apps/v1 Deployment web: {message}"
    assert build_text(spec, tmp_path).returncode != 0


@pytest.mark.parametrize(
    ("spec", "own"),
    [
        ("{replicas: &a 2, paused: *a}", OWN),
        ("{<<: {replicas: 2}}", OWN),
        ("{replicas: 2}\nkind: Deployment", OWN),
        ("{a: 5}", OWN.replace("{replicas", "{a: x, b: 'x', replicas")),
        ("{template: {spec: {containers: [{name: web, ports: [{containerPort: 0x50}]}]}}}", OWN),
        ("{template: {spec: {containers: [[]]}}}", OWN),
        ("{replicas: 2}\n$patch: delete", OWN),
        ("{a: 5}", OWN.replace("apps/v1", "apps/v2")),
    ],
)
def test_what_is_not_known_or_gone_has_no_document(spec: str, own: str) -> None:
    entry = {"target": {"name": "web"}} if own != OWN else {}
    found = tried(spec, own, **entry)
    assert not found.findings
    assert not found.warnings
    assert found.documents == []


def with_variables(*names: str) -> str:
    listed = ", ".join(f"{{name: {name}, value: a}}" for name in names)
    return f"{{template: {{spec: {{containers: [{{name: web, env: [{listed}]}}]}}}}}}"


def test_of_long_lists_only_plain_ones_are_known() -> None:
    names = [f"A{number}" for number in range(3000)]
    found = tried(with_variables(*names))
    merged = found.documents[0]["spec"]["template"]["spec"]["containers"][0]["env"]
    assert [each["name"] for each in merged][: len(names)] == names
    assert tried(with_variables(*names, "A0")).documents == []


def test_an_object_without_metadata_is_not_known() -> None:
    patch = WEB.replace("{name: web}", "{name: web, $patch: delete}").replace("SPEC", "{}")
    assert tried("", patch=patch).documents == []


def test_a_string_of_a_merged_object_may_have_quotes_or_none() -> None:
    first, second = (WEB.replace("SPEC", f"{{a: {value}}}") for value in ("x", "5"))
    patches = patches_of([{"patch": first}, {"patch": second}])
    assert try_patches(patches, [yaml.safe_load(OWN)], []).documents == []


def keyed_lists(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the lists of a type that are merged, as our table has them."""
    found: dict[str, Any] = {}
    for field, value in schema.get("properties", {}).items():
        inner = value.get("items", value)
        target = definitions[inner["$ref"].rpartition("/")[2]] if "$ref" in inner else {}
        is_list = "items" in value
        is_merged = "merge" in value.get("x-kubernetes-patch-strategy", "").split(",")
        if field == "status" or (is_list and not is_merged):
            continue
        lists = keyed_lists(target, definitions)
        key = value.get("x-kubernetes-patch-merge-key", "")
        keys = tuple(value.get("x-kubernetes-list-map-keys", [key]))
        found |= {field: (keys, lists)} if is_list else {field: lists} if lists else {}
    return found


def test_the_lists_of_kubernetes_that_are_merged_are_known() -> None:
    schemas = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"
    path = schemas / f"v{OLDEST}.0-local" / "_definitions.json"
    definitions = json.loads(path.read_bytes())["$defs"]
    # kustomize's own Kubernetes is older, and has no keys of these.
    del definitions["io.k8s.api.core.v1.EphemeralContainer"]["properties"]["ports"]
    types = {
        f"{each['group']}/{each['version']} {each['kind']}".lstrip("/"): schema
        for schema in definitions.values()
        for each in schema.get("x-kubernetes-group-version-kind", ())
    }
    for kind, lists in KNOWN.items():
        if kind != "autoscaling/v2 HorizontalPodAutoscaler":
            assert keyed_lists(types[kind], definitions) == lists, kind

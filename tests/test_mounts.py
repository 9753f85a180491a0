"""What mounts make: volumes and their names, who shares them, and what is said of the rest."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kustz_tpl import kinds, schema
from kustz_tpl.errors import InputError
from kustz_tpl.kinds.volumes import pod_volumes
from kustz_tpl.pipeline import Generator
from kustz_tpl.source import Source
from kustz_tpl.yaml_source import read

OBJECTS = ["data", "tmp", "shop.data", "data-pvc", "a" * 70]
LINES = [
    *(f"{scheme}://{name}" for scheme in ("configmap", "secret", "pvc") for name in OBJECTS),
    *("configmap://data/key", "secret://data?mode=0400", "secret://tmp/key?readOnly=false"),
    *("pvc://data?size=1Gi", "pvc://tmp/inner?size=1Gi", "pvc://data-emptydir?size=1Gi"),
    *("emptydir://", "emptydir://data", "emptydir://tmp?sizeLimit=1Gi", "volume://own"),
    *("hostpath:///data", "hostpath:///var/log", "nfs://nas/data", "nfs://nas/", "csi://Data"),
    *(
        "image://example.com/data",
        "image://tmp@sha256:" + "0" * 64,
        "token://data",
        "csi://data?a=b",
    ),
]
LISTED = ["configmap://data", "secret://tmp/key", "token://token"]
PATHS = ["/data", "/Data", "/da.ta", "/tmp", "/x/y", "/!", "/" + "long/" * 20]
MOUNTS = st.dictionaries(
    st.sampled_from(PATHS),
    st.sampled_from(LINES) | st.lists(st.sampled_from(LISTED), min_size=1, max_size=2, unique=True),
)
LABEL = r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"


def read_config(**keys: object) -> tuple[Any, list[str]]:
    """Return a config and what is wrong with it."""
    text = json.dumps({"name": "shop", "kubeVersion": "1.35", **keys}).encode()
    config, document = schema.normalise(read(text, "f.yml"))
    found = [*document.diagnostics, *kinds.check(config, document)]
    return config, [each.text for each in found if each.severity == "error"]


def said(service: str, more: str = "") -> list[str]:
    """Return what is said of a service, with its severity."""
    text = f"name: shop\nservice: {{image: nginx, {service}}}\n{more}".encode()
    config, document = schema.normalise(read(text, "f.yml"))
    found = [*document.diagnostics, *kinds.check(config, document)]
    return [f"{each.path}: {each.severity}: {each.text}" for each in found]


def generate(text: str, folder: Path) -> list[str]:
    """Return the messages of an application, none where it is fine."""
    try:
        Generator().generate(Source("f.yml", text.encode(), folder))
    except InputError as error:
        return [each.text for each in error.diagnostics]
    return []


@given(st.sampled_from(["Deployment", "StatefulSet"]), MOUNTS, MOUNTS, MOUNTS)
def test_every_mount_has_its_volume_and_a_name_of_its_own(
    kind: str, main: dict[str, Any], first: dict[str, Any], other: dict[str, Any]
) -> None:
    config, wrong = read_config(
        service={"kind": kind, "image": "nginx", "mounts": main},
        initContainers={"first": {"mounts": first}},
        containers={"other": {"mounts": other}},
    )
    assume(not wrong)
    made = pod_volumes(config)
    templates = [each["name"] for each in made.claims] if kind == "StatefulSet" else []
    names = [*(each["name"] for each in made.volumes), *templates]
    mounted = {each["name"] for mounts in made.mounts.values() for each in mounts}
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(LABEL, name) for name in names)
    assert mounted - {"own"} == set(names) - {"own"}
    sources = [json.dumps({**each, "name": ""}, sort_keys=True) for each in made.volumes]
    shared = [each for each in sources if '"emptyDir"' not in each]
    assert len(set(shared)) == len(shared), "one volume a source"


@given(st.sampled_from(["Deployment", "StatefulSet"]), MOUNTS, st.sampled_from([*LINES, LISTED]))
def test_a_line_at_the_end_renames_no_volume(
    kind: str, mounts: dict[str, Any], line: object
) -> None:
    names = []
    for more in ({}, {"/last": line}):
        service = {"kind": kind, "image": "nginx", "mounts": {**mounts, **more}}
        config, wrong = read_config(service=service)
        assume(not wrong)
        names.append([each["name"] for each in pod_volumes(config).mounts["shop"]])
    before, after = names
    assert after[: len(before)] == before


def test_volumes_are_named_after_what_they_are() -> None:
    lines = {
        "/etc/a": "configmap://shop.settings",
        "/b": "hostpath:///Var/log/",
        "/c": "nfs://nas/export/My Media",
        "/d": "csi://secrets-store.csi.k8s.io",
        "/e": "image://ghcr.io:5000/team/models:1.0",
        "/var/run/token": "token://token",
        "/x/list": ["token://token"],
        "/": None,
    }
    config, _ = read_config(service={"image": "nginx", "mounts": lines})
    assert [each["name"] for each in pod_volumes(config).volumes] == [
        *("shop-settings", "var-log", "export-my-media", "secrets-store-csi-k8s-io"),
        *("models-1-0", "var-run-token", "x-list"),
    ]


def test_two_exports_of_a_server_are_two_volumes() -> None:
    lines = {"/a": "nfs://nas/one", "/b": "nfs://nas/two", "/c": "nfs://nas/one?readOnly=true"}
    config, _ = read_config(service={"image": "nginx", "mounts": lines})
    made = pod_volumes(config)
    assert [each["nfs"]["path"] for each in made.volumes] == ["/one", "/two"]
    assert [each["name"] for each in made.mounts["shop"]] == ["one", "two", "one"]


def test_a_csi_volume_is_read_only_where_all_its_mounts_are() -> None:
    for last, is_read_only in (("&readOnly=true", True), ("", False)):
        lines = {"/a": "csi://a?b=c&readOnly=true", "/b": f"csi://a?b=c{last}"}
        config, wrong = read_config(service={"image": "nginx", "mounts": lines})
        (volume,) = pod_volumes(config).volumes
        assert wrong == []
        assert volume["csi"].get("readOnly", False) is is_read_only


@pytest.mark.parametrize(
    ("service", "more"),
    [
        ("kind: StatefulSet, replicas: 3", ""),
        ("kind: Job", ""),
        ("replicas: 0", ""),
        ("rollout: Recreate", ""),
        ("rollout: 0/1", ""),
        ("rollout: 0%/1", ""),
        ("", "deployment: {strategy: {type: Recreate}}\n"),
        ("rollout: wrong", ""),
        ("replicas: wrong", ""),
        ("kind: wrong", ""),
    ],
)
def test_a_claim_of_one_node_is_fine(service: str, more: str) -> None:
    found = said(f'{service or "replicas: 1"}, mounts: {{/data: "pvc://data?size=1Gi"}}', more)
    assert [each for each in found if "mounts" in each] == []


@pytest.mark.parametrize(
    ("service", "hint"),
    [
        ("replicas: 2, rollout: Recreate", "write access=RWX"),
        ("kind: DaemonSet", "write access=RWX"),
        ("rollout: 1/0", "write rollout: Recreate"),
        ("rollout: /1", "write rollout: Recreate"),
        ("replicas: 1", "write rollout: Recreate"),
    ],
)
def test_a_claim_of_one_node_and_several_pods_is_warned_of(service: str, hint: str) -> None:
    (found,) = said(f'{service}, mounts: {{/data: "pvc://data?size=1Gi"}}')
    assert found.startswith("service.mounts./data: warning: pvc://data is ReadWriteOnce: ")
    assert found.endswith(f"; {hint}")
    several = f'{service}, mounts: {{/data: "pvc://data?size=1Gi&access=RWO,RWX"}}'
    assert said(several) == []


def test_images_need_a_version_that_is_known() -> None:
    mounts = 'mounts: {/m: "image://models"}'
    refusal = "expected Kubernetes 1.35 or newer for image://; write kubeVersion: 1.35"
    assert said(mounts) == [f"service.mounts./m: error: {refusal}"]
    assert said(mounts, "kubeVersion: 1.34\n") == [f"service.mounts./m: error: {refusal}"]
    assert said(mounts, "kubeVersion: 1.35\n") == []
    assert [each for each in said(mounts, "kubeVersion: 1\n") if "image" in each] == []


@pytest.mark.parametrize("mode", ["0440", "0o440", "288"])
def test_a_file_mode_is_octal_in_the_fields_of_kubernetes_alone(mode: str) -> None:
    inner = f"{{defaultMode: {mode}, items: [{{mode: {mode}, path: {mode}}}]}}"
    text = f"name: shop\nservice: {{image: nginx}}\npod: {inner}\nvalues: {inner}\n"
    config, _ = schema.normalise(read(text.encode(), "f.yml"))
    typed = 288 if mode == "288" else mode
    assert config["pod"] == {"defaultMode": 288, "items": [{"mode": 288, "path": typed}]}
    assert config["values"]["defaultMode"] == typed


VOLUME = "name: shop\nservice:\n  image: nginx\n  mounts: {/x: volume://scratch}\n"
MERGE = """\
patches:
  - patch: |-
      {apiVersion: apps/v1, kind: Deployment, metadata: {name: shop},
       spec: {template: {spec: {volumes: [{name: scratch, emptyDir: {}}]}}}}
"""
ELSEWHERE = MERGE.replace("Deployment", "Service").replace("spec: {template", "spec: {x")


@pytest.mark.parametrize(
    ("more", "messages"),
    [
        ("", ["expected a volume of the pod, got 'scratch'; define it in pod.volumes or a template"]),
        ("pod: {volumes: [{name: scrtch}]}\n", ["expected a volume of the pod, got 'scratch'; did you mean scrtch?"]),
        ("pod: {volumes: [{name: scratch}]}\n", []),
        (MERGE, []),
        (MERGE.replace("scratch", "scrtch"), ["expected a volume of the pod, got 'scratch'; did you mean scrtch?"]),
    ],
)  # fmt: skip
def test_a_volume_from_elsewhere_is_there(more: str, messages: list[str], tmp_path: Path) -> None:
    assert generate(VOLUME + more, tmp_path) == messages


def test_a_claim_template_of_ones_own_is_a_volume(tmp_path: Path) -> None:
    text = VOLUME.replace("image", "kind: StatefulSet\n  image")
    spec = "{accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}"
    claim = f"{{metadata: {{name: scratch}}, spec: {spec}}}"
    template = f"statefulset: {{volumeClaimTemplates: [{claim}]}}\n"
    assert len(generate(text, tmp_path)) == 1
    assert generate(text + template, tmp_path) == []


def test_a_volume_from_elsewhere_is_none_of_another_workload(tmp_path: Path) -> None:
    (tmp_path / "kustz-templates").mkdir()
    other = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: other}\nspec: {template: {spec: {volumes: [{name: scratch}]}}}\n"
    (tmp_path / "kustz-templates/other.yml.j2").write_text(other)
    assert len(generate(VOLUME, tmp_path)) == 1

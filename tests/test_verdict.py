"""Finished objects: what an API server refuses of them is refused where it was written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from mutations import BASES, mutations

from kustz_tpl.errors import InputError
from kustz_tpl.pipeline import Generator, Source
from kustz_tpl.verdict import judge
from kustz_tpl.yaml_source.marked import read_marked
from kustz_tpl.yaml_source.written_lines import find_line

DATA = Path(__file__).parent / "data"
START = "name: web\nservice:\n  image: nginx:1.29\n  ports: [80]\n"

# Stricter than the server: a list of bytes as base64.
STRICTER = {
    "config_map binaryData.c []",
    "secret data.tls.crt []",
    "secret data.tls.key []",
}
# Laxer: null in a route's list.
LAXER = {
    "route spec.rules.0.filters.0.requestHeaderModifier.remove ['X-Old', None]",
    "route spec.rules.0.filters.0.requestHeaderModifier.remove.0 None",
}

# This kind is not judged; others depend on the cluster or are of an older API version.
NOT_JUDGED = ("VirtualService",)
OF_THE_CLUSTER = {"nodePort", "ipFamilies"}


def test_each_changed_field_has_the_verdict_of_a_server() -> None:
    recorded = json.loads((DATA / "object-verdicts.json").read_bytes())
    letters = [letter for base in BASES for letter in recorded[base]]
    wrong = {
        name
        for (name, document), letter in zip(mutations(), letters, strict=True)
        if ("r" if judge(document) else "a") != letter
    }
    assert len(letters) > 8000
    assert wrong == STRICTER | LAXER


def test_whole_objects_have_the_verdict_of_a_server() -> None:
    wrong = [
        (verdict, document)
        for verdict, document in json.loads((DATA / "whole-objects.json").read_bytes())
        if ("r" if judge(document) else "a") != verdict and document["kind"] not in NOT_JUDGED
    ]
    assert [verdict for verdict, _ in wrong] == ["r"] * 4
    for _, document in wrong:
        is_old = document["apiVersion"] == "autoscaling/v1"
        assert is_old or any(word in json.dumps(document) for word in OF_THE_CLUSTER)


def test_objects_of_an_unknown_kind_are_accepted() -> None:
    assert judge({"apiVersion": "example.com/v1", "kind": "Deployment", "spec": 3}) == []
    assert judge({}) == []


def findings(text: str, folder: Path, **files: str) -> list[str]:
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_yml", ".yml").replace("_j2", ".j2")
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, "utf-8")
    source = Source((folder / "kustz.yml").as_posix(), text.encode(), folder)
    try:
        Generator().generate(source)
    except InputError as error:
        return [str(each).replace(f"{folder.as_posix()}/", "") for each in error.diagnostics]
    return []


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (
            "  container: {volumeMounts: [{name: data, mountPath: /data}]}\n",
            "5:37: service.container.volumeMounts[0].name",
            "expected the name of a volume, got 'data'",
        ),
        (
            "pod: {preemptionPolicy: Sometimes}\n",
            "5:25: pod.preemptionPolicy",
            "expected Never or PreemptLowerPriority, got 'Sometimes'",
        ),
        (
            "deployment:\n  strategy: {type: recreate}\n",
            "6:20: deployment.strategy.type",
            "expected Recreate or RollingUpdate, got 'recreate'",
        ),
        (
            "deployment:\n  strategy: {type: Recreate, rollingUpdate: {}}\n",
            "6:45: deployment.strategy.rollingUpdate",
            "expected no rollingUpdate with type: Recreate",
        ),
        (
            'deployment:\n  strategy: {rollingUpdate: {maxSurge: "25"}}\n',
            "6:40: deployment.strategy.rollingUpdate.maxSurge",
            "expected a number or a percentage such as 25%, got '25'",
        ),
        (
            "deployment: {minReadySeconds: 700}\n",
            "5:31: deployment.minReadySeconds",
            "expected progressDeadlineSeconds above minReadySeconds, got 600 and 700",
        ),
        (
            "  container: {resources: {limits: {memory: 1GB}}}\n",
            "5:44: service.container.resources.limits.memory",
            "expected a quantity such as 250m, 0.5 or 128Mi, got '1GB'",
        ),
        (
            "  resources: {cpu: 200m/}\n  container: {resources: {limits: {cpu: 100m}}}\n",
            "6:26: service.container.resources",
            "expected at most 100m, the limit, got 200m",
        ),
        (
            "pod: {tolerations: [{operator: exists}]}\n",
            "5:32: pod.tolerations[0].operator",
            "expected Equal or Exists, got 'exists'",
        ),
        (
            "pod: {volumes: [{name: a, persistentVolumeClaim: {}}]}\n",
            "5:50: pod.volumes[0].persistentVolumeClaim.claimName",
            "expected a value, got none",
        ),
        (
            "  container: {livenessProbe: {httpGet: {path: /}}}\n",
            "5:40: service.container.livenessProbe.httpGet.port",
            "expected a port from 1 to 65535, got none",
        ),
        (
            "  container: {env: [{name: A, valueFrom: {secretKeyRef: {name: a}}}]}\n",
            "5:57: service.container.env[0].valueFrom.secretKeyRef.key",
            "expected a value, got none",
        ),
    ],
)
def test_a_raw_field_is_named_where_it_is_written(
    text: str, place: str, message: str, tmp_path: Path
) -> None:
    (found,) = findings(START + text, tmp_path)
    assert found.startswith(f"kustz.yml:{place}: {message}")
    assert " of Deployment web)" in found


def test_an_item_is_named_where_it_is_written_though_it_comes_after_others(tmp_path: Path) -> None:
    text = "mounts: {/a: emptyDir://}\npod:\n  volumes:\n  - {name: b, hostPath: {path: ''}}\n"
    (found,) = findings(START + text.replace("mounts", "  mounts"), tmp_path)
    assert found.startswith("kustz.yml:8:32: pod.volumes[0].hostPath.path: expected a value")
    assert "spec.template.spec.volumes[1]" in found


def test_a_field_of_a_template_is_named_with_its_line(tmp_path: Path) -> None:
    template = (
        "apiVersion: v1\nkind: Service\nmetadata: {name: other}\nspec:\n  ports:\n"
        "    - port: 80\n      protocol: tcp\n  selctor: {}\n"
    )
    (found,) = findings(START, tmp_path, **{"kustz-templates__other_yml_j2": template})
    where = "kustz-templates/other.yml.j2:8:1: spec.selctor of Service other"
    assert found == f"{where}: unknown field of a ServiceSpec; did you mean selector?"
    template = template.replace("  selctor: {}\n", "")
    (found,) = findings(START, tmp_path, **{"kustz-templates__other_yml_j2": template})
    assert found.startswith("kustz-templates/other.yml.j2:7:1: spec.ports[0].protocol of Service")


def test_a_template_folder_may_have_the_name_of_the_built_in_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kustz").mkdir()
    (tmp_path / "kustz" / "service.yml.j2").write_text(
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {prots: []}\n", "utf-8"
    )
    source = Source("kustz.yml", START.encode(), tmp_path)
    with pytest.raises(InputError) as caught:
        Generator((Path("kustz"),)).generate(source)
    (found,) = caught.value.diagnostics
    assert str(found).startswith("kustz/service.yml.j2:4:1: spec.prots of Service web: unknown")


def test_a_field_of_a_manifest_is_named_with_its_line(tmp_path: Path) -> None:
    own = (
        "kind: List\napiVersion: v1\nitems:\n"
        "  - {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: b}}\n"
        "  - apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: b}\n    data:\n      a: 1\n"
    )
    (found,) = findings(f"{START}resources: [own.yml]\n", tmp_path, own_yml=own)
    assert found.startswith("own.yml:9:10: data.a of ConfigMap b: expected a string, got 1")


PATCH = """patches:
  - target: {kind: Deployment}
    patch: |
      - {op: OP, path: /spec/replicas, value: -1}
"""


def test_what_a_json_patch_makes_is_judged(tmp_path: Path) -> None:
    (found,) = findings(START + PATCH.replace("OP", "add"), tmp_path)
    assert found.startswith("kustz.yml:6:5: patches[0]: expected at least 0, got -1")
    assert "(spec.replicas of Deployment web, after the patch)" in found


def test_what_a_patch_repairs_is_accepted(tmp_path: Path) -> None:
    text = PATCH.replace("OP", "replace").replace("-1", "1")
    assert len(findings(f"{START}deployment: {{minReadySeconds: -1}}\n", tmp_path)) == 1
    repaired = text.replace("replicas", "minReadySeconds")
    assert findings(f"{START}deployment: {{minReadySeconds: -1}}\n{repaired}", tmp_path) == []


MERGE = """patches:
  - patch: |
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web, labels: {tier: front}}
      spec: SPEC
"""


def test_what_a_merge_patch_without_lists_makes_is_judged(tmp_path: Path) -> None:
    text = START + MERGE.replace("SPEC", "{strategy: {type: Recreate, rollingUpdate: {}}}")
    (found,) = findings(text, tmp_path)
    where = "kustz.yml:6:5: patches[0]: expected no rollingUpdate with type: Recreate"
    assert found == f"{where} (spec.strategy.rollingUpdate of Deployment web, after the patch)"
    repaired = MERGE.replace("SPEC", "{minReadySeconds: null}")
    assert findings(f"{START}deployment: {{minReadySeconds: -1}}\n{repaired}", tmp_path) == []


def test_what_only_kustomize_knows_is_not_judged(tmp_path: Path) -> None:
    merge = MERGE.replace("SPEC", "{template: {spec: {volumes: []}}}")
    own = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: 1}\n"
    text = f"{START}deployment: {{minReadySeconds: -1}}\nresources: [own.yml]\n{merge}"
    (found,) = findings(text, tmp_path, own_yml=own)
    assert found.startswith("own.yml:4:11: data.a of ConfigMap a")


def test_a_secret_value_is_not_shown(tmp_path: Path) -> None:
    template = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {pin: 4711}\n"
    found = findings(START, tmp_path, **{"kustz-templates__secret_a_yml_j2": template})
    assert len(found) == 1
    assert "4711" not in found[0]


def test_octal_modes_and_merged_keys_of_a_manifest_are_read_as_kustomize_reads_them() -> None:
    text = "a: &a {defaultMode: 0644, on: yes}\nb:\n  <<: *a\n  c: 1:20\n"
    (marked,) = read_marked(text)
    mode: dict[str, Any] = {"defaultMode": 0o644, "on": "yes"}
    assert marked.data == {"a": mode, "b": {**mode, "c": "1:20"}}
    assert marked.place(("b", "c"), is_about_key=False) == (4, 6)
    assert read_marked("a: [") == []


def test_aliases_that_stand_for_too_much_are_not_judged() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{f'*a{n - 1}, ' * 9}]" for n in range(1, 9)]
    assert read_marked("\n".join(lines)) == []


PAGE = """\
spec:
  {% if a %}
  template: {a: 1}
  {% endif %}
  ports:
  - name: a
    port: 1
  - name: b
    port: 2
  more:
    {% for each in b %}
    - name: c
    {% endfor %}
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("spec",), 1),
        (("spec", "template"), 3),
        (("spec", "ports", 0, "port"), 7),
        (("spec", "ports", 1), 8),
        (("spec", "ports", 1, "name"), 8),
        (("spec", "more", 7, "name"), 12),
        (("spec", "ports", 2, "name"), 0),
        (("spec", "name"), 0),
        (("port",), 0),
    ],
)
def test_the_line_of_a_field_is_found_by_the_columns_of_its_keys(
    path: tuple[str | int, ...], line: int
) -> None:
    assert find_line(PAGE, path) == line

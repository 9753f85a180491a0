"""Finished objects: what an API server refuses of them is refused where it was written."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from recorded import Verdict, read_record

from kustz_tpl.errors import InputError, KeyPath
from kustz_tpl.pipeline import Generator, Source
from kustz_tpl.verdict import CUSTOM_KINDS, custom, judge
from kustz_tpl.yaml_source.marked import read_marked
from kustz_tpl.yaml_source.written_lines import find_line

START = "name: web\nservice:\n  image: nginx:1.29\n  ports: [80]\n"

# What the server accepts and the verdict refuses, with the reason.
STRICTER = {
    r"expected a string, got a list": "a list of bytes is no base64",
}
# What the server refuses and the verdict accepts, with the reason.
LAXER = {
    r"unknown field .*(useDefaultGateways|sessionPersistence|retry|cors|externalAuth)": (
        "a field of the experimental channel of Gateway API"
    ),
    r"unknown field .*(scheduling|evictionResponders|bindMountOptions|defaultUser|user|mode)\"": (
        "a field of a newer Kubernetes than that of the server"
    ),
    r"not configured on this cluster": "the addresses of the cluster",
}


GROUPS = ("field", "file", "manifest", "pod", "random")


@cache
def judged_otherwise(group: str) -> list[tuple[Verdict, str]]:
    """Return what has another verdict than the server's, and what is said of it."""
    found = ((each, judge(each.posted.document)) for each in read_record(group))
    return [
        (each, str(refusals[0].subject.message) if refusals else each.message)
        for each, refusals in found
        if bool(refusals) != each.is_refusal
    ]


@pytest.mark.parametrize("group", GROUPS)
def test_objects_have_the_recorded_verdict_of_a_server(group: str) -> None:
    assert read_record(group)
    for verdict, said in judged_otherwise(group):
        known = LAXER if verdict.is_refusal else STRICTER
        assert any(re.search(each, said) for each in known), (verdict, said)


def test_each_known_difference_is_there() -> None:
    said = [text for group in GROUPS for _, text in judged_otherwise(group)]
    for pattern in (*STRICTER, *LAXER):
        assert any(re.search(pattern, each) for each in said), pattern


def test_of_objects_changed_at_random_few_have_another_verdict() -> None:
    count = len(read_record("random"))
    laxer = sum(verdict.is_refusal for verdict, _ in judged_otherwise("random"))
    assert laxer <= count * 0.01
    assert len(judged_otherwise("random")) - laxer <= count * 0.003


def test_the_table_of_custom_kinds_is_whole() -> None:
    table = custom.table()
    assert set(table["kinds"]) == set(CUSTOM_KINDS.values())
    used = re.findall(r'"ref": "([^"]+)"', json.dumps(table))
    assert set(used) == set(table["shared"])


def test_objects_of_an_unknown_kind_are_accepted() -> None:
    assert judge({"apiVersion": "example.com/v1", "kind": "Deployment", "spec": 3}) == []
    assert judge({}) == []


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"kind": 5}, ("kind",)),
        ({"kind": None}, ("kind",)),
        ({"metadata": {"name": None}}, ("metadata", "name")),
        ({"apiVersion": 1.5}, ("apiVersion",)),
        ({"metadata": "web"}, ("metadata",)),
        ({"metadata": {"name": 123}}, ("metadata", "name")),
        ({"metadata": {"labels": {"a": True}}}, ("metadata", "labels", "a")),
        ({"metadata": {"annotations": ["a"]}}, ("metadata", "annotations")),
        ({"metadata": {"names": "web"}}, ("metadata", "names")),
    ],
)
def test_every_kind_of_object_has_the_same_metadata(fields: dict[str, Any], path: KeyPath) -> None:
    metadata = {"name": "web", "labels": None, "finalizers": [None]}
    whole = {"apiVersion": "example.com/v1", "kind": "Any", "metadata": metadata}
    assert judge(whole) == []
    assert [each.subject.path for each in judge({**whole, **fields})] == [path]


@pytest.mark.parametrize("value", ["1", "null"])
def test_what_is_nested_too_deep_is_refused(value: str) -> None:
    data = json.loads("[" * 500 + value + "]" * 500)
    found = judge({"apiVersion": "v1", "kind": "ConfigMap", "data": data})
    assert [each.message for each in found] == ["nested too deep"]


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


@pytest.mark.parametrize("kind", ["Job", "Deployment"])
def test_a_kind_or_name_of_a_template_that_is_no_string_is_refused(
    kind: str, tmp_path: Path
) -> None:
    text = START.replace("service:\n", f"service:\n  kind: {kind}\n").replace("  ports: [80]\n", "")
    template = "apiVersion: v1\nkind: {a: b}\nmetadata: {name: [c]}\nspec: {replicas: 2}\n"
    found = findings(text, tmp_path, **{"kustz-templates__other_yml_j2": template})
    where = "kustz-templates/other.yml.j2:2:1: expected kind to be a string"
    assert found == [f"{where}, got a mapping or a list"]


def test_a_misspelt_field_that_every_object_needs_is_named_with_its_line(tmp_path: Path) -> None:
    template = "apiVersion: v1\nkind: Secret\nmetdata:\n  name: other\n"
    found = findings(START, tmp_path, **{"kustz-templates__other_yml_j2": template})
    where = "kustz-templates/other.yml.j2:3:1: expected metadata.name to be a string"
    assert found == [f"{where}, got nothing; rename metdata to metadata"]


def test_a_field_of_a_manifest_is_named_with_its_line(tmp_path: Path) -> None:
    own = (
        "kind: List\napiVersion: v1\nitems:\n"
        "  - {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: b}}\n"
        "  - apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: b}\n    data:\n      a: 1\n"
    )
    (found,) = findings(f"{START}resources: [own.yml]\n", tmp_path, own_yml=own)
    assert found.startswith("own.yml:9:10: data.a of ConfigMap b: expected a string, got 1")


@pytest.mark.parametrize(
    ("manifest", "place", "message"),
    [
        (
            (
                "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: a}\nspec:\n"
                "  hosts: [a.example.com]\n  http:\n    - timeout: 0s\n      rout: []\n"
            ),
            "own.yml:7:16: spec.http[0].timeout of VirtualService a",
            "expected a duration of at least 1ms such as 30s, got '0s'",
        ),
        (
            (
                "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: a}\nspec:\n"
                "  hosts: [a.example.com]\n  http:\n    - rewrite: {uri: /, uriRegexRewrit: {}}\n"
            ),
            "own.yml:7:25: spec.http[0].rewrite.uriRegexRewrit of VirtualService a",
            "unknown field of rewrite; did you mean uriRegexRewrite?",
        ),
        (
            (
                "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: a}\nspec:\n"
                "  target: {creationPolicy: owner}\n"
            ),
            "own.yml:5:28: spec.target.creationPolicy of ExternalSecret a",
            "expected Owner, Orphan, Merge or None, got 'owner'; did you mean Owner?",
        ),
        (
            (
                "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: a}\nspec:\n"
                "  gatewayClassName: a\n  listeners:\n    - {name: a, port: 70000, protocol: HTTP}\n"
            ),
            "own.yml:7:23: spec.listeners[0].port of Gateway a",
            "expected at most 65535, got 70000",
        ),
        (
            (
                "apiVersion: v1\nkind: LimitRange\nmetadata: {name: a}\nspec:\n"
                "  limits: [{type: container, max: {cpu: 1}}]\n"
            ),
            "own.yml:5:19: spec.limits[0].type of LimitRange a",
            "expected Container, Pod or PersistentVolumeClaim, got 'container'; did you mean",
        ),
    ],
)
def test_a_custom_resource_and_an_object_of_the_cluster_are_judged(
    manifest: str, place: str, message: str, tmp_path: Path
) -> None:
    found = findings(f"{START}resources: [own.yml]\n", tmp_path, own_yml=manifest)
    assert found[0].startswith(f"{place}: {message}"), found


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


CONTAINER = """{template: {spec: {containers: [{name: web, FIELD}]}}}"""


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("ports: [{containerPort: 80, protocol: TCP, name: Http}]", "ports[0].name"),
        ("env: [{name: A, value: a, valueFrom: {}}]", "env[0].valueFrom"),
        ("volumeMounts: [{name: data, mountPath: /data}]", "volumeMounts[0].name"),
        ("imge: nginx", "imge"),
    ],
)
def test_what_a_merge_patch_makes_of_a_list_is_judged(
    field: str, message: str, tmp_path: Path
) -> None:
    text = START + MERGE.replace("SPEC", CONTAINER.replace("FIELD", field))
    (found,) = findings(text, tmp_path)
    assert found.startswith("kustz.yml:6:5: patches[0]: ")
    assert (
        f"(spec.template.spec.containers[0].{message} of Deployment web, after the patch)" in found
    )


def test_a_finding_is_at_the_patch_since_which_it_is_there(tmp_path: Path) -> None:
    section = "deployment: {strategy: {type: RollingUpdate}}\n"
    first = MERGE.replace("SPEC", "{template: {spec: {volumes: [{$patch: delete}]}}}")
    volume = "service:\n  image: nginx\n  mounts: {/data: emptydir://}\n"
    second = MERGE.replace("SPEC", "{replicas: 2}").removeprefix("patches:\n")
    (found,) = findings(f"name: web\n{volume}{section}{first}{second}", tmp_path)
    assert found.startswith("kustz.yml:7:5: patches[0]: expected the name of a volume")


def test_a_patch_that_moves_an_item_keeps_the_place_of_its_finding(tmp_path: Path) -> None:
    volumes = "pod:\n  volumes:\n    - {name: b, emptyDir: {}}\n    - {name: a, emptyDir: {x: 1}}\n"
    moved = "{template: {spec: {volumes: [{name: c, emptyDir: {}}, {name: a}]}}}"
    (found,) = findings(f"{START}{volumes}{MERGE.replace('SPEC', moved)}", tmp_path)
    assert found.startswith("kustz.yml:8:28: pod.volumes[1].emptyDir.x: unknown field")


def test_what_only_kustomize_knows_is_not_judged(tmp_path: Path) -> None:
    merge = MERGE.replace("SPEC", "{replicas: &number 1, revisionHistoryLimit: *number}")
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

"""JSON patches are refused where the real kustomize refuses them, and nowhere else."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kube import find_kubectl
from profiles import one_in

from kustz_tpl.data_files.folder import DataFolder
from kustz_tpl.patches.dry_run import Tried, try_patches
from kustz_tpl.patches.manifest import Manifest
from kustz_tpl.patches.patch import read_patches
from kustz_tpl.patches.selector import PATTERNS, SELECTORS
from kustz_tpl.resource import Resource

WEB: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "labels": {"app": "web"}},
    "spec": {
        "replicas": 1,
        "paused": None,
        "template": {"spec": {"containers": [{"name": "a", "env": []}, {"name": "b"}]}},
        "a/b": "text",
        "m~n": 1.5,
        "": True,
        "empty": {},
    },
}
# kustomize looks into kinds that it knows, for names, and refuses one whose fields make no sense.
OWN_KIND = {**WEB, "apiVersion": "example.com/v1", "kind": "Own"}
BOXES = "/spec/template/spec/containers"
# One operation each: what it does, where, and with what.
ALONE: list[tuple[Any, ...]] = [
    ("remove", "/spec/replicas"),
    ("remove", "/spec/nothing"),
    ("remove", "/spec/nothing/x"),
    ("remove", "/spec/replicas/x"),
    ("remove", "/spec"),
    ("remove", "/"),
    ("remove", "/spec/"),
    ("remove", "/spec/a~1b"),
    ("remove", "/spec/a/b"),
    ("remove", "/spec/m~0n"),
    ("remove", "/spec/m~2n"),
    ("remove", "/kind"),
    ("remove", "/metadata/name"),
    ("remove", "/metadata"),
    ("remove", "/apiVersion"),
    ("remove", "/metadata/annotations"),
    ("remove", "/metadata/annotations/x"),
    ("remove", f"{BOXES}/1"),
    ("remove", f"{BOXES}/2"),
    ("remove", f"{BOXES}/-1"),
    ("remove", f"{BOXES}/-2"),
    ("remove", f"{BOXES}/-3"),
    ("remove", f"{BOXES}/-"),
    ("remove", f"{BOXES}/01"),
    ("remove", f"{BOXES}/+1"),
    ("remove", f"{BOXES}/\u0661"),
    ("remove", f"{BOXES}/99999999999999999999"),
    ("remove", f"{BOXES}/0/env/0"),
    ("remove", f"{BOXES}/0/env/-0"),
    ("replace", "/spec/replicas", 2),
    ("replace", "/spec/nothing", 2),
    ("replace", "/spec/nothing/x", 2),
    ("replace", f"{BOXES}/-2", {"name": "c"}),
    ("replace", f"{BOXES}/2", {"name": "c"}),
    ("replace", f"{BOXES}/-1/name", "c"),
    ("replace", f"{BOXES}/-3/name", "c"),
    ("replace", f"{BOXES}/name", "c"),
    ("replace", "/metadata/name", ""),
    ("replace", "/metadata/name", None),
    ("replace", "/metadata/name", {}),
    ("replace", "/metadata/name", 1),
    ("replace", "/metadata/annotations", []),
    ("replace", "/kind", ["x"]),
    ("add", "/spec/new", 1),
    ("add", "/spec/new"),
    ("add", "/spec/new/x", 1),
    ("add", "/spec/paused/x", 1),
    ("add", "/spec/a~1b/x", 1),
    ("add", "/metadata/annotations/x", "1"),
    ("add", "/metadata/labels/x", "1"),
    ("add", f"{BOXES}/-", {"name": "c"}),
    ("add", f"{BOXES}/2", {"name": "c"}),
    ("add", f"{BOXES}/3", {"name": "c"}),
    ("add", f"{BOXES}/-3", {"name": "c"}),
    ("add", f"{BOXES}/-4", {"name": "c"}),
    ("add", f"{BOXES}/", {"name": "c"}),
    ("add", f"{BOXES}/-/name", "c"),
    ("add", f"{BOXES}/0/env/0", {"name": "A"}),
    ("test", "/spec/replicas", 1),
    ("test", "/spec/replicas", 2),
    ("test", "/spec/replicas"),
    ("test", "/spec/nothing", 1),
    ("test", "/spec/nothing", None),
    ("test", "/spec/nothing/x", None),
    ("test", "/spec/paused", None),
    ("test", "/spec/paused", {}),
    ("test", "/spec/a~1b", "text"),
    ("test", "/spec/a~1b", "other"),
    ("test", "/spec/", False),
    ("test", "/spec/empty", {}),
    ("test", "/spec/empty", []),
    ("test", "/spec/empty", "text"),
    ("test", "/metadata/labels", {"app": "web"}),
    ("test", "/metadata/labels", {}),
    ("test", "/metadata/labels", {"app": "web", "b": "c"}),
    ("test", "/metadata/annotations", None),
    ("test", "/metadata/annotations", {}),
    ("test", f"{BOXES}/1", {"name": "b"}),
    ("test", f"{BOXES}/2", None),
    ("test", f"{BOXES}", [{"name": "a", "env": []}, {"name": "b"}]),
    ("test", f"{BOXES}", [{"name": "b"}, {"name": "a", "env": []}]),
    ("test", f"{BOXES}", [{"name": "a"}, {"name": "b"}]),
    ("test", f"{BOXES}", [{"name": "a", "env": []}]),
]
# Operations one after the other.
TOGETHER: list[list[dict[str, Any]]] = [
    [],
    [{"op": "move", "from": "/spec/replicas", "path": "/spec/new"}],
    [{"op": "move", "from": "/spec/nothing", "path": "/spec/new"}],
    [{"op": "move", "from": "/spec/replicas", "path": "/spec/new/x"}],
    [{"op": "move", "from": "/spec", "path": "/spec/x"}],
    [{"op": "move", "from": f"{BOXES}/0", "path": f"{BOXES}/1"}],
    [{"op": "move", "from": f"{BOXES}/0", "path": f"{BOXES}/2"}],
    [{"op": "move", "path": "/spec/new"}],
    [{"op": "copy", "path": "/spec/new"}],
    [{"op": "copy", "from": "/spec/nothing", "path": "/spec/new"}],
    [{"op": "copy", "from": "/spec/nothing/x", "path": "/spec/new"}],
    [{"op": "copy", "from": f"{BOXES}/2", "path": f"{BOXES}/-"}],
    [{"op": "copy", "from": "/spec/template", "path": "/spec/template/x"}],
    [
        {"op": "copy", "from": BOXES, "path": "/spec/copy"},
        {"op": "remove", "path": f"{BOXES}/1"},
        {"op": "test", "path": "/spec/copy/1/name", "value": "b"},
    ],
    [
        {"op": "add", "path": "/spec/new", "value": {}},
        {"op": "add", "path": "/spec/new/x", "value": 1},
    ],
    [{"op": "remove", "path": "/spec/replicas"}, {"op": "remove", "path": "/spec/replicas"}],
    [
        {"op": "add", "path": "/spec/new", "value": [1]},
        {"op": "replace", "path": "/spec/new/1", "value": 2},
    ],
]
# Patches one after the other, each with its target.
IN_TURN: list[list[tuple[dict[str, str], dict[str, Any]]]] = [
    [
        ({"name": "web"}, {"op": "remove", "path": "/metadata/annotations"}),
        ({"name": "web"}, {"op": "add", "path": "/metadata/annotations/x", "value": "1"}),
    ],
    *(
        [({"name": "web"}, change), (target, {"op": "remove", "path": "/nothing"})]
        for change, *targets in [
            (
                {"op": "replace", "path": "/metadata/name", "value": "b"},
                {"name": "web"},
                {"name": "b"},
                {"name": "c"},
            ),
            (
                {"op": "replace", "path": "/kind", "value": "B"},
                {"kind": "Deployment"},
                {"kind": "B"},
            ),
            (
                {"op": "replace", "path": "/metadata/labels/app", "value": "b"},
                {"labelSelector": "app=web"},
                {"labelSelector": "app=b"},
            ),
            (
                {"op": "add", "path": "/metadata/namespace", "value": "b"},
                {"namespace": "default"},
                {"namespace": "b"},
                {"namespace": "c"},
            ),
        ]
        for target in targets
    ),
]
# Texts that a list of operations may be.
TEXTS = [
    "- {op: remove, path: /spec/replicas}",
    "- {op: remove, path: /spec/nothing}",
    "- {op: test, path: /spec/replicas, value: 1}",
    "- {op: test, path: /spec/replicas, value: 0x1}",
    "- {op: test, path: /spec/replicas, value: 1.0}",
    "- {op: test, path: /spec/replicas, value: 1e0}",
    "- {op: test, path: /spec/replicas, value: 2}",
    "- {op: test, path: /spec/replicas, value: text}",
    "- {op: test, path: /spec/replicas, value: true}",
    "- {op: test, path: /spec/, value: yes}",
    "- {op: test, path: /spec/, value: y}",
    "- {op: test, path: /spec/, value: 1}",
    "- {op: test, path: /spec/, value: 'yes'}",
    "- {op: test, path: /spec/, value: [1]}",
    "- {op: test, path: /spec/a~1b, value: 1}",
    "- {op: test, path: /spec/paused, value: ~}",
    "- {op: test, path: /spec/paused, value: text}",
    "- {op: test, path: /spec/a~1b, value: 'text'}",
    "- {op: test, path: /spec/a~1b, value: [text]}",
    "- {op: test, path: /spec/m~0n, value: 1.50}",
    "[{op: remove, path: /spec/replicas}]",
    "  \n[{op: remove, path: /spec/replicas}]",
    "# JSON or not\n[{op: remove, path: /spec/replicas}]",
    '[{"op": "remove", "path": "/spec/replicas"}]\n---\n[]',
    '[{"op": "test", "path": "/spec/a~1b", "value": "te\\u0078t"}, ]',
    '[{"op": "add", "path": "/spec/x", "value": "\\ud83d\\ude00"}]',
    "[" * 50_000,
]


def operation(op: str, path: str, *value: object) -> dict[str, Any]:
    return {"op": op, "path": path} | ({"value": value[0]} if value else {})


def patch(text: str, target: dict[str, str] | None = None) -> dict[str, Any]:
    return {"patch": text, "target": target or {"name": "web"}}


def refuses(patches: list[dict[str, Any]], document: dict[str, Any] = WEB) -> bool:
    """Return whether we refuse patches of a rendered document."""
    return bool(messages(patches, document))


def messages(patches: list[dict[str, Any]], *documents: object, own: str = "") -> list[str]:
    absent = dict.fromkeys((*PATTERNS, *SELECTORS))
    entries = [
        {"path": None, "options": {}, **each, "target": absent | each["target"]} for each in patches
    ]
    found, findings = read_patches(entries, lambda _: False, DataFolder(Path()))
    before = copy.deepcopy(documents)
    manifests = [Manifest("own.yml", "resources/own.yml", own.encode(), (), ())]
    findings += try_patches(found, documents, manifests).findings
    assert documents == before
    return [each.message for each in findings]


def kustomize_refuses(patches: list[dict[str, Any]], document: dict[str, Any] = WEB) -> bool:
    folder = Path(tempfile.mkdtemp())
    (folder / "web.json").write_text(json.dumps(document))
    kustomization = {"resources": ["web.json"], "patches": patches}
    (folder / "kustomization.yml").write_text(json.dumps(kustomization))
    command: list[str | Path] = [find_kubectl(), "kustomize", folder]
    done = subprocess.run(command, capture_output=True, check=False)
    shutil.rmtree(folder)
    return done.returncode != 0


@pytest.mark.parametrize("row", ALONE, ids=str)
def test_an_operation_as_kustomize_takes_it(row: tuple[Any, ...]) -> None:
    patches = [patch(json.dumps([operation(*row)]))]
    assert refuses(patches) is kustomize_refuses(patches)


@pytest.mark.parametrize("operations", TOGETHER, ids=str)
def test_operations_as_kustomize_takes_them(operations: list[dict[str, Any]]) -> None:
    patches = [patch(json.dumps(operations))]
    assert refuses(patches) is kustomize_refuses(patches)


@pytest.mark.parametrize("turns", IN_TURN, ids=str)
def test_patches_in_turn_as_kustomize_takes_them(
    turns: list[tuple[dict[str, str], dict[str, Any]]],
) -> None:
    patches = [patch(json.dumps([each]), target) for target, each in turns]
    assert refuses(patches) is kustomize_refuses(patches)


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:60])
def test_texts_as_kustomize_takes_them(text: str) -> None:
    assert refuses([patch(text)]) is kustomize_refuses([patch(text)])


# Not into the metadata: what kustomize makes of labels that are no labels is another matter.
STEPS = st.sampled_from(
    [*"01245-", "-1", "-2", "-3", "+1", "name", "env", "x", "labels", "a~1b", "~0", "", "é"]
)
POINTERS = st.one_of(
    st.sampled_from(["/spec/replicas", "/spec/x", BOXES, "/spec/empty"]),
    st.builds(
        lambda head, steps: "/".join([head, *steps]),
        st.sampled_from(["/spec", BOXES, f"{BOXES}/0", f"{BOXES}/-1/env", ""]),
        st.lists(STEPS, min_size=1, max_size=2),
    ),
)
# One spelling for each value: kustomize compares what was written.
VALUES = st.recursive(
    st.sampled_from([None, "text", "b", 1, 7]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["name", "x"]), inner)
    ),
    max_leaves=4,
)
OPERATIONS = st.one_of(
    st.builds(operation, st.sampled_from(["add", "replace", "test"]), POINTERS, VALUES),
    st.builds(operation, st.just("remove"), POINTERS),
    st.builds(
        lambda op, source, path: {"op": op, "from": source, "path": path},
        st.sampled_from(["move", "copy"]),
        POINTERS,
        POINTERS,
    ),
)


@given(st.lists(OPERATIONS, min_size=1, max_size=4))
@one_in(5)
def test_any_operations_as_kustomize_takes_them(operations: list[dict[str, Any]]) -> None:
    patches = [patch(json.dumps(operations))]
    assert refuses(patches, OWN_KIND) is kustomize_refuses(patches, OWN_KIND)


MISFIT = patch('[{"op": "remove", "path": "/spec/nothing"}]')
OWN = """\
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {ports: [{port: 80}]}
"""


def test_every_object_that_a_patch_is_for_is_tried() -> None:
    said = "cannot be applied to {}: expected a value at '/spec/nothing', got nothing"
    assert messages([MISFIT], WEB, {**WEB, "kind": "StatefulSet"}, own=OWN) == [
        f"operation 1 {said.format(name)}"
        for name in ("apps/v1 Deployment web", "apps/v1 StatefulSet web", "v1 Service web")
    ]


def test_what_is_empty_or_too_deep_is_let_alone() -> None:
    assert len(messages([MISFIT], own=f"{OWN}--- ''\n---\n{OWN.replace('Service', 'Other')}")) == 2
    deep = '[{"op": "add", "path": "/x", "value": ' + "[" * 700 + "]" * 700 + "}]"
    assert not messages([patch(deep)], WEB)


def test_an_object_is_refused_once() -> None:
    assert len(messages([MISFIT, MISFIT], WEB)) == 1


def test_the_items_of_a_list_are_tried() -> None:
    items = f"kind: List\nitems:\n- {json.dumps(WEB)}\n- {json.dumps({**WEB, 'kind': 'X'})}\n"
    assert len(messages([MISFIT], own=items)) == 2
    assert not messages([MISFIT], own="kind: List\nitems:\n")


@pytest.mark.parametrize(
    "text",
    [
        OWN.replace("[{port: 80}]", "&a [], other: *a"),
        OWN + "80: x\n",
        OWN + "x: !own y\n",
        OWN + "x: 2001-99-99\n",
        OWN.replace("web", "1"),
    ],
)
def test_what_go_may_read_in_another_way_is_let_alone(text: str) -> None:
    assert not messages([patch(MISFIT["patch"], {"kind": "Service"})], own=text)
    assert not messages([patch("- {op: remove, path: /x, value: !own y}")], WEB)


def test_a_json_patch_sees_what_a_merge_patch_has_changed() -> None:
    merged = json.dumps({**WEB, "spec": {"nothing": 1}})
    assert not messages([patch(merged), MISFIT], WEB)
    assert not messages([{"patch": merged, "target": {}}, MISFIT], WEB)
    assert len(messages([{"patch": merged, "target": {}}, MISFIT], {**WEB, "kind": "X"})) == 1
    assert len(messages([MISFIT, patch(merged)], WEB)) == 1


def test_what_documents_share_is_changed_in_one() -> None:
    labels = {"app": "web"}
    document = {**WEB, "metadata": {"name": "web", "labels": labels}, "spec": {"labels": labels}}
    twice = [
        {"op": "remove", "path": "/metadata/labels/app"},
        {"op": "remove", "path": "/spec/labels/app"},
    ]
    assert not messages([patch(json.dumps(twice))], document)


SERVICE = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "web"},
    "spec": {"ports": [{"port": 80, "protocol": "TCP"}]},
}
CONFIG = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}, "data": {"a": "b"}}
KIND = {"kind": "Deployment"}
SECRET = Resource("", "v1", "Secret", "web")
WITHOUT_EFFECT = "the patch has no effect"


def tried(*entries: dict[str, Any]) -> Tried:
    absent = dict.fromkeys((*PATTERNS, *SELECTORS))
    whole = [
        {"path": None, "options": {}, **each, "target": absent | each.get("target", {})}
        for each in entries
    ]
    patches, findings = read_patches(whole, lambda _: False, DataFolder(Path()))
    assert not findings
    return try_patches(patches, [WEB, SERVICE], [], [CONFIG, SECRET])


def merge(document: dict[str, Any], **fields: object) -> dict[str, Any]:
    head = {key: document[key] for key in ("apiVersion", "kind", "metadata")}
    return {"patch": json.dumps({**head, **fields})}


@pytest.mark.parametrize(
    ("entry", "messages"),
    [
        (merge(WEB, spec={"replicas": 1}), [WITHOUT_EFFECT]),
        (merge(WEB, spec={"replicas": True}), []),
        (merge(WEB, spec={"nothing": None}), [WITHOUT_EFFECT]),
        (
            merge(SERVICE, spec={"ports": [{"port": 80, "nodePort": 30080}]}),
            [f"{WITHOUT_EFFECT}; write the protocol of each port"],
        ),
        (merge(SERVICE, spec={"ports": [{"port": 80, "protocol": "TCP"}]}), [WITHOUT_EFFECT]),
        (merge(SERVICE, spec={"ports": [{"port": 81, "protocol": "TCP"}]}), []),
        (merge(CONFIG, data={"a": "b"}), [WITHOUT_EFFECT]),
        (merge(CONFIG, data={"a": None}), []),
        (
            patch('[{"op": "replace", "path": "/spec/replicas", "value": 1}]', KIND),
            [WITHOUT_EFFECT],
        ),
        (patch('[{"op": "replace", "path": "/spec/replicas", "value": 2}]', KIND), []),
        (patch('[{"op": "test", "path": "/spec/replicas", "value": 1}]', KIND), []),
        (patch("[]", KIND), [WITHOUT_EFFECT]),
        (patch('[{"op": "add", "path": "/kind", "value": "Secret"}]', {"kind": "Secret"}), []),
    ],
)
def test_a_patch_that_changes_nothing_is_a_warning(
    entry: dict[str, Any], messages: list[str]
) -> None:
    assert [each.message for each in tried(entry).warnings] == messages


@pytest.mark.parametrize(
    ("path", "value", "messages"),
    [
        ("/metadata/name", "other", []),
        ("/kind", "StatefulSet", []),
        ("/metadata/name", "web", []),
        ("/kind", "ConfigMap", ["the patch turns v1 Service web into v1 ConfigMap web"]),
        ("/kind", "Secret", ["the patch turns v1 Service web into v1 Secret web"]),
    ],
)
def test_no_object_gets_the_name_of_another(path: str, value: str, messages: list[str]) -> None:
    change = json.dumps([{"op": "replace", "path": path, "value": value}])
    later = '[{"op": "add", "path": "/spec/type", "value": "NodePort"}]'
    target = {"name": "web", "kind": "Service"}
    found = tried(patch(change, target), patch(later, {"kind": "Service"})).findings
    assert [each.message for each in found] == [
        f"{message}, which already exists" for message in messages
    ]
    assert all(each.subject.path == ("patches", 0) for each in found)

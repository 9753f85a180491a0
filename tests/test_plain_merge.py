"""Merge patches without lists give what the real kustomize builds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from kube import build

from kustz_tpl.patches.patch import Patch
from kustz_tpl.patches.plain_merge import merged
from kustz_tpl.resource import Resource

HEAD = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
OBJECT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "labels": {"a": "b"}},
    "spec": {
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}},
        "minReadySeconds": 3,
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {
                "securityContext": {"runAsUser": 1},
                "containers": [{"name": "a", "image": "a"}],
            },
        },
    },
}
NAMED = Resource("apps", "v1", "Deployment", "web")


def patch(text: str, **target: str) -> Patch:
    return Patch(("patches", 0), text, target, {}, (NAMED,))


@pytest.mark.parametrize(
    "patches",
    [
        [patch(HEAD + "spec: {strategy: {type: Recreate, rollingUpdate: {}}}\n")],
        [patch(HEAD + "spec: {strategy: {type: Recreate, rollingUpdate: null}}\n")],
        [patch(HEAD + "spec: {minReadySeconds: null, paused: true}\n")],
        [patch(HEAD + "spec: {template: {spec: {securityContext: {fsGroup: 2}}}}\n")],
        [patch(HEAD.replace("web", "any") + "spec: {paused: true}\n", kind="Deployment")],
        [patch(f"{HEAD}spec: {{replicas: 1}}\n"), patch(f"{HEAD}spec: {{replicas: 2}}\n")],
        [patch(HEAD.replace("}", ", labels: {c: d}, annotations: {e: f}}"))],
    ],
)
def test_a_merge_as_kustomize_makes_it(patches: list[Patch], tmp_path: Path) -> None:
    (tmp_path / "object.json").write_text(json.dumps(OBJECT), "utf-8")
    entries = [each.entry for each in patches]
    page = {"resources": ["object.json"], "patches": entries}
    (tmp_path / "kustomization.yml").write_text(json.dumps(page), "utf-8")
    assert merged(OBJECT, patches) == build(tmp_path)[0]


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "spec: {template: {spec: {containers: []}}}\n",
        HEAD + "spec: {strategy: {$patch: replace, type: Recreate}}\n",
        HEAD.replace("web", "other") + "spec: {paused: true}\n",
    ],
)
def test_what_only_kustomize_knows_is_none(text: str) -> None:
    assert merged(OBJECT, [patch(text)]) is None

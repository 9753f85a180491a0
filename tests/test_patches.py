"""Selectors of patches agree with the real kustomize; what is added cannot be lost or doubled."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from kube import build

from kustz_tpl.errors import NotationError
from kustz_tpl.patches.selector import is_selected, parse_pattern, parse_selector
from kustz_tpl.resource import parse_resource, parse_resources

WEB = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "labels": {"app": "web", "tier": "front"}},
}
OTHER = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "own"}}
TARGETS = [
    {"kind": "Deployment"},
    {"kind": "Deploy"},
    {"kind": "Deploy.*"},
    {"kind": "Deployment|Service"},
    {"group": "apps"},
    {"group": "a"},
    {"version": "v1"},
    {"name": "w.b"},
    {"name": "we"},
    {"name": "(?i)WEB"},
    {"namespace": "default"},
    {"namespace": "own"},
    {"namespace": "prod"},
    {"labelSelector": "app=web"},
    {"labelSelector": "app==web,tier!=back"},
    {"labelSelector": "app!=web"},
    {"labelSelector": "app in (web, shop)"},
    {"labelSelector": "app notin (web)"},
    {"labelSelector": "tier"},
    {"labelSelector": "!tier"},
    {"labelSelector": "app in (shop),tier"},
    {"annotationSelector": "a=b"},
    {"kind": "Service", "name": "web", "labelSelector": "!app"},
]


@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_a_target_selects_what_kustomize_selects(target: dict[str, str], tmp_path: Path) -> None:
    kustomization = {
        "namespace": "prod",
        "resources": ["web.json", "other.json"],
        "patches": [
            {
                "target": target,
                "patch": '[{"op": "add", "path": "/metadata/annotations", "value": {"hit": "1"}}]',
            }
        ],
    }
    (tmp_path / "web.json").write_text(json.dumps(WEB))
    (tmp_path / "other.json").write_text(json.dumps(OTHER))
    (tmp_path / "kustomization.yml").write_text(json.dumps(kustomization))
    hit = {each["kind"] for each in build(tmp_path) if each["metadata"].get("annotations")}
    mine = [parse_resource(each) for each in (WEB, OTHER)]
    assert {each.kind for each in mine if is_selected(each, target)} == hit


@pytest.mark.parametrize(
    "text", ["a b", "=a", "a in web", "a in (b", "a,,b", "", "a=b=c", "a in b)"]
)
def test_no_other_selector_is_taken(text: str) -> None:
    with pytest.raises(NotationError, match="expected a selector"):
        parse_selector(text)


def test_no_broken_pattern_is_taken() -> None:
    with pytest.raises(NotationError, match="expected a regular expression"):
        parse_pattern("a(")


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|b)*c", "a*a*a*a*b", r"(a)\1", "a" * 501])
def test_a_pattern_that_may_take_long_is_refused(pattern: str) -> None:
    with pytest.raises(NotationError, match="with few \\* and \\+, and no repeated group"):
        parse_pattern(pattern)


@pytest.mark.parametrize("pattern", ["(web|api)-.*", "(?i)config.*", "(web-)?api", ".*-v[0-9]+-.*"])
def test_a_usual_pattern_is_accepted(pattern: str) -> None:
    assert parse_pattern(pattern).pattern == pattern


@pytest.mark.parametrize(
    "document", [None, [], {}, {"kind": "A"}, {**WEB, "metadata": []}, {**WEB, "kind": ""}]
)
def test_what_is_no_object_is_refused(document: object) -> None:
    with pytest.raises(ValueError, match="expected"):
        parse_resource(document)


def test_a_list_is_its_items() -> None:
    found = parse_resources({"kind": "List", "items": [WEB, OTHER]})
    assert [str(each) for each in found] == ["apps/v1 Deployment web", "v1 Service web"]

"""Each kind of object is in one module, and its filters accept strings and parsed values alike."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path

import pytest

from kustz_tpl import schema
from kustz_tpl.errors import NotationError
from kustz_tpl.kinds import FILTERS, KINDS
from kustz_tpl.notation.action import parse_action
from kustz_tpl.notation.names import parse_dns_option
from kustz_tpl.notation.port import parse_port
from kustz_tpl.notation.quantity import parse_resource
from kustz_tpl.notation.references import parse_env_source
from kustz_tpl.notation.route import parse_gateway, parse_route_rule
from kustz_tpl.patches.passthrough import join_fields
from kustz_tpl.yaml_source import read

ROOT = Path(__file__).parent.parent
PORTS = ["!30080:80:8080", "udp://53"]
RULES = ["https://a.example.com/x*?tls=cert", "http://b.example.com/?svc=other:web"]


ROUTING = {"default": "web", "ports": {"web": {"http": 80}}}


def routes(kind: str, rules: Sequence[object], gateways: Sequence[object]) -> dict[str, object]:
    by_scheme = {"http": gateways, "https": gateways}
    return {"kind": [kind], "rules": rules, "gateways": by_scheme}


def test_every_template_of_a_manifest_is_that_of_a_kind() -> None:
    templates = {path.name.removesuffix(".j2") for path in ROOT.glob("templates/[!_]*.j2")}
    assert templates == {kind.template for kind in KINDS} - {""}


def test_no_filter_and_no_name_is_that_of_two_kinds() -> None:
    assert len(FILTERS) == sum(len(kind.filters) for kind in KINDS)
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert {kind.twin for kind in KINDS} - {""} <= {kind.name for kind in KINDS}


def test_no_other_module_names_a_kind() -> None:
    names = {kind.name for kind in KINDS}
    # A notation's words may be those of kinds that are still to come; the verdict and the versions
    # of types have those that we do not make, too.
    modules = [
        path
        for path in (ROOT / "kustz_tpl").rglob("*.py")
        if not {"kinds", "notation", "verdict", "versions.py"} & set(path.relative_to(ROOT).parts)
    ]
    found = [
        (path.name, node.value)
        for path in modules
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant)
        if isinstance(node.value, str)
        if node.value in names
    ]
    assert len(modules) > 100
    assert found == []


@pytest.mark.parametrize(
    ("name", "texts", "values"),
    [
        ("container_ports", [PORTS], [[parse_port(each) for each in PORTS]]),
        ("service_ports", [PORTS], [[parse_port(each) for each in PORTS]]),
        ("service_type", [PORTS], [[parse_port(each) for each in PORTS]]),
        ("env_source", ["a:true"], [parse_env_source("a:true")]),
        ("resources", [{"cpu": "1/2"}], [{"cpu": parse_resource("1/2")}]),
        ("probe", [{"action": "http://:80/x"}], [{"action": parse_action("http://:80/x")}]),
        ("ingress_tls", [RULES], [[parse_route_rule(each) for each in RULES]]),
        (
            "ingress_rules",
            [RULES, "web", PORTS],
            [[*map(parse_route_rule, RULES)], "web", [*map(parse_port, PORTS)]],
        ),
        *(
            (
                name,
                [routes(kind, RULES[:1], ["infra/public"]), "web", ROUTING],
                [
                    routes(kind, [parse_route_rule(RULES[0])], [parse_gateway("infra/public")]),
                    "web",
                    ROUTING,
                ],
            )
            for name, kind in (("http_routes", "HTTPRoute"), ("virtual_services", "VirtualService"))
        ),
        (
            "dns_config",
            [{"config": {"nameservers": [], "searches": [], "options": ["ndots:2"]}}],
            [
                {
                    "config": {
                        "nameservers": [],
                        "searches": [],
                        "options": [parse_dns_option("ndots:2")],
                    }
                }
            ],
        ),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_filter_takes_texts_and_values(
    name: str, texts: list[object], values: list[object]
) -> None:
    made = FILTERS[name](*texts)
    assert made
    assert FILTERS[name](*values) == made


def test_a_filter_of_rules_needs_a_port() -> None:
    rules = ["https://a.example.com/", "https://a.example.com/x?svc=web:admin"]
    ports = {"default": "web", "ports": {"web": {"a": 81, "b": 82}}}
    with pytest.raises(NotationError, match=r"^expected a port for the Service web, got none$"):
        FILTERS["ingress_rules"](rules[:1], "web", ["81", "82"])
    number = "^expected the number of a port for the Service web, got "
    for kind, name in (("HTTPRoute", "http_routes"), ("VirtualService", "virtual_services")):
        for rule, got in zip(rules, ("none", "'admin'"), strict=True):
            with pytest.raises(NotationError, match=f"{number}{got}$"):
                FILTERS[name](routes(kind, [rule], ["public"]), "web", ports)


def test_joining_fields_leaves_the_documents_as_they_are() -> None:
    text = (
        b"name: web\nservice: {image: nginx, container: {tty: true}}\n"
        b"pod: {volumes: [{name: a}], containers: [{name: side}]}\n"
        b"deployment: {minReadySeconds: 3}\n"
    )
    config, _ = schema.normalise(read(text, "kustz.yml"))
    pod = {"containers": [{"name": "web"}]}
    before = {
        "deployment.yml": [
            {
                "kind": "Deployment",
                "metadata": {"name": "web"},
                "spec": {"template": {"spec": pod}},
            }
        ]
    }
    kept = deepcopy(before)
    documents, findings = join_fields(config, before)
    assert findings == ()
    assert before == kept
    assert documents["deployment.yml"][0]["spec"] == {
        "template": {
            "spec": {
                "containers": [{"name": "web", "tty": True}, {"name": "side"}],
                "volumes": [{"name": "a"}],
            }
        },
        "minReadySeconds": 3,
    }

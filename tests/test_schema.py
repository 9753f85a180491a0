from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from shaped import CONFIGS

from kustz_tpl.errors import Diagnostic
from kustz_tpl.schema import SCHEMA, is_secret, normalise
from kustz_tpl.yaml_source import read
from kustz_tpl.yaml_source.tree import Document, Place, Scalar

MINIMAL = "name: shop\nservice: {image: nginx}\n"

PROBE = {
    "headers": {},
    "initialDelaySeconds": None,
    "timeoutSeconds": None,
    "periodSeconds": None,
    "successThreshold": None,
    "failureThreshold": None,
    "terminationGracePeriodSeconds": None,
}


def config_of(text: str) -> Any:  # noqa: ANN401
    config, document = normalise(read(text.encode(), "f.yml", is_secret))
    assert not document.diagnostics
    return config


def messages(text: str) -> list[str]:
    _, document = normalise(read(text.encode(), "f.yml", is_secret))
    ordered = sorted(document.diagnostics, key=lambda problem: (problem.line, problem.column))
    return [str(problem).removeprefix("f.yml:") for problem in ordered]


def service(text: str) -> str:
    return f"name: shop\nservice:\n  image: nginx\n  {text}"


METADATA = [
    *("deployment", "statefulset", "daemonset", "cronjob", "job", "pod", "service", "ingress"),
    *("httproute", "virtualservice"),
    *("serviceaccount", "horizontalpodautoscaler", "poddisruptionbudget"),
    *("persistentvolumeclaim", "configmap", "secret"),
]


def test_every_key_exists() -> None:
    assert config_of(MINIMAL) == {
        "apiVersion": "kustz/v1",
        "name": "shop",
        "namespace": None,
        "labels": {},
        "annotations": {},
        "metadata": {kind: {"labels": {}, "annotations": {}} for kind in METADATA},
        "selector": {"app": "shop"},
        "kubeVersion": "1.29",
        "values": {},
        "nameSuffixHash": False,
        "service": {
            "name": "shop",
            "kind": "Deployment",
            "schedule": None,
            "restartPolicy": None,
            "image": "nginx",
            "replicas": None,
            "disruptionBudget": None,
            "rollout": None,
            "command": [],
            "args": [],
            "imagePullPolicy": None,
            "imagePullSecrets": [],
            "ports": [],
            "envs": {"valueFrom": {}, "files": [], "pairs": {}, "configmaps": [], "secrets": []},
            "resources": {},
            "mounts": {},
            "probes": {"liveness": None, "readiness": None, "startup": None},
            "lifecycle": {"preStop": None, "postStart": None},
            "container": {},
        },
        "services": {},
        "workloads": {},
        "containers": {},
        "initContainers": {},
        "serviceAccount": {"create": False, "name": None, "annotations": {}},
        "security": None,
        "spread": [],
        "tolerations": [],
        "dns": {"config": {"nameservers": [], "searches": [], "options": []}, "policy": None},
        "ingress": {
            "kind": ["Ingress"],
            "gateways": {"http": [], "https": []},
            "rules": [],
            "annotations": {},
            "class": None,
        },
        "configmaps": {"envs": [], "files": [], "literals": []},
        "secrets": {"envs": [], "files": [], "literals": [], "public": []},
        "registries": [],
        "secretBackend": None,
        "pod": {},
        "deployment": {},
        "statefulset": {},
        "daemonset": {},
        "cronjob": {},
        "job": {},
        "patches": [],
        "resources": [],
    }


EMPTY = """
name: shop
labels:
annotations: {}
values: ~
service:
  image: nginx
  command:
  args: []
  imagePullSecrets:
  ports: null
  envs:
    files:
    pairs:
    configmaps: []
    secrets:
  resources:
  probes:
    liveness:
    readiness: {}
dns:
  config:
    nameservers:
ingress:
  rules:
  annotations:
configmaps:
  envs:
secrets: {}
"""


def test_what_is_empty_is_as_if_absent() -> None:
    assert config_of(EMPTY) == config_of(MINIMAL)


def test_probe() -> None:
    probes = config_of(service("probes: {liveness: {action: ls}}"))["service"]["probes"]
    assert probes == {"liveness": {"action": "ls", **PROBE}, "readiness": None, "startup": None}


def test_probe_of_words() -> None:
    text = service("probes: {startup: {action: [sh, -c, 010], periodSeconds: 0}}")
    probe = config_of(text)["service"]["probes"]["startup"]
    assert probe == {**PROBE, "action": ["sh", "-c", "010"], "periodSeconds": 0}


def test_generators() -> None:
    config = config_of(
        MINIMAL + "configmaps: {envs: [{name: a}]}\n"
        "secrets: {files: [{name: b, files: [k=p]}, {name: c, type: my/type}]}\n"
    )
    assert config["configmaps"]["envs"] == [{"name": "a", "files": []}]
    assert config["secrets"]["files"] == [
        {"name": "b", "files": ["k=p"], "type": "Opaque", "backend": None, "keys": {}},
        {"name": "c", "files": [], "type": "my/type", "backend": None, "keys": {}},
    ]


@pytest.mark.parametrize(
    "word", ["1.10", "010", "0x1F", "1e3", "yes", "12:30:45", "2001-01-01", "''"]
)
def test_a_string_is_what_was_typed(word: str) -> None:
    config = config_of(service(f"args: [{word}]\n  envs: {{pairs: {{A: {word}}}}}"))
    text = word.strip("'")
    assert config["service"]["args"] == [text]
    assert config["service"]["envs"]["pairs"] == {"A": text}


@pytest.mark.parametrize(("typed", "port"), [("80", "80"), ("'80:8080'", "80:8080")])
def test_port_is_a_string(typed: str, port: str) -> None:
    assert config_of(service(f"ports: [{typed}]"))["service"]["ports"] == [port]


@pytest.mark.parametrize(
    ("typed", "number"), [("0", 0), ("3", 3), ("+3", 3), ("2147483647", 2**31 - 1)]
)
def test_integer(typed: str, number: int) -> None:
    assert config_of(service(f"replicas: {typed}"))["service"]["replicas"] == number


@pytest.mark.parametrize(("typed", "truth"), [("true", True), ("True", True), ("FALSE", False)])
def test_boolean(typed: str, truth: bool) -> None:  # noqa: FBT001
    assert config_of(f"{MINIMAL}nameSuffixHash: {typed}")["nameSuffixHash"] is truth


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("{policy: clusterfirst}", "ClusterFirst"),
        ("{policy: NONE}", "None"),
        ("{policy: None}", "None"),
        ("{config: {options: [edns0]}}", "None"),
        ("{config: {options: [edns0]}, policy: default}", "Default"),
        ("{config: {options: []}}", None),
    ],
)
def test_dns_policy(text: str, policy: str | None) -> None:
    assert config_of(f"{MINIMAL}dns: {text}")["dns"]["policy"] == policy


def test_image_pull_policy() -> None:
    config = config_of(service("imagePullPolicy: ifnotpresent"))
    assert config["service"]["imagePullPolicy"] == "IfNotPresent"


def test_container_name() -> None:
    assert config_of(service("name: main"))["service"]["name"] == "main"


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("NULL", None),
        ("0", 0),
        ("-17", -17),
        ("+5", 5),
        ("999999999999999999", 10**18 - 1),
        ("1.5", 1.5),
        ("-1.", -1.0),
        ("1.5e+3", 1500.0),
        ("{a: [1, x]}", {"a": [1, "x"]}),
        # what YAML 1.1 and 1.2 read differently stays text
        ("yes", "yes"),
        ("on", "on"),
        ("y", "y"),
        ("010", "010"),
        ("0o10", "0o10"),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("2001-01-01", "2001-01-01"),
        ("1e3", "1e3"),
        ("1.5e3", "1.5e3"),
        (".5", ".5"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1.0e+999", "1.0e+999"),
        ("1000000000000000000000", "1000000000000000000000"),
        ("'1'", "1"),
        ('"true"', "true"),
        ("''", ""),
        ("nil", "nil"),
    ],
)
def test_values_are_typed_where_all_yaml_agrees(typed: str, value: object) -> None:
    read_back = config_of(f"{MINIMAL}values:\n  v: {typed}\n")["values"]["v"]
    assert read_back == value
    assert type(read_back) is type(value)


NULL = 'expected a string, got null; write "" for an empty string'
A_NAME = "expected a string, got null; write a name such as shop"
AN_IMAGE = "expected a string, got null; write an image such as nginx:1.29"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["1:1: name: required key is missing", "1:1: service.image: required key is missing"]),
        ("name: a\nservice:\n  replicas: 1", ["2:1: service.image: required key is missing"]),
        ("name:\nservice: {image: ~}", [f"1:6: name: {A_NAME}", f"2:18: service.image: {AN_IMAGE}"]),
        ("name: a\nservice: [x]", ["2:10: service: expected a mapping, got a list"]),
        (f"{MINIMAL}apiVersion: v1", ["3:13: apiVersion: expected kustz/v1, got 'v1'"]),
        (f"{MINIMAL}namespace: A", ["3:12: namespace: expected a name of lower-case letters, digits and '-' (at most 63, the first and the last a letter or digit), got 'A'; did you mean a?"]),
        (f"{MINIMAL}nmespace: a", ["3:1: nmespace: unknown key; did you mean namespace?"]),
        (f"{MINIMAL}labels: {{a: 1, B c: x, d: x y}}", [
            "3:16: labels.B c: expected in the label key a name of letters, digits, '-', '_' and '.' (at most 63, the first and the last a letter or digit), got 'B c'",
            "3:27: labels.d: expected a label value of letters, digits, '-', '_' and '.' (at most 63, the first and the last a letter or digit), got 'x y'",
        ]),
        (f"{MINIMAL}annotations: {{a: , b: [], c/: x}}", [
            f"3:18: annotations.a: {NULL}",
            "3:23: annotations.b: expected a string, got a list",
            "3:27: annotations.c/: expected in the annotation key a name of letters, digits, '-', '_' and '.' (at most 63, the first and the last a letter or digit), got '' in 'c/'",
        ]),
        (f"{MINIMAL}values: x", ["3:9: values: expected a mapping, got 'x'"]),
        (f"{MINIMAL}nameSuffixHash: yes", ["3:17: nameSuffixHash: expected true or false, got 'yes'; write true"]),
        (f"{MINIMAL}nameSuffixHash: 'true'", ["3:17: nameSuffixHash: expected true or false, got 'true'; remove the quotes"]),
        (f"{MINIMAL}nameSuffixHash: ~", ["3:17: nameSuffixHash: expected true or false, got null"]),
        (f"{MINIMAL}dns: {{nameserver: []}}", ["3:7: dns.nameserver: unknown key; expected config or policy"]),
        (f"{MINIMAL}configmaps: {{envs: [{{name: a, type: b}}]}}", ["3:31: configmaps.envs[0].type: unknown key; expected name or files"]),
        (f"{MINIMAL}configmaps: {{envs: [x]}}", ["3:21: configmaps.envs[0]: expected a mapping, got 'x'; its keys may be name or files"]),
        (f"{MINIMAL}configmaps:\n  envs:\n  - files: [x]\n", ["5:5: configmaps.envs[0].name: required key is missing"]),
        (f"{MINIMAL}configmaps: {{envs: [~]}}", ["3:21: configmaps.envs[0].name: required key is missing"]),
        (service("replicas: '3'"), ["4:13: service.replicas: expected an integer, got '3'; remove the quotes"]),
        (service("replicas: 3.0"), ["4:13: service.replicas: expected an integer, got '3.0'"]),
        (service("replicas: 1_0"), ["4:13: service.replicas: expected an integer, got '1_0'"]),
        (service("replicas: ~"), ["4:13: service.replicas: expected an integer, got null"]),
        (service("replicas: -1"), ["4:13: service.replicas: expected at least 0, got -1"]),
        (service("replicas: 2147483648"), ["4:13: service.replicas: expected at most 2147483647, got 2147483648"]),
        (service(f"replicas: {'9' * 50}"), [f"4:13: service.replicas: expected an integer, got '{'9' * 50}'"]),
        (service("command: sh"), ["4:12: service.command: expected a list, got 'sh'; write [sh]"]),
        (service("args: [a, ~, [b], {}]"), [
            f"4:13: service.args[1]: {NULL}",
            "4:16: service.args[2]: expected a string, got a list",
            "4:21: service.args[3]: expected a string, got a mapping",
        ]),
        (service("imagePullPolicy: alway"), ["4:20: service.imagePullPolicy: expected Always, Never or IfNotPresent, got 'alway'; did you mean Always?"]),
        (service("ports: [80, 0]"), ["4:15: service.ports[1]: expected a port from 1 to 65535, got '0'"]),
        (service("envs: {pairs: {A=B: x}}"), ["4:18: service.envs.pairs.A=B: expected an environment variable name of letters, digits, '_', '-' and '.' (no digit first, not '.', no '..' first), got 'A=B'"]),
        (service("probes: {live: {}}"), ["4:12: service.probes.live: unknown key; did you mean liveness?"]),
        (service("probes:\n    liveness:\n      periodSeconds: 1"), ["5:5: service.probes.liveness.action: required key is missing"]),
        (service("probes: {liveness: {action: [a, ~]}}"), [f"4:35: service.probes.liveness.action[1]: {NULL}"]),
        (service("probes: {liveness: {action: {}}}"), ["4:31: service.probes.liveness.action: expected a string or a list, got a mapping"]),
        (service("probes: {liveness: {action: a, terminationGracePeriodSeconds: 0}}"), ["4:65: service.probes.liveness.terminationGracePeriodSeconds: expected at least 1, got 0"]),
        (service("resources: {cpu: 1K}"), ["4:20: service.resources.cpu: expected a quantity such as 250m, 0.5 or 128Mi, got '1K'; did you mean 1Ki?"]),
    ],
)  # fmt: skip
def test_refused(text: str, expected: list[str]) -> None:
    assert messages(text) == expected


def test_each_path_has_one_problem() -> None:
    (message,) = messages(f"{MINIMAL}labels: {{'a b': 'c d'}}")
    assert message.startswith("3:10: labels.a b: expected in the label key a name")


def test_what_is_wrong_is_none_or_its_default_in_the_config() -> None:
    text = service("replicas: x\n  ports: [80, x]\n  resources: {cpu: x}\n  probes: [x]\n  envs: x")
    config, document = normalise(read(text.encode(), "f.yml"))
    assert len(document.diagnostics) == 5
    assert config["service"]["replicas"] is None
    assert config["service"]["ports"] == ["80", None]
    assert config["service"]["resources"] == {"cpu": None}
    assert config["service"]["probes"] == {"liveness": None, "readiness": None, "startup": None}
    assert config["service"]["envs"]["pairs"] == {}


SECRET = "hunter2"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{{envs: {SECRET}}}", "secrets.envs: expected a list, got a string"),
        (f"{{envs: [{SECRET}]}}", "secrets.envs[0]: expected a mapping, got a string"),
        (f"{{envs: [{{name: {SECRET}!}}]}}", "secrets.envs[0].name: expected a name of lower-case letters, digits, '-' and '.' (at most 253, the first and the last of each part a letter or digit)"),
        (f"{{envs: [{{name: a, files: [/{SECRET}]}}]}}", "secrets.envs[0].files[0]: expected a relative path"),
        (f"{{files: [{{name: a, files: [a={SECRET}=]}}]}}", "secrets.files[0].files[0]: expected key=path with one '='"),
        (f"{{files: [{{name: a, files: {SECRET}}}]}}", "secrets.files[0].files: expected a list, got a string"),
        ("{files: [{name: a, type: ''}]}", "secrets.files[0].type: expected a string that is not empty"),
        ("{files: [{name: a, type: ~}]}", "secrets.files[0].type: expected a string, got null"),
    ],
)  # fmt: skip
def test_what_is_secret_is_in_no_message(text: str, expected: str) -> None:
    _, document = normalise(read(f"{MINIMAL}secrets: {text}".encode(), "f.yml", is_secret))
    diagnostics = document.diagnostics
    assert [problem.words for problem in diagnostics] == [expected]
    assert all(problem.is_secret for problem in diagnostics)


def test_an_unknown_key_among_very_many_has_no_hint() -> None:
    found = messages(MINIMAL + "".join(f"namespac{n}: 1\n" for n in range(200)))
    assert sum("did you mean" in message for message in found) == 100
    assert len(found) == 200


def keys_of(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        key: keys_of(rules["schema"]) if rules.get("default") == {} and "schema" in rules else None
        for key, rules in schema.items()
    }


def has_keys(config: Any, keys: dict[str, Any]) -> bool:  # noqa: ANN401
    return all(
        key in config and (inner is None or has_keys(config[key], inner))
        for key, inner in keys.items()
    )


def scalars(data: Any) -> bool:  # noqa: ANN401
    if isinstance(data, dict):
        return any(map(scalars, data.values()))
    return any(map(scalars, data)) if isinstance(data, list) else isinstance(data, Scalar)


@given(CONFIGS)
def test_any_data_is_a_config_or_refused(data: dict[str, Any]) -> None:
    document = Document("f.yml", data, {(): Place("f.yml", 1, 1)}, {})
    config, document = normalise(document)
    diagnostics = document.diagnostics
    assert has_keys(config, keys_of(SCHEMA))
    assert len({problem.path for problem in diagnostics}) == len(diagnostics)
    assert all(isinstance(problem, Diagnostic) and problem.message for problem in diagnostics)
    if not diagnostics:
        assert not scalars(config)

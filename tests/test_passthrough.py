"""Kubernetes' own fields in kustz.yml: which are known, of which kind, and whose they are."""

from __future__ import annotations

import pytest

from kustz_tpl import kinds, schema
from kustz_tpl.rules.fields import list_keys
from kustz_tpl.schema.kubernetes import types
from kustz_tpl.yaml_source import read

START = "name: web\nservice:\n  image: nginx:1.29\n"


def diagnostics(text: str) -> list[str]:
    document = read((START + text).encode(), "kustz.yml")
    config, document = schema.normalise(document)
    found = (*document.diagnostics, *kinds.check(config, document))
    return [str(problem) for problem in found]


@pytest.mark.parametrize(
    "text",
    [
        "  container: {workingDir: /srv, tty: true, terminationGracePeriodSeconds: 3}\n",
        "pod: {nodeName: a, terminationGracePeriod: 3}\n",
        "deployment: {minReadySecond: 3}\n",
    ],
)
def test_a_field_kubernetes_does_not_have_is_one_problem(text: str) -> None:
    (problem,) = diagnostics(text)
    assert "unknown field of" in problem


def test_a_misspelt_field_deep_down_is_named_with_its_place_and_a_hint() -> None:
    text = "pod:\n  affinity:\n    nodeAffinity:\n      requiredDuringScheduling: {}\n"
    (problem,) = diagnostics(text)
    assert problem == (
        "kustz.yml:7:7: pod.affinity.nodeAffinity.requiredDuringScheduling: "
        "unknown field of a NodeAffinity; "
        "did you mean requiredDuringSchedulingIgnoredDuringExecution?"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pod: {volumes: {}}\n", "pod.volumes: expected a list, got a mapping"),
        ("pod: {volumes: [x]}\n", "pod.volumes[0]: expected a mapping, got 'x'"),
        ("pod: {hostNetwork: 'true'}\n", "expected true or false, got 'true'; write true"),
        ("pod: {hostNetwork: yes}\n", "expected true or false, got 'yes'; write true"),
        ("pod: {hostNetwork: 1}\n", "expected true or false, got 1"),
        ("pod: {priority: '3'}\n", "expected an integer, got '3'; write 3 without quotes"),
        (
            f"pod: {{priority: {2**63 - 1}}}\n",
            f"expected an integer, got '{2**63 - 1}'; write at most 18 digits",
        ),
        ("pod: {priority: true}\n", "expected an integer, got true"),
        ("pod: {hostname: 12}\n", "expected a string, got 12; put it in quotes"),
        ("pod: {hostname: }\n", "expected a string, got null; leave the key out"),
        ("pod: {nodeSelector: {disk: 1}}\n", "pod.nodeSelector.disk: expected a string, got 1"),
        ("pod: {nodeSelector: []}\n", "pod.nodeSelector: expected a mapping, got a list"),
        ("pod: {affinity: }\n", "pod.affinity: expected a mapping, got null; leave the key out"),
        (
            "pod: {volumes: [{name: a, emptyDir: {sizeLimit: true}}]}\n",
            "expected a string or a number, got true",
        ),
        (
            "pod: {volumes: [{name: a, secret: {defaultMode: '0400'}}]}\n",
            "expected an integer, got '0400'; write 256",
        ),
        ("pod: []\n", "pod: expected a mapping, got a list"),
    ],
)
def test_a_value_of_a_wrong_kind_is_refused(text: str, message: str) -> None:
    (problem,) = diagnostics(text)
    assert message in problem


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("  container: {name: x}\n", "service.container.name: set by service.name"),
        ("  container: {image: x}\n", "service.container.image: set by service.image"),
        ("  container: {args: [x]}\n", "service.container.args: set by service.args"),
        ("  container: {command: 3}\n", "service.container.command: set by service.command"),
        ("pod: {dnsPolicy: None}\n", "pod.dnsPolicy: set by dns.policy"),
        ("pod: {dnsConfig: {}}\n", "pod.dnsConfig: set by dns.config"),
        ("pod: {imagePullSecrets: []}\n", "set by service.imagePullSecrets"),
        ("deployment: {replicas: 3}\n", "deployment.replicas: set by service.replicas"),
        ("deployment: {selector: {}}\n", "deployment.selector: set by selector; write it there"),
        ("deployment: {template: {spec: {x: 1}}}\n", "set by pod; write it there"),
    ],
)
def test_what_the_language_itself_sets_is_refused_once_and_says_where(
    text: str, message: str
) -> None:
    (problem,) = diagnostics(text)
    assert message in problem


def test_what_kubernetes_knows_passes() -> None:
    assert (
        diagnostics(
            "  container:\n"
            "    resources: {claims: [{name: gpu}], limits: {cpu: 0.5, memory: 1Gi}}\n"
            "    lifecycle: {preStop: {sleep: {seconds: 5}}}\n"
            "pod:\n"
            "  volumes: [{name: a, emptyDir: {}}, {name: b, emptyDir: {sizeLimit: 1Gi}}]\n"
            "  nodeSelector: {disk: ssd}\n"
            "kubeVersion: 1.34\n"
            "deployment:\n"
            "  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 25%}}\n"
            "  template: {metadata: {annotations: {a/b: c}}}\n"
        )
        == []
    )


def test_the_table_names_only_types_it_has() -> None:
    words = {"string", "integer", "number", "boolean", ""}
    named = {
        word
        for fields in types().values()
        for kind in fields.values()
        for word in kind.rpartition("]")[2].removeprefix("{}").split("|")
    }
    assert named <= words | set(types())
    assert {"Container", "PodSpec", "DeploymentSpec"} <= set(types())


def test_the_items_of_a_list_are_told_apart_by_their_keys() -> None:
    assert list_keys(types()["Container"]["ports"]) == ("containerPort", "protocol")
    assert list_keys(types()["Container"]["envFrom"]) == ()
    assert list_keys("string") == ()

"""What only some versions of Kubernetes have: the table, the rules, and what is said of both."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from recorded import read_record

from kustz_tpl.errors import InputError
from kustz_tpl.pipeline import Generator
from kustz_tpl.rules.versions import Oldest
from kustz_tpl.schema.kubernetes import versions
from kustz_tpl.source import Source, SourceFile
from kustz_tpl.verdict import judge

ROOT = Path(__file__).parent.parent
START = "name: web\nservice:\n  image: nginx:1.29\n"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = ROOT / "scripts" / "refresh_fields.py"
    spec = importlib.util.spec_from_file_location("refresh_fields", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_tables_are_what_the_script_makes_of_the_schemas(script: ModuleType) -> None:
    for file, text in (
        (script.FIELDS, script.table()),
        (script.OBJECTS, script.objects()),
        (script.VERSIONS, script.differences()),
    ):
        assert file.read_text("utf-8") == text, "run scripts/refresh_fields.py"


def test_each_version_of_a_field_is_that_of_the_schemas_or_of_its_feature_gate(
    script: ModuleType,
) -> None:
    known = script.every_version()
    full = {script.short(name): name for name in script.written_types(known[max(known)])}

    def has(minor: int, kind: str, field: str) -> bool:
        return field in known[minor].get(full[kind], {}).get("properties", {})

    since = [(*each, minor) for each, minor in pairs("since").items()]
    assert len(since) > 50
    for kind, field, minor in since:
        assert all(has(later, kind, field) for later in known if later >= minor)
        is_gated = field in script.GATES.get(kind, {})
        assert is_gated or not has(minor - 1, kind, field)
    for (kind, field), minor in pairs("until").items():
        assert has(minor, kind, field)
        assert not any(has(later, kind, field) for later in known if later > minor)
    gated = {(kind, field) for kind, fields in script.GATES.items() for field in fields}
    assert gated <= set(pairs("since"))


def pairs(part: str) -> dict[tuple[str, str], int]:
    return {
        (kind, field): minor
        for kind, fields in versions()[part].items()
        for field, minor in fields.items()
    }


def test_each_version_of_a_kind_is_that_of_the_schemas(script: ModuleType) -> None:
    served = {minor: script.kinds_of(each) for minor, each in script.every_version().items()}
    newest = max(served)
    for name, minor in versions()["kinds"].items():
        assert name not in served[minor - 1]
        assert all(name in served[later] for later in served if later >= minor)
    for name, (minor, newer) in versions()["gone"].items():
        assert name in served[minor]
        assert not any(name in served[later] for later in served if later > minor)
        assert f"{newer} {name.split()[1]}" in served[newest]


def test_a_server_of_1_36_accepts_what_is_for_1_36() -> None:
    accepted = [each.posted.document for each in read_record() if not each.is_refusal]
    assert len(accepted) > 2000
    newest, older = Oldest(36, is_written=True), Oldest(25, is_written=True)
    found = [(shown(each), shown(each, newest)) for each in accepted]
    assert [for_1_36 for now, for_1_36 in found if for_1_36 != now] == []
    assert any(shown(each, older) for each in accepted)


def shown(document: dict[str, Any], oldest: Oldest | None = None) -> list[str]:
    return [str(each) for each in judge(document, oldest)]


def pod(**spec: Any) -> dict[str, Any]:  # noqa: ANN401 - plain data
    containers = [{"name": "a", "image": "b", **spec.pop("container", {})}]
    metadata = {"name": "a"}
    spec = {"containers": containers, **spec}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def of(version: str, kind: str, spec: dict[str, Any], **metadata: object) -> dict[str, Any]:
    metadata = {"name": "web", **metadata}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}


def service(name: str = "web", **spec: object) -> dict[str, Any]:
    return of("v1", "Service", {"ports": [{"port": 80}], **spec}, name=name)


BACKEND = {"service": {"name": "1web", "port": {"number": 80}}}
CLASS = {"kubernetes.io/ingress.class": "nginx"}
CLAIM = {"accessModes": ["ReadWriteOncePod"], "resources": {"requests": {"storage": "1Gi"}}}
RULE = {"onPodConditions": [{"type": "a", "status": "True"}], "action": "FailIndex"}
JOB = {
    "completionMode": "Indexed",
    "completions": 1,
    "backoffLimitPerIndex": 1,
    "template": {"spec": {**pod()["spec"], "restartPolicy": "Never"}},
    "podFailurePolicy": {"rules": [RULE]},
}
SLEEP = {"lifecycle": {"preStop": {"sleep": {"seconds": 0}}}}
INIT = {"name": "i", "image": "b"}


@pytest.mark.parametrize(
    ("document", "minor", "path", "message"),
    [
        (pod(resources={"limits": {"cpu": "1"}}), 34, "spec.resources", ""),
        (pod(hostUsers=False), 33, "spec.hostUsers", ""),
        (
            pod(container={"securityContext": {"procMount": "Unmasked"}}, hostUsers=False),
            33,
            "spec.containers.0.securityContext.procMount",
            " for Unmasked",
        ),
        (
            pod(container={"env": [{"name": "1 a", "value": ""}]}),
            32,
            "spec.containers.0.env.0.name",
            " for this variable name",
        ),
        (
            pod(container={"envFrom": [{"configMapRef": {"name": "a"}, "prefix": "1"}]}),
            32,
            "spec.containers.0.envFrom.0.prefix",
            " for this variable name",
        ),
        (
            pod(
                container={
                    "env": [
                        {"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "status.hostIPs"}}}
                    ]
                }
            ),
            29,
            "spec.containers.0.env.0.valueFrom.fieldRef.fieldPath",
            " for status.hostIPs",
        ),
        (pod(container=SLEEP), 33, "spec.containers.0.lifecycle.preStop.sleep.seconds", " for 0"),
        (
            pod(container={"restartPolicy": "Always"}),
            35,
            "spec.containers.0.restartPolicy",
            " for Always",
        ),
        (
            pod(initContainers=[{**INIT, "restartPolicy": "Never"}]),
            35,
            "spec.initContainers.0.restartPolicy",
            " for Never",
        ),
        (
            pod(initContainers=[{**INIT, "restartPolicy": "Always"}]),
            29,
            "spec.initContainers.0.restartPolicy",
            "",
        ),
        (
            pod(
                container={
                    "restartPolicy": "Never",
                    "restartPolicyRules": [
                        {
                            "action": "RestartAllContainers",
                            "exitCodes": {"operator": "In", "values": [1]},
                        }
                    ],
                }
            ),
            36,
            "spec.containers.0.restartPolicyRules.0.action",
            " for RestartAllContainers",
        ),
        (
            pod(dnsConfig={"searches": ["a", "_b.c"]}),
            33,
            "spec.dnsConfig.searches.1",
            " for '_' or a single '.'",
        ),
        (
            pod(dnsConfig={"searches": [*"abcdefg"]}),
            26,
            "spec.dnsConfig.searches",
            " for more than 6 search domains or 256 characters",
        ),
        (service("1web"), 36, "metadata.name", " for a name with a digit first"),
        (service(trafficDistribution="PreferClose"), 31, "spec.trafficDistribution", ""),
        (
            service(trafficDistribution="PreferSameNode"),
            34,
            "spec.trafficDistribution",
            " for PreferSameNode",
        ),
        (
            service(type="LoadBalancer", ports=[{"port": 10250}]),
            33,
            "spec.ports.0.port",
            " for 10250 of a LoadBalancer",
        ),
        (
            of("networking.k8s.io/v1", "Ingress", {"defaultBackend": BACKEND}),
            36,
            "spec.defaultBackend.service.name",
            " for a name with a digit first",
        ),
        (
            of(
                "networking.k8s.io/v1",
                "Ingress",
                {
                    "ingressClassName": "nginx",
                    "defaultBackend": {"service": {"name": "web", "port": {"name": "a"}}},
                },
                annotations=CLASS,
            ),
            27,
            "spec.ingressClassName",
            " for both this and the annotation kubernetes.io/ingress.class",
        ),
        (
            of("v1", "PersistentVolumeClaim", CLAIM),
            27,
            "spec.accessModes.0",
            " for ReadWriteOncePod",
        ),
        (of("batch/v1", "Job", JOB), 29, "spec.podFailurePolicy.rules.0.action", " for FailIndex"),
        (
            of("policy/v1", "PodDisruptionBudget", {"unhealthyPodEvictionPolicy": "AlwaysAllow"}),
            27,
            "spec.unhealthyPodEvictionPolicy",
            "",
        ),
        (
            of("resource.k8s.io/v1", "ResourceClaim", {}),
            34,
            "apiVersion",
            " for resource.k8s.io/v1 ResourceClaim",
        ),
    ],
)
def test_an_older_kubernetes_refuses_what_a_newer_one_takes(
    document: dict[str, Any], minor: int, path: str, message: str
) -> None:
    assert judge(document) == judge(document, Oldest(minor, is_written=True)) == []
    found = judge(document, Oldest(minor - 1, is_written=True))
    by_path = {".".join(map(str, each.subject.path)): each for each in found}
    expected = f"expected Kubernetes 1.{minor} or newer{message}"
    assert (by_path[path].message, by_path[path].severity) == (expected, "error")
    (again,) = (
        each
        for each in judge(document, Oldest(minor - 1, is_written=False))
        if each.subject.path == by_path[path].subject.path
    )
    assert (again.message, again.severity) == (expected, "warning")


def test_a_value_that_every_kubernetes_refuses_is_an_error_only() -> None:
    document = pod(container={"env": [{"name": "a=b", "value": ""}]})
    (found,) = judge(document, Oldest(25, is_written=False))
    assert (found.severity, "Kubernetes" in found.message) == ("error", False)


NOTE = "container.apparmor.security.beta.kubernetes.io/"


@pytest.mark.parametrize(
    ("note", "profile", "message"),
    [
        ({"a": "runtime/default"}, {"type": "RuntimeDefault"}, ""),
        ({"a": "localhost/x"}, {"type": "Localhost", "localhostProfile": "x"}, ""),
        ({"a": ""}, None, ""),
        ({"a": "unconfined"}, {"type": "RuntimeDefault"}, "expected the profile of the annotation"),
        ({"a": "localhost/y"}, {"type": "Localhost", "localhostProfile": "x"}, "the profile of"),
        ({"a": "default"}, None, "expected runtime/default, unconfined or localhost/PROFILE"),
        ({"b": "unconfined"}, None, "expected the name of a container after the '/', got 'b'"),
    ],
)
def test_a_profile_of_app_armor_is_that_of_the_annotation(
    note: dict[str, str], profile: dict[str, str] | None, message: str
) -> None:
    document = pod(container={"securityContext": {"appArmorProfile": profile}})
    document["metadata"]["annotations"] = {f"{NOTE}{key}": note[key] for key in note}
    found = [each.message for each in judge(document)]
    assert len(found) == bool(message)
    assert all(message in each for each in found)


def test_a_field_within_a_newer_one_is_not_named_too() -> None:
    claims = [{"name": "a", "resourceClaimName": "b"}]
    (found,) = judge(pod(resourceClaims=claims), Oldest(25, is_written=True))
    assert found.subject.path == ("spec", "resourceClaims")


@pytest.mark.parametrize(
    ("oldest", "severity"),
    [
        (Oldest(29, is_written=False), "warning"),
        (Oldest(29, is_written=True), "error"),
        (Oldest(32, is_written=False), "error"),
        (Oldest(36, is_written=True), "error"),
    ],
)
def test_a_kind_that_a_newer_kubernetes_has_no_longer_is_named_with_what_replaces_it(
    oldest: Oldest, severity: str
) -> None:
    schema = of("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", {})
    (found,) = judge(schema, oldest)
    assert found.severity == severity
    wanted = "flowcontrol.apiserver.k8s.io/v1 for Kubernetes 1.32 or newer"
    assert found.message == f"expected {wanted}, got 'flowcontrol.apiserver.k8s.io/v1beta3'"
    assert judge(schema) == []


def test_a_field_that_is_gone_is_unknown() -> None:
    (found,) = judge(pod(workloadRef={}), Oldest(35, is_written=False))
    message = "unknown field of a PodSpec from Kubernetes 1.36 on"
    assert (found.message, found.severity) == (message, "error")


RAW = f"{START}pod: {{resources: {{limits: {{cpu: 1}}}}}}\n"
TEMPLATE = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec:\n  ports: [{port: 80}]\n"
TRAFFIC = "  trafficDistribution: PreferSameZone\n"
SAME_ZONE = "expected Kubernetes 1.34 or newer for PreferSameZone; {} 1.34"
PATCH = (
    "patches:\n  - target: {kind: Deployment}\n    patch: |\n"
    "      - {op: add, path: /spec/template/spec/hostUsers, value: false}\n"
)
TEXTS = [
    (RAW, {}, "kustz.yml:4:7: {}pod.resources: expected Kubernetes 1.34 or newer; {} 1.34"),
    (
        START,
        {"kustz-templates/a.yml.j2": TEMPLATE + TRAFFIC},
        "kustz-templates/a.yml.j2:6:1: {}spec.trafficDistribution of Service a: " + SAME_ZONE,
    ),
    (
        START + PATCH,
        {},
        (
            "kustz.yml:5:5: {}patches[0]: expected Kubernetes 1.33 or newer"
            " (spec.template.spec.hostUsers of Deployment web, after the patch); {} 1.33"
        ),
    ),
    (
        START + "resources: [own.yml]\n",
        {"own.yml": TEMPLATE + TRAFFIC},
        "own.yml:6:24: {}spec.trafficDistribution of Service a: " + SAME_ZONE,
    ),
    (
        START + "resources: [own.yml]\n",
        {"own.yml": TEMPLATE.replace("a}", "1a}")},
        (
            "own.yml:3:18: {}metadata.name of Service 1a:"
            " expected Kubernetes 1.36 or newer for a name with a digit first; {} 1.36"
        ),
    ),
]
HINT = "write kubeVersion:"


def said(text: str, files: dict[str, str], folder: Path) -> list[str]:
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content, "utf-8")
    source = Source((folder / "kustz.yml").as_posix(), text.encode(), folder)
    try:
        found = Generator().generate(source).warnings
    except InputError as error:
        found = error.diagnostics
    return [str(each).replace(f"{folder.as_posix()}/", "") for each in found]


@pytest.mark.parametrize(("text", "files", "message"), TEXTS)
def test_what_the_default_version_does_not_have_is_a_warning(
    text: str, files: dict[str, str], message: str, tmp_path: Path
) -> None:
    assert said(text, files, tmp_path) == [message.format("warning: ", HINT)]


@pytest.mark.parametrize(("text", "files", "message"), TEXTS)
def test_what_the_written_version_does_not_have_is_an_error(
    text: str, files: dict[str, str], message: str, tmp_path: Path
) -> None:
    assert said(f"{text}kubeVersion: 1.32\n", files, tmp_path) == [message.format("", HINT)]
    assert said(f"{text}kubeVersion: 1.36\n", files, tmp_path) == []


def test_what_is_in_kustz_yml_is_named_there_and_once_though_a_patch_changes_the_object(
    tmp_path: Path,
) -> None:
    patch = PATCH.replace("hostUsers, value: false", "hostPID, value: true")
    (found,) = said(RAW + patch, {}, tmp_path)
    assert found.startswith("kustz.yml:4:7: warning: pod.resources: expected Kubernetes 1.34")


def test_the_warnings_of_objects_come_with_their_errors(tmp_path: Path) -> None:
    own = TEMPLATE + TRAFFIC + "  sessionAffinity: none\n"
    found = said(START + "resources: [own.yml]\n", {"own.yml": own}, tmp_path)
    assert [": warning: " in each for each in found] == [False, True]


def test_the_layer_that_makes_a_version_too_old_is_named(tmp_path: Path) -> None:
    text = f"{START}resources: [own.yml]\nkubeVersion: 1.34\nenvironments: [prod]\n"
    (tmp_path / "own.yml").write_text(TEMPLATE + TRAFFIC, "utf-8")
    layer = (tmp_path / "kustz.prod.yml").as_posix()
    source = Source((tmp_path / "kustz.yml").as_posix(), text.encode(), tmp_path)
    source = source._replace(environment="prod", layer=SourceFile(layer, b"kubeVersion: 1.30\n"))
    with pytest.raises(InputError) as caught:
        Generator().generate(source)
    (found,) = caught.value.diagnostics
    assert found.cause == f"{layer}:1 has kubeVersion"


def test_a_rule_may_go_to_a_service_whose_name_has_a_digit_first(tmp_path: Path) -> None:
    text = START + "ingress: {rules: ['http://a.example.com/*?svc=1web']}\n"
    assert said(f"{text}kubeVersion: 1.36\n", {}, tmp_path) == []
    (found,) = said(text, {}, tmp_path)
    assert found.startswith("kustz.yml:4:19: ingress.rules[0]: expected a Service name")
    assert found.endswith("?svc=1web'; or write kubeVersion: 1.36")


@pytest.mark.parametrize(
    ("keys", "place", "minor", "what"),
    [
        (
            "mounts: {/data: 'pvc://a?size=1Gi&access=RWOP'}",
            "4:19: service.mounts./data",
            27,
            "ReadWriteOncePod",
        ),
        (
            "envs: {valueFrom: {A: 'field://status.hostIPs'}}",
            "4:25: service.envs.valueFrom.A",
            29,
            "status.hostIPs",
        ),
    ],
)
def test_the_language_makes_nothing_that_an_older_kubernetes_does_not_have(
    keys: str, place: str, minor: int, what: str, tmp_path: Path
) -> None:
    text = f"{START}  {keys}\nkubeVersion: 1."
    wanted = f"expected Kubernetes 1.{minor} or newer for {what}; write kubeVersion: 1.{minor}"
    assert f"kustz.yml:{place}: {wanted}" in said(f"{text}{minor - 1}\n", {}, tmp_path)
    assert not any(": expected" in each for each in said(f"{text}{minor}\n", {}, tmp_path))

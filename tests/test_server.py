"""A server's verdict: what kubectl prints of it is understood, and placed where it was written.

No cluster is needed: what kubectl has printed is recorded by tests/data/record_kubectl.py.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from command import PROGRAM, Ended, run, write
from kube import find_kubectl

from kustz_tpl.cluster.answer import parse_answer
from kustz_tpl.cluster.field_path import find_of_type, parse_field_path
from kustz_tpl.cluster.kubectl import find_cluster
from kustz_tpl.errors import Diagnostic, ProgramError
from kustz_tpl.yaml_source.tree import show_path

DATA = Path(__file__).parent / "data" / "kubectl"
sys.path.insert(0, str(DATA.parent))
from record_kubectl import fake_kubectl  # noqa: E402

RECORDED = json.loads((DATA / "answers.json").read_text())
OBJECTS = yaml.safe_load((DATA / "objects.yml").read_text())
CASES = sorted(each.name for each in (DATA / "cases").iterdir())
Capture = pytest.CaptureFixture[str]


def shown(each: Diagnostic) -> str:
    place = show_path(each.subject.path) + (" (key)" if each.subject.is_about_key else "")
    return f"{each.severity}: {place}: {each.subject.message}"


def golden(file: Path, found: str, *, is_golden: bool) -> None:
    if is_golden:
        file.write_text(found, "utf-8")
    assert found == file.read_text("utf-8")


def test_each_answer_is_understood(*, is_golden: bool) -> None:
    lines = []
    for name, document in OBJECTS.items():
        answer = RECORDED["answers"][name]
        found = parse_answer(answer["stderr"], document, is_refused=bool(answer["code"]))
        errors = [each for each in found.findings if each.severity == "error"]
        assert bool(errors) == bool(answer["code"])
        lines += [f"{name}:", *(f"  {shown(each)}" for each in found.findings)]
    golden(DATA / "findings.txt", "\n".join([*lines, ""]), is_golden=is_golden)


def test_no_value_of_a_secret_is_shown() -> None:
    for name, document in OBJECTS.items():
        if document["kind"] == "Secret":
            answer = RECORDED["answers"][name]
            found = parse_answer(answer["stderr"], document, is_refused=True)
            assert not any("hunter" in each.subject.message for each in found.findings)
    assert sum("hunter" in each["stderr"] for each in RECORDED["answers"].values()) > 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("spec.ports[1].name", ("spec", "ports", 1, "name")),
        ("spec.ports[7].name", ("spec", "ports", 7, "name")),
        ("spec.new[0]", ("spec", "new", 0)),
        ("data[a.b]", ("data", "a.b")),
        ("data[a].c]", ("data", "a].c")),
        ("data.x.y", ("data", "x.y")),
        ("data[0]", ("data", "0")),
        ("", ()),
        ("[", ()),
    ],
)
def test_a_path_of_the_server_is_one_of_the_object(text: str, expected: tuple[Any, ...]) -> None:
    document = {"spec": {"ports": [{}, {}]}, "data": {"a.b": "", "a].c": "", "x.y": "", "x": ""}}
    assert parse_field_path(text, document) == expected


@pytest.mark.parametrize(
    ("kind", "expected"), [("string", ("ports", 1, "port")), ("array", ("ports",)), ("nil", ())]
)
def test_a_field_of_a_type_is_found(kind: str, expected: tuple[Any, ...]) -> None:
    text = "ports" if kind == "array" else "ports.port"
    assert find_of_type(text, kind, {"ports": [{"port": 80}, {"port": "x"}]}) == expected


@pytest.mark.parametrize(
    "log",
    [
        'E1126 17:18:03.000000  1 memcache.go:265] "Unhandled Error" err="nothing"\n',
        "To sign in, use a web browser\nand enter the code\n",
    ],
)
def test_what_kubectl_logs_is_no_answer(log: str) -> None:
    answer = RECORDED["answers"]["one-cause"]
    assert parse_answer(log, {}, is_refused=False).findings == ()
    assert parse_answer(log + answer["stderr"], {}, is_refused=True) == parse_answer(
        answer["stderr"], {}, is_refused=True
    )


def test_a_value_in_place_of_a_field_is_not_shown() -> None:
    secret = {"kind": "Secret", "metadata": {"name": "web"}, "stringData": {"a": "hunter2"}}
    for text in ("hunter2: Invalid value: 3: no", "hunter2: hunter2: no", "hunter2"):
        printed = f'The Secret "web" is invalid: {text}'
        (found,) = parse_answer(printed, secret, is_refused=True).findings
        assert found.subject.path == ()
        assert "hunter" not in str(found)


def test_a_refusal_without_a_reason_is_one() -> None:
    (found,) = parse_answer("", {}, is_refused=True).findings
    assert shown(found) == "error: : refused by the server: without a reason"


def test_a_warning_of_kubectl_about_another_owner_is_left_out() -> None:
    text = (
        "Warning: resource services/web is missing the "
        "kubectl.kubernetes.io/last-applied-configuration annotation which is required by apply.\n"
    )
    assert parse_answer(text, {}, is_refused=False).findings == ()


def test_a_long_value_and_a_long_reason_are_cut() -> None:
    for text in ('Invalid value: "' + "x" * 5000 + '": no', "x" * 5000, "Invalid value: [" * 900):
        printed = f'The Pod "x" is invalid: spec: {text}'
        (found,) = parse_answer(printed, {}, is_refused=True).findings
        assert len(str(found.subject.message)) < 1100
        assert text.startswith("x") or "Invalid value" in str(found.subject.message)


def check(case: str, folder: Path, capture: Capture, *words: str) -> Ended:
    """Run the command of a case in a copy of it, against what was recorded."""
    copy = folder / "copy"
    shutil.copytree(
        DATA / "cases" / case, copy, ignore=shutil.ignore_patterns("calls.json", "expected.txt")
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", fake_kubectl(DATA / "cases" / case, folder))
        return run(capture, copy, "check", "--server", *words)


@pytest.mark.parametrize("case", CASES)
def test_what_the_server_says_is_where_it_was_written(
    case: str, tmp_path: Path, capsys: Capture, *, is_golden: bool
) -> None:
    ended = check(case, tmp_path, capsys)
    text = f"{ended.out}{ended.err}exit {ended.code}\n"
    assert case != "secrets" or "hunter" not in text
    golden(DATA / "cases" / case / "expected.txt", text, is_golden=is_golden)


def test_up_to_date_and_accepted(tmp_path: Path, capsys: Capture) -> None:
    check("accepted", tmp_path, capsys)
    assert run(capsys, tmp_path / "copy", "generate").code == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", fake_kubectl(DATA / "cases" / "accepted", tmp_path))
        ended = run(capsys, tmp_path / "copy", "check", "--server")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        "accepted by the server of the context c: 1 application\nup to date: 1 application\n"
    )


def test_json_and_github_have_the_problems(tmp_path: Path, capsys: Capture) -> None:
    ended = check("environments", tmp_path, capsys, "--format", "json")
    report = json.loads(ended.out)
    assert not report["ok"]
    staging, prod = report["applications"]
    assert [each["file"] for each in staging["problems"]] == ["kustz.staging.yml"]
    assert {each["severity"] for each in prod["problems"]} == {"warning", "error"}
    assert staging["differences"]
    ended = check("environments", tmp_path / "again", capsys, "--format", "github")
    assert (
        "::error file=kustz.staging.yml,line=1,col=12::namespace: the cluster has no" in ended.out
    )


def test_an_unreachable_server_is_one_error(tmp_path: Path, capsys: Capture) -> None:
    for name in ("a", "b"):
        write(tmp_path / name / "kustz.yml", f"name: {name}\nservice: {{image: nginx}}\n")
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}],
        "users": [{"name": "u", "user": {"token": "t"}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "c",
    }
    write(tmp_path / "config", json.dumps(config))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KUBECONFIG", str(tmp_path / "config"))
        ended = run(capsys, tmp_path, "check", "a", "b", "-o", "out/{name}", "--server")
        other = run(capsys, tmp_path, "check", "a", "--server", "--context", "nowhere")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        "--server: kubectl failed: the connection to the server 127.0.0.1:1 was "
        "refused; check it with kubectl version\n"
    )
    assert (other.code, other.out) == (1, "")
    assert 'context "nowhere" does not exist' in other.err


def test_a_server_that_is_lost_is_one_error(tmp_path: Path, capsys: Capture) -> None:
    """The fake kubectl answers only the first request."""
    for name in ("a", "b"):
        write(tmp_path / name / "kustz.yml", f"name: {name}\nservice: {{image: nginx}}\n")
    case = tmp_path / "lost"
    lost = RECORDED["failures"]["lost"]
    accepted = json.loads((DATA / "cases" / "accepted" / "calls.json").read_text())
    words = next(each["words"] for each in accepted if each["words"][0] == "apply")
    calls = [each for each in accepted if each["words"][0] != "apply"]
    calls += [{"words": words, "objects": [f"Deployment /{name}"], **lost} for name in ("a", "b")]
    write(case / "calls.json", json.dumps(calls))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", fake_kubectl(case, tmp_path / "bin"))
        ended = run(capsys, tmp_path, "check", "a", "b", "-o", "out/{name}", "--server", "-j", "2")
    assert ended.code == 1
    assert ended.err.count("kubectl failed") == 1
    assert "out/a/deployment.yml: missing" in ended.out
    assert "out/b/deployment.yml: missing" in ended.out


@pytest.mark.parametrize("name", RECORDED["failures"])
def test_why_the_server_cannot_be_asked(name: str, tmp_path: Path) -> None:
    failure = RECORDED["failures"][name]
    words = ["get", "--raw", "/version", "--request-timeout=40s"]
    write(tmp_path / "calls.json", json.dumps([{"words": words, "objects": [], **failure}]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", fake_kubectl(tmp_path, tmp_path / "bin"))
        with pytest.raises(ProgramError) as error:
            find_cluster(None)
    assert FAILURES[name] in str(error.value)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("kill -9 $$", "kubectl was killed by SIGKILL"),
        ("exit 3", "kubectl failed: it gives no reason; check"),
    ],
)
def test_a_kubectl_that_says_nothing(script: str, message: str, tmp_path: Path) -> None:
    write(tmp_path / "kubectl", f"#!/bin/sh\n{script}\n").chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(tmp_path))
        with pytest.raises(ProgramError, match=message):
            find_cluster(None)


@pytest.mark.parametrize("jobs", [(), ("-j", "2")])
@pytest.mark.parametrize("question", ["get", "apply"])
def test_a_signal_ends_what_asks_the_server(
    question: str, jobs: tuple[str, ...], tmp_path: Path
) -> None:
    for name in ("a", "b"):
        write(tmp_path / name / "kustz.yml", f"name: {name}\nservice: {{image: nginx}}\n")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    lines = f"""#!/bin/sh
case $1 in
kustomize) exec {find_kubectl()} "$@" ;;
{question}) exec 3> {pipe}; echo started >&3; exec sleep 60 ;;
esac
"""
    write(tmp_path / "bin" / "kubectl", lines).chmod(0o755)
    path = os.pathsep.join([str(tmp_path / "bin"), os.environ["PATH"]])
    words = (*PROGRAM, "check", "a", "b", "-o", "out/{name}", "--server", *jobs)
    environment = {**os.environ, "PATH": path}
    with (
        subprocess.Popen(words, cwd=tmp_path, env=environment) as process,
        pipe.open() as reader,
    ):
        assert reader.readline() == "started\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 128 + signal.SIGTERM
        reader.read()  # until all are gone that sleep


FAILURES = {
    "closed port": "the connection to the server 127.0.0.1:1 was refused; check",
    "unknown host": "no such host",
    "expired login": "you must be logged in to the server (Unauthorized)",
    "no user": "the context names no user with credentials",
    "unknown authority": "certificate signed by unknown authority",
    "no configuration": "the connection to the server localhost:8080 was refused",
    "unknown context": 'context "nowhere" does not exist',
    "lost": "connection refused; check",
}


def test_a_kubectl_of_the_clone_is_not_run(tmp_path: Path, capsys: Capture) -> None:
    write(tmp_path / "kustz.yml", "name: a\nservice: {image: nginx}\n")
    program = write(tmp_path / "bin" / "kubectl", "#!/bin/sh\ntouch ran\n")
    program.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"bin{os.pathsep}{os.environ['PATH']}")
        ended = run(capsys, tmp_path, "check", "--server")
    assert ended.code == 1
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--context", "c"), "use it with --server"),
        (("--server", "--context", ""), "expected a name, got nothing"),
    ],
)
def test_a_context_is_of_a_server(
    words: tuple[str, ...], message: str, tmp_path: Path, capsys: Capture
) -> None:
    ended = run(capsys, tmp_path, "check", *words)
    assert ended.code == 2
    assert message in ended.err

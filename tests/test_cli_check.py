from __future__ import annotations

import json
import shlex
import subprocess
from functools import partial
from pathlib import Path

import pytest
from command import WEB, Run, call, fork, on_terminal, write
from generated import tree

ALL = WEB.replace('["80"]', '["!30080:80:8080"]') + (
    "configmaps: {files: [{name: web, files: [key]}]}\n"
    "secrets: {files: [{name: web, files: [token]}]}\n"
)


ADVICE = (
    "if a file was edited by hand, first move the change into kustz.yml, a patch or a template\n"
)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Run:
    return partial(call, capsys)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Run) -> Path:
    """Give a folder where everything is generated."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    write("kustz.yml", ALL)
    write("key", "one\ntwo\n")
    write("token", "t0p-old")
    assert cli("generate").code == 0
    return tmp_path


def test_what_is_up_to_date(cli: Run) -> None:
    ended = cli("check")
    assert (ended.code, ended.out, ended.err) == (0, "up to date: 1 application\n", "")
    ended = cli("diff")
    assert (ended.code, ended.out, ended.err) == (0, "", "")


def test_check_lists_everything_and_writes_nothing(cli: Run, here: Path) -> None:
    write("kustz.yml", ALL.replace("nginx:1.27", "nginx:1.28") + "dns: {policy: Default}\n")
    Path("manifests/configmaps/web/key").unlink()
    stale = Path("manifests/deployment.yml").read_text()
    write("manifests/old.yml", stale)
    before = tree(here)
    ended = cli("check")
    assert ended.code == 1
    assert set(ended.out.splitlines()) == {
        "manifests/deployment.yml: changed",
        "manifests/configmaps/web/key: missing",
        "manifests/old.yml: stale",
    }
    assert ended.err == ADVICE + "to fix, run: kustz-tpl generate\n"
    assert tree(here) == before


def test_what_is_no_longer_generated_is_marked(cli: Run) -> None:
    Path("token").unlink()
    write("kustz.yml", f"{ALL}namespace: prod\n")
    assert "is removed" not in cli("check").out  # a source that is absent here takes nothing away
    write("kustz.yml", "name: web\nservice: {image: x}\n")
    marks = {line for line in cli("check").out.splitlines() if line.endswith("is removed")}
    assert marks == {
        "! manifests/service.yml: Service web is removed",
        "! manifests/kustomization.yml: ConfigMap web is removed",
        "! manifests/kustomization.yml: Secret web is removed",
    }
    assert marks < set(cli("diff").out.splitlines())


def test_generate_marks_what_other_flags_take_away(cli: Run) -> None:
    """A folder of production, generated again from the config of development."""
    write("prod.yml", ALL.replace("nginx", "shop") + "namespace: prod\n")
    assert cli("generate", "-c", "prod.yml").code == 0
    ended = cli("generate")
    assert ended.code == 0
    marks = [line for line in ended.out.splitlines() if line.startswith("!")]
    assert [mark.partition(":")[2].partition(":")[0] for mark in marks] == [
        " generated from kustz.yml, the last time from prod.yml",
        " namespace prod becomes none",
    ]
    ended = cli("generate", "--set", "service.ports=[]")
    assert "! manifests/service.yml: Service web is removed" in ended.out


def test_check_does_not_discard_hand_edits(cli: Run) -> None:
    edited = Path("manifests/service.yml").read_text() + "# mine\n"
    write("manifests/service.yml", edited)
    write("kustz.yml", ALL.replace("30080", "30081"))
    ended = cli("check")
    assert "manifests/service.yml: changed\n" in ended.out
    assert "! manifests/service.yml: Service web: node port 30080 becomes 30081\n" in ended.out
    assert ended.err == ADVICE + "to fix, run: kustz-tpl generate\n"
    assert cli("generate").code == 1
    assert Path("manifests/service.yml").read_text() == edited
    assert cli("diff").out.startswith("! manifests/service.yml: edited by hand; move the change")


def test_the_command_that_fixes_it_does(cli: Run) -> None:
    write("a b/kustz.yml", WEB)
    write("templates/hpa.yml.j2", "apiVersion: example.com/v2\nkind: Hpa\nmetadata: {name: x}\n")
    words = ["a b", "-o", "{dir}/out", "-t", "templates", "--image", "x:1", "--set", "name=q r"]
    words[-1] = "namespace=prod"
    ended = cli("check", *words, "--index")
    assert ended.code == 1
    command = ended.err.removeprefix("to fix, run: ").strip()
    assert shlex.split(command)[:2] == ["kustz-tpl", "generate"]
    assert cli(*shlex.split(command)[1:]).code == 0
    assert cli("check", *words, "--index").code == 0


def test_a_fix_replaces_no_file_of_somebody_else(cli: Run) -> None:
    write("kustz.yml", f"{ALL}ingress: {{rules: ['http://a/*']}}\n")
    write("manifests/ingress.yml", "kind: Mine\n")
    ended = cli("check")
    assert "manifests/ingress.yml: not written by kustz-tpl\n" in ended.out
    assert ended.err.endswith("to fix, run: kustz-tpl generate\n")
    assert "use --adopt to replace it" in cli("generate").err


@pytest.mark.parametrize("names", ["services/*", "services/*/kustz.yml"])
def test_a_fix_of_many_is_as_short_as_what_was_typed(cli: Run, names: str) -> None:
    for number in range(8):
        write(f"services/app{number}/kustz.yml", WEB.replace("name: web", f"name: app{number}"))
    ended = cli("check", *map(str, Path().glob(names)), "-o", "m/{name}", "--index")
    assert ended.err == f"to fix, run: kustz-tpl generate {names} -o 'm/{{name}}' --index\n"
    some = sorted(map(str, Path().glob(names)))[:6]
    ended = cli("check", *some, "-o", "m/{name}")
    assert f"generate {' '.join(some)} -o" in ended.err


def test_what_is_in_the_way_is_a_difference(cli: Run) -> None:
    write("manifests/kustomization.yaml", "kind: Kustomization\n")
    ended = cli("check")
    assert ended.code == 1
    assert ended.out.startswith("manifests/kustomization.yaml: not written by kustz-tpl, and")
    assert cli("diff").out.startswith("! manifests/kustomization.yaml: not written by")
    assert cli("check", "--set", "name=other").out.count("belongs to the application web") == 1


def test_check_as_json(cli: Run) -> None:
    write("bad/kustz.yml", "name: 1_\n")
    write("kustz.yml", ALL.replace('["!30080:80:8080"]', '["80:8080"]'))
    ended = cli("check", "kustz.yml", "bad", "-o", "manifests", "--format", "json")
    assert [len(one["problems"]) for one in json.loads(ended.out)["applications"]] == [1]
    ended = cli("check", "kustz.yml", "bad", "-o", "{dir}/manifests", "--format", "json")
    assert ended.code == 1
    report = json.loads(ended.out)
    assert report["ok"] is False
    assert report["fix"] == "kustz-tpl generate -o '{dir}/manifests'"
    web, bad = report["applications"]
    assert web == {
        "config": "kustz.yml",
        "folder": "manifests",
        "problems": [],
        "differences": [{"path": "service.yml", "status": "changed", "message": "changed"}],
        "breaking": [
            {"path": "service.yml", "message": "Service web: type NodePort becomes ClusterIP"},
            {"path": "service.yml", "message": "Service web: node port 30080 becomes unfixed"},
        ],
    }
    assert bad["folder"] is None
    assert bad["problems"][0]["severity"] == "error"
    assert json.loads(cli("check", "--format", "json", "--set", "name=x").out)["ok"] is False


def test_check_for_github(cli: Run) -> None:
    write("kustz.yml", ALL.replace("30080", "30081"))
    ended = cli("check", "--format", "github")
    assert ended.out.splitlines() == [
        "::error file=manifests/service.yml::changed; to fix, run: kustz-tpl generate",
        "::warning file=manifests/service.yml::Service web: node port 30080 becomes 30081",
    ]
    write("kustz.yml", "name: [\n")
    assert cli("check", "--format", "github").out.startswith("::error file=kustz.yml,line=")


def test_a_problem_of_the_config_is_one_of_the_check(cli: Run) -> None:
    write("kustz.yml", ALL + "nonsense: 1\n")
    for command in ("check", "diff"):
        ended = cli(command)
        assert (ended.code, ended.out) == (1, "")
        assert ended.err.startswith("kustz.yml:7:1: nonsense: unknown key")


def test_a_diff(cli: Run) -> None:
    write("kustz.yml", ALL.replace("nginx:1.27", "nginx:1.28"))
    lines = cli("diff").out.splitlines()
    assert lines[:2] == ["--- a/manifests/deployment.yml", "+++ b/manifests/deployment.yml"]
    changed = [line.strip("+- ") for line in lines[2:] if line[0] in "+-"]
    assert changed == ["image: nginx:1.27", "image: nginx:1.28"]


def test_a_diff_is_what_generate_does(cli: Run, here: Path) -> None:
    """A patch of it makes the same files."""
    copy = here / "copy"
    subprocess.run(["cp", "-a", "manifests", copy], check=True)
    write("kustz.yml", WEB.replace("web", "web2").replace("name: web2", "name: web", 1))
    write("kustz.yml", WEB.replace('["80"]', '["80", "81"]') + "ingress: {rules: ['http://a/*']}\n")
    patch = cli("diff").out.encode()
    assert cli("generate").code == 0
    done = subprocess.run(
        ["patch", "-p2", "-E"], cwd=copy, input=patch, check=False, capture_output=True
    )
    assert done.returncode == 0, done.stdout
    expected = tree(here / "manifests")
    assert {
        path: text for path, text in tree(copy).items() if "secrets/web" not in path
    } == expected


def test_a_diff_masks_secrets(cli: Run) -> None:
    write("token", "t0p-new")
    ended = cli("diff")
    assert ended.out == (
        "Secret files a/manifests/secrets/web/token and b/manifests/secrets/web/token differ\n"
    )
    assert ended.code == 1
    assert "t0p" not in cli("check").out + ended.err


def test_a_diff_of_what_is_no_text(cli: Run) -> None:
    Path("key").write_bytes(b"\xff\xfe")
    assert "Binary files a/manifests/configmaps/web/key and b/manifests/" in cli("diff").out
    Path("key").write_bytes(b"one\ntwo")
    assert (
        cli("diff").out.endswith(" one\n-two\n+two\n\\ No newline at end of file\n")
        or "\\ No newline at end of file\n" in cli("diff").out
    )
    Path("key").write_bytes(b"line\n" * 30_000)
    assert "Long files a/manifests/configmaps/web/key and b/manifests/" in cli("diff").out


def test_a_diff_in_an_empty_folder_is_all_new(cli: Run) -> None:
    ended = cli("diff", "-o", "new")
    assert ended.out.count("--- /dev/null\n") == 6
    assert "Secret files /dev/null and b/new/secrets/web/token differ\n" in ended.out
    assert not Path("new").exists()


def test_colours_of_a_diff_on_a_terminal() -> None:
    write("kustz.yml", ALL.replace("30080", "30081"))
    code, text = on_terminal("diff")
    assert code == 1
    for line in ("\x1b[31m-      nodePort: 30080\x1b[0m", "\x1b[32m+      nodePort: 30081\x1b[0m"):
        assert line in text
    assert "\x1b[33m! manifests/service.yml: Service web: node port" in text
    assert b"\x1b" not in fork("diff").stdout

"""The commands `templates …` as a user runs them, an upgrade of kustz-tpl itself included."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command import run
from trees import read_tree

from kustz_tpl.template_admin.built_in import HISTORY, keep
from kustz_tpl.template_admin.ejection import eject
from kustz_tpl.template_admin.trial import EXAMPLES, example_names

ROOT = Path(__file__).parent.parent.parent
CONFIG = "name: web\nservice:\n  image: nginx:1.29\n  ports: [80]\n"
BUILT_INS = sorted(path.name for path in (ROOT / "templates").glob("*.j2"))


@pytest.fixture
def app(tmp_path: Path) -> Path:
    (tmp_path / "kustz.yml").write_text(CONFIG)
    return tmp_path


def test_the_built_ins_are_listed_with_blocks_and_context(
    app: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = run(capfd, app, "templates", "list").out
    assert [f"kustz/{name}" in out for name in BUILT_INS] == [True] * len(BUILT_INS)
    assert (
        "kustz/service.yml.j2\n  blocks   metadata, spec, headless, further_service\n  context  annotations"
        in out
    )
    assert (
        "kustz/job.yml.j2  (extends _workload.yml.j2)\n  blocks   manifest, metadata, spec, pod_template"
        in out
    )


def test_a_template_of_ones_own_is_listed_before_what_it_overrides(
    app: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run(capfd, app, "templates", "eject", "service")
    (app / "kustz-templates" / "own.yml.j2").write_text("{{ values.a.b }}{% if")
    lines = run(capfd, app, "templates", "list").out.splitlines()
    mine = "kustz-templates/service.yml.j2  (extends kustz/service.yml.j2)"
    theirs = "kustz/service.yml.j2  (overridden by kustz-templates/service.yml.j2)"
    assert lines.index(mine) < lines.index(theirs)
    assert "kustz-templates/own.yml.j2  (not a valid template)" in lines


def test_show_prints_yours_or_the_built_in_one(
    app: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    built_in = (ROOT / "templates" / "service.yml.j2").read_text()
    for name in ("service", "service.yml.j2", "kustz/service.yml.j2"):
        assert run(capfd, app, "templates", "show", name).out == built_in
    (app / "kustz-templates").mkdir()
    (app / "kustz-templates" / "service.yml.j2").write_text("mine: 1\n")
    assert run(capfd, app, "templates", "show", "service.yml.j2").out == "mine: 1\n"
    assert run(capfd, app, "templates", "show", "kustz/service.yml.j2").out == built_in
    wrong = run(capfd, app, "templates", "show", "servise")
    assert wrong.code == 2
    assert "did you mean service?" in wrong.err


@pytest.mark.parametrize("flags", [(), ("--full",)])
def test_ejecting_everything_changes_no_manifest(
    app: Path, capfd: pytest.CaptureFixture[str], flags: tuple[str, ...]
) -> None:
    for name in example_names():
        folder = shutil.copytree(EXAMPLES / name, app / name)
        assert run(capfd, folder, "generate").code == 0
        before = read_tree(folder / "manifests")
        assert run(capfd, folder, "templates", "eject", *flags, *BUILT_INS).code == 0
        outcome = run(capfd, folder, "generate")
        assert (outcome.code, read_tree(folder / "manifests")) == (0, before), outcome.err


def test_nothing_is_ejected_over_a_file_nor_half(
    app: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = app / "kustz-templates"
    folder.mkdir()
    (folder / "service.yml.j2").symlink_to(app / "nowhere")
    outcome = run(capfd, app, "templates", "eject", "deployment", "service")
    assert outcome.code == 1
    assert "service.yml.j2: already exists; nothing was written" in outcome.err
    assert [path.name for path in folder.iterdir()] == ["service.yml.j2"]


def test_ejected_files_go_where_templates_are_asked_for(
    app: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (app / "shared").mkdir()
    run(capfd, app, "templates", "eject", "-t", "shared", "ingress")
    assert (app / "shared" / "ingress.yml.j2").is_file()
    assert (
        "unchanged  shared/ingress.yml.j2"
        in run(capfd, app, "templates", "status", "-t", "shared").out
    )
    assert "no template was ejected" in run(capfd, app, "templates", "status").err


def test_an_edit_shows_in_status_and_diff(app: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run(capfd, app, "templates", "eject", "--full", "service")
    file = app / "kustz-templates" / "service.yml.j2"
    file.write_text(file.read_text().replace("kind: Service", "kind: Other"))
    assert (
        run(capfd, app, "templates", "status").out == "edited     kustz-templates/service.yml.j2\n"
    )
    assert "-kind: Service\n+kind: Other\n" in run(capfd, app, "templates", "diff").out
    assert run(capfd, app, "templates", "diff", "--upstream", "service").out == ""
    assert run(capfd, app, "templates", "diff", "ingress").code == 2


KINDS = {"CronJob": '  schedule: "@daily"\n', "DaemonSet": "", "Job": "", "StatefulSet": ""}


@pytest.mark.parametrize("flags", [(), ("--full",)])
@pytest.mark.parametrize("kind", KINDS)
def test_ejecting_the_template_of_a_kind_changes_no_manifest(
    app: Path, capfd: pytest.CaptureFixture[str], kind: str, flags: tuple[str, ...]
) -> None:
    config = f"name: web\nservice:\n  image: nginx:1.29\n  kind: {kind}\n{KINDS[kind]}"
    (app / "kustz.yml").write_text(config + "containers: {logs: {command: [tail]}}\n")
    assert run(capfd, app, "generate").code == 0
    before = read_tree(app / "manifests")
    assert run(capfd, app, "templates", "eject", *flags, kind.lower()).code == 0
    outcome = run(capfd, app, "generate")
    assert (outcome.code, read_tree(app / "manifests")) == (0, before), outcome.err


def test_the_blocks_of_all_that_a_built_in_extends_are_offered(
    app: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run(capfd, app, "templates", "eject", "deployment")
    text = (app / "kustz-templates" / "deployment.yml.j2").read_text()
    blocks = re.findall(r"{% block (\w+)", text)
    assert '{% extends "kustz/deployment.yml.j2" %}' in text
    assert {"metadata", "spec", "pod", "init_containers", "container", "volumes"} <= {*blocks}
    assert run(capfd, app, "templates", "status").out.startswith("unchanged")
    assert run(capfd, app, "templates", "diff").out == ""


@pytest.mark.parametrize("is_whole", [True, False])
def test_an_old_copy_gets_what_moved_into_another_template(
    app: Path, capfd: pytest.CaptureFixture[str], *, is_whole: bool
) -> None:
    [old] = (HISTORY / "deployment.yml.j2").glob("*.j2")
    text = eject({"deployment.yml.j2": old.read_text()}, is_whole=is_whole)
    filled = "{# {% block container %}\n{{ super() }}\n{% endblock %} #}"
    at, new = (
        ("          {% if service.resources %}\n", "          workingDir: /srv\n")
        if is_whole
        else (filled, "{% block container %}\n{{ super() }}\nworkingDir: /srv\n{% endblock %}\n")
    )
    assert at in text
    file = app / "kustz-templates" / "deployment.yml.j2"
    file.parent.mkdir()
    file.write_text(text.replace(at, new + (at if is_whole else "")))
    (app / "kustz.yml").write_text(CONFIG + "  mounts: {/tmp: 'emptydir://'}\n")
    assert run(capfd, app, "validate").code == int(is_whole)
    outcome = run(capfd, app, "templates", "update")
    assert (outcome.code, outcome.out) == (0, "updated   kustz-templates/deployment.yml.j2\n")
    assert "{% block volumes %}" in file.read_text()
    outcome = run(capfd, app, "generate")
    assert outcome.code == 0, outcome.err
    manifest = (app / "manifests" / "deployment.yml").read_text()
    assert "workingDir: /srv" in manifest
    assert "mountPath: /tmp" in manifest


def test_a_block_of_a_kind_is_lost_in_the_template_of_all_kinds(
    app: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = app / "kustz-templates" / "_workload.yml.j2"
    file.parent.mkdir()
    file.write_text('{% extends "kustz/_workload.yml.j2" %}\n{% block spec %}\n{% endblock %}\n')
    message = "kustz/_workload.yml.j2 has no block spec"
    assert f"{file.name}:2:1: warning: {message}" in run(capfd, app, "validate").err
    assert message in run(capfd, app, "templates", "test").err


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """Return a copy of kustz-tpl whose history keeps the templates of this one."""
    home = tmp_path / "newer"
    ignore = shutil.ignore_patterns("__pycache__", "templates")
    shutil.copytree(ROOT / "kustz_tpl", home / "kustz_tpl", ignore=ignore)
    shutil.copytree(ROOT / "kustz_tpl" / "cli", home / "kustz_tpl" / "cli", dirs_exist_ok=True)
    shutil.copytree(ROOT / "templates", home / "templates")
    keep(home / "templates", home / "kustz_tpl" / "template_admin" / "history")
    return home


def call(home: Path, folder: Path, *words: str) -> tuple[int, str]:
    """Run the copy as its own program."""
    done = subprocess.run(
        [sys.executable, "-m", "kustz_tpl", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def change(home: Path, name: str, old: str, new: str) -> None:
    path = home / "templates" / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_an_upgrade_merges_marks_and_renames(
    app: Path, newer: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run(capfd, app, "templates", "eject", "--full", "deployment", "service", "ingress")
    mine = app / "kustz-templates"
    for name, old, new in (
        ("deployment", "kind: Deployment", "kind: StatefulSet"),
        ("service", "kind: Service", "kind: Mine"),
    ):
        file = mine / f"{name}.yml.j2"
        file.write_text(file.read_text().replace(old, new))
    change(newer, "deployment.yml.j2", "replicas: {{ service.replicas }}", "replicas: 7")
    change(newer, "service.yml.j2", "kind: Service", "kind: Theirs")
    (newer / "templates" / "ingress.yml.j2").rename(newer / "templates" / "route.yml.j2")
    history = newer / "kustz_tpl" / "template_admin" / "history"
    (history / "renamed.json").write_text('{"ingress.yml.j2": "route.yml.j2"}')

    renamed = "kustz/ingress.yml.j2 is now kustz/route.yml.j2"
    code, out = call(newer, app, "templates", "status")
    assert (code, out.splitlines()) == (
        0,
        [
            "edited     kustz-templates/deployment.yml.j2: kustz/deployment.yml.j2 has changed",
            f"unchanged  kustz-templates/ingress.yml.j2: {renamed}",
            "edited     kustz-templates/service.yml.j2: kustz/service.yml.j2 has changed",
        ],
    )
    _, out = call(newer, app, "templates", "diff", "--upstream", "deployment")
    assert "-  replicas: {{ service.replicas }}\n+  replicas: 7\n" in out
    code, out = call(newer, app, "templates", "update")
    assert (code, out.splitlines()) == (
        1,
        [
            "updated   kustz-templates/deployment.yml.j2",
            "renamed   kustz-templates/ingress.yml.j2 to kustz-templates/route.yml.j2",
            "conflict  kustz-templates/service.yml.j2",
            "kustz-templates/service.yml.j2: has conflict markers; resolve the conflicts",
        ],
    )
    assert sorted(path.name for path in mine.iterdir()) == [
        "deployment.yml.j2",
        "route.yml.j2",
        "service.yml.j2",
    ]
    merged = (mine / "deployment.yml.j2").read_text()
    assert "kind: StatefulSet" in merged
    assert "replicas: 7" in merged
    assert ("<<<<<<< yours\nkind: Mine\n=======\nkind: Theirs\n>>>>>>> kustz/service.yml.j2\n") in (
        mine / "service.yml.j2"
    ).read_text()
    code, out = call(newer, app, "templates", "update")
    assert code == 1
    assert "has conflicts of an earlier update; resolve them first" in out
    code, out = call(newer, app, "templates", "status")
    assert "conflict   kustz-templates/service.yml.j2\n" in out


def test_the_bundled_examples_pass_and_a_fault_is_told_once_with_its_line(
    app: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    outcome = run(capfd, app, "templates", "test")
    assert (outcome.code, outcome.err) == (0, "")
    folder = app / "kustz-templates"
    folder.mkdir()
    (folder / "x.yml.j2").write_text("{% if ingress.rules %}\n{{ values.hosts }}\n{% endif %}\n")
    (folder / "service.yml.j2").write_text(
        '{% extends "kustz/service.yml.j2" %}\n{% block metadat %}\na: 1\n{% endblock %}\n'
    )
    outcome = run(capfd, app, "templates", "test")
    assert outcome.code == 1
    assert outcome.err.splitlines()[0] == (
        "kustz-templates/service.yml.j2:2:1: kustz/service.yml.j2 has no block metadat; "
        "did you mean metadata?"
    )
    assert len(outcome.err.splitlines()) == 2
    assert outcome.err.splitlines()[1].startswith("kustz-templates/x.yml.j2:2:1: ")
    assert "hosts" in outcome.err.splitlines()[1]


def test_the_values_of_ones_own_config_are_used(
    app: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (app / "kustz.yml").write_text(CONFIG + "values:\n  owner: {name: store, size: 3}\n")
    (app / "kustz-templates").mkdir()
    (app / "kustz-templates" / "x.yml.j2").write_text(
        "apiVersion: example.com/v1\nkind: X\nmetadata:\n  name: {{ values.owner.name }}\n"
        "spec:\n  size: {{ values.owner.size + 1 }}\n"
    )
    outcome = run(capfd, app, "templates", "test")
    assert (outcome.code, outcome.out) == (
        0,
        "1 template of yours and the built-in templates render with 3 examples\n",
    )


def test_a_config_that_is_wrong_is_no_source_of_values(
    app: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (app / "kustz.yml").write_text(CONFIG + "values: {owner: a, owner: b}\n")
    outcome = run(capfd, app, "templates", "test")
    assert outcome.code == 1
    assert "expected unique keys, got 'owner' twice" in outcome.err


@pytest.mark.parametrize("command", ["generate", "validate", "check", "diff"])
def test_a_block_that_the_built_in_does_not_have_is_warned_of(
    app: Path, capfd: pytest.CaptureFixture[str], command: str
) -> None:
    (app / "kustz-templates").mkdir()
    (app / "kustz-templates" / "deployment.yml.j2").write_text(
        '{% extends "kustz/deployment.yml.j2" %}\n{% block contianers %}\n{% endblock %}\n'
    )
    warning = (
        "kustz-templates/deployment.yml.j2:2:1: warning: "
        "kustz/deployment.yml.j2 has no block contianers; did you mean containers?"
    )
    for _ in range(2):  # the second time the template is compiled already
        assert run(capfd, app, command).err.splitlines().count(warning) == 1
    (app / "kustz-templates" / "x.yml.j2").write_text("a: {{ nothing }}\n")
    assert run(capfd, app, command).err.splitlines()[1] == warning

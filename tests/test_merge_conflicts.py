"""A merge conflict is reported as one, with its file and line."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from command import WEB, Run, call, write
from generated import tree

CONFLICT = "{0}<<<<<<< HEAD\n{1}=======\n{2}>>>>>>> other\n"


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Run:
    return partial(call, capsys)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", ["generate", "check", "diff", "validate"])
def test_in_the_config(cli: Run, here: Path, command: str) -> None:
    write("kustz.yml", CONFLICT.format(WEB, "namespace: a\n", "namespace: b\n"))
    before = tree(here)
    assert cli(command).err == (
        "kustz.yml:5:1: a merge conflict; resolve it, then run the command again\n"
    )
    assert tree(here) == before


@pytest.mark.parametrize("kind", ["envs", "files", "literals"])
@pytest.mark.parametrize("section", ["configmaps", "secrets"])
def test_in_a_data_file(cli: Run, section: str, kind: str) -> None:
    write("kustz.yml", f"{WEB}{section}: {{{kind}: [{{name: web, files: [data]}}]}}\n")
    write("data", CONFLICT.format("A=1\n", "B=2\n", "B=3\n"))
    message = cli("validate").err
    got = "" if section == "secrets" else ", got one on line 2 of 'data'"
    assert message.endswith(f"expected a file without merge conflicts{got}\n")


def test_in_a_template(cli: Run) -> None:
    write("kustz.yml", WEB)
    write("kustz-templates/hpa.yml.j2", CONFLICT.format("kind: Hpa\n", "a: 1\n", "a: 2\n"))
    assert cli("validate").err == (
        "kustz-templates/hpa.yml.j2:2:1: a merge conflict; resolve it, then run the command again\n"
    )


def test_text_that_only_begins_like_one(cli: Run) -> None:
    write("kustz.yml", f"{WEB}configmaps: {{files: [{{name: web, files: [data]}}]}}\n")
    write("data", "<<<<<<< is how git marks a conflict\n")
    assert cli("validate").code == 0

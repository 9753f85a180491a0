"""Files with secret values that git tracks, or would add, are named with the line to ignore them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from command import Ended, run
from generated import git

from kustz_tpl.cli.secret_sources import find_exposed

CONFIG = """\
name: NAME
service: {image: "ghcr.io/team/shop:1.0", imagePullSecrets: [NAME-pull]}
secrets:
  envs:
    - name: NAME-database
      files: [database.env]
    - name: fetched
      backend: {external-secret: {store: vault}}
      keys: {PASSWORD: {remote: shop}}
registries:
  - name: NAME-pull
    auths:
      ghcr.io: {username: deploy, password: {file: password.txt}}
"""
TRACKED = (
    "git tracks this file with secret values; run git rm --cached on it and add {} to .gitignore"
)
UNIGNORED = "git does not ignore this file with secret values; add {} to .gitignore"
Call = Callable[..., Ended]


@pytest.fixture
def call(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Call:
    """Return a function that runs a command in a repository with two applications."""
    git(tmp_path, "init", "-q")
    for name in ("shop", "web"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "kustz.yml").write_text(CONFIG.replace("NAME", name))
        (folder / "database.env").write_text("PASSWORD=s3cr3t-of-the-shop\n")
        (folder / "password.txt").write_text("hunter2-of-the-registry")

    def called(command: str, *words: str) -> Ended:
        output = () if command == "validate" else ("-o", "manifests/{name}")
        return run(capfd, tmp_path, command, "shop", "web", *output, *words)

    return called


def warned(ended: Ended) -> list[str]:
    lines = ended.err.splitlines() + ended.out.splitlines()
    return [line for line in lines if "file with secret values" in line]


def test_generate_warns_of_what_git_would_add(call: Call, tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("/shop/database.env\nweb/*.env\n")
    for words in (("generate",), ("generate", "--jobs", "2"), ("generate", "--stdout")):
        ended = call(*words)
        assert ended.code == 0
        assert warned(ended) == [
            f"{name}/kustz.yml:13:52: warning: registries[0].auths.ghcr\\.io.password.file: "
            + UNIGNORED.format(f"/{name}/password.txt")
            for name in ("shop", "web")
        ]
    assert not warned(call("check"))
    assert not warned(call("validate"))


def test_every_command_warns_of_what_git_tracks(call: Call, tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("database.env\npassword.txt\n")
    assert not warned(call("generate"))
    git(tmp_path, "add", "-f", "web/database.env")
    line = "web/kustz.yml:6:15: warning: secrets.envs[0].files[0]: "
    line += TRACKED.format("/web/database.env")
    for command, code in (("generate", 0), ("check", 0), ("validate", 0)):
        ended = call(command)
        assert ended.code == code
        assert warned(ended) == [line]
    report = json.loads(call("validate", "--format", "json").out)
    found = [each["problems"] for each in report["applications"]]
    assert found[0] == []
    assert [each["severity"] for each in found[1]] == ["warning"]


def test_the_line_that_is_named_settles_it(call: Call, tmp_path: Path) -> None:
    (tmp_path / "shop/database.env").rename(tmp_path / "shop/my [1]*.env")
    config = tmp_path / "shop/kustz.yml"
    config.write_text(config.read_text().replace("[database.env]", '["my [1]*.env"]'))
    lines = [line.partition("add ")[2] for line in warned(call("generate"))]
    patterns = [line.removesuffix(" to .gitignore") for line in lines]
    assert len(patterns) == 4
    (tmp_path / ".gitignore").write_text("".join(f"{each}\n" for each in patterns))
    assert not warned(call("generate"))


def test_git_is_asked_once_for_all_applications(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shutil.which("git")
    spy = tmp_path / "bin" / "git"
    spy.parent.mkdir()
    log = f'for word; do case $word in ls-*|check-*) echo $word >> "{tmp_path}/asked";; esac; done'
    spy.write_text(f'#!/bin/sh\n{log}\nexec {real} "$@"\n')
    spy.chmod(0o755)
    monkeypatch.setenv("PATH", f"{spy.parent}{os.pathsep}{os.environ['PATH']}")
    assert call("validate").code == 0
    asked = tmp_path / "asked"
    assert asked.read_text().split() == ["check-ignore", "ls-files"]
    assert call("generate").code == 0
    asked.unlink()
    assert call("generate").code == 0  # the secret files are there, and not tracked
    assert asked.read_text().split() == ["ls-files", "check-ignore", "ls-files"]


def test_a_repository_within_another_is_asked_for_its_own(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    git(tmp_path, "init", "-q")
    git(inner, "init", "-q")
    files = [tmp_path / "a.env", inner / "b.env", inner / "c.env", inner / "d.env"]
    for file in files:
        file.write_text("A=b\n")
    (inner / ".gitignore").write_text("c.env\nd.env\n")
    git(inner, "add", "-f", "d.env")
    assert find_exposed(files) == {
        files[0]: ("a.env", False),
        files[1]: ("b.env", False),
        files[3]: ("d.env", True),
    }


def test_a_link_to_a_tracked_file_is_tracked(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "real.env").write_text("A=b\n")
    (tmp_path / ".gitignore").write_text("link.env\n")
    (tmp_path / "link.env").symlink_to("real.env")
    git(tmp_path, "add", "real.env")
    link = tmp_path / "link.env"
    assert find_exposed([link]) == {link: ("real.env", True)}


def test_nothing_is_known_without_a_repository(tmp_path: Path) -> None:
    assert find_exposed([tmp_path / "a.env"]) == {}


def test_init_lists_the_sources_of_the_starter(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ended = run(capfd, tmp_path, "init", "web/kustz.yml")
    assert ended.out == "created    web/kustz.yml\ncreated    web/.gitignore\n"
    ignored = tmp_path / "web/.gitignore"
    assert ignored.read_text() == "/credentials.env\n/docker-config.json\n"
    (tmp_path / "web/kustz.yml").unlink()
    ignored.write_text("/build\n/credentials.env")
    assert "changed    web/.gitignore\n" in run(capfd, tmp_path, "init", "web/kustz.yml").out
    assert ignored.read_text() == "/build\n/credentials.env\n/docker-config.json\n"


def test_init_follows_no_link(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "other").write_text("mine")
    (tmp_path / ".gitignore").symlink_to("other")
    ended = run(capfd, tmp_path, "init")
    assert "next: add /credentials.env and /docker-config.json to .gitignore" in ended.err
    assert (tmp_path / "other").read_text() == "mine"

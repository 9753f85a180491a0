"""`registry add` and `registry list`: a docker config without Docker."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command import Ended, on_terminal, run
from generated import git

Add = Callable[..., Ended]
PASSWORD = "s3cr3t-of-the-registry"
ADD = ("registry", "add", "ghcr.io", "-u", "deploy", "--password-stdin")


@pytest.fixture
def add(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Add:
    def call(*words: str, given: bytes = PASSWORD.encode() + b"\n") -> Ended:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        outcome = run(capfd, tmp_path, *(words or ADD))
        assert PASSWORD not in outcome.out + outcome.err
        return outcome

    return call


def config(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "docker-config.json").read_bytes())
    return found


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path, add: Add) -> None:
    outcome = add()
    assert (outcome.code, outcome.out) == (0, "docker-config.json: ghcr.io  deploy\n")
    assert (tmp_path / "docker-config.json").stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [tmp_path / "docker-config.json"]
    assert config(tmp_path) == {
        "auths": {"ghcr.io": {"auth": "ZGVwbG95OnMzY3IzdC1vZi10aGUtcmVnaXN0cnk="}}
    }


def test_everything_else_stays(tmp_path: Path, add: Add) -> None:
    before = {
        "HttpHeaders": {"A": "b"},
        "auths": {"quay.io": {"auth": "YTpi"}, "index.docker.io": {}, "ghcr.io": {}},
    }
    (tmp_path / "docker-config.json").write_text(json.dumps(before))
    assert add().code == 0
    assert add("registry", "add", "docker.io", "-u", "x", "--password-stdin").code == 0
    after = config(tmp_path)
    assert after["HttpHeaders"] == {"A": "b"}
    assert list(after["auths"]) == ["quay.io", "ghcr.io", "https://index.docker.io/v1/"]


def test_list_shows_servers_and_users_only(tmp_path: Path, add: Add) -> None:
    add()
    outcome = add("registry", "list")
    assert (outcome.code, outcome.out, outcome.err) == (0, "ghcr.io  deploy\n", "")
    (tmp_path / "bad.json").write_text('{"auths": {"quay.io": {}, "ghcr.io": {"auth": "YTpi"}}}')
    outcome = add("registry", "list", "--file", "bad.json")
    assert (outcome.code, outcome.out) == (1, "ghcr.io  a\n")
    assert outcome.err.startswith("bad.json: auths[quay.io]: has no user name and password")
    assert add("registry", "list", "-f", "none.json").err == "none.json: no such file\n"


@pytest.mark.parametrize(
    ("words", "given", "code"),
    [
        (("registry", "add", "ghcr.io", "-u", "deploy"), b"x", 2),
        (("registry", "add", "ghcr.io", "-u", "a:b", "--password-stdin"), b"x", 2),
        (("registry", "add", "ghcr.io", "-u", "", "--password-stdin"), b"x", 2),
        (("registry", "add", "ghcr.io/v2", "-u", "a", "--password-stdin"), b"x", 2),
        (("registry", "add", f"u:{PASSWORD}@ghcr.io", "-u", "a", "--password-stdin"), b"x", 2),
        (ADD, b"", 1),
        (ADD, b"\n", 1),
        (ADD, b"\xff", 1),
    ],
)
def test_refused(words: tuple[str, ...], given: bytes, code: int, tmp_path: Path, add: Add) -> None:
    assert add(*words, given=given).code == code
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [PASSWORD, f'"{PASSWORD}"', f'{{"auths": "{PASSWORD}"}}'])
def test_what_is_no_docker_config_stays(content: str, tmp_path: Path, add: Add) -> None:
    (tmp_path / "docker-config.json").write_text(content)
    assert add().code == 1
    assert (tmp_path / "docker-config.json").read_text() == content


def test_a_file_that_git_tracks_is_refused(tmp_path: Path, add: Add) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "docker-config.json").write_text("{}")
    git(tmp_path, "add", "docker-config.json")
    outcome = add()
    assert outcome.code == 1
    assert outcome.err.startswith("docker-config.json: git tracks this file")
    assert (tmp_path / "docker-config.json").read_text() == "{}"


def test_a_link_to_a_file_that_git_tracks_is_refused(tmp_path: Path, add: Add) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "real.json").write_text("{}")
    git(tmp_path, "add", "real.json")
    (tmp_path / "docker-config.json").symlink_to("real.json")
    (tmp_path / ".gitignore").write_text("docker-config.json\n")
    outcome = add()
    assert outcome.code == 1
    assert outcome.err.startswith("docker-config.json: git tracks this file")
    assert (tmp_path / "real.json").read_text() == "{}"


def test_a_file_that_git_does_not_ignore_is_named(tmp_path: Path, add: Add) -> None:
    git(tmp_path, "init", "-q")
    assert "add it to .gitignore" in add().err
    (tmp_path / ".gitignore").write_text("docker-config.json\n")
    assert add().err == ""


@pytest.mark.parametrize("file", ["docker-config.json", "texts.yml"])
def test_the_place_of_what_is_no_json_without_its_line(
    file: str, tmp_path: Path, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / file).write_text(f'{{"auths":\n"{PASSWORD}" {PASSWORD}}}')
    fault = f"{file}:2:26: expected JSON\n"
    for words in (("registry", "list", "-f", file), (*ADD, "-f", file)):
        outcome = add(*words)
        assert (outcome.code, outcome.out, outcome.err) == (1, "", fault)
    monkeypatch.chdir(tmp_path)
    assert on_terminal("registry", "list", "-f", file, NO_COLOR="1") == (1, fault)

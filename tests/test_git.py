"""What git is asked about secrets, of real repositories."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from kustz_tpl.output.git import Repositories, is_tracked

NAME = "secrets/shop/päss word"


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    top = tmp_path / "top"
    secret = top / "shop/manifests" / NAME
    secret.parent.mkdir(parents=True)
    secret.write_text("x")
    git(top, "init", "-q")
    git(top, "add", "-f", ".")
    return top


def test_a_tracked_secret_is_found(repository: Path) -> None:
    folder = repository / "shop/manifests"
    assert Repositories().tracked(folder, ["secrets/shop/other", NAME]) == [NAME]
    assert Repositories().tracked(repository / "other", [NAME]) == []
    assert is_tracked(folder / NAME)
    assert not is_tracked(folder / "secrets/shop/*")


def test_a_secret_at_the_top_of_a_repository_is_found(repository: Path) -> None:
    (repository / "secrets/web").mkdir(parents=True)
    (repository / "secrets/web/token").write_text("x")
    git(repository, "add", "-f", ".")
    assert Repositories().tracked(repository, ["secrets/web/token"]) == ["secrets/web/token"]


def test_a_folder_behind_a_link_is_looked_for_where_it_is(repository: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(repository / "shop/manifests")
    assert Repositories().tracked(link, [NAME]) == [NAME]
    assert is_tracked(link / NAME)


def test_a_work_tree_of_its_own_has_its_own_index(repository: Path, tmp_path: Path) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    git(repository, *identity, "commit", "-qm", "all")
    git(repository, "worktree", "add", "-q", str(tmp_path / "tree"))
    assert Repositories().tracked(tmp_path / "tree/shop/manifests", [NAME]) == [NAME]


def test_without_a_repository_or_git_nothing_is_tracked(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Repositories().tracked(tmp_path, [NAME]) == []
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Repositories().tracked(repository / "shop/manifests", [NAME]) == []


def test_a_repository_that_git_refuses_tracks_nothing(repository: Path) -> None:
    shutil.rmtree(repository / ".git")
    (repository / ".git").write_text("gitdir: nowhere\n")
    assert Repositories().tracked(repository / "shop/manifests", [NAME]) == []


@pytest.mark.parametrize("top", ["secrets", "secrets/shop"])
def test_a_repository_that_begins_among_the_secrets_is_asked_too(
    repository: Path, top: str
) -> None:
    folder = repository / "shop/manifests"
    git(repository, "rm", "-q", "--cached", "-r", ".")
    git(folder / top, "init", "-q")
    git(folder / top, "add", "-f", ".")
    assert Repositories().tracked(folder, [NAME, "secrets/other/x"]) == [NAME]


@pytest.mark.parametrize("setting", ["GIT_LITERAL_PATHSPECS", "GIT_NOGLOB_PATHSPECS"])
def test_how_a_user_has_git_read_pathspecs_is_nothing_to_us(
    repository: Path, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    monkeypatch.setenv(setting, "1")
    assert Repositories().tracked(repository / "shop/manifests", [NAME]) == [NAME]
    assert is_tracked(repository / "shop/manifests" / NAME)


def test_a_repository_is_asked_once(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = tmp_path / "calls"
    real = shutil.which("git")
    shim = tmp_path / "bin/git"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\necho x >> "{calls}"\nexec "{real}" "$@"\n')
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", f"{shim.parent}{os.pathsep}{os.environ['PATH']}")
    repositories = Repositories()
    for _ in range(3):
        repositories.tracked(repository / "shop/manifests", [NAME])
        repositories.tracked(repository / "web/manifests", [NAME])
    assert calls.read_text() == "x\n"

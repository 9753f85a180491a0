"""What may happen in a clone of a stranger's repository: nothing of it runs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from command import Ended, run, write
from generated import git, tree

Cli = Callable[..., Ended]

CONFIG = """\
name: shop
service: {image: nginx}
configmaps: {files: [{name: x, files: [.git=pointer]}]}
secrets: {files: [{name: y, files: [.GIT=pointer, .gitmodules=pointer]}]}
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Give a repository with an ordinary folder that git could take for a repository."""
    top = tmp_path / "clone"
    git(tmp_path, "init", "-q", "seed")
    git(tmp_path / "seed", "commit", "-q", "--allow-empty", "-m", "first")
    git(tmp_path / "seed", "config", "core.fsmonitor", f"touch {tmp_path}/ran; false")
    shutil.copytree(tmp_path / "seed/.git", top / "bare")
    write(top / "bare/refs/.keep", "")
    write(top / "pointer", "gitdir: ../../../bare\n")
    write(top / "kustz.yml", CONFIG)
    git(top, "init", "-q", "-b", "main")
    git(top, "add", "-A")
    git(top, "commit", "-qm", "all")
    return top


@pytest.fixture
def cli(clone: Path, capfd: pytest.CaptureFixture[str]) -> Cli:
    return lambda *words: run(capfd, clone, *words)


def test_git_runs_nothing_after_generate(clone: Path, cli: Cli, tmp_path: Path) -> None:
    assert cli("generate").code == 0
    git(clone, "add", "-A")
    git(clone, "status")
    assert not (tmp_path / "ran").exists()
    assert "manifests/configmaps/x/key-.git\n" in git(clone, "ls-files")


def test_no_key_keeps_a_file_out_of_the_commit(clone: Path, cli: Cli) -> None:
    config = "name: shop\nservice: {image: nginx}\n"
    keys = "[.gitignore=all, .GITIGNORE=all, .gitattributes=all, a=all, b=all]"
    write(clone / "kustz.yml", f"{config}configmaps: {{files: [{{name: x, files: {keys}}}]}}\n")
    write(clone / "all", "*\n")
    assert cli("generate").code == 0
    git(clone, "add", "-A")
    listed = git(clone, "ls-files", "manifests/configmaps/x").split()
    assert [Path(name).name for name in listed] == [
        *("a", "b", "key-.GITIGNORE", "key-.gitattributes", "key-.gitignore")
    ]


def test_a_folder_of_resources_is_no_repository(clone: Path, cli: Cli) -> None:
    manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own}\n"
    write(clone.parent / "own/.git/config.yml", manifest)
    write(clone / "kustz.yml", "name: shop\nservice: {image: nginx}\nresources: [../own/.git]\n")
    assert cli("generate", "--allow-outside").code == 0
    assert (clone / "manifests/resources/key-.git/config.yml").read_text() == manifest


@pytest.mark.parametrize("setting", ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"])
def test_a_tracked_secret_file_is_found_whatever_the_environment_says(
    setting: str, clone: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(clone / "manifests/secrets/y/key-.gitmodules", "mine")
    git(clone, "add", "-f", "manifests")
    monkeypatch.setenv(setting, str(clone / "bare"))
    outcome = cli("generate")
    assert outcome.code == 1
    assert "manifests/secrets/y/key-.gitmodules: git tracks this file" in outcome.err


def test_without_git_no_secret_is_written_into_a_repository(
    clone: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(clone))
    outcome = cli("generate")
    message = "cannot check whether git tracks the secret files: git is not on PATH; install git"
    assert (outcome.code, outcome.err) == (1, f"manifests/secrets: {message}\n")
    assert not (clone / "manifests").exists()
    write(clone / "kustz.yml", "name: shop\nservice: {image: nginx}\n")
    assert cli("generate").code == 0


def test_no_secret_is_written_into_a_repository_of_another_user(clone: Path, cli: Cli) -> None:
    if os.geteuid():
        pytest.skip("only root gives a folder away")
    for path in (clone, clone / ".git"):
        os.chown(path, 12345, 12345)
    outcome = cli("generate")
    assert outcome.code == 1
    assert f"to trust it, run: git config --global --add safe.directory {clone}" in outcome.err


def test_git_runs_no_monitor_of_the_repository(clone: Path, cli: Cli, tmp_path: Path) -> None:
    git(clone, "config", "core.fsmonitor", f"touch {tmp_path}/ran; false")
    assert cli("generate").code == 0
    assert cli("generate").code == 0
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", [".kustz-tpl.tmp", ".kustz-tpl"])
@pytest.mark.parametrize("is_folder", [True, False])
def test_no_link_in_place_of_what_a_run_prepares_is_followed(
    name: str, tmp_path: Path, cli: Cli, clone: Path, *, is_folder: bool
) -> None:
    write(tmp_path / "precious/file", "precious")
    own = clone / "manifests" / name
    own.parent.mkdir()
    if is_folder:
        own.mkdir()
        for inner in (".gitignore", "next", "record.json"):
            (own / inner).symlink_to(tmp_path / "precious/file")
    else:
        own.symlink_to(tmp_path / "precious")
    cli("generate", "--force", "--adopt")
    assert tree(tmp_path / "precious") == {"file": b"precious"}


def test_a_source_of_a_secret_in_the_output_folder_stays(tmp_path: Path, cli: Cli) -> None:
    """It is the only copy: git ignores it."""
    clone = tmp_path / "clone"
    config = "name: shop\nservice: {image: nginx}\n"
    write(clone / "kustz.yml", config + "secrets: {files: [{name: z, files: [pointer]}]}\n")
    assert cli("generate", "-o", ".").code == 0
    source = write(clone / "secrets/db/password", "precious")
    write(clone / "secrets/notes", "mine")
    secret = "secrets: {files: [{name: y, files: [secrets/db/password]}]}\n"
    for text in (config + secret, config, config + secret.replace("name: y", "name: db"), config):
        write(clone / "kustz.yml", text)
        cli("generate", "-o", ".")
        assert source.read_text() == "precious"
        assert (clone / "secrets/notes").read_text() == "mine"


def test_a_link_in_a_clone_elsewhere_is_no_output_folder(
    tmp_path: Path, clone: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "work").mkdir()
    (clone / "manifests").symlink_to(tmp_path / "precious")
    for out in (str(clone / "manifests"), "../clone/manifests", str(clone / "manifests/web")):
        ended = run(capfd, tmp_path / "work", "generate", str(clone), "-o", out)
        assert "manifests: a link, and kustz-tpl does not write through links" in ended.err
    assert not list((tmp_path / "precious").iterdir())

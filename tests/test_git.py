"""What git is asked about files, of real repositories."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from generated import git

from kustz_tpl.errors import ProgramError
from kustz_tpl.output.git import FileState, Repositories

NAME = "secrets/shop/päss word"
CLEAN = FileState(is_tracked=True, is_clean=True)
CHANGED = FileState(is_tracked=True)


def state(path: Path) -> FileState:
    return Repositories().states([path])[path]


def tracked(folder: Path, *names: str) -> list[str]:
    states = Repositories().states(folder / name for name in names)
    return [name for name in names if states[folder / name].is_tracked]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    top = tmp_path / "top"
    secret = top / "shop/manifests" / NAME
    secret.parent.mkdir(parents=True)
    secret.write_text("x")
    git(top, "init", "-q", "-b", "main")
    git(top, "add", "-f", ".")
    return top


def test_a_tracked_file_is_found(repository: Path) -> None:
    folder = repository / "shop/manifests"
    assert tracked(folder, "secrets/shop/other", NAME, "secrets/shop/*") == [NAME]
    assert tracked(repository / "other", NAME) == []
    assert tracked(folder / "..", f"manifests/{NAME}") == [f"manifests/{NAME}"]


def test_a_folder_behind_a_link_is_looked_for_where_it_is(repository: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(repository / "shop/manifests")
    assert tracked(link, NAME) == [NAME]


def test_a_work_tree_of_its_own_has_its_own_index(repository: Path, tmp_path: Path) -> None:
    git(repository, "commit", "-qm", "all")
    git(repository, "worktree", "add", "-q", str(tmp_path / "tree"))
    assert state(tmp_path / "tree/shop/manifests" / NAME) == CLEAN


def test_without_a_repository_nothing_is_tracked_and_all_is_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    file = tmp_path / "file"
    assert state(file) == FileState()
    assert Repositories().ignored([file]) == {file}


def test_a_repository_without_git_is_an_error(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "bin")
    with pytest.raises(ProgramError, match="not on PATH; install git"):
        state(repository / "file")


def test_a_git_that_cannot_be_run_is_an_error(
    repository: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("bin")
    (folder / "git").write_bytes(b"\x7fELF, but broken")
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(ProgramError, match="cannot run git; check it with git --version"):
        state(repository / "file")


def test_a_git_of_the_current_folder_is_not_run(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "git").write_text("#!/bin/sh\ntouch ran\n")
    (repository / "git").chmod(0o755)
    monkeypatch.chdir(repository)
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(ProgramError):
        state(repository / "file")
    assert not (repository / "ran").exists()


def test_a_repository_of_another_owner_is_an_error(repository: Path) -> None:
    if os.geteuid():
        pytest.skip("only root gives a folder away")
    for path in (repository, repository / ".git"):
        os.chown(path, 12345, 12345)
    hint = f"belongs to another user; to trust it, run: .*safe.directory {repository}"
    with pytest.raises(ProgramError, match=hint):
        state(repository / "file")


def test_a_repository_that_git_cannot_read_is_an_error(repository: Path) -> None:
    shutil.rmtree(repository / ".git")
    (repository / ".git").write_text("gitdir: nowhere\n")
    with pytest.raises(ProgramError, match="cannot read the repository"):
        state(repository / "file")


def test_a_repository_around_a_broken_one_is_not_asked_instead(repository: Path) -> None:
    (repository / "shop/.git").mkdir()
    with pytest.raises(ProgramError, match="cannot read the repository"):
        state(repository / "shop/manifests" / NAME)


@pytest.mark.parametrize("top", ["secrets", "secrets/shop"])
def test_a_repository_in_a_repository_is_asked_too(repository: Path, top: str) -> None:
    folder = repository / "shop/manifests"
    git(repository, "rm", "-q", "--cached", "-r", ".")
    git(folder / top, "init", "-q")
    git(folder / top, "add", "-f", ".")
    assert tracked(folder, NAME, "secrets/other/x") == [NAME]


@pytest.mark.parametrize(
    "setting",
    [
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_COMMON_DIR",
        "GIT_LITERAL_PATHSPECS",
        "GIT_ICASE_PATHSPECS",
    ],
)
def test_the_environment_chooses_no_other_repository(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    git(tmp_path, "init", "-q", "other")
    value = "1" if "PATHSPECS" in setting else str(tmp_path / "other/.git")
    monkeypatch.setenv(setting, value)
    assert state(repository / "shop/manifests" / NAME) == CLEAN


def test_a_repository_is_read_once(
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
        repositories.states([repository / "shop/manifests" / NAME])
        repositories.states([repository / "web/manifests" / NAME])
    assert calls.read_text() == "x\n"


@pytest.fixture
def file(repository: Path) -> Path:
    path = repository / "file"
    path.write_bytes(b"one\ntwo\n")
    return path


def test_a_file_is_clean_as_staged_and_as_committed(repository: Path, file: Path) -> None:
    assert state(file) == FileState()
    git(repository, "add", "file")
    assert state(file) == CLEAN
    git(repository, "commit", "-qm", "first")
    file.write_bytes(b"new\n")
    assert state(file) == CHANGED
    git(repository, "add", "file")
    assert state(file) == CLEAN
    file.write_bytes(b"one\ntwo\n")  # as committed, if not as staged
    assert state(file) == CLEAN
    git(repository, "rm", "-qf", "--cached", "file")
    assert state(file) == FileState(is_clean=True)


def test_line_ends_do_not_count(repository: Path, file: Path, tmp_path: Path) -> None:
    git(repository, "add", file.name)
    git(repository, "commit", "-qm", "first")
    git(tmp_path, "clone", "-q", "-c", "core.autocrlf=true", str(repository), "clone")
    assert (tmp_path / "clone/file").read_bytes() == b"one\r\ntwo\r\n"
    assert state(tmp_path / "clone/file") == CLEAN


def test_a_file_in_a_conflict_is_unmerged(repository: Path, file: Path) -> None:
    git(repository, "add", "file")
    git(repository, "commit", "-qm", "first")
    git(repository, "checkout", "-qb", "other")
    for branch in ("other", "main"):
        git(repository, "checkout", "-q", branch)
        file.write_text(f"one\n{branch}\n")
        git(repository, "commit", "-qam", "second")
    with pytest.raises(subprocess.CalledProcessError):
        git(repository, "merge", "other")
    assert state(file) == FileState(is_tracked=True, is_unmerged=True)


def test_what_is_no_file_any_more_is_not_clean(repository: Path, file: Path) -> None:
    git(repository, "add", "file")
    file.unlink()
    assert state(file) == CHANGED
    file.symlink_to("other")
    assert state(file) == CHANGED
    git(repository, "add", "file")
    assert state(file) == CHANGED
    file.unlink()
    file.mkdir()
    assert state(file) == CHANGED


def test_an_intended_file_is_not_clean(repository: Path, file: Path) -> None:
    git(repository, "add", "--intent-to-add", "file")
    assert state(file) == CHANGED


def test_a_repository_of_sha256(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--object-format=sha256")
    (tmp_path / "file").write_text("x")
    git(tmp_path, "add", "file")
    assert state(tmp_path / "file") == CLEAN


def test_more_files_than_one_command_takes(repository: Path) -> None:
    paths = [repository / f"some/{number}" for number in range(1200)]
    paths.append(repository / "some/:(exclude)x")
    (repository / "some").mkdir()
    for path in paths:
        path.write_text(path.name)
    git(repository, "add", "some")
    git(repository, "commit", "-qm", "all")
    git(repository, "rm", "-rq", "--cached", "some")
    assert set(Repositories().states(paths).values()) == {FileState(is_clean=True)}


def test_ignored_files(repository: Path) -> None:
    (repository / ".gitignore").write_text("*.env\n!kept.env\n")
    files = [repository / f"sub/{name}" for name in ("a.env", "kept.env", "b", "*.env", ":!x")]
    assert Repositories().ignored(files) == {files[0], files[3]}
    assert Repositories().ignored(files[1:3]) == frozenset()


def test_nothing_of_the_repository_runs(repository: Path, file: Path, tmp_path: Path) -> None:
    """Files that git knows, has changed, and has to ask a remote for."""
    (repository / ".gitattributes").write_text("* filter=evil diff=evil merge=evil\n")
    git(repository, "add", "file")
    git(repository, "commit", "-qm", "first")
    hook = tmp_path / "hook"
    hook.write_text(f'#!/bin/sh\ntouch "{tmp_path}/ran"\ncat\n')
    hook.chmod(0o755)
    hooks = repository / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-index-change", "fsmonitor-watchman", "reference-transaction"):
        (hooks / name).symlink_to(hook)
    for key in (
        *("core.fsmonitor", "core.pager", "pager.ls-files", "core.editor", "core.sshCommand"),
        *("core.gitProxy", "core.alternateRefsCommand", "diff.external", "diff.evil.textconv"),
        *("diff.evil.command", "filter.evil.clean", "filter.evil.smudge", "filter.evil.process"),
        *("merge.evil.driver", "alias.ls-files", "alias.ls-tree", "credential.helper"),
        *("remote.evil.uploadpack", "core.hooksPath"),
    ):
        git(repository, "config", key, str(tmp_path if key == "core.hooksPath" else hook))
    git(repository, "config", "remote.evil.url", f"ext::{hook}")
    git(repository, "config", "remote.evil.promisor", "true")
    git(repository, "config", "protocol.ext.allow", "always")
    git(repository, "config", "extensions.partialClone", "evil")
    tree = git(repository, "-c", "core.fsmonitor=false", "rev-parse", "HEAD^{tree}").strip()
    (tmp_path / "ran").unlink(missing_ok=True)
    file.write_bytes(b"changed\n")
    new = repository / "new"
    new.write_bytes(b"new\n")
    repositories = Repositories()
    repositories.states([file, new])
    repositories.ignored([file, new])
    (repository / ".git/objects" / tree[:2] / tree[2:]).unlink()
    assert Repositories().states([file, new]) == {file: CHANGED, new: FileState()}
    assert not (tmp_path / "ran").exists()

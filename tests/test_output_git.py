from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from generated import application, git, tree

from kustz_tpl.errors import InputError
from kustz_tpl.output.changes import Policy
from kustz_tpl.output.differences import warnings
from kustz_tpl.output.index import make_index
from kustz_tpl.output.write import examine, update

OUT = Path("manifests")
PLAIN = Policy()
FILES: dict[str, bytes | None] = {
    "service_yml": b"kind: Service\n",
    "configmaps__web__key": b"one\ntwo\r\n",
    "secrets__web__token": b"t0p",
}


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a repository with everything committed."""
    folder = tmp_path / "repository"
    folder.mkdir()
    monkeypatch.chdir(folder)
    git(folder, "init", "-q", "-b", "main")
    (folder / "README").write_bytes(b"mine\n")
    update(application(**FILES), OUT, PLAIN)
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def status(folder: Path) -> str:
    return git(folder, "status", "--porcelain", "--untracked-files=all")


def refused(name: str = "web", **files: bytes | None) -> str:
    with pytest.raises(InputError) as error:
        update(application(name, **files), OUT, PLAIN)
    return "\n".join(map(str, error.value.diagnostics))


def test_a_commit_holds_no_secret_and_a_run_changes_nothing(repository: Path) -> None:
    assert "secrets/.gitignore" in git(repository, "ls-files")
    assert "token" not in git(repository, "ls-files")
    update(application(**FILES), OUT, PLAIN)
    assert not status(repository)


def test_a_changed_value_changes_its_line(repository: Path) -> None:
    body = application().files["deployment.yml"].content.replace(b"replicas: 1", b"replicas: 2")
    update(application(deployment_yml=body, **FILES), OUT, PLAIN)
    assert git(repository, "diff", "--numstat") == "1\t1\tmanifests/deployment.yml\n"


def test_a_changed_data_file_changes_its_copy(repository: Path) -> None:
    update(application(**FILES | {"configmaps__web__key": b"one\nnew\r\n"}), OUT, PLAIN)
    assert git(repository, "diff", "--numstat") == "1\t1\tmanifests/configmaps/web/key\n"


def edit() -> None:
    path = OUT / "deployment.yml"
    path.write_bytes(path.read_bytes().replace(b"replicas: 1", b"replicas: 5"))


@pytest.mark.parametrize("is_staged", [False, True])
def test_a_hand_edit_that_git_does_not_have(repository: Path, *, is_staged: bool) -> None:
    edit()
    if is_staged:
        git(repository, "add", ".")
        (OUT / "deployment.yml").write_bytes((OUT / "deployment.yml").read_bytes() + b"# more\n")
    before = tree(repository)
    assert "manifests/deployment.yml: edited by hand" in refused(**FILES)
    assert tree(repository) == before
    update(application(**FILES), OUT, Policy(force=True))


def test_a_hand_edit_that_is_committed_is_replaced_with_a_warning(repository: Path) -> None:
    """Nothing is lost: git has it."""
    edit()
    git(repository, "commit", "-q", "-a", "-m", "edit")
    plan = update(application(**FILES), OUT, PLAIN)
    assert warnings(plan) == [
        "! manifests/deployment.yml: replaces a change that was committed since the last run here"
    ]
    assert git(repository, "diff", "HEAD~1", "--", "manifests") == ""


@pytest.mark.parametrize("path", ["deployment.yml", "configmaps/web/key", "service.yml"])
def test_in_a_clone_what_is_committed_is_ours(repository: Path, tmp_path: Path, path: str) -> None:
    git(tmp_path, "clone", "-q", str(repository), "clone")
    out = tmp_path / "clone/manifests"
    other = {"deployment_yml": b"new: true\n", "configmaps__web__key": b"new", "service_yml": None}
    assert not warnings(update(application(**FILES | other), out, PLAIN))[1:]
    shutil.rmtree(out / ".kustz-tpl")
    git(tmp_path / "clone", "checkout", "-q", ".")
    (out / path).write_bytes((out / path).read_bytes() + b"# mine\n")
    with pytest.raises(InputError, match=f"{path}: edited by hand"):
        update(application(**FILES | other), out, PLAIN)


def test_check_says_the_same_in_every_clone(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", str(repository), "clone")
    edit()
    git(repository, "commit", "-q", "-a", "-m", "edit")
    git(tmp_path / "clone", "pull", "-q")
    here = examine(application(**FILES | {"secrets__web__token": None}), OUT)
    there = examine(
        application(**FILES | {"secrets__web__token": None}), tmp_path / "clone/manifests"
    )
    assert here.changes == there.changes
    assert [change.path for change in here.differences] == ["deployment.yml"]


def test_a_name_clash(repository: Path) -> None:
    (OUT / "ingress.yml").write_bytes(b"kind: Mine\n")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "own file")
    update(application(**FILES), OUT, PLAIN)
    assert "manifests/ingress.yml: not written by" in refused(
        ingress_yml=b"kind: Ingress\n", **FILES
    )
    assert not status(repository)


def test_a_stale_file(repository: Path) -> None:
    update(application(), OUT, PLAIN)
    assert status(repository).splitlines() == [
        " D manifests/configmaps/.gitattributes",
        " D manifests/configmaps/web/key",
        " M manifests/kustomization.yml",
        " D manifests/secrets/.gitignore",
        " D manifests/service.yml",
    ]
    assert not (OUT / "secrets").exists()


def test_a_renamed_application(repository: Path) -> None:
    assert "belongs to the application web" in refused("shop")
    assert not status(repository)
    update(application("shop", configmaps__shop__key=b"a"), OUT, Policy(adopt=True))
    git(repository, "add", ".")
    assert "configmaps/web" not in git(repository, "ls-files")
    assert "configmaps/shop" in git(repository, "ls-files")


def test_another_output_folder_leaves_the_first_alone(repository: Path) -> None:
    update(application(**FILES), Path("deploy"), PLAIN)
    update(application(**FILES), Path(), PLAIN)
    git(repository, "add", ".")
    assert not git(repository, "diff", "--cached", "--", "manifests", "README")
    assert tree(Path("deploy")) == tree(OUT)


def test_a_checkout_with_crlf(repository: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "-c", "core.autocrlf=true", str(repository), str(clone))
    manifest = clone / "manifests/deployment.yml"
    assert b"\r\n" in manifest.read_bytes()
    assert (clone / "manifests/configmaps/web/key").read_bytes() == b"one\ntwo\r\n"
    before = tree(clone)
    plan = update(application(**FILES), clone / "manifests", PLAIN)
    assert [change.path for change in plan.differences] == ["secrets/web/token"]
    assert before.items() <= tree(clone).items()
    assert not status(clone)


def test_a_checkout_with_crlf_can_be_changed_and_pruned(repository: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "-c", "core.autocrlf=true", str(repository), str(clone))
    update(application(deployment_yml=b"new: true\n"), clone / "manifests", PLAIN)
    assert set(tree(clone)) == {"README", "manifests/deployment.yml", "manifests/kustomization.yml"}


def test_a_file_made_a_link(repository: Path) -> None:
    target = repository / "README"
    (OUT / "deployment.yml").unlink()
    (OUT / "deployment.yml").symlink_to(target)
    git(repository, "commit", "-q", "-a", "-m", "link")
    assert "manifests/deployment.yml: a link" in refused(**FILES)
    assert not status(repository)
    update(application(**FILES), OUT, Policy(adopt=True))
    assert git(repository, "diff", "HEAD~1") == ""
    assert target.read_bytes() == b"mine\n"


def test_a_folder_made_a_file(repository: Path) -> None:
    shutil.rmtree(OUT / "configmaps")
    (OUT / "configmaps").write_bytes(b"mine\n")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "file")
    assert "manifests/configmaps: expected a folder, got a file" in refused(**FILES)
    assert not status(repository)
    update(application(), OUT, PLAIN)
    assert (OUT / "configmaps").read_bytes() == b"mine\n"


def test_another_branch_with_other_secrets(repository: Path) -> None:
    git(repository, "checkout", "-q", "-b", "other")
    update(application(**FILES | {"secrets__web__second": b"s"}), OUT, PLAIN)
    git(repository, "commit", "-q", "-a", "--allow-empty", "-m", "second")
    git(repository, "checkout", "-q", "-")
    assert (OUT / "secrets/web/second").exists()
    update(application(**FILES), OUT, PLAIN)
    assert not (OUT / "secrets/web/second").exists()
    assert not status(repository)


def test_a_merge_that_conflicts(repository: Path) -> None:
    body = application().files["deployment.yml"].content
    one = body.replace(b"replicas: 1", b"replicas: 2")
    two = body.replace(b"name: web", b"name: wob").replace(b"replicas: 1", b"replicas: 3")
    files = FILES | {"configmaps__web__key": b"1"}
    update(application(deployment_yml=one, **files), OUT, PLAIN)
    git(repository, "commit", "-q", "-a", "-m", "one")
    git(repository, "checkout", "-q", "-b", "other", "HEAD~1")
    files = FILES | {"configmaps__web__key": b"2"}
    update(application(deployment_yml=two, **files), OUT, PLAIN)
    git(repository, "commit", "-q", "-a", "-m", "two")
    with pytest.raises(subprocess.CalledProcessError):
        git(repository, "merge", "main")
    assert b"<<<<<<<" in (OUT / "deployment.yml").read_bytes()
    assert b"<<<<<<<" in (OUT / "configmaps/web/key").read_bytes()
    update(application(**FILES), OUT, PLAIN)
    assert not examine(application(**FILES), OUT).differences


def test_a_merge_that_conflicts_in_a_file_of_somebody_else(repository: Path) -> None:
    for number, branch in enumerate(("one", "two")):
        git(repository, "checkout", "-q", "-b", branch, "main")
        (OUT / "ingress.yml").write_bytes(b"kind: Mine%d\n" % number)
        git(repository, "add", ".")
        git(repository, "commit", "-q", "-m", branch)
    with pytest.raises(subprocess.CalledProcessError):
        git(repository, "merge", "one")
    message = refused(ingress_yml=b"kind: Ingress\n", **FILES)
    assert "manifests/ingress.yml: not written by kustz-tpl" in message


def test_an_index_in_a_merge_conflict_takes_both_sides(repository: Path) -> None:
    def commit(branch: str, *names: str) -> None:
        git(repository, "checkout", "-q", "-b", branch, "main")
        for name in names:
            update(application(name), Path("apps") / name, PLAIN)
        update(
            make_index(Path("apps"), [Path("apps") / name for name in names]), Path("apps"), PLAIN
        )
        git(repository, "add", ".")
        git(repository, "commit", "-q", "-m", branch)

    commit("one", "a", "b")
    commit("two", "a", "c")
    with pytest.raises(subprocess.CalledProcessError):
        git(repository, "merge", "one")
    assert b"<<<<<<<" in Path("apps/kustomization.yml").read_bytes()
    update(make_index(Path("apps"), [Path("apps/a")]), Path("apps"), PLAIN)
    text = Path("apps/kustomization.yml").read_text()
    assert text.splitlines()[-4:] == ["resources:", "  - a", "  - b", "  - c"]

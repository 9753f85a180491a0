from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from generated import application, git, tree

from kustz_tpl.errors import InputError
from kustz_tpl.output.change import Policy
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
    return "\n".join(map(str, error.value.problems))


def test_a_commit_holds_no_secret_and_a_run_changes_nothing(repository: Path) -> None:
    assert "secrets/.gitignore" in git(repository, "ls-files")
    assert "token" not in git(repository, "ls-files")
    update(application(**FILES), OUT, PLAIN)
    assert not status(repository)


def test_a_changed_value_changes_its_line_and_the_checksum(repository: Path) -> None:
    body = application().files["deployment.yml"].content.replace(b"replicas: 1", b"replicas: 2")
    update(application(deployment_yml=body, **FILES), OUT, PLAIN)
    assert git(repository, "diff", "--numstat") == "2\t2\tmanifests/deployment.yml\n"


def test_a_changed_data_file_changes_its_copy_and_its_record(repository: Path) -> None:
    update(application(**FILES | {"configmaps__web__key": b"one\nnew\r\n"}), OUT, PLAIN)
    assert git(repository, "diff", "--numstat").splitlines() == [
        "1\t1\tmanifests/configmaps/web/key",
        "2\t2\tmanifests/kustomization.yml",
    ]


def test_a_hand_edit(repository: Path) -> None:
    path = OUT / "deployment.yml"
    path.write_bytes(path.read_bytes().replace(b"replicas: 1", b"replicas: 5"))
    git(repository, "commit", "-q", "-a", "-m", "edit")
    assert "manifests/deployment.yml: edited by hand" in refused(**FILES)
    assert not status(repository)
    update(application(**FILES), OUT, Policy(force=True))
    assert git(repository, "diff", "HEAD~1", "--", "manifests") == ""


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
    two = body.replace(b"name: web", b"name: wob")
    update(application(deployment_yml=one, **FILES), OUT, PLAIN)
    git(repository, "commit", "-q", "-a", "-m", "one")
    git(repository, "checkout", "-q", "-b", "other", "HEAD~1")
    update(application(deployment_yml=two, **FILES), OUT, PLAIN)
    git(repository, "commit", "-q", "-a", "-m", "two")
    with pytest.raises(subprocess.CalledProcessError):
        git(repository, "merge", "main")
    assert b"<<<<<<<" in (OUT / "deployment.yml").read_bytes()
    assert "manifests/deployment.yml: edited by hand" in refused(**FILES)
    update(application(**FILES), OUT, Policy(force=True))
    assert not examine(application(**FILES), OUT).differences

"""A repository of twelve applications in three environments, with real git: what each step changes."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from contextlib import chdir
from functools import partial
from pathlib import Path

import pytest
from command import Ended, call, fork, write

NAMES = [f"app-{number:02}" for number in range(12)]
ENVIRONMENTS = ("dev", "staging", "prod")
PROJECT = """\
applications: [services/*]
environments: [dev, staging, prod]
index: true
defaults:
  labels: {team: storefront}
"""


def git(*words: str) -> str:
    settings = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *settings, *words], check=True, capture_output=True, text=True)
    return done.stdout


def config(name: str, image: str = "nginx:1.27") -> str:
    return f'name: {name}\nservice:\n  image: {image}\n  ports: ["80"]\n  replicas: 1\n'


def changed() -> list[str]:
    """Return what differs from the last commit, and commit it."""
    git("add", "-A")
    found = [
        line.replace("\t", " ")
        for line in git("diff", "--cached", "--name-status", "--no-renames").splitlines()
        if "manifests/" in line
    ]
    git("commit", "-q", "-m", "step")
    return found


Cli = Callable[..., Ended]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository whose manifests are committed, to be copied."""
    folder = tmp_path_factory.mktemp("repository")
    with chdir(folder):
        git("init", "-q", "-b", "main")
        write("kustz-project.yml", PROJECT)
        for name in NAMES:
            write(f"services/{name}/kustz.yml", config(name))
            write(f"services/{name}/kustz.prod.yml", "service:\n  replicas: 3\n")
        assert fork("generate").returncode == 0
        git("add", "-A")
        git("commit", "-q", "-m", "first")
    return folder


@pytest.fixture
def cli(
    repository: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Cli:
    """Return a function that runs a command line in a copy of the repository."""
    monkeypatch.chdir(shutil.copytree(repository, tmp_path / "work"))
    return partial(call, capfd)


def test_everything_is_generated_once(cli: Cli) -> None:
    files = git("ls-files", "manifests").splitlines()
    assert len(files) == len(ENVIRONMENTS) * (len(NAMES) * 3 + 1)
    assert git("status", "--porcelain") == ""
    assert cli("check").out == "up to date: 12 applications in 3 environments\n"
    assert cli("diff") == Ended(0, "", "")
    assert cli("generate").code == 0
    assert changed_nothing()


def changed_nothing() -> bool:
    return git("status", "--porcelain") == ""


def test_a_clone_is_up_to_date(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git("clone", "-q", ".", str(tmp_path / "clone"))
    monkeypatch.chdir(tmp_path / "clone")
    assert cli("check").code == 0
    assert cli("generate").code == 0
    assert changed_nothing()


def test_a_change_of_one_environment(cli: Cli) -> None:
    write("services/app-03/kustz.prod.yml", "service:\n  replicas: 5\n")
    ended = cli("check")
    assert ended.out == "manifests/prod/app-03/deployment.yml: changed\n"
    assert ended.err.endswith("\nto fix, run: kustz-tpl generate\n")
    assert cli("generate").code == 0
    assert changed() == ["M manifests/prod/app-03/deployment.yml"]


def test_a_change_of_a_base(cli: Cli) -> None:
    write("services/app-03/kustz.yml", config("app-03", "nginx:1.28"))
    assert cli("generate").code == 0
    assert changed() == [f"M manifests/{env}/app-03/deployment.yml" for env in sorted(ENVIRONMENTS)]


def test_a_change_of_the_defaults(cli: Cli) -> None:
    write("kustz-project.yml", PROJECT.replace("storefront", "checkout"))
    assert cli("generate").code == 0
    assert len(changed()) == len(ENVIRONMENTS) * len(NAMES) * 2, "each Deployment and Service"


def test_an_application_is_added(cli: Cli) -> None:
    write("services/more/kustz.yml", config("more"))
    assert cli("generate").code == 0
    files = ("deployment.yml", "kustomization.yml", "service.yml")
    assert changed() == [
        line
        for env in sorted(ENVIRONMENTS)
        for line in (
            f"M manifests/{env}/kustomization.yml",
            *(f"A manifests/{env}/more/{file}" for file in files),
        )
    ]


def test_an_application_is_renamed_and_its_old_folders_removed(cli: Cli) -> None:
    Path("services/app-11").rename("services/zoo")
    write("services/zoo/kustz.yml", config("zoo"))
    ended = cli("generate")
    commands = [line.partition("run: ")[2] for line in ended.err.splitlines() if "app-11" in line]
    assert commands == [f"git rm -r manifests/{env}/app-11" for env in sorted(ENVIRONMENTS)]
    git("add", "-A")
    for command in commands:
        git(*command.split()[1:], "-q")
    found = changed()
    assert len(found) == len(ENVIRONMENTS) * 7
    assert {line[0] for line in found if "app-11" in line} == {"D"}
    assert "app-11" not in cli("generate").err


def test_an_application_is_removed(cli: Cli) -> None:
    shutil.rmtree("services/app-11")
    ended = cli("generate")
    assert ended.out.count("! manifests/") == len(ENVIRONMENTS)
    assert changed() == [f"M manifests/{env}/kustomization.yml" for env in sorted(ENVIRONMENTS)]


def test_an_environment_is_added(cli: Cli) -> None:
    write("kustz-project.yml", PROJECT.replace("prod]", "prod, eu]"))
    write("services/app-00/kustz.eu.yml", "namespace: eu\n")
    assert cli("generate").code == 0
    found = changed()
    assert len(found) == len(NAMES) * 3 + 1
    assert all(line.startswith("A manifests/eu/") for line in found)
    write("kustz-project.yml", PROJECT)
    assert cli("generate").err.splitlines()[-1] == (
        "manifests/eu: no longer generated; to remove it, run: git rm -r manifests/eu"
    )


def test_a_promotion_is_two_lines(cli: Cli) -> None:
    write("services/app-05/kustz.staging.yml", "service:\n  image: nginx:1.28\n")
    assert cli("generate").code == 0
    assert changed() == [
        "M manifests/staging/app-05/deployment.yml",
        "M manifests/staging/app-05/kustomization.yml",
        "M manifests/staging/app-05/service.yml",
    ], "the first lines name the new file"
    write("services/app-05/kustz.prod.yml", "service:\n  replicas: 3\n  image: nginx:1.28\n")
    assert cli("generate").code == 0
    assert git("diff", "--numstat", "--", "manifests").split() == [
        "1", "1", "manifests/prod/app-05/deployment.yml",
    ]  # fmt: skip


def test_two_branches_merge(cli: Cli) -> None:
    git("checkout", "-q", "-b", "one")
    write("services/app-01/kustz.yml", config("app-01", "nginx:1.28"))
    write("services/app-20/kustz.yml", config("app-20"))
    cli("generate")
    changed()
    git("checkout", "-q", "main")
    write("services/app-02/kustz.prod.yml", "service:\n  replicas: 4\n")
    write("services/app-21/kustz.yml", config("app-21"))
    cli("generate")
    changed()
    with pytest.raises(subprocess.CalledProcessError):
        git("merge", "-q", "one")
    conflicts = git("diff", "--name-only", "--diff-filter=U").splitlines()
    assert conflicts == [f"manifests/{env}/kustomization.yml" for env in sorted(ENVIRONMENTS)]
    assert cli("generate").code == 0
    assert cli("check").out == "up to date: 14 applications in 3 environments\n"
    changed()
    assert cli("check").code == 0

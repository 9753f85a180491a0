"""The hooks of .pre-commit-hooks.yaml, run by the real pre-commit in a user's repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CONFIG = """\
repos:
  - repo: {repository}
    rev: {revision}
    hooks:
      - id: kustz-tpl-generate
        stages: [manual]
      - id: kustz-tpl-check
"""


@dataclass(frozen=True, slots=True)
class Repository:
    """An isolated git repository: no user configuration, no network."""

    folder: Path
    environment: dict[str, str]

    def run(self, *command: str | Path) -> tuple[int, str]:
        run = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return run.returncode, run.stdout

    def git(self, *arguments: str) -> str:
        code, output = self.run("git", *arguments)
        assert code == 0, output
        return output.strip()

    def commit(self) -> str:
        self.git("init", "--quiet")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "All of it")
        return self.git("rev-parse", "HEAD")

    def hook(self, *arguments: str) -> tuple[int, str]:
        return self.run(sys.executable, "-m", "pre_commit", "run", "--all-files", *arguments)


def environment(home: Path) -> dict[str, str]:
    """Return variables with which pre-commit installs our hooks from this environment.

    It makes a virtual environment and lets pip build and install the package, as anywhere, but
    the libraries come from this environment, so that the test needs no network.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | {
        "HOME": str(home),
        "PRE_COMMIT_HOME": str(home / "pre-commit"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "A user",
        "GIT_AUTHOR_EMAIL": "user@example.com",
        "GIT_COMMITTER_NAME": "A user",
        "GIT_COMMITTER_EMAIL": "user@example.com",
        "REGISTRY_PASSWORD": "example-only",
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",
        "PYTHONPATH": sysconfig.get_path("purelib"),
    }


@pytest.fixture
def project(tmp_path: Path) -> Repository:
    """Return a repository with this working tree committed, to take the hooks from."""
    home = tmp_path / "home"
    home.mkdir()
    folder = tmp_path / "kustz-tpl"
    folder.mkdir()
    for name in (".pre-commit-hooks.yaml", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    for name in ("kustz_tpl", "templates"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    repository = Repository(folder, environment(home))
    repository.commit()
    return repository


@pytest.fixture
def repository(project: Repository, tmp_path: Path) -> Repository:
    """Return the repository of a user who generated and committed an application."""
    folder = Path(shutil.copytree(ROOT / "examples/web", tmp_path / "user"))
    user = Repository(folder, project.environment)
    revision = project.git("rev-parse", "HEAD")
    config = CONFIG.format(repository=project.folder, revision=revision)
    (folder / ".pre-commit-config.yaml").write_text(config)
    code, output = user.run(sys.executable, "-m", "kustz_tpl", "generate")
    assert code == 0, output
    user.commit()
    return user


def test_hooks(repository: Repository) -> None:
    code, output = repository.hook()
    assert code == 0, output
    config = repository.folder / "kustz.yml"
    config.write_text(config.read_text("utf-8").replace("replicas: 2", "replicas: 3"), "utf-8")
    code, output = repository.hook()
    assert code == 1
    assert "deployment.yml" in output
    code, output = repository.hook("--hook-stage", "manual", "kustz-tpl-generate")
    assert (code, "files were modified by this hook" in output) == (1, True), output
    code, output = repository.hook("--hook-stage", "manual", "kustz-tpl-generate")
    assert code == 0, output
    code, output = repository.hook()
    assert code == 0, output
    assert "replicas: 3" in (repository.folder / "manifests/deployment.yml").read_text("utf-8")

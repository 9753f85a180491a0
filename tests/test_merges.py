"""Parallel changes to an application, merged by the real git."""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from command import WEB, Run, call, write
from generated import git, tree

# Between two keys that change there is always one that does not: kustz.yml merges by itself.
CONFIG = """\
name: shop
namespace: store
service:
  image: nginx:1.27
  imagePullPolicy: Always
  replicas: 1
  command: [serve]
  ports: ["80:8080"]
  args: [now]
  resources:
    cpu: 100m/500m
  envs:
    pairs:
      A: one
      B: same
      C: two
  probes:
    liveness: {action: "http://:8080/healthz"}
ingress:
  rules: ["http://shop.example.com/"]
configmaps:
  files: [{name: conf, files: [conf]}]
"""
CHANGES = {
    "image": ("nginx:1.27", "nginx:1.28"),
    "replicas": ("replicas: 1", "replicas: 3"),
    "port": ("80:8080", "80:8081"),
    "cpu": ("100m/500m", "100m/900m"),
    "first variable": ("A: one", "A: uno"),
    "third variable": ("C: two", "C: due"),
    "probe": ("/healthz", "/livez"),
    "host": ("shop.example.com", "www.example.com"),
    "namespace": ("store", "market"),
}
PAIRS = list(itertools.combinations(CHANGES, 2))[:30]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Run:
    return partial(call, capsys)


@pytest.fixture
def commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Run) -> Callable[..., None]:
    """Give a way to generate and commit on a branch from main."""
    monkeypatch.chdir(tmp_path)
    git(tmp_path, "init", "-q", "-b", "main")

    def commit(branch: str, **files: str) -> None:
        if branch != "main":
            git(tmp_path, "checkout", "-q", "-b", branch, "main")
        for name, text in files.items():
            write(name.replace("_", "."), text)
        assert cli("generate").code == 0
        git(tmp_path, "add", "-A")
        git(tmp_path, "commit", "-q", "-m", branch)

    return commit


def changed(*names: str) -> str:
    text = CONFIG
    for name in names:
        text = text.replace(*CHANGES[name])
    return text


def merge(branch: str) -> list[str]:
    """Merge a branch and return the files that git left in a conflict."""
    try:
        git(Path(), "merge", "-q", branch)
    except subprocess.CalledProcessError:
        return git(Path(), "diff", "--name-only", "--diff-filter=U").split()
    return []


def test_there_are_enough_pairs() -> None:
    assert len(PAIRS) == 30


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_parallel_changes(commit: Callable[..., None], cli: Run, ours: str, theirs: str) -> None:
    commit("main", kustz_yml=CONFIG, conf="a\n")
    commit("one", kustz_yml=changed(ours))
    commit("two", kustz_yml=changed(theirs))
    assert merge("one") == []
    assert Path("kustz.yml").read_text() == changed(ours, theirs)
    before = tree(Path("manifests"))
    assert cli("generate").code == 0
    assert tree(Path("manifests")) == before


def resolved(cli: Run, words: tuple[str, ...] = ()) -> None:
    """Find that `generate` alone resolves what is left once the configs are merged."""
    ended = cli("generate", *words)
    assert ended.code == 0
    assert "replaces a change" not in ended.out + ended.err
    assert cli("check", *words).code == 0
    assert not any(b"<<<<<<<" in Path(path).read_bytes() for path in tree(Path()))
    git(Path(), "add", "-A")
    git(Path(), "commit", "-q", "-m", "merged")
    assert cli("generate", *words).out.startswith("unchanged")


def test_a_conflict_in_the_config(commit: Callable[..., None], cli: Run) -> None:
    commit("main", kustz_yml=CONFIG, conf="a\n")
    commit("one", kustz_yml=CONFIG.replace("nginx:1.27", "nginx:1.28"), conf="b\n")
    commit("two", kustz_yml=CONFIG.replace("nginx:1.27", "nginx:1.29"), conf="c\n")
    assert merge("one") == [
        "conf",
        "kustz.yml",
        "manifests/configmaps/conf/conf",
        "manifests/deployment.yml",
    ]
    before = tree(Path("manifests"))
    ended = cli("generate")
    assert ended.code == 1
    assert ended.err.startswith("kustz.yml:4:1: a merge conflict; resolve it")
    assert tree(Path("manifests")) == before
    write("kustz.yml", CONFIG.replace("nginx:1.27", "nginx:1.29"))
    write("conf", "b and c\n")
    resolved(cli)
    assert Path("manifests/configmaps/conf/conf").read_text() == "b and c\n"


def test_a_conflict_of_neighbouring_lines(commit: Callable[..., None], cli: Run) -> None:
    """Keys that are apart in the config and next to each other in the manifest."""
    cpu = "    cpu: 100m/500m\n"
    config = CONFIG.replace(cpu, f"{cpu}    # at night it needs more\n    memory: 128Mi/256Mi\n")
    commit("main", kustz_yml=config, conf="a\n")
    commit("one", kustz_yml=config.replace("100m", "150m"))
    commit("two", kustz_yml=config.replace("128Mi", "192Mi"))
    assert merge("one") == ["manifests/deployment.yml"]
    resolved(cli)
    text = Path("manifests/deployment.yml").read_text()
    assert "cpu: 150m\n              memory: 192Mi\n" in text


def test_an_index_to_which_both_sides_add(
    tmp_path: Path, commit: Callable[..., None], cli: Run
) -> None:
    words = ("-o", "all/{name}", "--index")

    def add(branch: str, *names: str) -> None:
        git(tmp_path, "checkout", "-q", "-b", branch, "main")
        write(f"services/{names[-1]}/kustz.yml", WEB.replace("name: web", f"name: {names[-1]}"))
        assert cli("generate", *(f"services/{name}" for name in names), *words).code == 0
        git(tmp_path, "add", "-A")
        git(tmp_path, "commit", "-q", "-m", branch)

    commit("main", kustz_yml=CONFIG, conf="a\n")
    add("base", "web")
    git(tmp_path, "branch", "-f", "main", "base")
    add("one", "web", "api")
    add("two", "web", "app")
    assert merge("one") == ["all/kustomization.yml"]
    resolved(cli, ("services/web", *words))
    text = Path("all/kustomization.yml").read_text()
    assert text.endswith("resources:\n  - api\n  - app\n  - web\n")

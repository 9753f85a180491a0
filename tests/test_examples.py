"""The committed manifests of the examples are what kustz-tpl generates today."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command import run
from kube import OLDEST, build, validate
from oracle import built_data, expected_data
from trees import Tree, read_tree, write_tree

EXAMPLES = Path(__file__).parent.parent / "examples"
NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/kustz.yml"))


def committed(tree: Tree) -> Tree:
    """Return the part of a tree that is committed: secrets/.gitignore excludes the rest."""
    return {path: content for path, content in tree.items() if not is_secret(path)}


def is_secret(path: str) -> bool:
    return path.startswith("secrets/") and path.count("/") == 2


def needed_version(home: Path) -> str:
    """Return the oldest Kubernetes version that an example supports; it says so if it needs a newer one."""
    found = re.search(r"# Needs Kubernetes (1\.\d+)", (home / "kustz.yml").read_text("utf-8"))
    return found[1] if found else OLDEST


def test_there_are_examples() -> None:
    assert len(NAMES) >= 3


@pytest.mark.parametrize("name", NAMES)
def test_example(
    name: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_golden: bool,
) -> None:
    monkeypatch.setenv("REGISTRY_PASSWORD", "example-only")
    home = EXAMPLES / name
    folder = shutil.copytree(home, tmp_path / name, ignore=shutil.ignore_patterns("manifests"))
    outcome = run(capfd, folder, "generate")
    assert outcome.code == 0, outcome.err
    written = read_tree(folder / "manifests")
    if is_golden:
        shutil.rmtree(home / "manifests", ignore_errors=True)
        write_tree(home / "manifests", committed(written))
    assert committed(written) == committed(read_tree(home / "manifests"))
    objects = build(folder / "manifests")
    validate(objects, needed_version(home))
    assert built_data(objects, has_hash=False) == expected_data(home / "kustz.yml")


def test_demo() -> None:
    run = subprocess.run(
        [sys.executable, "scripts/demo.py"],
        cwd=EXAMPLES.parent,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 0, run.stderr
    kinds = "kind: Service\nkind: Deployment\nkind: Ingress\n"
    assert f"$ kubectl kustomize build/demo | grep ^kind:\n{kinds}" in run.stdout
    assert len(run.stdout.splitlines()) <= 48

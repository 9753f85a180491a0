"""The wheel alone renders: it carries the templates, which an editable install finds elsewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

from trees import read_tree

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples/worker"


def call(*command: str, folder: Path, path: Path) -> str:
    """Return what the command says when packages come from the path first."""
    environment = {**os.environ, "PYTHONPATH": str(path)}
    run = subprocess.run(
        [sys.executable, "-P", *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_the_wheel_renders_as_committed(tmp_path: Path) -> None:
    site = tmp_path / "site"
    call("-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path), folder=ROOT, path=site)
    [wheel] = tmp_path.glob("*.whl")
    with ZipFile(wheel) as archive:
        archive.extractall(site)
    found = call("-c", "import kustz_tpl; print(kustz_tpl.__file__)", folder=tmp_path, path=site)
    assert found.strip() == str(site / "kustz_tpl/__init__.py")
    ignore = shutil.ignore_patterns("manifests")
    folder = Path(shutil.copytree(EXAMPLE, tmp_path / "app", ignore=ignore))
    call("-m", "kustz_tpl", "generate", folder=folder, path=site)
    committed = {
        name: content
        for name, content in read_tree(EXAMPLE / "manifests").items()
        if name.count("/") < 2
    }
    written = read_tree(folder / "manifests")
    assert committed
    assert {name: written[name] for name in committed} == committed

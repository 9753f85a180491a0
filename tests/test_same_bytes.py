"""The same input gives the same bytes in any environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CASE = Path(__file__).parent / "cases/everything"
SURROUNDINGS = {
    "another hash seed": {"PYTHONHASHSEED": "1"},
    "and another": {"PYTHONHASHSEED": "4242"},
    "no locale": {"LC_ALL": "C", "PYTHONUTF8": "0"},
    "another language": {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
    "another time zone": {"TZ": "Asia/Kathmandu"},
    "optimised": {"PYTHONOPTIMIZE": "1"},
}


def generate(config: Path, folder: Path, env: dict[str, str], cwd: Path) -> dict[str, bytes]:
    command = [sys.executable, "-m", "kustz_tpl", "generate", "-c", str(config), "-o", str(folder)]
    environment = {**os.environ, **env}
    subprocess.run(command, cwd=cwd, env=environment, check=True, capture_output=True)
    made = cwd / folder
    return {
        path.relative_to(made).as_posix(): path.read_bytes()
        for path in made.rglob("*")
        if path.is_file() and ".kustz-tpl" not in path.parts
    }


@pytest.mark.parametrize("env", SURROUNDINGS.values(), ids=SURROUNDINGS)
def test_surroundings(tmp_path: Path, env: dict[str, str]) -> None:
    first = generate(CASE / "kustz.yml", tmp_path / "a", {"PYTHONHASHSEED": "0"}, tmp_path)
    assert first
    assert generate(CASE / "kustz.yml", tmp_path / "b", env, tmp_path) == first
    assert not any(b"\r" in content for name, content in first.items() if name.endswith(".yml"))


def test_another_working_folder_and_file_order(tmp_path: Path) -> None:
    first = generate(CASE / "kustz.yml", tmp_path / "a", {}, tmp_path)
    copy = tmp_path / "deep/er"
    copy.mkdir(parents=True)
    for path in sorted(CASE.rglob("*"), reverse=True):
        if path.is_file():
            target = copy / path.relative_to(CASE)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    assert generate(Path("kustz.yml"), Path("../b"), {}, copy) == first

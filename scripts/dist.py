"""Build sdist and wheel, and prove that the wheel alone renders the first example."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from zipfile import ZipFile

DIST = Path("dist")
SCRATCH = Path("build/dist")
EXAMPLE = Path("examples/web")


def main() -> None:
    """Build both, compare the two ways to the wheel, install it and render."""
    for folder in (DIST, SCRATCH):
        shutil.rmtree(folder, ignore_errors=True)
    wheel = build(DIST)
    from_tree = build(SCRATCH, "--wheel")
    if contents(wheel) != contents(from_tree):
        sys.exit("the wheel from the sdist is not the wheel from the source tree")
    render(install(wheel))
    print(f"{wheel} renders {EXAMPLE} as committed")


def build(target: Path, *options: str) -> Path:
    """Return the wheel; without options it is built from the sdist, which is built first."""
    command: list[str | Path] = [sys.executable, "-m", "build", "--outdir", target, *options]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        sys.exit(run.stdout + run.stderr)
    return next(target.glob("*.whl"))


def contents(wheel: Path) -> dict[str, bytes]:
    """Return what the wheel holds."""
    with ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def install(wheel: Path) -> Path:
    """Return the command of the wheel, alone in a virtual environment of its own."""
    home = SCRATCH / "venv"
    venv.create(home, with_pip=True)
    pip: list[str | Path] = [home / "bin/python", "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", wheel.resolve()], check=True)
    return (home / "bin/kustz-tpl").absolute()


def render(command: Path) -> None:
    """Render a copy of the example, far from the source tree, and compare."""
    folder = SCRATCH / "example"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("manifests"))
    environment = os.environ | {"REGISTRY_PASSWORD": "example-only"}
    subprocess.run([command, "generate"], cwd=folder, env=environment, check=True)
    committed = tree(EXAMPLE / "manifests")
    if not committed or tree(folder / "manifests") != committed:
        sys.exit("the wheel renders something else than the committed manifests")


def tree(folder: Path) -> dict[Path, bytes]:
    """Return the files that git keeps: all but the secrets."""
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.parent.parent.name != "secrets"
    }


if __name__ == "__main__":
    main()

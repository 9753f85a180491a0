"""Build Generated values by hand, and read the folders they are written to."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from kustz_tpl.generated import Generated, GeneratedFile

DEPLOYMENT = b"""\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
"""
KUSTOMIZATION = b"""\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - deployment.yml
"""
ATTRIBUTES = b"* -text\n"
IGNORE = b"*\n!.gitignore\n"

_KINDS = {"configmaps": "copy", "secrets": "secret"}


def application(name: str = "web", **files: bytes | None) -> Generated:
    """Make a Generated: `service_yml=b"..."`, `configmaps__web__key=b"..."`; None omits a file."""
    contents: dict[str, bytes | None] = {
        "deployment.yml": DEPLOYMENT,
        "kustomization.yml": KUSTOMIZATION,
    }
    contents |= {_path(key): content for key, content in files.items()}
    if contents["kustomization.yml"] == KUSTOMIZATION:
        contents["kustomization.yml"] = KUSTOMIZATION + _generators(contents)
    if any(path.startswith("configmaps/") for path in contents):
        contents.setdefault("configmaps/.gitattributes", ATTRIBUTES)
    if any(path.startswith("secrets/") for path in contents):
        contents.setdefault("secrets/.gitignore", IGNORE)
    return Generated(
        name=name,
        namespace=None,
        config_name="kustz.yml",
        files={path: _file(path, text) for path, text in contents.items() if text is not None},
    )


def _generators(contents: Mapping[str, bytes | None]) -> bytes:
    """Return the generators for the data files, as kustomize needs them."""
    generators = {"configMapGenerator": "configmaps/", "secretGenerator": "secrets/"}
    text = ""
    for key, folder in generators.items():
        paths = [path for path in contents if path.startswith(folder)]
        lines = [f"      - {path.split('/')[-1]}={path}\n" for path in paths]
        text += f"{key}:\n  - name: all\n    files:\n{''.join(lines)}" if lines else ""
    return text.encode()


def _path(key: str) -> str:
    return key.replace("__", "/") if "__" in key else key.replace("_", ".")


def _file(path: str, content: bytes) -> GeneratedFile:
    if path.endswith(("/.gitattributes", "/.gitignore")):
        return GeneratedFile(content, "control")
    kind = _KINDS.get(path.split("/", maxsplit=1)[0], "manifest")
    return GeneratedFile(content, kind)  # type: ignore[arg-type]


def tree(folder: Path) -> dict[str, bytes | str]:
    """Return every file, link and empty folder below a folder, except what is never committed."""
    found: dict[str, bytes | str] = {}
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in {".git", ".kustz-tpl"}]
        here = Path(parent)
        links = [name for name in folders if (here / name).is_symlink()]
        for name in [*names, *links]:
            if name == ".kustz-tpl":
                continue
            path = here / name
            is_link = path.is_symlink()
            found[path.relative_to(folder).as_posix()] = (
                f"-> {path.readlink()}" if is_link else path.read_bytes()
            )
        if not folders and not names and here != folder:
            found[here.relative_to(folder).as_posix() + "/"] = "empty"
    return found


def git(folder: Path, *words: str) -> str:
    """Run git without the machine's configuration and return its output."""
    settings = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
    environment = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        ["git", *settings, *words],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout

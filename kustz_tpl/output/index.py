"""A kustomization.yml that lists the folders of many applications."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from kustz_tpl.application import Generated, GeneratedFile
from kustz_tpl.engine import write_yaml
from kustz_tpl.output.ownership import KUSTOMIZATION


def index_folder(pattern: str) -> Path:
    """Return the folder above all that a pattern makes."""
    fixed, brace, _ = pattern.partition("{")
    return (
        Path(fixed.rpartition("/")[0] or ("/" if fixed.startswith("/") else "."))
        if brace
        else Path(pattern)
    )


def make_index(folder: Path, listed: Iterable[Path]) -> Generated:
    """Return the index; the same applications in any order make the same bytes."""
    paths = sorted(Path(os.path.relpath(path, folder)).as_posix() for path in listed)
    kustomization = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": paths,
    }
    content = write_yaml([kustomization]).encode()
    return Generated(
        name="",
        namespace=None,
        config_name="its applications",
        files={KUSTOMIZATION: GeneratedFile(content, "manifest")},
    )

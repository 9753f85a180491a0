"""The kustomization, which lists what kustomize builds of an application or an index."""

from __future__ import annotations

from typing import Any

from kustz_tpl.kinds.kind import Kind
from kustz_tpl.notation.local import file_name

API_VERSION = "kustomize.config.k8s.io/v1beta1"
KUSTOMIZATION_FILE = "kustomization.yml"
KUSTOMIZATION_FILES = (KUSTOMIZATION_FILE, "kustomization.yaml", "Kustomization")
"""Every name that kustomize takes; a folder may have one of them."""


def is_kustomization(documents: list[Any]) -> bool:
    """Check whether the documents of a file are one that kustomize takes."""
    if len(documents) != 1 or not isinstance(documents[0], dict):
        return False
    return documents[0].get("kind") in (KUSTOMIZATION.name, None)


KUSTOMIZATION = Kind(
    name="Kustomization",
    template=KUSTOMIZATION_FILE,
    filters={"file_name": file_name},
)

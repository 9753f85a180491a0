"""Build folders with the real kubectl and validate the objects with the Kubernetes schemas."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate
import yaml

OLDEST, NEWEST = "1.25", kubernetes_validate.latest_version()
# It reads both of its files again for each object; the larger one has 1 MB.
kubernetes_validate.utils.schema_contents = cache(kubernetes_validate.utils.schema_contents)


class GoLoader(yaml.CSafeLoader):
    """Read plain scalars as kustomize's YAML writer means them, not as YAML 1.1 does."""


def read_go_float(_loader: GoLoader, node: yaml.ScalarNode) -> float | str:
    """Return a number; one like 1e999, which is too large for Go's floats, is a string to Go."""
    number = float(node.value)
    return node.value if math.isinf(number) else number


GoLoader.yaml_implicit_resolvers = {}
for tag, pattern in {
    "bool": r"true|false",
    "null": r"null|~|",
    "int": r"[-+]?[0-9]+",
    "float": r"[-+]?[0-9]+(\.[0-9]*)?(e[-+]?[0-9]+)?",
}.items():
    GoLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^({pattern})$"), None)
GoLoader.add_constructor("tag:yaml.org,2002:float", read_go_float)


def find_kubectl() -> Path:
    """Return the kubectl of the test extra, or the one on PATH."""
    beside = Path(sys.executable).parent / "kubectl"
    found = beside if beside.exists() else shutil.which("kubectl")
    assert found, "no kubectl; make test installs it"
    return Path(found)


def build(folder: Path) -> list[dict[str, Any]]:
    """Return the objects that `kubectl kustomize` builds from the folder."""
    command: list[str | Path] = [find_kubectl(), "kustomize", folder]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stderr
    return list(yaml.load_all(run.stdout, GoLoader))


def validate(objects: list[dict[str, Any]], oldest: str = OLDEST) -> None:
    """Validate every object against the strict schemas of the oldest and newest Kubernetes."""
    for each in objects:
        for version in (oldest, NEWEST):
            try:
                kubernetes_validate.validate(each, version, strict=True)
            except kubernetes_validate.SchemaNotFoundError:
                assert is_custom(each), each["apiVersion"]


def is_custom(each: dict[str, Any]) -> bool:
    """Return whether the object's API group is not one of Kubernetes itself."""
    group = str(each["apiVersion"]).rpartition("/")[0]
    is_gateway_api = group == "gateway.networking.k8s.io"  # whose kinds are installed apart
    return is_gateway_api or ("." in group and not group.endswith(".k8s.io"))

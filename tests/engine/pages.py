"""Render templates from memory, and read the result back in Python and in Go."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path

import kube
import yaml
from values import Data

from kustz_tpl.engine import Engine, FolderLoader, Limits, Tree, write_yaml
from kustz_tpl.kustomize_text import kustomize_fault

PAGE = "page.yml.j2"
Templates = Mapping[str, str | bytes] | str


class Pages:
    """An engine for templates in a temporary folder."""

    def __init__(self, templates: Templates, filters: Data = None, **settings: Data) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="pages-"))
        weakref.finalize(self, shutil.rmtree, self.path)
        files = {PAGE: templates} if isinstance(templates, (str, bytes)) else templates
        for name, text in files.items():
            file = self.path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text if isinstance(text, bytes) else text.encode())
        known = {"refuse": kustomize_fault, "limits": Limits()}
        self.engine = Engine(FolderLoader(self.path), **{**known, **settings})
        self.engine.filters.update(filters or {})

    def render(self, name: str = PAGE, /, **context: Data) -> Tree:
        return self.engine.render_tree(name, context)


def render(templates: Templates, /, **context: Data) -> Data:
    """Return the one document of a page."""
    (document,) = Pages(templates).render(**context).documents
    return document


def read(text: str) -> Data:
    """Return what PyYAML reads."""
    return yaml.load(text, yaml.CSafeLoader)


def read_as_go(text: str) -> Data:
    """Return what kustomize's own YAML reader would read."""
    return yaml.load(text, kube.GoLoader)


def build_resource(text: str, more: str = "") -> subprocess.CompletedProcess[str]:
    """Have the real kustomize read a resource and write it again.

    `more` is added to the kustomization itself.
    """
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "kustomization.yml").write_text(f"resources: [resource.yml]\n{more}", "utf-8")
        Path(folder, "resource.yml").write_text(text, "utf-8", newline="\n")
        command: list[str | Path] = [kube.find_kubectl(), "kustomize", folder]
        return subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", check=False
        )


def carried(spec: Data) -> Data:
    """Return the `spec` of a resource that we write, after kustomize."""
    head = {"apiVersion": "example.com/v1", "kind": "Carried", "metadata": {"name": "carried"}}
    run = build_resource(write_yaml([{**head, "spec": spec}]))
    assert run.returncode == 0, run.stderr[:2000]
    return read_as_go(run.stdout)["spec"]


def is_same(value: Data, other: Data) -> bool:
    """Return whether two trees are the same data: true is not 1, but 1.0 is; order does not matter.

    A float may come back as an integer of so many digits that it is equal only as a float.
    """
    if isinstance(value, dict) and isinstance(other, dict):
        return value.keys() == other.keys() and all(
            is_same(value[key], other[key]) for key in value
        )
    if isinstance(value, list) and isinstance(other, list):
        return len(value) == len(other) and all(map(is_same, value, other))
    if isinstance(value, float) and type(other) is int:
        return value == float(other)
    return (value is other) if _is_word(value) or _is_word(other) else value == other


def _is_word(value: Data) -> bool:
    return value is None or isinstance(value, bool)


def assert_separate(tree: Data) -> None:
    """Assert that a change to one mapping or list changes no other."""
    found = list(map(id, collections(tree)))
    assert len(found) == len(set(found))


def collections(tree: Data) -> Iterator[Data]:
    if isinstance(tree, (dict, list)):
        yield tree
        for item in tree.values() if isinstance(tree, dict) else tree:
            yield from collections(item)


__all__ = [
    "PAGE",
    "Limits",
    "Pages",
    "assert_separate",
    "build_resource",
    "carried",
    "is_same",
    "read",
    "read_as_go",
    "render",
]

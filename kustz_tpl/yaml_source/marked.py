"""Kubernetes manifests as plain data, and the place of every field in them."""

from __future__ import annotations

from typing import Any, NamedTuple

import yaml

from kustz_tpl.errors import KeyPath
from kustz_tpl.yaml_source.loader import YAMLError, compose_all
from kustz_tpl.yaml_source.tree import Data, Scalar, to_fields

_STRING = "tag:yaml.org,2002:str"
_MERGE = "tag:yaml.org,2002:merge"
# With aliases a small file stands for a large one.
_MOST_NODES = 200_000


class Marked(NamedTuple):
    """Hold a document as plain data, and its nodes."""

    data: Any
    node: yaml.Node

    def place(self, path: KeyPath, *, is_about_key: bool) -> tuple[int, int]:
        """Return the line and column of a field, or of its nearest written parent."""
        mark, node = self.node.start_mark, self.node
        for step in path:
            found = _child(node, step)
            if found is None:
                break
            key, node = found
            is_own = isinstance(node, yaml.ScalarNode) and not is_about_key
            mark = (node if is_own or key is None else key).start_mark
        return mark.line + 1, mark.column + 1


def read_marked(text: str, most: int = _MOST_NODES) -> list[Marked]:
    """Read the documents of a YAML string; nothing if it is invalid or stands for too much."""
    left = [most]
    try:
        return [Marked(to_fields(_data(node, left)), node) for node in compose_all(text) if node]
    except (OverflowError, RecursionError, YAMLError):
        return []


def _data(node: yaml.Node, left: list[int]) -> Data:
    left[0] -= 1
    if left[0] < 0:
        raise OverflowError
    if isinstance(node, yaml.SequenceNode):
        return [_data(each, left) for each in node.value]
    if isinstance(node, yaml.MappingNode):
        return _fields(node, left)
    is_plain = isinstance(node, yaml.ScalarNode) and not node.style and node.tag != _STRING
    return Scalar(node.value, is_plain=is_plain)


def _fields(node: yaml.MappingNode, left: list[int]) -> dict[str, Data]:
    """Return the fields of a mapping; those that it merges come first, and its own win."""
    merged: dict[str, Data] = {}
    own: dict[str, Data] = {}
    for key, value in node.value:
        if key.tag == _MERGE:
            parts = value.value if isinstance(value, yaml.SequenceNode) else [value]
            for part in reversed(parts):
                merged |= _fields(part, left) if isinstance(part, yaml.MappingNode) else {}
        else:
            own[str(key.value)] = _data(value, left)
    return {**merged, **own}


def _child(node: yaml.Node, step: str | int) -> tuple[yaml.Node | None, yaml.Node] | None:
    """Return what a step leads to, with its key where it has one."""
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == step), None)
    return None

"""Applies merge patches of which the result is known without kustomize: those without lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kustz_tpl.patches.patch import Patch
from kustz_tpl.resource import identify
from kustz_tpl.yaml_source.marked import read_marked
from kustz_tpl.yaml_source.tree import Path

_IDENTITY = ("apiVersion", "kind")


def merged(document: Mapping[str, Any], patches: Iterable[Patch]) -> Mapping[str, Any] | None:
    """Return an object after merge patches; None if one has lists or directives, or is of JSON."""
    for patch in patches:
        parts = merge_parts(patch, document)
        if not parts or not all(map(_is_plain, parts)):
            return None
        for part in parts:
            document = _merged(document, part)
    return document


def merge_parts(patch: Patch, document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what a patch merges into an object, without the name of the object."""
    found = [each.data for each in read_marked(patch.text) if isinstance(each.data, dict)]
    parts = found if patch.target else [each for each in found if _is_about(each, document)]
    return [_without_name(each) for each in parts] if patch.named else []


def leaves(part: Any, path: Path = ()) -> Iterator[Path]:  # noqa: ANN401 - plain data
    """Yield the path of each value that a patch sets."""
    if isinstance(part, dict) and part:
        for key, value in part.items():
            yield from leaves(value, (*path, key))
    else:
        yield path


def _is_about(part: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    return identify(part) == identify(document)


def _without_name(part: Mapping[str, Any]) -> dict[str, Any]:
    metadata = part.get("metadata")
    kept = {key: value for key, value in part.items() if key not in (*_IDENTITY, "metadata")}
    named = metadata if isinstance(metadata, dict) else {}
    others = {key: value for key, value in named.items() if key not in ("name", "namespace")}
    return {**kept, "metadata": others} if others else kept


def _is_plain(value: Any) -> bool:  # noqa: ANN401 - plain data
    if isinstance(value, dict):
        return all(not key.startswith("$") and _is_plain(each) for key, each in value.items())
    return not isinstance(value, list)


def _merged(old: Any, new: Any) -> Any:  # noqa: ANN401 - plain data
    """Return both values merged: mappings by key, null takes away, all else replaces."""
    if not isinstance(new, dict):
        return new
    base = old if isinstance(old, dict) else {}
    both = {**base, **{key: _merged(base.get(key), value) for key, value in new.items()}}
    return {key: value for key, value in both.items() if value is not None}

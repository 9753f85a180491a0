"""The rules that are the same for every kind of object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kustz_tpl.errors import Diagnostic, KeyPath, NotationError
from kustz_tpl.kustomize_text import find_lost, find_unfit
from kustz_tpl.messages import Shown, quoted

Config = Mapping[str, Any]

MAX_ANNOTATIONS = 262_144
"""How many bytes the keys and values of one resource's annotations may have together."""


def check_size(path: KeyPath, annotations: Mapping[str, str | None]) -> Iterator[Diagnostic]:
    """Find annotations of one object that are too long together."""
    size = sum(len(key.encode()) + len((text or "").encode()) for key, text in annotations.items())
    if size > MAX_ANNOTATIONS:
        expected = f"annotations of at most {MAX_ANNOTATIONS} bytes in total"
        message = NotationError(expected, Shown(size))
        yield Diagnostic.about(path, message, is_about_key=True)


def check_once(path: KeyPath, texts: Sequence[str | None]) -> Iterator[Diagnostic]:
    """Find duplicate items of a list."""
    seen: dict[str, int] = {}
    for index, text in enumerate(texts):
        if text is None:
            continue
        first = seen.setdefault(text, index)
        if first != index:
            message = NotationError("unique entries", Shown(f"{quoted(text)} twice"))
            yield Diagnostic.about((*path, index), message, other=(*path, first))


def check_texts(value: object, path: KeyPath) -> Iterator[Diagnostic]:
    """Find characters that do not survive the way into the cluster, in all of a value."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from check_texts(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from check_texts(each, (*path, index))
    elif isinstance(value, str) and not value.isprintable():
        messages = (
            (message for _, _, message in find_lost(value))
            if "annotations" in path[:3]
            else find_unfit(value)
        )
        yield from (Diagnostic.about(path, message) for message in messages)


def check_passthrough(
    config: Config, at: KeyPath, kind: str, owned: Mapping[KeyPath, str]
) -> Iterator[Diagnostic]:
    """Yield unknown fields, values of a wrong kind, and fields that the language itself sets.

    The fields at a path are those of a kind; `owned` has the message for what the language sets.
    """
    value = _at(config, at)
    if not value:
        return
    from kustz_tpl.rules.fields import check_fields  # noqa: PLC0415 - reads a table

    written = [each for each in owned if _at(config, each) is not None]
    yield from (Diagnostic.about(each, owned[each], is_about_key=True) for each in written)
    for finding in check_fields(kind, value, at):
        if not any(finding.subject.path[: len(each)] == each for each in written):
            yield finding


def _at(config: Any, path: KeyPath) -> Any:  # noqa: ANN401 - any part of a config
    for step in path:
        if not isinstance(config, dict):
            return None
        config = config.get(step)
    return config

"""A look at a few keys of the top mapping, which stops behind the last of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from yaml.events import (
    CollectionEndEvent,
    CollectionStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from kustz_tpl.yaml_source.loader import MarkedYAMLError, parse
from kustz_tpl.yaml_source.tree import Scalar


class _UnclearError(Exception):
    """Stop where only reading the whole document can tell."""


def find_scalars(text: str, keys: Collection[str]) -> dict[str, Scalar] | None:
    """Return the scalars of these keys, without those that the text lacks.

    None where only reading the whole document can tell: aliases, tags, `<<`, no YAML.
    """
    found: dict[str, Scalar] = {}
    try:
        for key, value in _entries(parse(text)):
            if key in keys and key not in found:
                scalar = _scalar(value)
                found[key] = Scalar(scalar.value, is_plain=not scalar.style)
            if len(found) == len(keys):
                break
    except (MarkedYAMLError, _UnclearError):
        return None
    return found


def _entries(events: Iterable[Event]) -> Iterator[tuple[str, Event]]:
    """Yield the keys of the top mapping, each with the event that its value begins with."""
    nodes = (each for each in events if isinstance(each, (NodeEvent, CollectionEndEvent)))
    top = next(nodes, None)
    if top is not None and (type(top) is not MappingStartEvent or top.tag is not None):
        raise _UnclearError
    for event in nodes:
        if isinstance(event, CollectionEndEvent):
            return
        key = _scalar(event)
        if key.value == "<<":
            raise _UnclearError
        value = next(nodes)
        yield key.value, value
        depth = int(isinstance(value, CollectionStartEvent))
        while depth:
            inner = next(nodes)
            depth += isinstance(inner, CollectionStartEvent) - isinstance(inner, CollectionEndEvent)


def _scalar(event: Event) -> ScalarEvent:
    if type(event) is not ScalarEvent or event.tag is not None:
        raise _UnclearError
    return event

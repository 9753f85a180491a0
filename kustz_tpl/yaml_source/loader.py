"""Read YAML with PyYAML: events, plain data, data with strings only, nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import yaml
from yaml import MarkedYAMLError, YAMLError

from kustz_tpl.engine.events import BaseLoader, SafeLoader

__all__ = [
    "MarkedYAMLError",
    "YAMLError",
    "compose",
    "compose_all",
    "load",
    "load_all",
    "load_mappings",
    "load_texts",
    "parse",
]


def parse(text: str) -> Iterator[yaml.Event]:
    """Yield the events of a string; raises MarkedYAMLError after those before an error."""
    yield from yaml.parse(text, Loader=SafeLoader)


def load(content: str | bytes) -> Any:  # noqa: ANN401 - whatever a file holds
    """Return the only document of a file as plain data; raises YAMLError."""
    with _yaml_errors():
        return yaml.load(content, SafeLoader)  # noqa: S506 - a safe one


def load_all(content: str | bytes) -> list[Any]:
    """Return every document of a file as plain data; raises YAMLError."""
    with _yaml_errors():
        return list(yaml.load_all(content, SafeLoader))


def load_texts(content: str | bytes) -> list[Any]:
    """Return every document of a file, every scalar as a string; raises YAMLError."""
    with _yaml_errors():
        return list(yaml.load_all(content, BaseLoader))


def load_mappings(content: bytes | None) -> list[Mapping[str, Any]]:
    """Return the mappings of a file, every scalar as a string; nothing if it is not YAML."""
    try:
        documents = load_texts(content or b"")
    except YAMLError:
        return []
    return [document for document in documents if isinstance(document, dict)]


def compose(text: str) -> yaml.Node | None:
    """Return the only document of a string as nodes; raises YAMLError."""
    with _yaml_errors():
        return yaml.compose(text, Loader=SafeLoader)


def compose_all(text: str) -> list[yaml.Node]:
    """Return every document of a string as nodes; raises YAMLError."""
    with _yaml_errors():
        return list(yaml.compose_all(text, Loader=SafeLoader))


@contextmanager
def _yaml_errors() -> Iterator[None]:
    """Raise a YAMLError for what PyYAML lets through: `!!int ""`, 40 May, deep nesting."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise YAMLError(str(error)) from error
    except RecursionError as error:
        raise YAMLError("nested too deep") from error

"""Cerberus, without the import of importlib.metadata that it asks for its own version alone.

That import, with its e-mail and archive parsers, takes four times as long as Cerberus itself.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

_METADATA = "importlib.metadata"


class _NoMetadata(ModuleType):
    """Stand in for importlib.metadata; Cerberus calls its own version "unknown" then."""

    PackageNotFoundError = ModuleNotFoundError

    @staticmethod
    def version(distribution_name: str) -> str:
        """Know no distribution."""
        raise ModuleNotFoundError(distribution_name)


@contextmanager
def _without_metadata() -> Iterator[None]:
    if _METADATA in sys.modules:
        yield
        return
    sys.modules[_METADATA] = _NoMetadata(_METADATA)
    try:
        yield
    finally:
        del sys.modules[_METADATA]


with _without_metadata():
    from cerberus import TypeDefinition, Validator
    from cerberus.errors import CUSTOM, ValidationError
    from cerberus.schema import DefinitionSchema

__all__ = ["CUSTOM", "DefinitionSchema", "TypeDefinition", "ValidationError", "Validator"]

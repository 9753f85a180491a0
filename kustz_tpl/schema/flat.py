"""One look of Cerberus at a whole document, laid out flat.

Cerberus makes a validator for each mapping in a mapping, which takes longer than all rules
together. So the values are put into one mapping by their paths, and one validator normalises and
validates them. It finds an error where the schema laid out as it is finds one, but not its words.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from kustz_tpl.errors import KeyPath
from kustz_tpl.schema.language import SCHEMA
from kustz_tpl.schema.subset import fitted_rules, needed_keys
from kustz_tpl.schema.validator import LanguageValidator, PreparedSchema

Rules = Mapping[str, Any]

# What may be said of a mapping or a list, so that nothing is left to check but what is in it.
_PLAIN = frozenset(("coerce", "type", "default", "nullable", "schema", "meta"))
_MAPPINGS = ("map", "map_or_none")


class _DoubtError(Exception):
    """Leave the document to the schema as it is."""


class _Layout:
    """The values of a document by their paths, their rules, and where they go in the config."""

    def __init__(self) -> None:
        self.values: dict[KeyPath, Any] = {}
        self.rules: dict[KeyPath, Rules] = {}
        self.homes: dict[KeyPath, dict[str, Any]] = {}

    def mapping(self, schema: Rules, data: Mapping[str, Any], path: KeyPath) -> dict[str, Any]:
        """Return the mapping to be at a path, with all its keys in order."""
        if not all(key in data for key in _needed()[id(schema)]):
            raise _DoubtError
        made: dict[str, Any] = {}
        for key, value in data.items():
            if key not in schema:
                raise _DoubtError
            made[key] = self._value(schema[key], value, (*path, key), made)
        return made

    def _value(self, rules: Rules, value: Any, path: KeyPath, home: dict[str, Any]) -> Any:  # noqa: ANN401 - any
        if rules.keys() <= _PLAIN and "schema" in rules:
            if rules["coerce"] in _MAPPINGS and isinstance(value, dict) and value:
                return self.mapping(rules["schema"], value, path)
            if rules["coerce"] == "list" and isinstance(value, list):
                return [
                    self._item(rules["schema"], each, (*path, i)) for i, each in enumerate(value)
                ]
        self.values[path] = value
        self.rules[path] = fitted_rules(rules, value)
        self.homes[path] = home
        return None

    def _item(self, rules: Rules, value: Any, path: KeyPath) -> dict[str, Any]:  # noqa: ANN401 - any
        if not isinstance(value, dict):
            raise _DoubtError
        return self.mapping(rules["schema"], value, path)


@cache
def _needed() -> dict[int, tuple[str, ...]]:
    """Return the needed keys of each mapping of the language, by the identity of its rules."""
    found: dict[int, tuple[str, ...]] = {}
    todo: list[Rules] = [SCHEMA]
    for schema in todo:
        found[id(schema)] = needed_keys(schema)
        for rules in schema.values():
            item = rules["schema"] if rules.get("type") == "list" and "schema" in rules else rules
            todo += [item["schema"]] if "schema" in item else []
    return found


def validated(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the normalised config, without defaults; None where anything may be wrong."""
    layout = _Layout()
    try:
        config = layout.mapping(SCHEMA, data, ())
    except _DoubtError:
        return None
    validator = LanguageValidator(PreparedSchema(layout.rules))
    values = validator.normalized(layout.values, always_return_document=True)
    if not validator.validate(values, normalize=False):
        return None
    for path, value in values.items():
        layout.homes[path][path[-1]] = value
    return config

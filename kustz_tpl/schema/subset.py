"""The part of the schema that a document is about, and the defaults of all the rest.

Cerberus takes its time with every key of the language, while a document has a few of them.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from copy import copy
from typing import Any

Schema = Mapping[str, Mapping[str, Any]]


def fitted(schema: Schema, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rules of the keys that data has, and of those that it ought to have."""
    return {
        key: fitted_rules(rules, data[key]) if key in data else rules
        for key, rules in schema.items()
        if key in data or is_needed(rules)
    }


def fitted_rules(rules: Mapping[str, Any], value: object) -> Mapping[str, Any]:
    """Return the rules of a value, of those of its keys what `fitted` leaves."""
    if rules.get("type") == "dict" and "schema" in rules and isinstance(value, dict):
        return {**rules, "schema": fitted(rules["schema"], value)}
    if rules.get("type") == "list" and isinstance(value, dict):
        # Cerberus would take the rules of the items for those of keys.
        return {key: each for key, each in rules.items() if key != "schema"}
    if rules.get("type") == "list" and "schema" in rules and isinstance(value, list):
        keys = {key for each in value if isinstance(each, dict) for key in each}
        item = rules["schema"]
        return {**rules, "schema": {**item, "schema": _chosen(item["schema"], keys)}}
    return rules


def _chosen(schema: Schema, keys: Container[str]) -> dict[str, Any]:
    return {key: rules for key, rules in schema.items() if key in keys or is_needed(rules)}


def needed_keys(schema: Schema) -> tuple[str, ...]:
    """Return the keys whose absence is an error."""
    return tuple(key for key, rules in schema.items() if is_needed(rules))


def is_needed(rules: Mapping[str, Any]) -> bool:
    """Check whether a missing key of a document is an error."""
    if rules.get("default", {}) != {} or rules.get("type") != "dict":
        return rules.get("nullable") is False
    return any(map(is_needed, rules.get("schema", {}).values()))


def completed(
    schema: Schema, config: dict[str, Any], defaults: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the config with the default of every key that it lacks, at any depth.

    `defaults` are those of the schema where they are known; they are not copied.
    """
    for key, rules in schema.items():
        if key not in config:
            config[key] = _default(rules) if defaults is None else defaults[key]
        elif "schema" in rules:
            _complete(rules, config[key], None if defaults is None else defaults[key])
    return config


def _complete(rules: Mapping[str, Any], value: object, defaults: Mapping[str, Any] | None) -> None:
    if rules.get("type") == "dict" and isinstance(value, dict):
        completed(rules["schema"], value, defaults)
    elif rules.get("type") == "list" and isinstance(value, list):
        for each in value:
            _complete(rules["schema"], each, None)


def _default(rules: Mapping[str, Any]) -> Any:  # noqa: ANN401 - of any type
    default = copy(rules["default"])
    return completed(rules["schema"], default) if default == {} and "schema" in rules else default

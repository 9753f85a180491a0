"""The type of the config has the keys and kinds of the schema."""

from __future__ import annotations

from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints, is_typeddict

from kustz_tpl.schema import SCHEMA
from kustz_tpl.schema.config import Config, Gateways, Lines, StringMap, Strings

SCALARS: dict[str, type] = {"string": str, "integer": int, "boolean": bool}
# Nothing is made of a config whose name was refused.
FORMS: dict[str, Any] = {"by_scheme": Gateways, "notation_or_list": Strings, "lines": Lines}
NEVER_NONE = {"name": str}


def members(kind: Any) -> set[Any]:  # noqa: ANN401 - a type of any form
    """Return the members of a union, None left out, or the one type."""
    is_union = get_origin(kind) in {Union, UnionType}
    return {each for each in (get_args(kind) if is_union else (kind,)) if each is not type(None)}


def may_be_none(kind: Any) -> bool:  # noqa: ANN401 - as above
    return type(None) in get_args(kind)


def differences(schema: dict[str, Any], kind: Any, path: str = "") -> list[str]:  # noqa: ANN401
    """Return the paths at which a TypedDict is not what the schema says."""
    hints = get_type_hints(kind)
    found = [f"{path}{key}: only one has it" for key in hints.keys() ^ schema.keys()]
    for key in hints.keys() & schema.keys():
        found += different(schema[key], hints[key], f"{path}{key}")
    return sorted(found)


def leaves(rules: dict[str, Any]) -> set[Any]:
    """Return the types of what has no keys of the language in it."""
    kind = str(rules.get("type"))
    if kind in SCALARS:
        return {SCALARS[kind]}
    form = next((FORMS[rule] for rule in FORMS if rule in rules), None)
    if form is not None:
        return {form}
    if rules.get("type") == ["string", "list"]:
        return {str, list[str]}
    if kind == "replicas":
        return {int, str}
    return {Strings if "each" in rules else StringMap if "values" in rules else dict[str, Any]}


def different(rules: dict[str, Any], kind: Any, path: str) -> list[str]:  # noqa: ANN401
    """Return the paths at or below a key at which its type is not what its rules say."""
    if path in NEVER_NONE:
        return [] if kind is NEVER_NONE[path] else [path]
    is_scalar = str(rules.get("type")) in SCALARS
    if may_be_none(kind) != (is_scalar or rules["default"] is None):
        return [f"{path}: None"]
    if rules.get("schema"):
        return inside(rules, kind, path)
    if "valuesrules" in rules:
        _, value = get_args(kind)
        found = [] if kind == dict[str, value] and may_be_none(value) else [path]
        (inner,) = members(value)
        return [*found, *differences(rules["valuesrules"]["schema"], inner, f"{path}.*.")]
    return [] if members(kind) == leaves(rules) else [path]


def inside(rules: dict[str, Any], kind: Any, path: str) -> list[str]:  # noqa: ANN401
    """Return the differences of a map, or of the items of a list of maps."""
    if get_origin(kind) is dict:  # every key has the same
        _, value = get_args(kind)
        found = (inside(each, value, f"{path}.{key}") for key, each in rules["schema"].items())
        return [different_one for each in found for different_one in each]
    inner, typed = rules["schema"], {each for each in members(kind) if is_typeddict(each)}
    if rules.get("type") == "list":
        (item,) = get_args(kind)
        typed, inner = members(item), inner["schema"]
        if kind != list[item] or not may_be_none(item):
            return [path]
    if len(typed) != 1 or (rules.get("coerce") == "text_or_map") != (str in members(kind)):
        return [path]
    return differences(inner, typed.pop(), f"{path}.")


def test_the_config_is_typed_as_the_schema_says() -> None:
    assert differences(SCHEMA, Config) == []


def test_a_difference_is_found() -> None:
    other = {
        **SCHEMA,
        "resources": {"type": "integer", "default": 0},
        "dns": {**SCHEMA["dns"], "schema": {"policy": SCHEMA["pod"]}},
        "more": SCHEMA["name"],
    }
    assert differences(other, Config) == [
        "dns.config: only one has it",
        "dns.policy: None",
        "more: only one has it",
        "resources: None",
    ]

"""The rules of custom resources, from the schemas of their CRDs."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from kustz_tpl.errors import Diagnostic, KeyPath, NotationError
from kustz_tpl.messages import Shown, any_of, closest, quoted
from kustz_tpl.notation.names import is_ipv4, is_ipv6
from kustz_tpl.verdict.checks import Check, Fields, Findings, Rules, about

_TOP = {
    "apiVersion": "string",
    "kind": "string",
    "metadata": "ObjectMeta",
    "spec": "{}",
    "status": "{}",
}
_WORDS = {
    "object": "a mapping",
    "array": "a list",
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
}
_CLASSES: Mapping[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
}
_CHOICES = ("oneOf", "anyOf", "allOf", "not")
_DURATION = r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h)"
_TOO_SHORT = re.compile(r"-.*|[+0.]*(ns|us|µs|ms|s|m|h)|[0-9.]+(ns|us|µs)|0?\.[0-9]*ms")
_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,}(Z|[-+][0-9]{2}:[0-9]{2})"

_Schema = Mapping[str, Any]
_Judge = Callable[[_Schema, Any, KeyPath], Iterator[Diagnostic]]


def _by_schema(name: str) -> Check:
    """Return a check of the `spec` of an object."""

    def check(document: Fields, path: KeyPath) -> Findings:
        schema = table()["kinds"][name]
        if document.get("spec") is not None:
            yield from _judge(schema, document["spec"], (*path, "spec"))
        elif "x-required" in schema:
            yield about((*path, "spec"), NotationError("a value", Shown("none")))

    return check


def _by_gateway_module(name: str) -> Check:
    """Return a check of the gateway module, which is imported only when it is needed."""

    def check(document: Fields, path: KeyPath) -> Findings:
        found: Check = getattr(import_module("kustz_tpl.verdict.gateway"), name)
        if next(_by_schema(document["kind"])(document, path), None) is None:
            yield from found(document, path)

    return check


def _judge(schema: _Schema, value: Any, path: KeyPath) -> Iterator[Diagnostic]:  # noqa: ANN401 - plain data
    """Yield what a schema refuses of a value."""
    schema = _resolve(schema)
    if value is None and schema.get("nullable"):
        return
    kind = schema.get("type")
    if kind and not _is(kind, value):
        yield about(path, NotationError(_WORDS[kind], Shown(_shown(value))))
        return
    if "enum" in schema and value not in schema["enum"]:
        words = [str(each) for each in schema["enum"] if each is not None]
        yield about(path, NotationError(any_of(words), str(value), hint=closest(str(value), words)))
        return
    judge = _JUDGES.get(kind or "")
    if judge:
        yield from judge(schema, value, path)
    if any(key in schema for key in _CHOICES):
        yield from _judge_choices(schema, _filled(schema, value), path)


def _filled(schema: _Schema, value: Any) -> Any:  # noqa: ANN401 - plain data
    """Return a value with the defaults of its fields, as the server reads it."""
    if not isinstance(value, dict):
        return value
    fields = {key: _resolve(each) for key, each in schema.get("properties", {}).items()}
    defaults = {key: each["default"] for key, each in fields.items() if "default" in each}
    return {**defaults, **value}


def _resolve(schema: _Schema) -> _Schema:
    found: _Schema = table()["shared"][schema["ref"]] if "ref" in schema else schema
    return found


def _judge_string(schema: _Schema, value: str, path: KeyPath) -> Iterator[Diagnostic]:
    least, most = schema.get("minLength", 0), schema.get("maxLength", len(value))
    pattern, form = schema.get("pattern"), schema.get("format")
    if not least <= len(value) <= most:
        expected = f"at least {least} characters" if len(value) < least else f"at most {most}"
        yield about(path, NotationError(f"a string of {expected}", value))
    elif pattern and not _matches(pattern, value):
        yield about(path, NotationError(f"a string that matches {pattern}", value))
    elif form == "duration" and (
        not re.fullmatch(f"({_DURATION})+|0", value) or _TOO_SHORT.fullmatch(value)
    ):
        yield about(path, NotationError("a duration of at least 1ms such as 30s", value))
    elif form in ("ipv4", "ipv6"):
        if not (is_ipv4 if form == "ipv4" else is_ipv6)(value):
            yield about(path, NotationError("an IP address such as 10.9.8.7 or 2001:db8::1", value))
    elif form == "byte" and not _is_base64(value):
        yield about(path, NotationError("base64", value))
    elif form == "date-time" and not re.fullmatch(_TIME, value):
        yield about(path, NotationError("a time such as 2026-01-31T12:00:00Z", value))


def _is_base64(text: str) -> bool:
    try:
        b64decode(text, validate=True)
    except ValueError:
        return False
    return True


def _matches(pattern: str, value: str) -> bool:
    """Check whether a pattern matches as in Go, where `$` is only the end of the string."""
    is_whole = not (pattern.endswith("$") and value.endswith("\n"))
    return is_whole and re.search(pattern, value) is not None


def _judge_number(schema: _Schema, value: float, path: KeyPath) -> Iterator[Diagnostic]:
    low, high = schema.get("minimum", value), schema.get("maximum", value)
    if not low <= value <= high:
        expected = f"at least {low}" if value < low else f"at most {high}"
        yield about(path, NotationError(expected, Shown(value)))


def _judge_list(schema: _Schema, value: list[Any], path: KeyPath) -> Iterator[Diagnostic]:
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
        least, most = schema.get("minItems", 0), schema.get("maxItems")
        expected = f"at least {least} items" if len(value) < least else f"at most {most} items"
        yield about(path, NotationError(expected, Shown(len(value))))
    seen = []
    for index, item in enumerate(value):
        yield from _judge(schema.get("items", {}), item, (*path, index))
        key = _key(schema, item)
        if key is not None and key in seen:
            yield about((*path, index), "expected unique items")
        seen.append(key)


def _key(schema: _Schema, item: Any) -> object:  # noqa: ANN401 - plain data
    """Return what must be unique in a list, None if nothing must."""
    if keys := schema.get("x-kubernetes-list-map-keys"):
        return [item.get(key) for key in keys] if isinstance(item, dict) else None
    return item if schema.get("x-kubernetes-list-type") == "set" else None


def _judge_map(schema: _Schema, value: dict[str, Any], path: KeyPath) -> Iterator[Diagnostic]:
    fields, others = schema.get("properties"), schema.get("additionalProperties")
    is_open = "x-kubernetes-preserve-unknown-fields" in schema or fields is others is None
    for key, item in value.items():
        if fields and key in fields:
            yield from _judge(fields[key], item, (*path, key))
        elif others is not None:
            yield from _judge(others, item, (*path, key))
        elif not is_open:
            hint = closest(key, fields or ())
            holder = next(step for step in reversed(path) if isinstance(step, str))
            message = f"unknown field of {holder}{f'; {hint}' if hint else ''}"
            yield Diagnostic.about((*path, key), message, is_about_key=True)
    for key in schema.get("required", ()):
        if key not in value and "default" not in _resolve((fields or {}).get(key, {})):
            yield about((*path, key), NotationError("a value", Shown("none")))
    most = schema.get("maxProperties", len(value))
    if not schema.get("minProperties", 0) <= len(value) <= most:
        least = schema.get("minProperties", 0)
        expected = f"at least {least} keys" if len(value) < least else f"at most {most} keys"
        yield about(path, NotationError(expected, Shown(len(value))))


_JUDGES: Mapping[str, _Judge] = {
    "string": _judge_string,
    "integer": _judge_number,
    "number": _judge_number,
    "array": _judge_list,
    "object": _judge_map,
}


def _judge_choices(schema: _Schema, value: Any, path: KeyPath) -> Iterator[Diagnostic]:  # noqa: ANN401 - plain data
    for key in ("oneOf", "anyOf"):
        if key in schema:
            met = sum(_is_met(each, value, path) for each in schema[key])
            if not met or (key == "oneOf" and met > 1):
                names = list(dict.fromkeys(_needed(schema[key])))
                count = "one" if key == "oneOf" else "any"
                yield about(path, f"expected {count} of {', '.join(names)}")
    for each in schema.get("allOf", ()):
        yield from _judge(each, value, path)
    if "not" in schema and _is_met(schema["not"], value, path):
        yield about(path, f"expected not {', '.join(_needed([schema['not']]))}")


def _is_met(schema: _Schema, value: Any, path: KeyPath) -> bool:  # noqa: ANN401 - plain data
    """Check whether a value meets one part of a choice, which may have other fields too."""
    open_schema = {"x-kubernetes-preserve-unknown-fields": True, **schema}
    if isinstance(value, (dict, str)):
        open_schema.setdefault("type", "object" if isinstance(value, dict) else "string")
    return next(_judge(open_schema, value, path), None) is None


def _needed(schemas: list[_Schema]) -> Iterator[str]:
    for each in schemas:
        yield from each.get("required", ())
        for key in ("oneOf", "anyOf", "allOf"):
            yield from _needed(each.get(key, []))


def _is(kind: str, value: object) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _CLASSES[kind])


def _shown(value: object) -> str:
    if isinstance(value, (dict, list)):
        return "a mapping" if isinstance(value, dict) else "a list"
    return quoted(value) if isinstance(value, str) else json.dumps(value)


@cache
def table() -> dict[str, Any]:
    """Return the table that `scripts/refresh_custom_kinds.py` writes."""
    found: dict[str, Any] = json.loads(
        Path(__file__).with_name("custom_resources.json").read_bytes()
    )
    return found


TYPES: Mapping[str, Mapping[str, str]] = dict.fromkeys(table()["kinds"], _TOP)
"""The fields of the objects; the schema has those of `spec`."""

RULES: Rules = {
    **{name: (_by_schema(name),) for name in table()["kinds"]},
    "Gateway": (_by_schema("Gateway"), _by_gateway_module("check_gateway")),
    "GRPCRoute": (_by_schema("GRPCRoute"), _by_gateway_module("check_grpc_route")),
}
"""The checks of these kinds."""

"""Rewrite the table of the custom kinds that are judged, from the CRDs of a folder.

Usage: python scripts/refresh_custom_kinds.py FOLDER

The folder holds the CRDs of Istio, External Secrets and Gateway API as YAML files.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from kustz_tpl.verdict import CUSTOM_KINDS

TABLE = Path(__file__).parent.parent / "kustz_tpl" / "verdict" / "custom_resources.json"
KEPT = (
    *("type", "enum", "pattern", "format", "required", "nullable", "minLength", "maxLength"),
    *("minimum", "maximum", "minItems", "maxItems", "minProperties", "maxProperties"),
    *("x-kubernetes-int-or-string", "x-kubernetes-preserve-unknown-fields"),
    *("x-kubernetes-list-map-keys", "x-kubernetes-list-type"),
)
DURATION = "duration(self) >= duration('1ms')"
LISTS = ("oneOf", "anyOf", "allOf")
SHORTEST_SHARED = 80

Schema = dict[str, Any]


def main() -> None:
    """Write the table: a line for each schema that is in several places, and one for each kind."""
    found = dict(read_schemas(Path(sys.argv[1])))
    kinds = {name: found[full] for full, name in reversed(CUSTOM_KINDS.items()) if full in found}
    counts: Counter[str] = Counter()
    for schema in kinds.values():
        count(schema, counts)
    shared: dict[str, str] = {}
    lines = [
        f"  {json.dumps(name)}: {text(share(kinds[name], counts, shared))}"
        for name in sorted(kinds)
    ]
    parts = [f"  {json.dumps(name)}: {body}" for body, name in shared.items()]
    kinds_text, parts_text = ",\n".join(lines), ",\n".join(parts)
    page = f'{{"kinds": {{\n{kinds_text}\n}}, "shared": {{\n{parts_text}\n}}}}\n'
    TABLE.write_text(page, "utf-8", newline="\n")


def read_schemas(folder: Path) -> list[tuple[str, Schema]]:
    """Return the schema of the `spec` of each version of each kind."""
    found = []
    for path in sorted(folder.glob("*.y*ml")):
        for crd in yaml.load_all(path.read_text("utf-8"), yaml.CSafeLoader):
            group, kind = crd["spec"]["group"], crd["spec"]["names"]["kind"]
            for version in crd["spec"]["versions"]:
                whole = version["schema"]["openAPIV3Schema"]
                spec = pruned(whole["properties"]["spec"])
                if "spec" in whole.get("required", ()):
                    spec["x-required"] = True
                found.append((f"{group}/{version['name']} {kind}", spec))
    return found


def constraints(schema: Schema) -> Schema:
    """Return what a schema says of a value itself, and the default of a plain one."""
    found = {key: schema[key] for key in KEPT if key in schema}
    if found.get("format") == "int32":
        found = {"minimum": -(2**31), "maximum": 2**31 - 1, **found}
    if found.get("format") not in ("byte", "date-time", "ipv4", "ipv6"):
        found.pop("format", None)
    if isinstance(schema.get("default"), (str, int, float)):
        found["default"] = schema["default"]
    return found


def pruned(schema: Schema) -> Schema:
    """Return a schema without what is said to people, and without rules that are programs."""
    found = constraints(schema)
    if found.get("x-kubernetes-list-type") in ("atomic", "map"):
        del found["x-kubernetes-list-type"]
    if any(each["rule"] == DURATION for each in schema.get("x-kubernetes-validations", ())):
        found["format"] = "duration"
    for key in ("items", "additionalProperties", "not"):
        if isinstance(inner := schema.get(key), dict):
            found[key] = pruned(inner)
    for key in LISTS:
        if key in schema:
            found[key] = [pruned(each) for each in schema[key]]
    if "properties" in schema:
        found["properties"] = {key: pruned(each) for key, each in schema["properties"].items()}
    return found


def count(schema: Schema, counts: Counter[str]) -> None:
    """Count how often each part of a schema is there."""
    counts[text(schema)] += 1
    for key, value in schema.items():
        for each in parts(key, value):
            count(each, counts)


def share(schema: Schema, counts: Counter[str], shared: dict[str, str]) -> Schema:
    """Return a schema with references to the parts that are in several places."""
    full = text(schema)
    body: Schema = {}
    for key, value in schema.items():
        if key == "properties":
            body[key] = {name: share(each, counts, shared) for name, each in value.items()}
        elif isinstance(value, dict):
            body[key] = share(value, counts, shared)
        elif key in LISTS:
            body[key] = [share(each, counts, shared) for each in value]
        else:
            body[key] = value
    if counts[full] == 1 or len(full) < SHORTEST_SHARED or "type" not in schema:
        return body
    return {"ref": shared.setdefault(text(body), str(len(shared)))}


def parts(key: str, value: Any) -> list[Schema]:  # noqa: ANN401 - plain data
    """Return the schemas in a part of a schema."""
    if key == "properties":
        return list(value.values())
    if key in LISTS:
        return list(value)
    return [value] if isinstance(value, dict) else []


def text(schema: object) -> str:
    """Return the compact text of a schema."""
    return json.dumps(schema, separators=(",", ":"), ensure_ascii=False)


if __name__ == "__main__":
    main()

"""Rewrite the table of Kubernetes' fields from the newest schema in kubernetes-validate."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import kubernetes_validate

from kustz_tpl.kinds import WORKLOADS

PACKAGE = Path(__file__).parent.parent / "kustz_tpl"
FIELDS = PACKAGE / "schema" / "fields.json"
OBJECTS = PACKAGE / "verdict" / "objects.json"
PASSED = ("Container", "PodSpec", *(each.type for kind in WORKLOADS for each in kind.pass_through))
JUDGED = {
    "v1": "Pod Service ConfigMap Secret PersistentVolumeClaim ServiceAccount"
    " Namespace PersistentVolume LimitRange ResourceQuota",
    "apps/v1": "Deployment StatefulSet DaemonSet ReplicaSet",
    "batch/v1": "Job CronJob",
    "networking.k8s.io/v1": "Ingress NetworkPolicy IngressClass",
    "scheduling.k8s.io/v1": "PriorityClass",
    "storage.k8s.io/v1": "StorageClass",
    "autoscaling/v2": "HorizontalPodAutoscaler",
    "policy/v1": "PodDisruptionBudget",
    "rbac.authorization.k8s.io/v1": "Role RoleBinding ClusterRole ClusterRoleBinding",
}
SCHEMAS = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"


def main() -> None:
    """Write the tables."""
    FIELDS.write_text(table(), "utf-8", newline="\n")
    OBJECTS.write_text(objects(), "utf-8", newline="\n")


def table() -> str:
    """Return the table's text: one line for each type, in the order of their names."""
    version = kubernetes_validate.latest_version()
    definitions = read_definitions(version)
    passed = reachable([root(name, definitions) for name in PASSED], definitions)
    body = rows(passed, definitions)
    late = ",\n".join(f"  {json.dumps(each)}" for each in newer_fields(definitions))
    return f'{{"version": {json.dumps(version)}, "types": {{\n{body}\n}}, "since": [\n{late}\n]}}\n'


def objects() -> str:
    """Return the text of the table of the objects that are judged: what the first table lacks."""
    definitions = read_definitions(kubernetes_validate.latest_version())
    passed = reachable([root(name, definitions) for name in PASSED], definitions)
    roots = {
        f"{version} {kind}": full_name(version, kind)
        for version, kinds in JUDGED.items()
        for kind in kinds.split()
    }
    for name in roots.values():  # no one writes a status
        definitions[name]["properties"]["status"] = {"type": "object"}
    found = reachable(list(roots.values()), definitions)
    own = [name for name in found if name not in passed]
    kinds = json.dumps({name: short(full) for name, full in roots.items()})
    return f'{{"kinds": {kinds}, "types": {{\n{rows(own, definitions)}\n}}}}\n'


def full_name(version: str, kind: str) -> str:
    """Return the full name of the type of a kind of object."""
    group, _, number = version.rpartition("/")
    return f"io.k8s.api.{group.partition('.')[0] or 'core'}.{number}.{kind}"


def rows(names: list[str], definitions: dict[str, dict[str, Any]]) -> str:
    """Return the lines of a table: the fields of each type, in the order of their names."""
    types = {
        short(name): {
            field: kind(schema, definitions)
            for field, schema in sorted(definitions[name]["properties"].items())
        }
        for name in names
    }
    return ",\n".join(f"  {json.dumps(name)}: {json.dumps(types[name])}" for name in sorted(types))


def newer_fields(definitions: dict[str, dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Return the type, the name and the version of each field that appeared in a type later."""
    versions = sorted(
        (path.name[1:].removesuffix("-local") for path in SCHEMAS.glob("v*-local")),
        key=lambda version: [int(part) for part in version.split(".")],
    )
    known = [read_definitions(version) for version in versions]
    found = []
    passed = reachable([root(name, definitions) for name in PASSED], definitions)
    for name in (name for name in passed if name in known[0]):
        for field in definitions[name]["properties"]:
            having = (field in each[name]["properties"] for each in known)
            first = versions[next(i for i, has in enumerate(having) if has)]
            if first != versions[0]:
                found.append((short(name), field, first.rpartition(".")[0]))
    return sorted(found)


def read_definitions(version: str) -> dict[str, dict[str, Any]]:
    """Return the definitions of a version's schema by their full names."""
    path = SCHEMAS / f"v{version}-local" / "_definitions.json"
    found: dict[str, dict[str, Any]] = json.loads(path.read_bytes())["$defs"]
    return found


def root(kind: str, definitions: dict[str, dict[str, Any]]) -> str:
    """Return the full name of a type that a kind of object passes through."""
    (name,) = (
        name for name in definitions if re.fullmatch(rf"io\.k8s\.api\.\w+\.v1\.{kind}", name)
    )
    return name


def reachable(roots: list[str], definitions: dict[str, dict[str, Any]]) -> list[str]:
    """Return the names of the types with fields that some types contain; no two are alike."""
    todo = list(roots)
    found: dict[str, None] = dict.fromkeys(todo)
    while todo:
        inner = {name for name in references(definitions[todo.pop()]) if name not in found}
        inner = {name for name in inner if "properties" in definitions[name]}
        found.update(dict.fromkeys(inner))
        todo += inner
    if len({short(name) for name in found}) < len(found):
        raise SystemExit("two types have one short name")
    return list(found)


def references(schema: object) -> set[str]:
    """Return the names of all types that a schema mentions."""
    if isinstance(schema, list):
        return {name for item in schema for name in references(item)}
    if not isinstance(schema, dict):
        return set()
    own = {target(schema)} if "$ref" in schema else set()
    return own.union(*(references(item) for item in schema.values()))


def kind(schema: dict[str, Any], definitions: dict[str, dict[str, Any]]) -> str:
    """Return what a field holds, as kustz_tpl/rules/fields.py reads it."""
    if "$ref" in schema:
        inner = definitions[target(schema)]
        return short(target(schema)) if "properties" in inner else kind(inner, definitions)
    if "oneOf" in schema:
        return "|".join(kind(item, definitions) for item in schema["oneOf"])
    word = schema["type"] if isinstance(schema["type"], str) else schema["type"][0]
    if word == "array":
        keys = ",".join(schema.get("x-kubernetes-list-map-keys", ()))
        return f"[{keys}]{kind(schema['items'], definitions)}"
    if word == "object":
        values = schema.get("additionalProperties")
        return f"{{}}{kind(values, definitions)}" if values else "{}"
    return str(word)


def target(schema: dict[str, Any]) -> str:
    """Return the full name of the type that a schema refers to."""
    return str(schema["$ref"]).rpartition("/")[2]


def short(name: str) -> str:
    """Return a type's own name."""
    return name.rpartition(".")[2]


if __name__ == "__main__":
    main()

"""Rewrite the tables of Kubernetes' fields and versions from the schemas in kubernetes-validate."""

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
VERSIONS = PACKAGE / "schema" / "versions.json"
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
# A server drops a field whose feature gate is off, so it counts from the version that has the gate
# on: https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/
GATES = {
    "Container": {"resizePolicy": 33, "restartPolicy": 29, "restartPolicyRules": 35},
    "EnvVarSource": {"fileKeyRef": 35},
    "HPAScalingRules": {"tolerance": 35},
    "JobSpec": {
        "backoffLimitPerIndex": 29,
        "managedBy": 32,
        "maxFailedIndexes": 29,
        "podFailurePolicy": 26,
        "podReplacementPolicy": 29,
        "successPolicy": 31,
    },
    "LifecycleHandler": {"sleep": 30},
    "MetricSpec": {"containerResource": 27},
    "PersistentVolumeClaimSpec": {"volumeAttributesClassName": 34},
    "PersistentVolumeSpec": {"volumeAttributesClassName": 34},
    "PodAffinityTerm": {"matchLabelKeys": 31, "mismatchLabelKeys": 31},
    "PodDisruptionBudgetSpec": {"unhealthyPodEvictionPolicy": 27},
    "PodSecurityContext": {"seLinuxChangePolicy": 33, "supplementalGroupsPolicy": 33},
    "PodSpec": {
        "hostUsers": 33,
        "hostnameOverride": 35,
        "resourceClaims": 34,
        "resources": 34,
        "schedulingGates": 27,
    },
    "ResourceRequirements": {"claims": 34},
    "ServiceSpec": {"trafficDistribution": 31},
    "StatefulSetSpec": {"ordinals": 27, "persistentVolumeClaimRetentionPolicy": 27},
    "TopologySpreadConstraint": {
        "matchLabelKeys": 27,
        "minDomains": 27,
        "nodeAffinityPolicy": 26,
        "nodeTaintsPolicy": 26,
    },
    "Volume": {"image": 35},
    "VolumeMount": {"recursiveReadOnly": 31},
}
# What no one writes in a manifest, or only with an alpha API.
NOT_WRITTEN = re.compile(
    r".*(List|Options|Event|Review|Candidate|Request|Slice|Status|Condition|Health)"
    r"|.*(EphemeralContainer|LoadBalancerIngress)|.*alpha.*"
)
SCHEMAS = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"


def main() -> None:
    """Write the tables."""
    FIELDS.write_text(table(), "utf-8", newline="\n")
    OBJECTS.write_text(objects(), "utf-8", newline="\n")
    VERSIONS.write_text(differences(), "utf-8", newline="\n")


def table() -> str:
    """Return the table's text: one line for each type, in the order of their names."""
    version = kubernetes_validate.latest_version()
    definitions = read_definitions(version)
    passed = reachable([root(name, definitions) for name in PASSED], definitions)
    return f'{{"version": {json.dumps(version)}, "types": {{\n{rows(passed, definitions)}\n}}}}\n'


def objects() -> str:
    """Return the text of the table of the objects that are judged: what the first table lacks."""
    definitions = read_definitions(kubernetes_validate.latest_version())
    passed = reachable([root(name, definitions) for name in PASSED], definitions)
    roots = judged()
    for name in roots.values():  # no one writes a status
        definitions[name]["properties"]["status"] = {"type": "object"}
    found = reachable(list(roots.values()), definitions)
    own = [name for name in found if name not in passed]
    kinds = json.dumps({name: short(full) for name, full in roots.items()})
    known = json.dumps(served())
    page = f'"kinds": {kinds},\n"served": {known},\n"types": {{\n{rows(own, definitions)}\n}}'
    return f"{{{page}}}\n"


def served() -> dict[str, str]:
    """Return the kinds that some Kubernetes serves in each version of its APIs."""
    found: dict[str, set[str]] = {}
    for definitions in every_version().values():
        for name in kinds_of(definitions, re.compile(".*(List|Options|WatchEvent|Status|alpha.*)")):
            version, kind = name.split()
            found.setdefault(version, set()).add(kind)
    return {version: " ".join(sorted(kinds)) for version, kinds in sorted(found.items())}


def judged() -> dict[str, str]:
    """Return the full names of the types of the objects that are judged."""
    return {
        f"{version} {kind}": full_name(version, kind)
        for version, kinds in JUDGED.items()
        for kind in kinds.split()
    }


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


def differences() -> str:
    """Return the text of the table of what some versions have and others have not.

    Versions are the `x` of `1.x`: `since` has the first one of a field, `until` the last one,
    `kinds` the first one of an API version of a kind, `gone` the last one, with what replaces it.
    """
    known = every_version()
    parts: dict[str, dict[str, Any]] = {
        "since": newer_fields(known),
        "until": older_fields(known),
        "kinds": newer_kinds(known),
        "gone": older_kinds(known),
    }
    body = ",\n".join(f"{json.dumps(name)}: {{\n{lines(each)}\n}}" for name, each in parts.items())
    return f"{{{body}}}\n"


def lines(entries: dict[str, Any]) -> str:
    """Return the entries of a table, a line for each, in the order of their names."""
    return ",\n".join(f"  {json.dumps(key)}: {json.dumps(entries[key])}" for key in sorted(entries))


def every_version() -> dict[int, dict[str, dict[str, Any]]]:
    """Return the definitions of every version of Kubernetes, the oldest first."""
    versions = (path.name[1:].removesuffix("-local") for path in SCHEMAS.glob("v*-local"))
    by_minor = {int(version.split(".")[1]): version for version in versions}
    return {minor: read_definitions(by_minor[minor]) for minor in sorted(by_minor)}


def newer_fields(known: dict[int, dict[str, dict[str, Any]]]) -> dict[str, dict[str, int]]:
    """Return the first version of each field that its type did not have from the start."""
    found: dict[str, dict[str, int]] = {}
    for name in written_types(known[max(known)]):
        first = next(minor for minor, each in known.items() if name in each)
        gates = GATES.get(short(name), {})
        for field in sorted(known[max(known)][name]["properties"]):
            minor = first_with(name, field, known)
            if minor > first or field in gates:
                found.setdefault(short(name), {})[field] = max(minor, gates.get(field, 0))
    return found


def first_with(name: str, field: str, known: dict[int, dict[str, dict[str, Any]]]) -> int:
    """Return the first version whose type of a name has a field."""
    return next(
        minor for minor, each in known.items() if field in each.get(name, {}).get("properties", {})
    )


def older_fields(known: dict[int, dict[str, dict[str, Any]]]) -> dict[str, dict[str, int]]:
    """Return the last version of each field that its type has no longer."""
    newest = known[max(known)]
    return {
        short(name): {field: minor}
        for minor, each in known.items()
        for name in written_types(newest)
        for field in each.get(name, {}).get("properties", {})
        if field not in newest[name]["properties"] and field != "status"
    }


def written_types(definitions: dict[str, dict[str, Any]]) -> list[str]:
    """Return the full names of the types of both tables, but of no status."""
    roots = [*(root(name, definitions) for name in PASSED), *judged().values()]
    found = reachable(roots, definitions)
    return [name for name in found if not NOT_WRITTEN.fullmatch(name)]


def newer_kinds(known: dict[int, dict[str, dict[str, Any]]]) -> dict[str, int]:
    """Return the first version of each kind of object that the oldest one does not have."""
    return {
        name: minor
        for minor, each in reversed(known.items())
        for name in kinds_of(each)
        if name in kinds_of(known[max(known)]) - kinds_of(known[min(known)])
    }


def older_kinds(known: dict[int, dict[str, dict[str, Any]]]) -> dict[str, tuple[int, str]]:
    """Return the last version of each kind of object that is gone, and the API version to use."""
    newest = kinds_of(known[max(known)])
    found = {}
    for minor, each in known.items():
        for name in kinds_of(each) - newest:
            version, kind = name.split()
            group = version.rpartition("/")[0]
            pattern = rf"{re.escape(group)}/v[0-9]+ {kind}"
            if others := sorted(each for each in newest if re.fullmatch(pattern, each)):
                found[name] = minor, others[-1].split()[0]
    return found


def kinds_of(
    definitions: dict[str, dict[str, Any]], other: re.Pattern[str] = NOT_WRITTEN
) -> set[str]:
    """Return the API versions and kinds of objects, but not `other`, that a Kubernetes serves."""
    served = (
        each
        for definition in definitions.values()
        for each in definition.get("x-kubernetes-group-version-kind", ())
    )
    found = {f"{each['group']}/{each['version']} {each['kind']}".lstrip("/") for each in served}
    return {name for name in found if not other.fullmatch(name)}


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

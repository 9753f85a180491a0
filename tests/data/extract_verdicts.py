"""Derive apiserver-verdicts.json, single values and a real API server's verdict on each.

Usage: python extract_verdicts.py SOURCE > apiserver-verdicts.json

The source holds whole manifests, each with the verdict of a kube-apiserver 1.36 (dry run, strict
field validation) and the causes of a refusal. A value is `accept` where its whole manifest was
accepted, `refuse` where a cause names its field and quotes it; of any other nothing is known.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

Node = dict[str, Any] | list[Any] | str | float | None

NAME_KINDS = "Deployment|DaemonSet|ConfigMap|Secret|Ingress|ServiceAccount"
LABELS = r"(metadata\.labels|spec\.template\.metadata\.labels)"
CONTAINER = r"spec\.(template\.spec\.)?containers\.\d+"
PROBE = CONTAINER + r"\.(liveness|readiness|startup)Probe"
RULE = r"spec\.rules\.\d+"
BACKEND = RULE + r"\.http\.paths\.\d+\.backend\.service"
# These causes are about two values, each of which may be valid.
RELATIONS = (
    "duplicate",
    "must be less than or equal to",
    "must be equal to",
    "positive integer multiple",
    "must be an integer",
    "pod limits",
)


class Field(NamedTuple):
    """Which values are of a notation: the kind, the path, and whether it is the keys or the values."""

    notation: str
    path: str
    kind: str = ".*"
    is_key: bool = False


FIELDS = [
    Field("dns_subdomain", r"metadata\.name", NAME_KINDS),
    Field("service_name", r"metadata\.name", "Service"),
    Field("label_key", LABELS, is_key=True),
    Field("label_value", LABELS + r"\..*"),
    Field("annotation_key", r"metadata\.annotations", is_key=True),
    Field("dns_label", CONTAINER + r"\.name"),
    Field("port_name", CONTAINER + r"\.ports\.\d+\.name"),
    Field("port_number", CONTAINER + r"\.ports\.\d+\.containerPort"),
    Field("env_name", CONTAINER + r"\.env\.\d+\.name"),
    Field("dns_subdomain", CONTAINER + r"\.env\.\d+\.valueFrom\.\w+KeyRef\.name"),
    Field("data_key", CONTAINER + r"\.env\.\d+\.valueFrom\.\w+KeyRef\.key"),
    Field("dns_subdomain", CONTAINER + r"\.envFrom\.\d+\.\w+Ref\.name"),
    Field("header_name", PROBE + r"\.httpGet\.httpHeaders\.\d+\.name"),
    Field("port", PROBE + r"\.(httpGet|tcpSocket|grpc)\.port"),
    Field("quantity", CONTAINER + r"\.resources\.(limits|requests)\..*"),
    Field("resource_name", CONTAINER + r"\.resources\.(limits|requests)", is_key=True),
    Field("pull_policy", CONTAINER + r"\.imagePullPolicy"),
    Field("dns_policy", r"spec\.template\.spec\.dnsPolicy"),
    Field("nameserver", r"spec\.template\.spec\.dnsConfig\.nameservers\.\d+"),
    Field("search", r"spec\.template\.spec\.dnsConfig\.searches\.\d+"),
    Field("port_number", r"spec\.ports\.\d+\.port", "Service"),
    Field("port", r"spec\.ports\.\d+\.targetPort", "Service"),
    Field("external_name", r"spec\.externalName", "Service"),
    Field("host", RULE + r"\.host", "Ingress"),
    Field("service_name", BACKEND + r"\.name", "Ingress"),
    Field("port_name", BACKEND + r"\.port\.name", "Ingress"),
    Field("port_number", BACKEND + r"\.port\.number", "Ingress"),
    Field("dns_subdomain", r"spec\.tls\.\d+\.secretName", "Ingress"),
    Field("dns_subdomain", r"spec\.ingressClassName", "Ingress"),
    Field("data_key", r"(data|stringData)", "ConfigMap|Secret", is_key=True),
]


def main() -> None:
    """Print the values as JSON, one per line, in order."""
    cases = json.loads(Path(sys.argv[1]).read_text("utf-8"))["cases"]
    verdicts = {tuple(each) for case in cases for each in values(case)}
    lines = [json.dumps(each) for each in sorted(verdicts)]
    sys.stdout.write("[\n" + ",\n".join(lines) + "\n]\n")


def values(case: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield (notation, value, verdict) for every value of the manifest whose verdict is known."""
    for notation, path, value in found(case["object"]):
        if case["verdict"] == "accept":
            yield notation, value, "accept"
        elif any(blames(cause, path, value) for cause in case["causes"]) or (
            notation == "quantity" and case["code"] == 400 and is_only_quantity(case, value)
        ):
            yield notation, value, "refuse"


def found(manifest: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield (notation, path, value) for every value of the manifest that is of a notation."""
    kind = str(manifest.get("kind"))
    fields = [each for each in FIELDS if re.fullmatch(each.kind, kind)]
    for holder, key, value in entries(manifest):
        path = f"{holder}.{key}" if holder else key
        for field in fields:
            if field.is_key and re.fullmatch(field.path, holder):
                yield field.notation, path, key
            elif not field.is_key and re.fullmatch(field.path, path) and is_text(value):
                yield notation_of(field, value), path, str(value)
    yield from paths(manifest, kind)


def notation_of(field: Field, value: object) -> str:
    """Return the field's notation; a port is a number or a name by its type."""
    if field.notation != "port":
        return field.notation
    return "port_name" if isinstance(value, str) else "port_number"


def entries(node: Node, path: str = "") -> Iterator[tuple[str, str, Any]]:
    """Yield (path of the mapping, key, value) for every entry, and so for every list's item."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield path, key, value
            yield from entries(value, f"{path}.{key}" if path else key)
    elif isinstance(node, list):
        for index, value in enumerate(node):
            if not isinstance(value, (dict, list)):
                yield path, str(index), value
            yield from entries(value, f"{path}.{index}")


def paths(manifest: dict[str, Any], kind: str) -> Iterator[tuple[str, str, str]]:
    """Yield the Ingress paths that a URL can have and that are exact or a prefix, as in the language."""
    rules = (manifest.get("spec") or {}).get("rules") or [] if kind == "Ingress" else []
    for number, rule in enumerate(rules):
        for index, each in enumerate((rule.get("http") or {}).get("paths") or []):
            is_url_path = str(each.get("path")).startswith("/")
            if each.get("pathType") in {"Exact", "Prefix"} and is_url_path:
                yield "path", f"spec.rules.{number}.http.paths.{index}.path", each["path"]


def is_text(value: object) -> bool:
    """Return whether the value is written the same way in a kustz.yml."""
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def blames(cause: list[str], path: str, value: str) -> bool:
    """Return whether the cause names the value's field and quotes the value."""
    field, _, message = cause
    # Labels are reported for the map, those of the pod without their `metadata`.
    is_field = f"{bare(path)}.".startswith(f"{bare(field)}.")
    quotes = (
        f"Invalid value: {json.dumps(value, ensure_ascii=False)}: ",
        f"Invalid value: {value}: ",
        f"Unsupported value: {json.dumps(value)}",
    )
    is_relation = any(each in message for each in RELATIONS)
    return is_field and message.startswith(quotes) and not is_relation


def bare(path: str) -> str:
    """Return the path in a form that is the same for our spelling and the server's."""
    short = path.replace("template.metadata.labels", "template.labels")
    return re.sub(r"[\[\].]+", ".", short).rstrip(".")


def is_only_quantity(case: dict[str, Any], value: str) -> bool:
    """Return whether the server, which names no field here, can only mean this quantity."""
    others = {text for notation, _, text in found(case["object"]) if notation == "quantity"}
    return "quantit" in case["message"] and others == {value}


if __name__ == "__main__":
    main()

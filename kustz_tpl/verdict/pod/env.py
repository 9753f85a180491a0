"""The rules of environment variables."""

from __future__ import annotations

import re

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.notation.keys import parse_key_reference
from kustz_tpl.verdict.checks import (
    LABEL,
    SUBDOMAIN,
    Fields,
    Findings,
    Rules,
    about,
    choice,
    items,
    notation,
    one_of,
    parse_key,
    parse_pattern,
    parse_plain_path,
    quantity_or_none,
    read_by,
    required,
    to_quantity,
)
from kustz_tpl.verdict.pod.container import containers

_BINARY = ("Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_ENV_NAME = parse_pattern(r"[ -<>-~]+", "printable ASCII characters without '='")
_FIELD = re.compile(
    r"metadata\.(name|namespace|uid)|spec\.(nodeName|serviceAccountName)"
    r"|status\.(hostIPs?|podIPs?)|metadata\.(labels|annotations)\['[^']*'\]"
)
_DIVISORS = {
    True: ({0, *(to_quantity(text).value for text in ("1", "1m"))}, "1 or 1m"),
    False: (
        {0, *(to_quantity(f"1{unit}").value for unit in ("", *"kMGTPE", *_BINARY))},
        "1 or 1 of a unit such as 1M or 1Mi",
    ),
}
_AMOUNT = r"(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)"


def _check_variable(variable: Fields, path: KeyPath) -> Findings:
    if variable.get("value") and variable.get("valueFrom") is not None:
        yield about((*path, "valueFrom"), "expected either value or valueFrom, got both")
    source = variable.get("valueFrom") or {}
    if field := (source.get("fieldRef") or {}).get("fieldPath"):
        yield from check_field(field, (*path, "valueFrom", "fieldRef", "fieldPath"), _FIELD)
    if (reference := source.get("resourceFieldRef")) is not None:
        yield from check_resource_field(reference, (*path, "valueFrom", "resourceFieldRef"))


def check_files_of_variables(spec: Fields, path: KeyPath) -> Findings:
    """Yield the fileKeyRefs to volumes that are not an emptyDir of the pod."""
    known = [each.get("name") for _, each in items(spec, "volumes") if "emptyDir" in each]
    for at, container in containers(spec):
        for index, variable in items(container, "env"):
            source = (variable.get("valueFrom") or {}).get("fileKeyRef") or {}
            if (name := source.get("volumeName")) and name not in known:
                where = (*path, *at, "env", index, "valueFrom", "fileKeyRef", "volumeName")
                yield about(where, NotationError("the name of an emptyDir volume", name))


def check_field(field: str, path: KeyPath, known: re.Pattern[str]) -> Findings:
    """Yield a fieldPath that the downward API does not support."""
    found = known.fullmatch(field)
    if not found:
        yield about(path, NotationError("a field of a pod such as metadata.name", field))
        return
    if "[" in field:
        key = field[field.index("'") + 1 : -2]
        is_note = field.startswith("metadata.annotations")
        yield from notation(parse_key, key.lower() if is_note else key, path)


def check_resource_field(reference: Fields, path: KeyPath) -> Findings:
    """Yield what is wrong with a resourceFieldRef."""
    resource = reference.get("resource", "")
    if not re.fullmatch(_AMOUNT, resource):
        yield about((*path, "resource"), NotationError("a resource such as limits.cpu", resource))
    divisor = quantity_or_none(reference.get("divisor"))
    known, words = _DIVISORS[resource.endswith("cpu")]
    if reference.get("divisor") is not None and (divisor is None or divisor.value not in known):
        yield about((*path, "divisor"), NotationError(words, str(reference["divisor"])))


def _parse_source(text: str) -> str:
    """Read the name of a ConfigMap or Secret for envFrom, where the server accepts a '-' at the end."""
    return SUBDOMAIN(re.sub("-$", "a", text))


RULES: Rules = {
    "EnvVar": (required("name"), read_by(_ENV_NAME, "name"), _check_variable),
    "EnvVarSource": (
        one_of("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"),
    ),
    "ConfigMapKeySelector": (
        required("name", "key"),
        read_by(SUBDOMAIN, "name"),
        read_by(parse_key_reference, "key"),
    ),
    "SecretKeySelector": (
        required("name", "key"),
        read_by(SUBDOMAIN, "name"),
        read_by(parse_key_reference, "key"),
    ),
    "FileKeySelector": (
        required("key", "volumeName", "path"),
        read_by(_ENV_NAME, "key"),
        read_by(LABEL, "volumeName"),
        read_by(parse_plain_path, "path"),
    ),
    "ObjectFieldSelector": (required("fieldPath"), choice("apiVersion", "v1")),
    "EnvFromSource": (one_of("configMapRef", "secretRef"), read_by(_ENV_NAME, "prefix")),
    "ConfigMapEnvSource": (required("name"), read_by(_parse_source, "name")),
    "SecretEnvSource": (required("name"), read_by(_parse_source, "name")),
}
"""The checks of the types of variables."""

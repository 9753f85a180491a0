"""Sources of environment variables: whole ConfigMaps and Secrets, and sources of one variable."""

from __future__ import annotations

import re
from typing import NamedTuple

from kustz_tpl.errors import NotationError
from kustz_tpl.messages import closest
from kustz_tpl.notation import cached
from kustz_tpl.notation.keys import check_qualified_name, parse_key_reference
from kustz_tpl.notation.names import parse_dns_label, parse_dns_subdomain
from kustz_tpl.notation.quantity import parse_quantity
from kustz_tpl.notation.url import Line, check_repeated, parse_line, parse_parameters

_TRUTHS = {"true": True, "false": False}
_SCHEMES = ("secret", "configmap", "field", "resource")
_EXPECTED = (
    "a source such as secret://NAME/KEY, configmap://NAME/KEY, field://status.podIP"
    " or resource://limits.cpu"
)
_FIELDS = (
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
)
_KEYED_FIELD = r"metadata\.(?P<map>labels|annotations)\['(?P<key>[^']*)'\]"
_RESOURCE = r"(?:limits|requests)\.(?:cpu|memory|ephemeral-storage|hugepages-(?P<size>.+))"
_CPU_DIVISORS: tuple[str, ...] = ("1", "1m")
_BYTE_DIVISORS: tuple[str, ...] = (
    "1",
    "1k",
    "1M",
    "1G",
    "1T",
    "1P",
    "1E",
    "1Ki",
    "1Mi",
    "1Gi",
    "1Ti",
    "1Pi",
    "1Ei",
)


class EnvSource(NamedTuple):
    """Name a ConfigMap or Secret; without `optional` a pod waits until it exists."""

    name: str
    optional: bool
    text: str = ""


class VariableSource(NamedTuple):
    """Hold where a variable gets its value.

    `name` is the name of a ConfigMap, Secret or resource, or the path of a field; only a resource
    has a `container` and a `divisor`.
    """

    scheme: str
    name: str
    key: str | None = None
    optional: bool | None = None
    container: str | None = None
    divisor: str | None = None
    text: str = ""


def parse_env_source(text: str) -> EnvSource:
    """Read `name[:optional]`; `optional` is `true` or `false` (the default).

    Examples: `web-envs`, `web-envs:true`. Refused: another word after the colon, a name that is
    not a DNS subdomain.
    """
    name, colon, word = text.partition(":")
    parse_dns_subdomain(name, within=text)
    if not colon:
        return EnvSource(name, optional=False, text=text)
    if word not in _TRUTHS:
        raise NotationError(
            "true or false after the ':'", word, within=text, hint=closest(word, _TRUTHS)
        )
    return EnvSource(name, optional=_TRUTHS[word], text=text)


@cached
def parse_variable_source(text: str) -> VariableSource:
    """Read the source of one variable, `scheme://what[?name=value&…]`.

    | form | parameters |
    |---|---|
    | `secret://NAME/KEY`, `configmap://NAME/KEY` | `optional` |
    | `field://PATH` | |
    | `resource://limits.NAME`, `resource://requests.NAME` | `container`, `divisor` |

    A field is `metadata.name`, `metadata.namespace`, `metadata.uid`, `metadata.labels['KEY']`,
    `metadata.annotations['KEY']`, `spec.nodeName`, `spec.serviceAccountName`, `status.hostIP`,
    `status.hostIPs`, `status.podIP` or `status.podIPs`; a resource is `cpu`, `memory`,
    `ephemeral-storage` or `hugepages-SIZE`.

    Examples: `secret://shop-database/password`, `field://metadata.labels['app']`. Refused:
    another scheme; a ConfigMap or Secret without a key; a field or resource that Kubernetes does
    not offer to variables; a divisor other than `1` and `1m` for `cpu`, or other than `1`, `1k` to
    `1E` and `1Ki` to `1Ei` for another resource; an unknown or repeated parameter.
    """
    line = parse_line(text, _SCHEMES, _EXPECTED)
    if line.scheme == "field":
        return _parse_field(line, text)
    if line.scheme == "resource":
        return _parse_resource_field(line, text)
    name, slash, key = line.rest.partition("/")
    parse_dns_subdomain(name, within=text)
    if not slash or not key:
        raise NotationError("a key after the name, as in NAME/KEY", line.rest, text)
    parse_key_reference(key, within=text)
    optional = _parameters(line, ("optional",), text).get("optional")
    if optional not in (None, *_TRUTHS):
        raise NotationError("true or false", optional, text)
    truth = None if optional is None else _TRUTHS[optional]
    return VariableSource(line.scheme, name, key, truth, text=text)


def _parameters(line: Line, known: tuple[str, ...], text: str) -> dict[str, str]:
    parameters = parse_parameters(line.query, known, text)
    check_repeated((name for name, _ in parameters), text)
    return dict(parameters)


def _parse_field(line: Line, text: str) -> VariableSource:
    _parameters(line, (), text)
    found = re.fullmatch(_KEYED_FIELD, line.rest)
    if found:
        key = found["key"].lower() if found["map"] == "annotations" else found["key"]
        check_qualified_name(key, f"key of metadata.{found['map']}", text)
    elif line.rest not in _FIELDS:
        raise NotationError(
            "a field such as metadata.name, status.podIP or metadata.labels['KEY']",
            line.rest,
            text,
            closest(line.rest, _FIELDS, 0.8),
        )
    return VariableSource(line.scheme, line.rest, text=text)


def _parse_resource_field(line: Line, text: str) -> VariableSource:
    found = re.fullmatch(_RESOURCE, line.rest)
    if not found:
        raise NotationError(
            "limits.NAME or requests.NAME of cpu, memory, ephemeral-storage or hugepages-SIZE",
            line.rest,
            text,
        )
    if found["size"]:
        parse_quantity(found["size"], within=text)
    parameters = _parameters(line, ("container", "divisor"), text)
    container, divisor = parameters.get("container"), parameters.get("divisor")
    if container is not None:
        parse_dns_label(container, within=text)
    known, expected = _BYTE_DIVISORS, "a divisor such as 1, 1M or 1Mi"
    if line.rest.endswith(".cpu"):
        known, expected = _CPU_DIVISORS, "the divisor 1 or 1m for cpu"
    if divisor is not None and divisor not in known:
        raise NotationError(expected, divisor, text)
    return VariableSource(line.scheme, line.rest, container=container, divisor=divisor, text=text)

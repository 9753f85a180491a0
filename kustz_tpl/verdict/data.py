"""The rules of ConfigMaps and Secrets."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from binascii import Error as Base64Error

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.notation.keys import parse_key_reference
from kustz_tpl.verdict.checks import Fields, Findings, Rules, about, notation

_MOST_BYTES = 2**20
_ACCOUNT = "kubernetes.io/service-account.name"
_NEEDED = {
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}
_JSON = ("kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg")


def _decoded(text: str) -> bytes | None:
    """Return the bytes of base64, None if it is none; line breaks are allowed."""
    try:
        return b64decode(re.sub(r"[\r\n]", "", text), validate=True)
    except (Base64Error, ValueError):
        return None


def _check_keys(fields: Fields, path: KeyPath, *keys: str) -> Findings:
    for key in keys:
        for name in fields.get(key) or {}:
            yield from notation(parse_key_reference, name, (*path, key, name))


def _check_config_map(fields: Fields, path: KeyPath) -> Findings:
    data, binary = fields.get("data") or {}, fields.get("binaryData") or {}
    yield from _check_keys(fields, path, "data", "binaryData")
    size = sum(len(value.encode("utf-8", "surrogatepass")) for value in data.values())
    for name, value in binary.items():
        if name in data:
            yield about(
                (*path, "binaryData", name), "expected a key of data or binaryData, got both"
            )
        content = _decoded(value)
        if content is None:
            yield about((*path, "binaryData", name), NotationError("base64", value))
        size += len(content or b"")
    yield from _check_size(size, path)


def _check_size(size: int, path: KeyPath) -> Findings:
    if size > _MOST_BYTES:
        expected = f"at most {_MOST_BYTES} bytes"
        yield about((*path, "data"), NotationError(expected, Shown(size)))


def _check_secret(fields: Fields, path: KeyPath) -> Findings:
    yield from _check_keys(fields, path, "data", "stringData")
    values: dict[str, bytes] = {}
    for name, value in (fields.get("data") or {}).items():
        content = _decoded(value)
        if content is None:
            yield about((*path, "data", name), "expected base64")
        values[name] = content or b""
    for name, value in (fields.get("stringData") or {}).items():
        values[name] = value.encode("utf-8", "surrogatepass")
    yield from _check_size(sum(map(len, values.values())), path)
    yield from _check_type(fields, values, path)


def _check_type(fields: Fields, values: dict[str, bytes], path: KeyPath) -> Findings:
    kind = fields.get("type") or "Opaque"
    for key in _NEEDED.get(kind, ()):
        if key not in values or (kind.endswith("ssh-auth") and not values[key]):
            yield about((*path, "data", key), NotationError("a value", Shown("none")))
        elif kind in _JSON and not _is_json_object(values[key]):
            yield about((*path, "data", key), "expected a JSON object")
    if kind == "kubernetes.io/basic-auth" and not {"username", "password"} & set(values):
        yield about((*path, "data"), NotationError("username or password", Shown("none")))
    notes = (fields.get("metadata") or {}).get("annotations") or {}
    if kind == "kubernetes.io/service-account-token" and not notes.get(_ACCOUNT):
        at = (*path, "metadata", "annotations", _ACCOUNT)
        yield about(at, NotationError("a ServiceAccount", Shown("none")))


def _is_json_object(content: bytes) -> bool:
    try:
        return json.loads(content.decode()) is None or isinstance(json.loads(content), dict)
    except (ValueError, RecursionError):
        return False


RULES: Rules = {"ConfigMap": (_check_config_map,), "Secret": (_check_secret,)}
"""The checks of the types of these kinds."""

"""The rules of Secrets."""

from __future__ import annotations

import json

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.verdict.checks import Fields, Findings, Rules, about
from kustz_tpl.verdict.config_map import check_keys, check_size, decode

_ACCOUNT = "kubernetes.io/service-account.name"
_NEEDED = {
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}
_JSON = ("kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg")


def _check_secret(fields: Fields, path: KeyPath) -> Findings:
    yield from check_keys(fields, path, "data", "stringData")
    values: dict[str, bytes] = {}
    for name, value in (fields.get("data") or {}).items():
        content = decode(value)
        if content is None:
            yield about((*path, "data", name), "expected base64")
        values[name] = content or b""
    for name, value in (fields.get("stringData") or {}).items():
        values[name] = value.encode("utf-8", "surrogatepass")
    yield from check_size(sum(map(len, values.values())), path)
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


RULES: Rules = {"Secret": (_check_secret,)}
"""The checks of a Secret."""

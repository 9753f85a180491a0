"""The rules of ConfigMaps."""

from __future__ import annotations

import re
from base64 import b64decode

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.notation.keys import parse_key_reference
from kustz_tpl.verdict.checks import Fields, Findings, Rules, about, notation

_MOST_BYTES = 2**20


def decode(text: str) -> bytes | None:
    """Return the bytes of a base64 string, with or without line breaks; None if it is invalid."""
    try:
        return b64decode(re.sub(r"[\r\n]", "", text), validate=True)
    except ValueError:
        return None


def check_keys(fields: Fields, path: KeyPath, *keys: str) -> Findings:
    """Yield the keys that are not valid names of files."""
    for key in keys:
        for name in fields.get(key) or {}:
            yield from notation(parse_key_reference, name, (*path, key, name))


def _check_config_map(fields: Fields, path: KeyPath) -> Findings:
    data, binary = fields.get("data") or {}, fields.get("binaryData") or {}
    yield from check_keys(fields, path, "data", "binaryData")
    size = sum(len(value.encode("utf-8", "surrogatepass")) for value in data.values())
    for name, value in binary.items():
        if name in data:
            yield about(
                (*path, "binaryData", name), "expected a key of data or binaryData, got both"
            )
        content = decode(value)
        if content is None:
            yield about((*path, "binaryData", name), NotationError("base64", value))
        size += len(content or b"")
    yield from check_size(size, path)


def check_size(size: int, path: KeyPath) -> Findings:
    """Yield a total size above the limit."""
    if size > _MOST_BYTES:
        expected = f"at most {_MOST_BYTES} bytes"
        yield about((*path, "data"), NotationError(expected, Shown(size)))


RULES: Rules = {"ConfigMap": (_check_config_map,)}
"""The checks of a ConfigMap."""

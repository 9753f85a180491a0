"""What the ConfigMaps and Secrets of a kustz.yml must contain, worked out in the simplest way.

Deliberately independent of kustz_tpl: it reads the sources itself, by the rules in
docs/language.md, and does not know how the bytes pass through kustomize.
"""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

HUB = "https://index.docker.io/v1/"

Data = dict[tuple[str, str], dict[str, bytes]]


def expected_data(config: Path) -> Data:
    """Return {(kind, name): {key: bytes}} for the kustz.yml."""
    # The base loader keeps every scalar as it was written, as the language promises.
    document = yaml.load(config.read_text("utf-8-sig"), yaml.CBaseLoader)
    backend = document.get("secretBackend", "file")
    data = {
        (kind, entry["name"]): dict(_pairs(config.parent, form, entry["files"]))
        for kind, section in (("ConfigMap", "configmaps"), ("Secret", "secrets"))
        for form in ("envs", "files", "literals")
        for entry in (document.get(section) or {}).get(form) or []
        if kind == "ConfigMap" or entry.get("backend", backend) == "file"
    }
    for entry in document.get("registries") or []:
        if entry.get("backend", backend) == "file":
            data["Secret", entry["name"]] = _registry(config.parent, entry)
    return data


def _registry(folder: Path, entry: dict[str, Any]) -> dict[str, bytes]:
    kind = entry.get("type", "dockerconfigjson")
    if "file" in entry:
        content = (folder / entry["file"]).read_bytes()
        inner = json.dumps(json.loads(content)["auths"], separators=(",", ":")).encode()
        return {f".{kind}": content if kind == "dockerconfigjson" else inner}
    auths = {
        HUB if server == "docker.io" else server: _account(folder, account)
        for server, account in entry["auths"].items()
    }
    value = auths if kind == "dockercfg" else {"auths": auths}
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    for char in "<>&":
        text = text.replace(char, f"\\u00{ord(char):x}")
    return {f".{kind}": text.encode()}


def _account(folder: Path, account: dict[str, Any]) -> dict[str, str]:
    username, password = (_value(folder, account[key]) for key in ("username", "password"))
    auth = base64.b64encode(f"{username}:{password}".encode()).decode()
    return {"username": username, "password": password, "auth": auth}


def _value(folder: Path, source: str | dict[str, str]) -> str:
    if isinstance(source, str):
        return source
    if "env" in source:
        return os.environ[source["env"]]
    return re.sub(r"\r?\n\Z", "", (folder / source["file"]).read_bytes().decode())


def _pairs(folder: Path, form: str, files: list[str]) -> Iterator[tuple[str, bytes]]:
    for file in files:
        key, _, path = file.rpartition("=") if form == "files" else ("", "", file)
        content = (folder / path).read_bytes()
        if form == "files":
            yield key or Path(path).name, content
        elif form == "envs":
            yield from _lines(content)
        else:
            literals = yaml.load(content, yaml.CBaseLoader)
            yield from ((name, text.encode()) for name, text in literals.items())


def _lines(content: bytes) -> Iterator[tuple[str, bytes]]:
    for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
        text = line.removesuffix(b"\r").lstrip(b" \t\v\f\r")
        if text and not text.startswith(b"#"):
            key, _, value = text.partition(b"=")
            yield key.decode(), value


def built_data(objects: list[dict[str, Any]], *, has_hash: bool) -> Data:
    """Return the same for what kustomize built, without the name suffix."""
    return {
        (each["kind"], _name(each, has_hash=has_hash)): {
            **{key: _bytes(each["kind"], text) for key, text in (each.get("data") or {}).items()},
            **{key: base64.b64decode(text) for key, text in each.get("binaryData", {}).items()},
        }
        for each in objects
        if each["kind"] in {"ConfigMap", "Secret"}
    }


def _name(each: dict[str, Any], *, has_hash: bool) -> str:
    name: str = each["metadata"]["name"]
    if not has_hash:
        return name
    plain, _, suffix = name.rpartition("-")
    assert re.fullmatch(r"[a-z0-9]{10}", suffix), name
    return plain


def _bytes(kind: str, text: str) -> bytes:
    return base64.b64decode(text) if kind == "Secret" else text.encode()

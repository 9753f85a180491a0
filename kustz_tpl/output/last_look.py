"""The last look over everything that is about to be written: no credential in what is committed."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kustz_tpl.errors import InputError, Problem
from kustz_tpl.output.headers import KUSTOMIZATION

if TYPE_CHECKING:
    from kustz_tpl.application import Generated, GeneratedFile

_SIGNS = {
    rb"-----BEGIN [A-Z0-9 ]*PRIVATE KEY": "a private key",
    rb"\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_[A-Za-z0-9_]{50}": "a GitHub token",
    rb"\bglpat-[-A-Za-z0-9_]{20}": "a GitLab token",
    rb"\bdckr_pat_[-A-Za-z0-9_]{20}": "a Docker Hub token",
    rb"\bnpm_[A-Za-z0-9]{36}": "an npm token",
    rb"\bxox[abeoprs]-[A-Za-z0-9]{10}": "a Slack token",
    rb"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b": "an AWS key",
    rb"\bAIza[-A-Za-z0-9_]{35}": "a Google key",
    rb"\bsk_live_[A-Za-z0-9]{16}": "a Stripe key",
    rb"\bAGE-SECRET-KEY-1[A-Z0-9]{20}": "an age key",
}
# Looked for first, for a search for patterns in every file of every run takes its time.
_HINTS = (
    *(b"PRIVATE KEY", b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_", b"github_pat_", b"glpat-"),
    *(b"dckr_pat_", b"npm_", b"xox", b"AKIA", b"ASIA", b"AIza", b"sk_live_", b"AGE-SECRET-KEY"),
)
_AUTH = rb"""\bauth\\?["']?\s*:\s*\\?["']?([A-Za-z0-9+/]{4,}={0,2})"""
_SECRET_KIND = rb"""\bkind["']?\s*:\s*["']?Secret\b"""

SHORTEST_VALUE = 6
"""Characters; shorter values stand in too many places that have nothing to do with them."""
SHORTEST_LINE = 15
"""Characters; a shorter line of a longer value, such as a key's first, tells nothing."""

# Hosts, names, numbers and addresses stand in a Secret and in the open for good reasons.
_PLAIN = rb"(?:https?://)?[A-Za-z]*[0-9]{0,5}(?:[-_./:, ][A-Za-z]*[0-9]{0,5})*"
# What a manifest is, in words of Kubernetes; a Secret may hold them too.
_TYPE_LINES = rb"(?m)^(?:apiVersion|kind): [^\n]*$"
_PUBLIC_KEYS = {"tls.crt", "ca.crt", "username"}


def last_look(generated: Generated, folder: Path) -> None:
    """Raise InputError if a file outside `secrets/` holds a credential; never name its value."""
    values = dict(_sought(generated.values))
    problems = [
        Problem((folder / path).as_posix(), line + _lines_above(path, file), 1, "", message + _CURE)
        for path, file in generated.files.items()
        if file.kind != "secret"
        for line, message in _find(file.content, values)
    ]
    if problems:
        raise InputError(*problems)


_CURE = "; a credential is never written where git takes it; put it under secrets or registries"


def _sought(values: Mapping[str, bytes]) -> Iterator[tuple[bytes, str]]:
    """Yield each form in which a value could stand somewhere, and what holds it."""
    for name, value in values.items():
        holder, _, key = name.rpartition("/")
        is_password = re.fullmatch("password[0-9]+", key) is not None
        text = value.strip()
        if len(text) < SHORTEST_VALUE or key in _PUBLIC_KEYS:
            continue
        if not is_password and re.fullmatch(_PLAIN, text):
            continue
        lines = [line.strip() for line in text.splitlines()] if b"\n" in text else []
        telling = [line for line in lines if len(line) > SHORTEST_LINE]
        for form in (text, b64encode(value), _escaped(text), *telling):
            yield form, holder


def _blanked(line: re.Match[bytes]) -> bytes:
    return b" " * len(line[0])


def _lines_above(path: str, file: GeneratedFile) -> int:
    """Return how many lines will be put above a file's content when it is written."""
    if file.kind != "manifest" or path.endswith(".json"):
        return 0
    return 2 if path == KUSTOMIZATION else 1


def _escaped(text: bytes) -> bytes:
    """Return a text as YAML and JSON write it in double quotes."""
    return text.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")


def _find(content: bytes, values: Mapping[bytes, str]) -> Iterator[tuple[int, str]]:
    """Yield line and kind of every credential."""
    values_may_stand_in = re.sub(_TYPE_LINES, _blanked, content) if values else content
    for value, holder in values.items():
        at = values_may_stand_in.find(value)
        if at >= 0:
            yield _line(content, at), f"holds a value of the secret {holder}"
            return
    if any(hint in content for hint in _HINTS):
        for pattern, name in _SIGNS.items():
            sign = re.search(pattern, content)
            if sign:
                yield _line(content, sign.start()), f"holds {name}"
    if b"auths" in content:
        auth = next((each for each in re.finditer(_AUTH, content) if _is_account(each[1])), None)
        if auth:
            yield _line(content, auth.start()), "holds the auths of a docker config"
    kind = re.search(_SECRET_KIND, content) if b"Secret" in content else None
    if kind and _has_open_secret(content):
        yield _line(content, kind.start()), "is a Secret with its data in the open"


def _line(content: bytes, position: int) -> int:
    return content.count(b"\n", 0, position) + 1


def _is_account(text: bytes) -> bool:
    try:
        return b":" in b64decode(text + b"=" * (-len(text) % 4))
    except ValueError:
        return False


def _has_open_secret(content: bytes) -> bool:
    import yaml  # noqa: PLC0415 - start-up time

    try:
        return any(map(_is_open_secret, yaml.load_all(content, yaml.CSafeLoader)))
    except yaml.YAMLError:
        return False


def _is_open_secret(document: Any) -> bool:  # noqa: ANN401 - whatever a file holds
    if not isinstance(document, dict):
        return False
    if isinstance(document.get("items"), list):
        return any(map(_is_open_secret, document["items"]))
    has_data = bool(document.get("data") or document.get("stringData"))
    return document.get("kind") == "Secret" and has_data and "sops" not in document

"""Reads a docker config as the kubelet does, and finds what is wrong with it.

Source: pkg/credentialprovider/config.go of Kubernetes 1.36. No message holds a credential.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, TypeAlias

from kustz_tpl.errors import Diagnostic, InputError, RefusedError
from kustz_tpl.registry.server import server_fault, shown_server
from kustz_tpl.secret_string import SecretString

Kind: TypeAlias = "Literal['dockerconfigjson', 'dockercfg']"

TYPES: dict[str, Kind] = {
    "kubernetes.io/dockerconfigjson": "dockerconfigjson",
    "kubernetes.io/dockercfg": "dockercfg",
}
"""The Secret types that hold a docker config; the data key is a dot and the kind."""

_ONCE = " without duplicate keys"
_IGNORED = "the kubelet ignores it"
_LOG_IN = "log in without a credential helper, or add username and password"


class Account(NamedTuple):
    """Hold a user of a registry and the password."""

    server: str
    username: str
    password: SecretString


class DockerConfig(NamedTuple):
    """Hold the accounts that the kubelet finds, and problems that do not name the file yet.

    One that `is_empty` is `{}`, or has an empty `auths` and nothing else.
    """

    accounts: tuple[Account, ...]
    diagnostics: tuple[Diagnostic, ...]
    is_empty: bool = False


def parse_docker_config(content: bytes, kind: Kind) -> DockerConfig:
    """Parse a docker config; the legacy `dockercfg` is only the content of `auths`."""
    try:
        data = parse_json(content)
    except InputError as error:
        return DockerConfig((), error.diagnostics)
    if not isinstance(data, dict):
        return DockerConfig((), (_problem("", "expected a JSON object"),))
    if kind == "dockercfg":
        return _read_entries(data, "", ())._replace(is_empty=not data)
    fields = _folded(data)
    is_empty = fields in ({}, {"auths": {}})
    helpers = tuple(_helpers(fields))
    if fields.get("auths") is None:
        message = "expected an object with auths, as docker login writes it"
        return DockerConfig((), (_problem("", message), *helpers), is_empty)
    if not isinstance(fields["auths"], dict):
        return DockerConfig((), (_problem("auths", "expected a JSON object"), *helpers))
    return _read_entries(fields["auths"], "auths", helpers)._replace(is_empty=is_empty)


def _read_entries(
    entries: dict[str, Any], path: str, helpers: tuple[Diagnostic, ...]
) -> DockerConfig:
    accounts: list[Account] = []
    diagnostics: list[Diagnostic] = []
    for server, entry in entries.items():
        at = f"{path}[{shown_server(server)}]"
        try:
            accounts.append(Account(server, *_credentials(entry)))
        except RefusedError as fault:
            diagnostics.append(_problem(at, str(fault)))
        if cure := server_fault(server):
            message = "the kubelet matches no image with this name"
            diagnostics.append(_problem(at, message, cure)._replace(severity="warning"))
    if not entries:
        diagnostics.append(_problem(path, "expected a registry", _LOG_IN))
    return DockerConfig(tuple(accounts), (*diagnostics, *helpers))


def _credentials(entry: object) -> tuple[str, SecretString]:
    """Return what the kubelet uses of an entry: `auth` takes precedence over the other two."""
    if entry is not None and not isinstance(entry, dict):
        raise RefusedError("expected a JSON object")
    fields = _folded(entry or {})
    for name in ("username", "password", "email", "auth"):
        if not isinstance(fields.get(name) or "", str):
            raise RefusedError(f"expected {name} to be a string")
    username, password = fields.get("username") or "", fields.get("password") or ""
    if fields.get("auth"):
        username, password = decode_auth(fields["auth"])
    if username and password:
        return username, SecretString(password)
    if fields.get("identitytoken") or fields.get("registrytoken"):
        raise RefusedError(
            "the kubelet ignores an identity token; log in with a user name and an access token"
        )
    if not username and not password:
        raise RefusedError(f"has no user name and password; {_LOG_IN}")
    raise RefusedError(f"the {'password' if username else 'user name'} is empty; {_LOG_IN}")


def parse_json(content: bytes) -> Any:  # noqa: ANN401 - any JSON
    """Return the value of a JSON text; raises InputError, which quotes nothing of it."""
    try:
        return json.loads(content.decode(), object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise _no_json(error) from None


def decode_auth(auth: str) -> tuple[str, str]:
    """Return the user name and password of an `auth`, as the kubelet decodes it."""
    text = auth.replace("\r", "").replace("\n", "")
    is_padded = auth.strip().endswith("=")
    padded = text if is_padded else text + "=" * (-len(text) % 4)
    fault = RefusedError(
        "auth is not the base64 of user:password, so the kubelet ignores all other entries too"
    )
    if len(padded) % 4 or padded.endswith("==="):
        raise fault
    try:
        decoded = base64.b64decode(padded, validate=True)
    except (ValueError, binascii.Error):
        raise fault from None
    username, colon, password = decoded.decode(errors="surrogateescape").partition(":")
    if not colon:
        raise RefusedError(
            "auth has no colon between user and password, so the kubelet ignores all other entries too"
        )
    return username, password


def _helpers(fields: dict[str, Any]) -> Iterator[Diagnostic]:
    """Yield the entries for credentials that are stored elsewhere."""
    if fields.get("credsstore"):
        yield _problem("credsStore", _IGNORED, _LOG_IN)._replace(severity="warning")
    helpers = fields.get("credhelpers")
    for server in helpers if isinstance(helpers, dict) else ():
        at = f"credHelpers[{shown_server(server)}]"
        yield _problem(at, _IGNORED, _LOG_IN)._replace(severity="warning")


def _folded(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an object's fields by their lower-case names: Go accepts them in any case."""
    return {name.lower(): value for name, value in entry.items()}


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries = dict(pairs)
    if len(entries) < len(pairs):
        raise ValueError("duplicate")
    return entries


def _no_json(error: Exception) -> InputError:
    if isinstance(error, UnicodeDecodeError):
        return InputError(_problem("", "expected UTF-8"))
    if isinstance(error, json.JSONDecodeError):
        place = ("", error.lineno, error.colno)
        return InputError(Diagnostic(*place, "", "expected JSON", is_secret=True))
    is_twice = str(error) == "duplicate"
    return InputError(_problem("", f"expected JSON{_ONCE if is_twice else ''}"))


def _problem(path: str, message: str, hint: str = "") -> Diagnostic:
    """Return a problem of the whole file, whose lines may hold a password."""
    return Diagnostic("", 0, 0, path, message, is_secret=True, hint=hint)

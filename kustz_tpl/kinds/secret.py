"""The Secrets, of files or of registries: their types, accounts and backends."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from kustz_tpl.errors import Diagnostic, KeyPath, NotationError
from kustz_tpl.kinds.external_secret import BACKEND as EXTERNAL
from kustz_tpl.kinds.external_secret import EXTERNAL_SECRET
from kustz_tpl.kinds.kind import Config, Kind
from kustz_tpl.messages import Shown
from kustz_tpl.registry.backend import BACKENDS, Backend, backend_of, backend_paths, secret_entries
from kustz_tpl.rules.generators import check_capitals, check_keys, check_names, entries

_KEY = "secrets"
_TOKEN = "kubernetes.io/service-account-token"  # noqa: S105 - a type, no token


def b64_auth(account: Mapping[str, str]) -> str:
    """Return the base64 of `username:password`, a docker config's `auth`."""
    pair = f"{account['username']}:{account['password']}"
    return base64.b64encode(pair.encode()).decode()


def check_secrets(config: Config) -> Iterator[Diagnostic]:
    """Find names and keys that two have, and Secrets that only the cluster makes."""
    yield from check_names(_KEY, config)
    for path, entry in entries(_KEY, config):
        if path[1] == "files":
            yield from check_keys(path, entry["files"])
            if backend_of(entry, config).kind == "file":
                yield from check_capitals(path, entry["files"])
        if entry["type"] == _TOKEN:
            message = "expected another type: the cluster creates tokens; remove this entry"
            yield Diagnostic.about((*path, "type"), message)


def check_credentials(config: Config) -> Iterator[Diagnostic]:
    """Find accounts that no kubelet reads, and values that their backend has no use for."""
    yield from _check_backend(("secretBackend",), config["secretBackend"])
    for path, entry in secret_entries(config):
        yield from _check_backend((*path, "backend"), entry["backend"])
        if path[0] == "registries":
            yield from _check_accounts(path, entry)
        check = _check_registry if path[0] == "registries" else _check_secret
        depends_on = backend_paths(path, entry)
        for finding in check(path, entry, backend_of(entry, config)):
            subject = finding.subject
            depends_on = subject.depends_on + depends_on
            yield finding._replace(subject=subject._replace(depends_on=depends_on))
    yield from _check_names(config)


def is_plain(document: Config) -> bool:
    """Check whether a manifest is a Secret whose data anyone can read."""
    has_data = bool(document.get("data") or document.get("stringData"))
    return document.get("kind") == SECRET.name and has_data and "sops" not in document


SECRET = Kind(
    name="Secret",
    filters={"b64_auth": b64_auth},
    rules=(check_secrets, check_credentials),
    generator="secretGenerator",
    has_many=True,
    twin=EXTERNAL_SECRET.name,
)


def _check_backend(path: KeyPath, written: Config | None) -> Iterator[Diagnostic]:
    if written is None or set(written) - set(BACKENDS):
        return
    chosen = [kind for kind in BACKENDS if written[kind] is not None]
    if len(chosen) != 1:
        *first, last = BACKENDS
        depends_on = tuple((*path, kind) for kind in BACKENDS)
        yield Diagnostic.about(
            path, f"expected one of {', '.join(first)} and {last}", depends_on=depends_on
        )


def _check_secret(path: KeyPath, entry: Config, backend: Backend) -> Iterator[Diagnostic]:
    if backend.kind == EXTERNAL:
        if entry["files"]:
            message = "expected keys with remote: the external-secret backend does not read files"
            yield Diagnostic.about((*path, "files"), message)
        elif not entry["keys"]:
            yield Diagnostic.about((*path, "keys"), "expected at least one key with remote")
        for key, value in entry["keys"].items():
            if value is not None and value["remote"] is None:
                here = (*path, "keys", key)
                yield Diagnostic.about(
                    here, "expected {remote: PATH}", depends_on=((*here, "remote"),)
                )
    elif entry["keys"]:
        message = "expected files: only the external-secret backend supports keys"
        yield Diagnostic.about((*path, "keys"), message, is_about_key=True)


def _check_accounts(path: KeyPath, entry: Config) -> Iterator[Diagnostic]:
    """Find what is wrong with every backend."""
    if entry["auths"] and entry["file"] is not None:
        yield Diagnostic.about(
            (*path, "file"), NotationError("auths or file", Shown("both")), is_about_key=True
        )
    yield from _check_servers((*path, "auths"), entry["auths"])


def _check_registry(path: KeyPath, entry: Config, backend: Backend) -> Iterator[Diagnostic]:
    if not entry["auths"] and entry["file"] is None and backend.kind != "none":
        message = "expected auths or file; for an existing Secret, write backend: none"
        yield Diagnostic.about(path, message, depends_on=((*path, "auths"), (*path, "file")))
    for value_path, value in _values(path, entry):
        is_remote = isinstance(value, Mapping) and value.get("remote") is not None
        is_plain_user = value_path[-1] == "username" and isinstance(value, str)
        if backend.kind == EXTERNAL and not is_remote and not is_plain_user:
            message = "expected {remote: PATH} for the external-secret backend"
            yield Diagnostic.about(value_path, message, depends_on=((*value_path, "remote"),))
        if backend.has_values and is_remote:
            message = "expected the external-secret backend for remote"
            yield Diagnostic.about((*value_path, "remote"), message, is_about_key=True)


def _values(path: KeyPath, entry: Config) -> Iterator[tuple[KeyPath, Any]]:
    """Yield path and value of every source that is not wrong already."""
    file = entry["file"]
    if isinstance(file, str) or (file and any(file.values())):
        yield (*path, "file"), file
    for server, account in entry["auths"].items():
        for role in ("username", "password"):
            value = account and account[role]
            if isinstance(value, str) or (value and any(value.values())):
                yield (*path, "auths", server, role), value


def _check_servers(path: KeyPath, auths: Config) -> Iterator[Diagnostic]:
    from kustz_tpl.registry.server import canonical_server, parse_server  # noqa: PLC0415 - slow

    seen: dict[str, KeyPath] = {}
    for server in auths:
        here = (*path, server)
        try:
            name = parse_server(server)
        except NotationError as error:
            # The name may hold a password, the hint may not.
            shown = str(NotationError(error.expected, hint=error.hint))
            yield Diagnostic.about(here, shown, is_about_key=True)
            continue
        first = seen.setdefault(canonical_server(name), here)
        if first is not here:
            message = NotationError("unique registries", Shown("a duplicate"))
            yield Diagnostic.about(here, message, other=first, is_about_key=True)


def _check_names(config: Config) -> Iterator[Diagnostic]:
    """Find a registry's name that another Secret has."""
    seen: dict[str, KeyPath] = {}
    for path, entry in secret_entries(config):
        first = seen.setdefault(entry["name"], path)
        if entry["name"] is not None and first is not path and path[0] == "registries":
            message = NotationError("unique names", Shown("a duplicate"))
            yield Diagnostic.about((*path, "name"), message, other=(*first, "name"))

"""Where a Secret goes, its backend, and where the values of a registry's Secret come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.notation.local import parse_data_path

BACKENDS = ("file", "external-secret", "sops", "none")

Config = Mapping[str, Any]

FORMS = ("envs", "files", "literals")
"""The lists of ConfigMaps and Secrets."""

_PLACES = {
    "username": "a user name, {env: NAME}, {file: PATH} or {remote: PATH}",
    "password": "{env: NAME}, {file: PATH} or {remote: PATH}; a password written here is committed",
    "file": "the path of a docker config, or {remote: PATH}",
}


class Backend(NamedTuple):
    """Name a backend and what was written for it."""

    kind: str
    options: Mapping[str, Any]

    @property
    def has_values(self) -> bool:
        """Check whether kustz-tpl itself needs the secret values."""
        return self.kind in {"file", "sops"}


def backend_of(entry: Config, config: Config) -> Backend:
    """Return the backend of an entry, else that of the config, else `file`."""
    for written in (entry["backend"], config["secretBackend"]):
        for kind in BACKENDS if written else ():
            if written[kind] is not None:
                return Backend(kind, written[kind])
    return Backend("file", {})


def backend_paths(at: KeyPath, entry: Config) -> tuple[KeyPath, ...]:
    """Return the paths that decide the backend of an entry."""
    own: KeyPath = (*at, "backend")
    wholes = (own, ("secretBackend",)) if entry["backend"] is None else (own,)
    return tuple((*whole, kind) for whole in wholes for kind in BACKENDS)


def secret_entries(config: Config) -> Iterator[tuple[KeyPath, Config]]:
    """Yield the path and entry of everything that becomes a Secret, without invalid entries."""
    for form in FORMS:
        for index, entry in enumerate(config["secrets"][form]):
            if entry is not None:
                yield ("secrets", form, index), entry
    for index, entry in enumerate(config["registries"]):
        if entry is not None:
            yield ("registries", index), entry


def source_refusal(role: str, value: Any) -> NotationError | None:  # noqa: ANN401 - anything typed
    """Return why a value cannot be the source for a role, without the value; None if it can."""
    if isinstance(value, str) and role != "password":
        return _text_refusal(role, value)
    if not isinstance(value, dict):
        return NotationError(_PLACES[role])
    chosen = [key for key in ("env", "file", "remote") if value.get(key) is not None]
    if len(chosen) > 1:
        return NotationError("one of env, file and remote")
    if not chosen:
        return NotationError(_PLACES[role])
    if value.get("property") is not None and chosen != ["remote"]:
        return NotationError("property only with remote")
    return None


def _text_refusal(role: str, value: str) -> NotationError | None:
    if role == "username":
        fault = account_fault(value)
        return NotationError(fault) if fault else None
    try:
        parse_data_path(value)
    except NotationError as error:
        return error
    return None


def account_fault(username: str) -> str | None:
    """Return what a user name must be, None if the kubelet reads it back unchanged."""
    if not username:
        return "a user name that is not empty"
    if ":" in username:
        return "a user name without ':'"
    if any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in username):  # noqa: PLR2004
        return "a user name without control characters"
    return None

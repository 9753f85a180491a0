"""Checks where a user name, a password or a docker config comes from."""

from __future__ import annotations

from typing import Any

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.local import parse_data_path

_PLACES = {
    "username": "a user name, {env: NAME}, {file: PATH} or {remote: PATH}",
    "password": "{env: NAME}, {file: PATH} or {remote: PATH}; a password written here is committed",
    "file": "the path of a docker config, or {remote: PATH}",
}


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

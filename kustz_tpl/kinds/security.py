"""As whom pods run, and what they may do: the words of `security`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kustz_tpl.kinds.kind import Filter, parsed, present
from kustz_tpl.notation.pod import Security, parse_security

_READ_ONLY = "readOnlyRootFilesystem"


def pod_security(text: Security | str) -> dict[str, Any]:
    """Return a pod's `securityContext`, empty if nothing of it is for the pod."""
    found = parsed(parse_security, text)
    profile = {"type": "RuntimeDefault"}
    return present(
        {
            "runAsNonRoot": True if found.restricted else None,
            "runAsUser": found.run_as_user,
            "runAsGroup": found.run_as_group,
            "fsGroup": found.fs_group,
            "seccompProfile": profile if found.restricted else None,
        }
    )


def container_security(
    text: Security | str, container: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return a container's `securityContext`; its own fields may say otherwise of the root."""
    found = parsed(parse_security, text)
    own = (container or {}).get("securityContext") or {}
    restricted = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    is_read_only = found.read_only_root_filesystem and _READ_ONLY not in own
    return {
        **(restricted if found.restricted else {}),
        **({_READ_ONLY: True} if is_read_only else {}),
    }


FILTERS: dict[str, Filter] = {
    "container_security": container_security,
    "pod_security": pod_security,
}

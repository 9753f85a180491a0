"""As whom pods run, and what they may do: the words of `security`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kustz_tpl.errors import Diagnostic
from kustz_tpl.kinds.kind import Config, Filter, Rule, parsed, present, value_at
from kustz_tpl.kinds.mounts import parse_mounts
from kustz_tpl.notation.pod import Security, parse_security

_READ_ONLY = "readOnlyRootFilesystem"
_REFUSED_MOUNTS = ("hostpath", "nfs")


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


def is_restricted(config: Config) -> bool:
    """Check whether the pods promise to meet the Pod Security Standard *restricted*."""
    words = config["security"]
    return words is not None and parse_security(words).restricted


def check_mounts(config: Config) -> Iterator[Diagnostic]:
    """Find mounts of volumes that the standard does not allow."""
    for each in parse_mounts(config) if is_restricted(config) else ():
        if each.scheme in _REFUSED_MOUNTS:
            message = (
                f"expected no {each.scheme} with security: restricted, which the cluster refuses"
            )
            yield Diagnostic.about(each.path, message, depends_on=(("security",),))


def check_system(config: Config) -> Iterator[Diagnostic]:
    """Find words for pods of Windows, where Kubernetes takes none of their fields."""
    if config["security"] is not None and value_at(config["pod"], "os", "name") == "windows":
        message = "expected none with pod.os.name: windows; write pod.securityContext"
        depends_on = (("pod",),)
        yield Diagnostic.about(("security",), message, is_about_key=True, depends_on=depends_on)


FILTERS: dict[str, Filter] = {
    "container_security": container_security,
    "pod_security": pod_security,
}
RULES: tuple[Rule, ...] = (check_mounts, check_system)

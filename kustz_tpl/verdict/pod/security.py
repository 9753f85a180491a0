"""The rules of security contexts and profiles."""

from __future__ import annotations

import re

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.verdict.checks import (
    LARGEST,
    Fields,
    Findings,
    Rules,
    about,
    at_least,
    choice,
    is_type,
    items,
    notation,
    only_if,
    parse_inner_path,
    parse_pattern,
    read_by,
    required,
    unique,
)
from kustz_tpl.verdict.pod.container import containers

_ID = at_least(0, "runAsUser", "runAsGroup", "fsGroup")
# The sysctls of a namespace that a pod may share with its node.
_NAMESPACED = {
    "hostNetwork": re.compile(r"net\."),
    "hostIPC": re.compile(r"kernel\.(sem$|shm|msg)|fs\.mqueue\."),
}


def _check_security(context: Fields, path: KeyPath) -> Findings:
    if context.get("allowPrivilegeEscalation") is not False:
        return
    at = (*path, "allowPrivilegeEscalation")
    if context.get("privileged"):
        yield about(at, "expected true with privileged: true, got false")
    if "CAP_SYS_ADMIN" in ((context.get("capabilities") or {}).get("add") or ()):
        yield about(at, "expected true with the capability CAP_SYS_ADMIN, got false")


def _check_groups(context: Fields, path: KeyPath) -> Findings:
    for index, group in items(context, "supplementalGroups"):
        if not 0 <= group <= LARGEST:
            at = (*path, "supplementalGroups", index)
            yield about(at, NotationError(f"a number from 0 to {LARGEST}", Shown(group)))


def _check_profile(profile: Fields, path: KeyPath) -> Findings:
    file = profile.get("localhostProfile")
    if profile.get("type") != "Localhost":
        if file is not None:
            yield about((*path, "localhostProfile"), "expected no file without type: Localhost")
    elif file is None:
        yield about((*path, "localhostProfile"), NotationError("a file", Shown("none")))
    else:
        yield from notation(parse_inner_path, file, (*path, "localhostProfile"))


def _check_file(profile: Fields, path: KeyPath) -> Findings:
    kind, file, at = profile.get("type"), profile.get("localhostProfile"), "localhostProfile"
    if kind in ("RuntimeDefault", "Unconfined") and file is not None:
        yield about((*path, at), f"expected no localhostProfile with type: {kind}")
    elif file and file != file.strip():
        yield about((*path, at), NotationError("a name without spaces around it", file))


def check_sysctls(spec: Fields, path: KeyPath) -> Findings:
    """Yield the sysctls that are set twice, and those of a namespace that is the node's."""
    context, at = spec.get("securityContext") or {}, (*path, "securityContext")
    yield from unique("sysctls", "name")(context, at)
    for index, sysctl in items(context, "sysctls"):
        name = (sysctl.get("name") or "").replace("/", ".")
        for key, of_namespace in _NAMESPACED.items():
            if spec.get(key) is True and of_namespace.match(name):
                where = (*at, "sysctls", index, "name")
                yield about(where, f"expected no such sysctl with {key}: true")


def _check_unmasked(context: Fields, path: KeyPath) -> Findings:
    if context.get("procMount") == "Unmasked":
        yield about((*path, "procMount"), "expected hostUsers: false with procMount: Unmasked")


def check_user_namespace(spec: Fields, path: KeyPath) -> Findings:
    """Yield what only a pod with its own user namespace may have, and what it may not have."""
    for at, container in containers(spec):
        if spec.get("hostUsers") is not False:
            where = (*path, *at, "securityContext")
            yield from _check_unmasked(container.get("securityContext") or {}, where)
        elif container.get("volumeDevices"):
            yield about(
                (*path, *at, "volumeDevices"), "expected no volumeDevices with hostUsers: false"
            )


RULES: Rules = {
    "SecurityContext": (
        _ID,
        choice("procMount", "Default", "Unmasked"),
        _check_security,
    ),
    "PodSecurityContext": (
        _ID,
        choice("fsGroupChangePolicy", "OnRootMismatch", "Always", may_be_empty=False),
        choice("supplementalGroupsPolicy", "Merge", "Strict", may_be_empty=False),
        choice("seLinuxChangePolicy", "Recursive", may_be_empty=False),
        _check_groups,
    ),
    "SeccompProfile": (
        required("type"),
        choice("type", "Localhost", "RuntimeDefault", "Unconfined"),
        _check_profile,
    ),
    "AppArmorProfile": (
        required("type"),
        choice("type", "Localhost", "RuntimeDefault", "Unconfined"),
        only_if(is_type("Localhost"), required("localhostProfile")),
        _check_file,
    ),
    "Sysctl": (
        required("name"),
        read_by(
            parse_pattern(
                r"[a-z0-9]([-_a-z0-9]*[a-z0-9])?([./][a-z0-9]([-_a-z0-9]*[a-z0-9])?)*",
                "the name of a sysctl",
                longest=253,
            ),
            "name",
        ),
    ),
}
"""The checks of the types of security contexts."""

"""The rules of a pod's operating system, Linux or Windows."""

from __future__ import annotations

from collections.abc import Iterator

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.verdict.checks import (
    SUBDOMAIN,
    Fields,
    Findings,
    Rules,
    about,
    items,
    notation,
    parse_pattern,
    read_by,
)

_OF_LINUX = (
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "fsGroup",
    "fsGroupChangePolicy",
    "runAsUser",
    "runAsGroup",
    "supplementalGroups",
    "supplementalGroupsPolicy",
    "seLinuxChangePolicy",
    "capabilities",
    "readOnlyRootFilesystem",
    "privileged",
    "allowPrivilegeEscalation",
    "procMount",
)
_SPEC_OF_LINUX = ("hostUsers", "shareProcessNamespace", "resources")
_LONGEST_SPEC = 64 * 1024
_USER = parse_pattern(
    r"([^\\\x00-\x1f\x7f]{1,255}\\)?"
    r"(?![. ]*$)[^\"/\\:;|=,+*?<>@\[\]\x00-\x1f\x7f]{1,104}",
    "a user of Windows such as ContainerUser",
)


def _contexts(spec: Fields, path: KeyPath) -> Iterator[tuple[KeyPath, Fields]]:
    """Yield the security context of the pod and those of its containers."""
    yield (*path, "securityContext"), spec.get("securityContext") or {}
    for key in ("initContainers", "containers"):
        for index, container in items(spec, key):
            at = (*path, key, index, "securityContext")
            yield at, container.get("securityContext") or {}


def check_system(spec: Fields, path: KeyPath) -> Findings:
    """Yield the fields of the other operating system."""
    system = (spec.get("os") or {}).get("name")
    if system not in ("linux", "windows"):
        return
    for at, context in _contexts(spec, path):
        for key in ("windowsOptions",) if system == "linux" else _OF_LINUX:
            if context.get(key) is not None:
                yield about((*at, key), f"expected no {key} of a {system.capitalize()} pod")
    if system == "windows":
        yield from _check_windows(spec, path)


def _check_windows(spec: Fields, path: KeyPath) -> Findings:
    written = [key for key in _SPEC_OF_LINUX if spec.get(key) is not None]
    written += [key for key in ("hostPID", "hostIPC") if spec.get(key)]
    for key in written:
        yield about((*path, key), f"expected no {key} of a Windows pod")
    if (spec.get("securityContext") or {}).get("sysctls"):
        yield about((*path, "securityContext", "sysctls"), "expected no sysctls of a Windows pod")


def check_host_processes(spec: Fields, path: KeyPath) -> Findings:
    """Yield what is wrong with a pod of Windows HostProcess containers."""
    (_, own), *others = _contexts(spec, path)
    of_pod = (own.get("windowsOptions") or {}).get("hostProcess")
    found = []
    for at, context in others:
        value = (context.get("windowsOptions") or {}).get("hostProcess")
        if None not in (of_pod, value) and of_pod != value:
            where = (*at, "windowsOptions", "hostProcess")
            expected = f"{str(of_pod).lower()}, as of the pod"
            yield about(where, NotationError(expected, Shown(str(value).lower())))
        found.append(of_pod if value is None else value)
    if any(found):
        if not all(found):
            yield about((*path, "containers"), "expected hostProcess of all containers or of none")
        if not spec.get("hostNetwork"):
            yield about((*path, "hostNetwork"), "expected hostNetwork: true with hostProcess: true")


def _check_options(options: Fields, path: KeyPath) -> Findings:
    text = options.get("gmsaCredentialSpec")
    if text is not None and not 0 < len(text) <= _LONGEST_SPEC:
        expected = f"1 to {_LONGEST_SPEC} characters"
        yield about((*path, "gmsaCredentialSpec"), NotationError(expected, Shown(len(text))))
    if (user := options.get("runAsUserName")) is not None:
        yield from notation(_USER, user, (*path, "runAsUserName"))


RULES: Rules = {
    "WindowsSecurityContextOptions": (
        read_by(SUBDOMAIN, "gmsaCredentialSpecName", may_be_empty=False),
        _check_options,
    ),
}
"""The checks of the types that depend on the operating system."""

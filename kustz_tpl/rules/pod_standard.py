"""The Pod Security Standard *restricted*, as Kubernetes 1.36 enforces it, as tables.

Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from kustz_tpl.errors import KeyPath
from kustz_tpl.messages import Shown, any_of, worded

LISTS = ("initContainers", "containers")


class Breach(NamedTuple):
    """Hold what breaks the standard: the path in the pod, what is expected, and what is there.

    The path starts with `annotations` or is one of the pod's spec; of something that is missing it
    is the place of what lacks it, and `got` is None.
    """

    path: KeyPath
    expected: str
    got: object = None

    @property
    def message(self) -> str:
        """Return what is wrong, in the words of a problem."""
        got = None if self.expected.split()[0] in ("no", _NONE) else _shown(self.got)
        words = worded(f"{self.expected} with security: restricted", got)
        return f"{words}, which the cluster refuses"


class _Limit(NamedTuple):
    """Hold what is expected of a field, and the values that are allowed next to its absence."""

    expected: str
    allowed: tuple[object, ...]


_NONE = "none"
_UNSET = _Limit(_NONE, (None, False, ""))  # 0 equals False
_NO_HOST = _Limit("no host", (None, ""))
_PROFILE = _Limit("RuntimeDefault or Localhost", ("RuntimeDefault", "Localhost"))
_SE_LINUX_TYPES = ("container_t", "container_init_t", "container_kvm_t", "container_engine_t")
_SYSCTLS = (
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
)
_VOLUMES = (
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
)
EACH = "*"
_APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/"

_OF_POD: Mapping[KeyPath, _Limit] = {
    ("hostNetwork",): _UNSET,
    ("hostPID",): _UNSET,
    ("hostIPC",): _UNSET,
    ("securityContext", "sysctls", EACH, "name"): _Limit("a safe sysctl", _SYSCTLS),
}
_OF_BOTH: Mapping[KeyPath, _Limit] = {
    ("securityContext", *path): limit
    for path, limit in {
        ("windowsOptions", "hostProcess"): _UNSET,
        ("seLinuxOptions", "type"): _Limit(any_of(_SE_LINUX_TYPES), ("", *_SE_LINUX_TYPES)),
        ("seLinuxOptions", "user"): _UNSET,
        ("seLinuxOptions", "role"): _UNSET,
        ("seccompProfile", "type"): _PROFILE,
        ("appArmorProfile", "type"): _PROFILE,
    }.items()
}
_OF_USERS: Mapping[KeyPath, _Limit] = {
    ("securityContext", "runAsNonRoot"): _Limit("true", (True,)),
}
_OF_CONTAINER: Mapping[KeyPath, _Limit] = {
    ("securityContext", "privileged"): _UNSET,
    ("securityContext", "allowPrivilegeEscalation"): _Limit("false", (False,)),
    ("securityContext", "capabilities", "add", EACH): _Limit(
        "NET_BIND_SERVICE only", ("NET_BIND_SERVICE",)
    ),
    ("securityContext", "procMount"): _Limit("Default", ("", "Default")),
    ("ports", EACH, "hostPort"): _UNSET,
    **{
        (probe, action, "host"): _NO_HOST
        for probe in ("livenessProbe", "readinessProbe", "startupProbe")
        for action in ("httpGet", "tcpSocket")
    },
    **{
        ("lifecycle", hook, action, "host"): _NO_HOST
        for hook in ("postStart", "preStop")
        for action in ("httpGet", "tcpSocket")
    },
}


def find_breaches(spec: Mapping[str, Any], annotations: object = None) -> Iterator[Breach]:
    """Yield what a cluster refuses of a pod where it enforces the standard."""
    has_users = spec.get("hostUsers") is not False  # a user namespace maps them to others
    both = {**_OF_BOTH, **(_OF_USERS if has_users else {})}
    yield from _limited(spec, {**_OF_POD, **both})
    yield from _root(spec, (), has_users=has_users)
    for index, volume in enumerate(_items(spec.get("volumes"))):
        for kind in volume.keys() - {"name", *_VOLUMES} if isinstance(volume, dict) else ():
            yield Breach(("volumes", index, kind), f"no {kind}", volume[kind] or {})
    for key, value in annotations.items() if isinstance(annotations, dict) else ():
        if key.startswith(_APP_ARMOR) and not _is_profile(value):
            yield Breach(("annotations", key), "runtime/default or localhost/PROFILE", value)
    for at, container in _containers(spec):
        for each in _limited(container, {**_OF_CONTAINER, **both}):
            yield each._replace(path=(*at, *each.path))
        yield from _root(container, at, has_users=has_users)
        yield from (Breach(at, what) for what in _missing(spec, container, has_users=has_users))


def _root(holder: Mapping[str, Any], at: KeyPath, *, has_users: bool) -> Iterator[Breach]:
    """Yield the user 0, which the tables do not tell from False."""
    user = _value(holder, "securityContext", "runAsUser")
    if has_users and user == 0 and user is not False:
        yield Breach((*at, "securityContext", "runAsUser"), "a user other than 0", user)


def _missing(
    spec: Mapping[str, Any], container: Mapping[str, Any], *, has_users: bool
) -> Iterator[str]:
    """Yield the fields that a container, or else its pod, has to have; Windows has few of them."""
    own = container.get("securityContext")
    if has_users and all(
        _value(each, "runAsNonRoot") is None for each in (own, spec.get("securityContext"))
    ):
        yield "securityContext.runAsNonRoot: true"
    if _value(spec, "os", "name") == "windows":
        return
    if all(_value(each, "seccompProfile") is None for each in (own, spec.get("securityContext"))):
        yield "a securityContext.seccompProfile"
    if _value(own, "allowPrivilegeEscalation") is None:
        yield "securityContext.allowPrivilegeEscalation: false"
    if "ALL" not in _items(_value(own, "capabilities", "drop")):
        yield "ALL in securityContext.capabilities.drop"


def _limited(holder: Any, limits: Mapping[KeyPath, _Limit]) -> Iterator[Breach]:  # noqa: ANN401 - plain data
    for pattern, limit in limits.items():
        for path, value in find_values(holder, pattern):
            if value is not None and value not in limit.allowed:
                yield Breach(path, limit.expected, value)


def find_values(value: Any, pattern: KeyPath, at: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:  # noqa: ANN401 - plain data
    """Yield what is at the paths that a pattern stands for, in which EACH is any item of a list."""
    if not pattern:
        yield at, value
    elif pattern[0] == EACH:
        for index, item in enumerate(_items(value)):
            yield from find_values(item, pattern[1:], (*at, index))
    elif isinstance(value, dict) and pattern[0] in value:
        yield from find_values(value[pattern[0]], pattern[1:], (*at, pattern[0]))


def _containers(spec: Mapping[str, Any]) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    for key in LISTS:
        for index, each in enumerate(_items(spec.get(key))):
            if isinstance(each, dict):
                yield (key, index), each


def _is_profile(value: object) -> bool:
    text = value if isinstance(value, str) else ""
    return text in ("", "runtime/default") or text.startswith("localhost/")


def _value(value: Any, *keys: str) -> Any:  # noqa: ANN401 - plain data
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _shown(value: object) -> str:
    if value is None:
        return Shown("none")
    return Shown(str(value).lower()) if isinstance(value, bool) else str(value)

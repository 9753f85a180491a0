"""Fields and values that only newer versions of Kubernetes have.

A version is the `x` of `1.x`. The fields are in a table that `scripts/refresh_fields.py` writes;
the values and relaxed rules are below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from kustz_tpl.errors import Diagnostic, KeyPath, NotationError
from kustz_tpl.notation.choices import parse_kube_version
from kustz_tpl.notation.keys import parse_env_name, parse_old_env_name
from kustz_tpl.notation.names import (
    parse_new_service_name,
    parse_old_search,
    parse_search,
    parse_service_name,
)
from kustz_tpl.rules.fields import Structs
from kustz_tpl.schema.kubernetes import versions

Fields: TypeAlias = Mapping[str, Any]


class Oldest(NamedTuple):
    """Hold the oldest Kubernetes version of an application, and whether the user wrote it."""

    minor: int
    is_written: bool

    def require(self, path: KeyPath, need: Need) -> Diagnostic:
        """Return the problem that the oldest Kubernetes version is too old."""
        what = f" for {need.what}" if need.what else ""
        expected = f"Kubernetes 1.{need.minor} or newer{what}"
        return Diagnostic.about(
            (*path, *need.path),
            NotationError(expected, hint=f"write kubeVersion: 1.{need.minor}"),
            is_about_key=not need.what,
            severity="error" if self.is_written else "warning",
            depends_on=(("kubeVersion",),),
        )


class Need(NamedTuple):
    """Hold the version that a part of a mapping needs; `what` if it is not the field itself."""

    path: KeyPath
    minor: int
    what: str = ""


Rule: TypeAlias = Callable[[Fields], Iterator[Need]]


def find_oldest(config: Mapping[str, Any], written: Mapping[str, Any]) -> Oldest:
    """Return the oldest Kubernetes version of a config, and whether the user wrote it."""
    return Oldest(parse_kube_version(config["kubeVersion"]).minor, "kubeVersion" in written)


def check_versions(structs: Structs, oldest: Oldest) -> Iterator[Diagnostic]:
    """Yield the parts of mappings that the oldest Kubernetes does not have, but nothing inside them.

    A mapping must come before the mappings inside it.
    """
    newer: list[KeyPath] = []
    since = versions()["since"]
    for kind, fields, path in structs:
        is_known = kind in _RULES or kind in since
        if not is_known or any(path[: len(each)] == each for each in newer):
            continue
        needs = [each for each in _find_needs(kind, fields) if each.minor > oldest.minor]
        newer += [(*path, *need.path) for need in needs]
        yield from (oldest.require(path, need) for need in needs)


def check_kind(version: str, kind: str, oldest: Oldest) -> Iterator[Diagnostic]:
    """Yield an API version that not every Kubernetes from the oldest on has."""
    name, path = f"{version} {kind}", ("apiVersion",)
    first = versions()["kinds"].get(name, 0)
    if first > oldest.minor:
        yield oldest.require((), Need(path, first, name))
    elif found := versions()["gone"].get(name):
        last, newer = found
        error = NotationError(f"{newer} for Kubernetes 1.{last + 1} or newer", version)
        is_certain = oldest.is_written or last < oldest.minor
        yield Diagnostic.about(path, error, severity="error" if is_certain else "warning")


def _find_needs(kind: str, fields: Fields) -> Iterator[Need]:
    for rule in _RULES.get(kind, ()):
        yield from rule(fields)
    for key, minor in versions()["since"].get(kind, {}).items():
        if fields.get(key) is not None:
            yield Need((key,), minor)


def _values(key: str, minors: Mapping[str | int, int]) -> Rule:
    """Return a rule for values of a field, or of the items of a list, that need a version."""

    def find(fields: Fields) -> Iterator[Need]:
        for path, value in _items(fields, key):
            if isinstance(value, (str, int)) and value is not False and value in minors:
                yield Need(path, minors[value], str(value))

    return find


def _relaxed(
    key: str, old: Callable[[str], object], new: Callable[[str], object], need: tuple[int, str]
) -> Rule:
    """Return a rule for a field, or the items of a list, that had a stricter syntax before."""

    def find(fields: Fields) -> Iterator[Need]:
        for path, value in _items(fields, key):
            if isinstance(value, str) and not _is(old, value) and _is(new, value):
                yield Need(path, *need)

    return find


def _items(fields: Fields, key: str) -> Iterable[tuple[KeyPath, object]]:
    value = fields.get(key)
    if isinstance(value, list):
        return [((key, index), item) for index, item in enumerate(value)]
    return [((key,), value)]


def _is(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except NotationError:
        return False
    return True


def _mappings(fields: Fields, key: str) -> Iterator[tuple[int, Fields]]:
    value = fields.get(key)
    for index, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, dict):
            yield index, item


def _find_restart_policies(spec: Fields) -> Iterator[Need]:
    """Yield the restart policies of containers; the one of sidecars is in the table."""
    for key in ("containers", "initContainers"):
        for index, container in _mappings(spec, key):
            policy = container.get("restartPolicy")
            if policy in ("Never", "OnFailure") or (key, policy) == ("containers", "Always"):
                yield Need((key, index, "restartPolicy"), 35, str(policy))


def _find_many_searches(config: Fields) -> Iterator[Need]:
    searches = [str(item) for _, item in _items(config, "searches")]
    if len(searches) > 6 or len(" ".join(searches)) > 256:  # noqa: PLR2004 - the limits before 1.26
        yield Need(("searches",), 26, "more than 6 search domains or 256 characters")


def _find_name(service: Fields) -> Iterator[Need]:
    metadata = service.get("metadata")
    for need in _SERVICE_NAME(metadata) if isinstance(metadata, dict) else ():
        yield need._replace(path=("metadata", *need.path))


def _find_kubelet_port(spec: Fields) -> Iterator[Need]:
    for index, port in _mappings(spec, "ports") if spec.get("type") == "LoadBalancer" else ():
        if port.get("port") == 10250:  # noqa: PLR2004 - the kubelet's
            yield Need(("ports", index, "port"), 33, "10250 of a LoadBalancer")


def _find_second_class(ingress: Fields) -> Iterator[Need]:
    spec, metadata = ingress.get("spec") or {}, ingress.get("metadata") or {}
    annotation = "kubernetes.io/ingress.class"
    if spec.get("ingressClassName") and annotation in (metadata.get("annotations") or {}):
        yield Need(("spec", "ingressClassName"), 27, f"both this and the annotation {annotation}")


_ENV_NAME = (32, "this variable name")
_SERVICE_NAME = _relaxed(
    "name", parse_service_name, parse_new_service_name, (36, "a name with a digit first")
)
_RULES: Mapping[str, tuple[Rule, ...]] = {
    "ContainerRestartRule": (_values("action", {"RestartAllContainers": 36}),),
    "EnvFromSource": (_relaxed("prefix", parse_old_env_name, parse_env_name, _ENV_NAME),),
    "EnvVar": (_relaxed("name", parse_old_env_name, parse_env_name, _ENV_NAME),),
    "Ingress": (_find_second_class,),
    "IngressServiceBackend": (_SERVICE_NAME,),
    "ObjectFieldSelector": (_values("fieldPath", {"status.hostIPs": 29}),),
    "PersistentVolumeClaimSpec": (_values("accessModes", {"ReadWriteOncePod": 27}),),
    "PodDNSConfig": (
        _find_many_searches,
        _relaxed("searches", parse_old_search, parse_search, (33, "'_' or a single '.'")),
    ),
    "PodFailurePolicyRule": (_values("action", {"FailIndex": 29}),),
    "PodSpec": (_find_restart_policies,),
    "SecurityContext": (_values("procMount", {"Unmasked": 33}),),
    "Service": (_find_name,),
    "ServiceSpec": (
        _values("trafficDistribution", {"PreferSameNode": 34, "PreferSameZone": 34}),
        _find_kubelet_port,
    ),
    "SleepAction": (_values("seconds", {0: 33}),),
}

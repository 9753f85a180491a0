"""The labels and annotations of each kind of object, and the labels that select its pods."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from kustz_tpl.errors import Diagnostic, KeyPath, NotationError
from kustz_tpl.kinds.container import containers
from kustz_tpl.kinds.kind import JOBS, Config, combine
from kustz_tpl.kinds.service import written_ports
from kustz_tpl.kinds.stateful_set import governing_service
from kustz_tpl.kinds.volumes import pod_volumes
from kustz_tpl.messages import quoted
from kustz_tpl.notation.choices import ROUTE_KINDS, WORKLOAD_KINDS
from kustz_tpl.notation.port import Port
from kustz_tpl.registry.backend import FORMS
from kustz_tpl.rules.general import check_size

SOURCE_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
_ANNOTATIONS = "annotations"
_APP_ARMOR = "container.apparmor.security.beta.kubernetes.io"
_DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
_PROFILE = r"runtime/default|unconfined|localhost/.+"
_PROFILES = "runtime/default, unconfined or localhost/PROFILE"
_SECCOMP = "container.seccomp.security.alpha.kubernetes.io"
_TOPOLOGY_MODE = "service.kubernetes.io/topology-mode"
_TOPOLOGY_HINTS = "service.kubernetes.io/topology-aware-hints"
# What kubectl shows of objects that were made by an old API, and the server still reads.
_NUMBERS = {
    "deprecated.deployment.rollback.to": ("Deployment", 0),
    "deprecated.daemonset.template.generation": ("DaemonSet", -(2**63)),
}
# What Kubernetes still checks, and no longer acts on, or what is not for users to set.
_REFUSED = {
    "seccomp.security.alpha.kubernetes.io/pod": "expected another annotation; write seccompProfile in pod.securityContext",
    "scheduler.alpha.kubernetes.io/tolerations": "expected another annotation; write tolerations",
    "kubernetes.io/config.mirror": "expected another annotation: only the kubelet sets this one",
}

_OF_JOB_PODS = tuple(
    f"{prefix}{name}"
    for prefix in ("", "batch.kubernetes.io/")
    for name in ("controller-uid", "job-name")
)


def app_label(config: Config) -> str:
    """Return the value of the label `app`, which is on every object."""
    label: str = config["selector"].get("app") or config["name"]
    return label


def labels_of(config: Config, kind: str) -> dict[str, str]:
    """Return all labels of a kind's objects; a kind is named as in `metadata`."""
    app = {"app": app_label(config)}
    return combine(app, config["labels"], config["metadata"][kind]["labels"])


def annotations_of(config: Config, kind: str) -> dict[str, str]:
    """Return all annotations of a kind's objects; a kind is named as in `metadata`."""
    return combine(config[_ANNOTATIONS], config["metadata"][kind][_ANNOTATIONS])


def check_labels(config: Config) -> Iterator[Diagnostic]:
    """Find the label `app`, and labels that the selector has with another value."""
    selector = config["selector"]
    for path in _paths(config, "labels"):
        for key, value in _at(config, path).items():
            wanted = selector.get(key)
            if value is None:
                continue
            if key == "app":
                message = "expected another key: app is reserved for the selector"
                yield Diagnostic.about((*path, key), message, is_about_key=True)
            elif wanted is not None and value != wanted:
                message = f"expected {quoted(wanted)}, as in selector, got {quoted(value)}"
                yield Diagnostic.about((*path, key), message, other=("selector", key))


def check_job_labels(config: Config) -> Iterator[Diagnostic]:
    """Find labels of a Job's pods that Kubernetes sets to values of its own."""
    paths = (("labels",), ("metadata", "pod", "labels"), ("selector",))
    for path in paths if config["service"]["kind"] in JOBS else ():
        for key, value in _at(config, path).items():
            if key in _OF_JOB_PODS and value is not None:
                message = "expected another key: Kubernetes sets it on the pods of a Job"
                depends_on = (("service", "kind"),)
                here = (*path, key)
                yield Diagnostic.about(here, message, is_about_key=True, depends_on=depends_on)


def check_annotations(config: Config) -> Iterator[Diagnostic]:
    """Find annotations of one object that are too long together."""
    yield from check_size((_ANNOTATIONS,), config[_ANNOTATIONS])
    for path in _paths(config, _ANNOTATIONS)[1:]:
        others = {} if path[1] == "pod" else config[_ANNOTATIONS]
        if _at(config, path):
            yield from check_size(path, combine(others, _at(config, path)))
    if account := config["serviceAccount"][_ANNOTATIONS]:
        whole = combine(annotations_of(config, "serviceaccount"), account)
        yield from check_size(("serviceAccount", _ANNOTATIONS), whole)
    others = annotations_of(config, "service")
    for name, each in config["services"].items():
        if each and each[_ANNOTATIONS]:
            yield from check_size(
                ("services", name, _ANNOTATIONS), combine(others, each[_ANNOTATIONS])
            )
    if own := config["ingress"][_ANNOTATIONS]:
        for kind in config["ingress"]["kind"]:
            whole = combine(annotations_of(config, kind.lower()), own)
            yield from check_size(("ingress", _ANNOTATIONS), whole)


def check_generated(config: Config) -> Iterator[Diagnostic]:
    """Find labels and annotations of a kind of object that the file does not generate."""
    for kind, entries in config["metadata"].items():
        source = _SOURCES.get(kind)
        if source and any(entries.values()) and not source.is_written(config):
            is_kind = source.name in ROUTE_KINDS and config["ingress"]["rules"]
            keys = f"{source.name} in ingress.kind" if is_kind else source.keys
            message = f"expected {keys}: this file generates no {source.name}"
            path = ("metadata", kind)
            yield Diagnostic.about(path, message, is_about_key=True, depends_on=source.depends_on)


def check_source_ranges(config: Config) -> Iterator[Diagnostic]:
    """Find an annotation with the source ranges of a load balancer that no Service takes."""
    lists = {at: [port for _, port in ports] for at, ports in written_ports(config).items()}
    lists = {at: ports for at, ports in lists.items() if ports}
    has_second = governing_service(config).is_new  # and that one is headless
    for path, reached in {
        (_ANNOTATIONS,): lists,
        ("metadata", "service", _ANNOTATIONS): lists,
        **{(*at[:2], _ANNOTATIONS): [at] for at in lists if at[0] == "services"},
    }.items():
        text = _at(config, path).get(SOURCE_RANGES)
        here = (*path, SOURCE_RANGES)
        if text is None or not reached:
            continue
        internal = [at for at in reached if not any(map(_is_public, lists[at]))]
        if internal:
            message = "expected a LoadBalancer with it: a port such as %80"
            yield Diagnostic.about(here, message, is_about_key=True, depends_on=tuple(internal))
        elif has_second and path[0] != "services":
            message = "expected none with a StatefulSet: its headless Service would have it too"
            depends_on = (("service", "kind"),)
            yield Diagnostic.about(here, message, is_about_key=True, depends_on=depends_on)
        yield from (
            Diagnostic.about(here, NotationError("an address range such as 10.0.0.0/8", each, text))
            for each in text.split(",")
            if text.strip() and not _is_range(each.strip())
        )


def check_numbers(config: Config) -> Iterator[Diagnostic]:
    """Find annotations of a workload that Kubernetes reads as a number, and cannot."""
    for key, (kind, least) in _NUMBERS.items():
        for path in ((_ANNOTATIONS,), ("metadata", kind.lower(), _ANNOTATIONS)):
            text = _at(config, path).get(key) if config["service"]["kind"] == kind else None
            is_number = text is None or re.fullmatch("[-+]?0*[0-9]{1,19}", text)
            if not is_number or not least <= int(text or "0") < 2**63:
                error = NotationError(f"an integer from {least}", text or "")
                depends_on = (("service", "kind"),)
                yield Diagnostic.about((*path, key), error, depends_on=depends_on)


def check_topology(config: Config) -> Iterator[Diagnostic]:
    """Find both annotations of a Service's topology with other values."""
    if not any(written_ports(config).values()):
        return
    whole = annotations_of(config, "service")
    places: dict[KeyPath, Mapping[str, str | None]] = {
        (_ANNOTATIONS,): config[_ANNOTATIONS],
        ("metadata", "service", _ANNOTATIONS): whole,
    }
    for name, each in config["services"].items():
        if each is not None:
            places["services", name, _ANNOTATIONS] = combine(whole, each[_ANNOTATIONS])
    for path, entries in places.items():
        old, new = entries.get(_TOPOLOGY_HINTS), entries.get(_TOPOLOGY_MODE)
        key = _TOPOLOGY_MODE if _TOPOLOGY_MODE in _at(config, path) else _TOPOLOGY_HINTS
        if key in _at(config, path) and None not in (old, new) and old != new:
            message = f"expected {_TOPOLOGY_MODE} or {_TOPOLOGY_HINTS}, got both"
            yield Diagnostic.about((*path, key), message, is_about_key=True)


def check_pod_annotations(config: Config) -> Iterator[Diagnostic]:
    """Find annotations of the pod that Kubernetes itself reads, and refuses."""
    path = ("metadata", "pod", _ANNOTATIONS)
    names = {each.name for each in containers(config)}
    is_known = not {"containers", "initContainers"} & config["pod"].keys()
    for key, value in _at(config, path).items():
        prefix, _, container = key.partition("/")
        here = (*path, key)
        if key in _REFUSED:
            yield Diagnostic.about(here, _REFUSED[key], is_about_key=True)
        elif prefix == _SECCOMP:
            message = "expected another annotation; write securityContext.seccompProfile"
            yield Diagnostic.about(here, message, is_about_key=True)
        elif prefix == _APP_ARMOR and is_known and container not in names:
            error = NotationError("the name of a container after the '/'", container)
            yield Diagnostic.about(here, error, is_about_key=True)
        elif key == _DELETION_COST and value is not None and not _is_int32(value):
            yield Diagnostic.about(here, NotationError("an integer of 32 bits", value))
        elif prefix == _APP_ARMOR and value and not re.fullmatch(_PROFILE, value):
            yield Diagnostic.about(here, NotationError(_PROFILES, value))


RULES = (
    check_pod_annotations,
    check_numbers,
    check_topology,
    check_labels,
    check_job_labels,
    check_annotations,
    check_generated,
    check_source_ranges,
)


class _Source(NamedTuple):
    """Say what generates objects of a kind: the keys, and whether they are written."""

    name: str
    keys: str
    is_written: Callable[[Config], bool]
    depends_on: tuple[KeyPath, ...]


def _workload(name: str, *kinds: str) -> _Source:
    kinds = (name, *kinds)
    keys = f"service.kind: {' or '.join(reversed(kinds))}"
    return _Source(
        name, keys, lambda config: config["service"]["kind"] in kinds, (("service", "kind"),)
    )


_KINDS: tuple[KeyPath, ...] = (
    ("ingress", "kind"),
    *(("ingress", "kind", index) for index in range(len(ROUTE_KINDS))),
)


def _route(name: str) -> _Source:
    return _Source(
        name,
        "ingress.rules",
        lambda config: name in config["ingress"]["kind"] and bool(config["ingress"]["rules"]),
        (("ingress", "rules"), *_KINDS),
    )


def _has_claims(config: Config) -> bool:
    """Check whether a mount makes a claim, or may do so as it is wrong or of another workload."""
    if config["workloads"]:
        return True
    mounts = [line for each in containers(config) for line in each.entry["mounts"].values()]
    return None in mounts or bool(pod_volumes(config).claims)


_MOUNTS: tuple[KeyPath, ...] = (("service", "mounts"), ("containers",), ("initContainers",))
_SOURCES: Mapping[str, _Source] = {
    **{name.lower(): _workload(name) for name in WORKLOAD_KINDS},
    "job": _workload(*reversed(JOBS)),
    "service": _Source(
        "Service",
        "service.ports",
        lambda config: bool(config["service"]["ports"] or config["services"]),
        (("service", "ports"), ("services",)),
    ),
    "serviceaccount": _Source(
        "ServiceAccount",
        "serviceAccount.create: true",
        lambda config: config["serviceAccount"]["create"] is not False,
        (("serviceAccount",), ("serviceAccount", "create")),
    ),
    "horizontalpodautoscaler": _Source(
        "HorizontalPodAutoscaler",
        "a range in service.replicas",
        lambda config: isinstance(config["service"]["replicas"], str),
        (("service", "replicas"),),
    ),
    "poddisruptionbudget": _Source(
        "PodDisruptionBudget",
        "service.disruptionBudget",
        lambda config: config["service"]["disruptionBudget"] is not None,
        (("service", "disruptionBudget"),),
    ),
    **{kind.lower(): _route(kind) for kind in ROUTE_KINDS},
    "persistentvolumeclaim": _Source(
        "PersistentVolumeClaim", "pvc:// with size in mounts", _has_claims, _MOUNTS
    ),
    "configmap": _Source(
        "ConfigMap",
        "configmaps",
        lambda config: any(config["configmaps"][form] for form in FORMS),
        tuple(("configmaps", form) for form in FORMS),
    ),
    "secret": _Source(
        "Secret",
        "secrets or registries",
        lambda config: bool(config["registries"]) or any(config["secrets"][form] for form in FORMS),
        (*(("secrets", form) for form in FORMS), ("registries",)),
    ),
}


def _paths(config: Config, part: str) -> list[KeyPath]:
    kinds = (kind for kind, entries in config["metadata"].items() if entries is not None)
    return [(part,), *(("metadata", kind, part) for kind in kinds)]


def _at(config: Config, path: KeyPath) -> Mapping[str, str | None]:
    for key in path:
        config = config[str(key)]
    return config


def _is_public(port: Port) -> bool:
    return port.service_type == "LoadBalancer"


def _is_int32(text: str) -> bool:
    return bool(re.fullmatch("0|-?[1-9][0-9]{0,9}", text)) and -(2**31) <= int(text) < 2**31


def _is_range(text: str) -> bool:
    """Check an address range as strictly as the newest Kubernetes does."""
    address, _, length = text.partition("/")
    if not re.fullmatch("0|[1-9][0-9]*", length) or (":" in address and set(address) & set(".%")):
        return False
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True

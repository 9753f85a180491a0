"""The PersistentVolumeClaim: the claims that mounts make, as objects or as claim templates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kustz_tpl.errors import Diagnostic, NotationError
from kustz_tpl.kinds.autoscaler import most_replicas
from kustz_tpl.kinds.kind import Config, Kind, Object, is_older_than, present, string_at, value_at
from kustz_tpl.kinds.mounts import Mounted, parse_mounts
from kustz_tpl.messages import Shown
from kustz_tpl.notation.mount import Mount
from kustz_tpl.notation.names import parse_dns_label
from kustz_tpl.notation.quantity import parse_quantity
from kustz_tpl.notation.replicas import parse_rollout

_DEFAULT_ACCESS = ("ReadWriteOnce",)
_ALONE = "ReadWriteOncePod"
_ALONE_SINCE = 27
"""The Kubernetes 1.x from which a claim can be for one pod only."""
_ONE_NODE = frozenset({"ReadWriteOnce", _ALONE})
_REFUSED = "which a cluster refuses: make a new claim"


def new_claims(mounted: list[Mounted]) -> dict[str, Mounted]:
    """Return the first mount that asks for each claim that is to be made, by the claim's name."""
    found: dict[str, Mounted] = {}
    for each in mounted:
        if each.scheme == "pvc" and each.first.option("size"):
            found.setdefault(each.first.name, each)
    return found


def claim_spec(line: Mount) -> dict[str, Any]:
    """Return the spec of the claim that a line makes."""
    spec = {
        "accessModes": list(_access(line)),
        "storageClassName": line.option("class"),
        "resources": {"requests": {"storage": line.option("size").text}},
    }
    return present(spec)


def has_claim_templates(config: Config) -> bool:
    """Check whether each pod gets claims of its own."""
    return bool(config["service"]["kind"] == "StatefulSet")


def check_claims(config: Config) -> Iterator[Diagnostic]:
    """Find a claim that two lines make in two ways, and names that no claim template can have."""
    mounted = parse_mounts(config)
    claims = new_claims(mounted)
    for each in mounted:
        first = claims.get(each.first.name) if each.scheme == "pvc" else None
        if first and each.first.option("size"):
            yield from find_differences(first, each)
    for each in claims.values() if is_older_than(config, _ALONE_SINCE) else ():
        if _ALONE in _access(each.first):
            expected = f"Kubernetes 1.{_ALONE_SINCE} or newer for {_ALONE}"
            error = NotationError(expected, hint=f"write kubeVersion: 1.{_ALONE_SINCE}")
            yield Diagnostic.about(each.path, error, depends_on=(("kubeVersion",),))
    for name, each in claims.items() if has_claim_templates(config) else ():
        try:
            parse_dns_label(name)
        except NotationError:
            expected = (
                "the name of a claim template (lower-case letters, digits and '-', at most 63)"
            )
            error = NotationError(expected, name, each.first.text)
            yield Diagnostic.about(each.path, error)


def find_differences(first: Mounted, each: Mounted) -> Iterator[Diagnostic]:
    """Yield in what a line asks for another claim than the first line of its name."""
    name, line, other = first.first.name, each.first, first.first
    for what, is_other, got in (
        ("size", line.option("size").value != other.option("size").value, line.option("size").text),
        ("class", line.option("class") != other.option("class"), line.option("class")),
        ("access", _access(line) != _access(other), ",".join(_access(line))),
    ):
        if is_other:
            error = NotationError(f"one {what} of the claim {name}", Shown(got or "none"))
            yield Diagnostic.about(each.path, error, other=first.path)


def only_access_of_one_node(line: Mount) -> str | None:
    """Return the access mode of a claim that only pods of one node can mount, else None."""
    access = _access(line)
    return access[0] if _ONE_NODE.issuperset(access) else None


def check_pods_of_a_claim(config: Config) -> Iterator[Diagnostic]:
    """Find claims of one node that pods of several nodes may mount at once."""
    if has_claim_templates(config):
        return
    why = _several_pods(config)
    for each in new_claims(parse_mounts(config)).values() if why else ():
        if access := only_access_of_one_node(each.first):
            message = f"pvc://{each.first.name} is {access}: {why}"
            depends_on = (("service", "kind"), ("service", "replicas"), ("service", "rollout"))
            yield Diagnostic.about(each.path, message, severity="warning", depends_on=depends_on)


def find_changed_claim(old: Object, new: Object) -> Iterator[str]:
    """Yield what of a claim cannot be changed: a smaller size, the class, the access modes."""
    was, becomes = (
        string_at(each, "spec", "resources", "requests", "storage") for each in (old, new)
    )
    if _bytes(becomes) < _bytes(was):
        yield f"size {was} becomes {becomes}, {_REFUSED}"
    for field, what, absent in (
        ("storageClassName", "class", "the default"),
        ("accessModes", "access", "none"),
    ):
        before, after = (value_at(each, "spec", field) for each in (old, new))
        if before != after:
            yield f"{what} {_shown(before, absent)} becomes {_shown(after, absent)}, {_REFUSED}"


PERSISTENT_VOLUME_CLAIM = Kind(
    name="PersistentVolumeClaim",
    template="persistentvolumeclaims.yml",
    needs=("sources", "claims"),
    rules=(check_claims, check_pods_of_a_claim),
    breaking_changes=(find_changed_claim,),
    has_many=True,
    describe_loss=lambda _: ", and a pruning apply (Argo CD, Flux) deletes its data",
)


def _access(line: Mount) -> tuple[str, ...]:
    return line.option("access") or _DEFAULT_ACCESS


def _several_pods(config: Config) -> str | None:
    """Say why pods of several nodes may need a claim at once, None if they do not."""
    service = config["service"]
    is_deployment = service["kind"] == "Deployment"
    if service["kind"] == "DaemonSet" or (is_deployment and most_replicas(service["replicas"]) > 1):
        return "pods on other nodes cannot mount it; write access=RWX"
    if not is_deployment:
        return None
    if service["replicas"] == 0 or config["deployment"].get("strategy") or not _surges(service):
        return None
    return "two pods of a rolling update may wait for each other; write rollout: Recreate"


def _surges(service: Config) -> bool:
    """Check whether a new pod starts before the old one ends, as it does by default."""
    if service["rollout"] is None:
        return True
    rollout = parse_rollout(service["rollout"])
    return rollout.type == "RollingUpdate" and rollout.max_surge not in (0, "0%")


def _bytes(text: str) -> int:
    try:
        return parse_quantity(text).value
    except NotationError:  # what somebody wrote into the manifest
        return 0


def _shown(value: object, absent: str) -> str:
    if value is None:
        return absent
    return ",".join(map(str, value)) if isinstance(value, list) else str(value) or '""'

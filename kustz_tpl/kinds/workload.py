"""What all kinds of workload have in common: which keys go with which kind, and the selector."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kustz_tpl.errors import Diagnostic, NotationError
from kustz_tpl.kinds import container, listed_ports, pod, sidecars, variables
from kustz_tpl.kinds.kind import (
    Comparison,
    Config,
    Filter,
    Kind,
    Object,
    PassThrough,
    Rule,
    combine,
    parsed,
    present,
    string_at,
    value_at,
)
from kustz_tpl.notation.replicas import Rollout, check_rollout, parse_rollout
from kustz_tpl.yaml_source.tree import Path

POD_SPEC = ("spec", "template", "spec")
JOBS_POD_SPEC = ("spec", "jobTemplate", *POD_SPEC)


def rollout(text: Rollout | str, kind: str = "Deployment") -> dict[str, Any]:
    """Return a Deployment's `strategy`, or the `updateStrategy` of another kind."""
    found = parsed(parse_rollout, text)
    if found.type != "RollingUpdate":
        return {"type": found.type}
    unavailable = found.max_unavailable
    if kind == "DaemonSet" and unavailable is None:
        unavailable = 0  # Kubernetes' default is 1, and not both may be above 0
    numbers = {"maxSurge": found.max_surge, "maxUnavailable": unavailable}
    return {"type": found.type, "rollingUpdate": present(numbers)}


def own_fields(
    key: str, kind: str, part: tuple[str, ...] = ("spec",), before: str = "", **owned: str
) -> PassThrough:
    """Return where the fields of a kind's spec are written; `owned` are its fields of ours."""
    template: Path = (key, "template")
    return PassThrough(
        path=(key,),
        type=f"{kind}Spec",
        part=part,
        before=before,
        owned={(*template, "spec"): "set by pod; write it there"}
        | {(key, name): message for name, message in owned.items()},
        shared={
            (*template, "metadata", "labels", "app"): "name",
            (*template, "metadata", "labels"): "labels or metadata.pod.labels",
            (*template, "metadata", "annotations"): "metadata.pod.annotations",
        },
    )


def find_changed_selector(old: Object, new: Object) -> Iterator[str]:
    """Yield a new selector of a workload."""
    if value_at(new, "spec", "template") and value_at(old, "spec", "selector") != value_at(
        new, "spec", "selector"
    ):
        yield "the selector changes, which a cluster refuses: delete and create it"


def find_no_replicas(old: Object, new: Object) -> Iterator[str]:
    """Yield that nothing runs any more."""
    if string_at(new, "spec", "replicas") == "0" != string_at(old, "spec", "replicas"):
        yield "replicas become 0: nothing runs"


def find_lost_protection(old: Object, new: Object) -> Iterator[str]:
    """Yield what the containers lose."""
    for pod_spec in (POD_SPEC, JOBS_POD_SPEC):
        yield from pod.find_lost_protection(value_at(old, *pod_spec), value_at(new, *pod_spec))


def check_rollout_of_kind(config: Config) -> Iterator[Diagnostic]:
    """Find a rollout that the kind of workload does not have."""
    text, kind = config["service"]["rollout"], config["service"]["kind"]
    if text is None or kind is None:
        return
    try:
        check_rollout(parse_rollout(text), kind)
    except NotationError as error:
        yield Diagnostic.about(("service", "rollout"), error, relies_on=(("service", "kind"),))


FILTERS: dict[str, Filter] = {
    **pod.FILTERS,
    **container.FILTERS,
    "combine": combine,
    "rollout": rollout,
}
RULES: tuple[Rule, ...] = (
    *container.RULES,
    *sidecars.RULES,
    *variables.RULES,
    *listed_ports.RULES,
    *pod.RULES,
    check_rollout_of_kind,
)
COMPARISONS: tuple[Comparison, ...] = (
    find_changed_selector,
    find_no_replicas,
    find_lost_protection,
)

WORKLOAD = Kind(name="", breaking_changes=COMPARISONS, pod_spec=POD_SPEC)
"""What is known of a workload that a template of the user's makes, such as a Rollout."""

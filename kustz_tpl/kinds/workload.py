"""What all kinds of workload have in common: which keys go with which kind, and the selector."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kustz_tpl.errors import Diagnostic, KeyPath, NotationError
from kustz_tpl.kinds import container, listed_ports, pod, security, sidecars, variables, volumes
from kustz_tpl.kinds.kind import (
    JOBS,
    WITH_REPLICAS,
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
from kustz_tpl.messages import Shown, any_of
from kustz_tpl.notation.choices import WORKLOAD_KINDS
from kustz_tpl.notation.names import LABEL_LIMIT
from kustz_tpl.notation.replicas import Rollout, check_rollout, parse_rollout

POD_SPEC = ("spec", "template", "spec")
JOBS_POD_SPEC = ("spec", "jobTemplate", *POD_SPEC)

_KIND: KeyPath = ("service", "kind")
# The names of a CronJob's jobs and the labels of a StatefulSet's pods have a suffix; the API
# server refuses such a CronJob, but of such a StatefulSet the pods only.
_WITH_SUFFIX = ("StatefulSet", "CronJob")


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
    template: KeyPath = (key, "template")
    return PassThrough(
        path=(key,),
        type=f"{kind}Spec",
        part=part,
        before=before,
        owned={(*template, "spec"): "set by pod; write it there"}
        | {(key, name): message for name, message in owned.items()},
        shared={
            (*template, "metadata", "labels", "app"): "name",
            (*template, "metadata", "labels"): "labels, metadata.pod.labels or selector",
            (*template, "metadata", "annotations"): "metadata.pod.annotations",
            (key, "strategy"): "service.rollout",
            (key, "updateStrategy"): "service.rollout",
        },
    )


def find_changed_selector(old: Object, new: Object) -> Iterator[str]:
    """Yield a new selector of a workload."""
    if value_at(new, "spec", "template") and value_at(old, "spec", "selector") != value_at(
        new, "spec", "selector"
    ):
        yield "the selector changes, which a cluster refuses: delete and create it"


def find_lost_replicas(old: Object, new: Object) -> Iterator[str]:
    """Yield that the number of pods is left to an autoscaler from now on."""
    was, becomes = (value_at(each, "spec", "replicas") for each in (old, new))
    if value_at(new, "spec") and becomes is None and was not in (None, "1"):
        hint = "remove them with kubectl apply edit-last-applied first"
        yield f"replicas leave the manifest, so kubectl apply makes them 1 for a moment; {hint}"


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
    if kind in JOBS:
        yield _unwanted(("service", "rollout"), f"no rollout for a {kind}: its pods end")
        return
    try:
        check_rollout(parse_rollout(text), kind)
    except NotationError as error:
        yield Diagnostic.about(("service", "rollout"), error, depends_on=(_KIND,))


def check_keys_of_kind(config: Config) -> Iterator[Diagnostic]:
    """Find keys that the kind of workload does not have, and those that it lacks."""
    service, kind = config["service"], config["service"]["kind"]
    if kind is None:
        return
    if kind == "CronJob" and service["schedule"] is None:
        message = "expected service.schedule with CronJob"
        yield Diagnostic.about(_KIND, message, depends_on=(("service", "schedule"),))
    if kind != "CronJob" and service["schedule"] is not None:
        yield _unwanted(("service", "schedule"), "service.kind: CronJob with it")
    if kind not in JOBS and service["restartPolicy"] is not None:
        yield _unwanted(("service", "restartPolicy"), "service.kind: CronJob or Job with it")
    if kind not in WITH_REPLICAS and service["disruptionBudget"] is not None:
        reason = "draining a node leaves its pods" if kind == "DaemonSet" else "its pods end"
        yield _unwanted(("service", "disruptionBudget"), f"no budget for a {kind}: {reason}")
    if kind == "DaemonSet" and service["replicas"] is not None:
        what = "no replicas for a DaemonSet: it runs one pod on each node"
        yield _unwanted(("service", "replicas"), what)


def check_keys_of_jobs(config: Config) -> Iterator[Diagnostic]:
    """Find keys that a Job and the jobs of a CronJob do not have."""
    service, kind = config["service"], config["service"]["kind"]
    if kind not in JOBS:
        return
    no_service = f"for a {kind}: no Service finds pods that have ended"
    if service["replicas"] is not None:
        what = f"no replicas for a {kind}; write parallelism in job"
        yield _unwanted(("service", "replicas"), what)
    if service["ports"]:
        hint = "write ports of the container in service.container.ports"
        yield _unwanted(("service", "ports"), f"no ports {no_service}; {hint}")
    if config["ingress"]["rules"]:
        yield _unwanted(("ingress", "rules"), f"no rules {no_service}")
    if "restartPolicy" in config["pod"]:
        message = "set by service.restartPolicy; write it there"
        at = ("pod", "restartPolicy")
        yield Diagnostic.about(at, message, is_about_key=True, depends_on=(_KIND,))


def check_fields_of_jobs(config: Config) -> Iterator[Diagnostic]:
    """Find fields of the pod that Kubernetes has only for pods that end."""
    kind, fields = config["service"]["kind"], config["pod"]
    if kind is None or kind in JOBS:
        return
    if "activeDeadlineSeconds" in fields:
        yield _unwanted(("pod", "activeDeadlineSeconds"), "service.kind: CronJob or Job with it")
    policy = fields.get("restartPolicy", "Always")
    if isinstance(policy, str) and policy != "Always":
        error = NotationError(f"Always for a {kind}", policy)
        yield Diagnostic.about(("pod", "restartPolicy"), error, depends_on=(_KIND,))


def check_sections(config: Config) -> Iterator[Diagnostic]:
    """Find Kubernetes' own fields of another kind of workload."""
    kind = config["service"]["kind"]
    if kind is None:
        return
    fitting = ("cronjob", "job") if kind == "CronJob" else (kind.lower(),)
    for section in (each.lower() for each in WORKLOAD_KINDS):
        if section not in fitting and config[section]:
            what = f"{any_of(fitting)}, because service.kind is {kind}"
            yield _unwanted((section,), what)


def check_name(config: Config) -> Iterator[Diagnostic]:
    """Find a name that is too long for the names that Kubernetes makes of it."""
    name, kind = config["name"], config["service"]["kind"]
    added = 11 if kind in _WITH_SUFFIX else 0
    if kind in JOBS and config["job"].get("completionMode") == "Indexed":
        count = config["job"].get("completions")
        added += len(f"-{count - 1}") if isinstance(count, int) and count > 0 else 0
    if name is not None and len(name) > LABEL_LIMIT - added:
        longest = f"at most {LABEL_LIMIT - added} characters for a {kind}"
        error = NotationError(f"{longest}, to which Kubernetes adds {added}", Shown(len(name)))
        yield Diagnostic.about(("name",), error, depends_on=(_KIND,))


def find_changed_fields(**defaults: str | None) -> Comparison:
    """Return the comparison of fields of a spec that a cluster lets nobody change."""

    def find(old: Object, new: Object) -> Iterator[str]:
        for key, default in defaults.items():
            was, becomes = (value_at(each, "spec", key) or default for each in (old, new))
            if was != becomes:
                yield f"{key} changes, which a cluster refuses: delete and create it"

    return find


def _unwanted(path: KeyPath, what: str) -> Diagnostic:
    """Return the problem of a key that is not for the kind of workload."""
    return Diagnostic.about(path, f"expected {what}", is_about_key=True, depends_on=(_KIND,))


FILTERS: dict[str, Filter] = {
    **pod.FILTERS,
    **container.FILTERS,
    **security.FILTERS,
    "combine": combine,
    "present": present,
    "rollout": rollout,
}
RULES: tuple[Rule, ...] = (
    check_name,
    check_keys_of_kind,
    check_keys_of_jobs,
    check_fields_of_jobs,
    check_sections,
    *container.RULES,
    *sidecars.RULES,
    *variables.RULES,
    *listed_ports.RULES,
    *volumes.RULES,
    *security.RULES,
    *pod.RULES,
    check_rollout_of_kind,
)
COMPARISONS: tuple[Comparison, ...] = (
    find_changed_selector,
    find_no_replicas,
    find_lost_replicas,
    find_lost_protection,
)

WORKLOAD = Kind(name="", breaking_changes=COMPARISONS, pod_spec=POD_SPEC)
"""What is known of a workload that a template of the user's makes, such as a Rollout."""

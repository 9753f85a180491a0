"""The Job: pods that run to their end."""

from __future__ import annotations

from collections.abc import Iterator

from kustz_tpl.kinds import workload
from kustz_tpl.kinds.kind import Kind, Object, value_at

_FIXED = {
    "completions": None,
    "completionMode": "NonIndexed",
    "podFailurePolicy": None,
    "successPolicy": None,
    "backoffLimitPerIndex": None,
    "managedBy": "kubernetes.io/job-controller",
}


def find_changed_pods(old: Object, new: Object) -> Iterator[str]:
    """Yield that the pods of a Job change."""
    if value_at(old, "spec", "template") != value_at(new, "spec", "template"):
        hint = "delete it first; Argo CD and Flux have an annotation for that"
        yield f"its pods change, which a cluster refuses: {hint}"


JOB = Kind(
    name="Job",
    keys=("job",),
    template="job.yml",
    is_of_workload=True,
    pass_through=(workload.own_fields("job", "Job", before="template"),),
    breaking_changes=(
        find_changed_pods,
        workload.find_changed_selector,
        workload.find_changed_fields(**_FIXED),
        workload.find_lost_protection,
    ),
    pod_spec=workload.POD_SPEC,
)

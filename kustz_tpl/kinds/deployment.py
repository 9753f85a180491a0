"""The Deployment: its replicas, its selector, and the pod that it runs."""

from __future__ import annotations

from kustz_tpl.kinds import workload
from kustz_tpl.kinds.kind import Kind

DEPLOYMENT = Kind(
    name="Deployment",
    keys=("service", "containers", "initContainers", "pod", "deployment"),
    template="deployment.yml",
    is_of_workload=True,
    filters=workload.FILTERS,
    rules=workload.RULES,
    pass_through=(
        workload.own_fields(
            "deployment",
            "Deployment",
            replicas="set by service.replicas; write it there",
            selector="set by selector; write it there",
        ),
    ),
    breaking_changes=workload.COMPARISONS,
    pod_spec=workload.POD_SPEC,
)

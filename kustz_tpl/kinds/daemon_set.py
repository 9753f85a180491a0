"""The DaemonSet: a pod on every node."""

from __future__ import annotations

from kustz_tpl.kinds import workload
from kustz_tpl.kinds.kind import Kind

DAEMON_SET = Kind(
    name="DaemonSet",
    keys=("daemonset",),
    template="daemonset.yml",
    is_of_workload=True,
    pass_through=(
        workload.own_fields("daemonset", "DaemonSet", selector="set by selector; write it there"),
    ),
    breaking_changes=workload.COMPARISONS,
    pod_spec=workload.POD_SPEC,
)

"""The Job: pods that run to their end."""

from __future__ import annotations

from kustz_tpl.kinds import workload
from kustz_tpl.kinds.kind import Kind

JOB = Kind(
    name="Job",
    keys=("job",),
    template="job.yml",
    is_of_workload=True,
    pass_through=(workload.own_fields("job", "Job", before="template"),),
    breaking_changes=workload.COMPARISONS,
    pod_spec=workload.POD_SPEC,
)

"""The CronJob: when it runs, and the jobs that it makes."""

from __future__ import annotations

from typing import Any

from kustz_tpl.kinds import workload
from kustz_tpl.kinds.kind import Kind, parsed, present
from kustz_tpl.notation.schedule import Schedule, parse_schedule


def schedule(text: Schedule | str) -> dict[str, Any]:
    """Return a CronJob's `schedule` and `timeZone`."""
    found = parsed(parse_schedule, text)
    return present({"schedule": found.when, "timeZone": found.time_zone})


CRON_JOB = Kind(
    name="CronJob",
    keys=("cronjob",),
    template="cronjob.yml",
    is_of_workload=True,
    filters={"schedule": schedule},
    pass_through=(
        workload.own_fields(
            "cronjob",
            "CronJob",
            before="jobTemplate",
            schedule="set by service.schedule; write it there",
            jobTemplate="set by job, pod and metadata.job; write it there",
            timeZone="set by service.schedule; write the time zone there, after the five fields",
        ),
        workload.own_fields("job", "Job", ("spec", "jobTemplate", "spec"), before="template"),
    ),
    breaking_changes=workload.COMPARISONS,
    pod_spec=workload.JOBS_POD_SPEC,
)

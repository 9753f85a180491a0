"""The rules of pods and pod templates, one module for each topic."""

from __future__ import annotations

from kustz_tpl.verdict import persistent_volume_claim
from kustz_tpl.verdict.checks import SHARED, Rules
from kustz_tpl.verdict.pod import (
    container,
    env,
    mounts,
    network,
    probes,
    resources,
    scheduling,
    security,
    spec,
    volumes,
    windows,
)

RULES: Rules = {
    **SHARED,
    **persistent_volume_claim.RULES,  # of ephemeral volumes and volumeClaimTemplates
    **container.RULES,
    **env.RULES,
    **mounts.RULES,
    **network.RULES,
    **probes.RULES,
    **resources.RULES,
    **scheduling.RULES,
    **security.RULES,
    **spec.RULES,
    **volumes.RULES,
    **windows.RULES,
}
"""The checks of the types in a pod."""

"""The StatefulSet: pods with names of their own, and their claims."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kustz_tpl.kinds import workload
from kustz_tpl.kinds.kind import Config, Kind, Object, mappings_at
from kustz_tpl.notation.port import parse_named_port


class GoverningService(NamedTuple):
    """Name the headless Service that gives the pods their names, and whether it is to be made."""

    name: str | None
    is_new: bool


def has_claim_templates(config: Config) -> bool:
    """Check whether new claims are those of the pods, each with its own."""
    return bool(config["service"]["kind"] == STATEFUL_SET.name)


def governing_service(config: Config) -> GoverningService:
    """Return the headless Service of a StatefulSet: its own if that is headless, else another."""
    if config["service"]["kind"] != STATEFUL_SET.name or config["statefulset"].get("serviceName"):
        return GoverningService(None, is_new=False)
    ports = [parse_named_port(text) for text in config["service"]["ports"] if text]
    if all(port.service_type == "Headless" for port in ports):
        return GoverningService(config["name"], is_new=False)
    return GoverningService(f"{config['name']}-headless", is_new=True)


def find_changed_claim_templates(old: Object, new: Object) -> Iterator[str]:
    """Yield other claim templates, which stay as they are for the life of a StatefulSet."""
    if mappings_at(old, "spec", "volumeClaimTemplates") != mappings_at(
        new, "spec", "volumeClaimTemplates"
    ):
        yield "the claim templates change, which a cluster refuses: delete and create it"


STATEFUL_SET = Kind(
    name="StatefulSet",
    keys=("statefulset",),
    template="statefulset.yml",
    is_of_workload=True,
    pass_through=(
        workload.own_fields(
            "statefulset",
            "StatefulSet",
            replicas="set by service.replicas; write it there",
            selector="set by selector; write it there",
        ),
    ),
    breaking_changes=(
        *workload.COMPARISONS,
        workload.find_changed_fields(serviceName=None, podManagementPolicy="OrderedReady"),
        find_changed_claim_templates,
    ),
    pod_spec=workload.POD_SPEC,
)

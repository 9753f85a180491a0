"""The StatefulSet: pods with names of their own, and their claims."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kustz_tpl.errors import Diagnostic
from kustz_tpl.kinds import workload
from kustz_tpl.kinds.kind import Config, Kind, Object, mappings_at
from kustz_tpl.kinds.service import further_services
from kustz_tpl.notation.port import parse_port


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
    written = config["service"]["ports"]
    further = [name for name, each in further_services(config) if _is_headless(each["ports"])]
    automatic = f"{config['name']}-headless"
    if further and not (written and _is_headless(written)):
        return GoverningService(automatic if automatic in further else further[0], is_new=False)
    if _is_headless(written):
        return GoverningService(config["name"], is_new=False)
    return GoverningService(automatic, is_new=automatic not in config["services"])


def check_governing_service(config: Config) -> Iterator[Diagnostic]:
    """Find an entry of `services` with the name of the headless Service that has other ports."""
    governing = governing_service(config)
    ports = [
        text
        for name, each in further_services(config)
        if name == governing.name
        for text in each["ports"]
        if text
    ]
    if not _is_headless(ports):
        message = f"expected headless ports such as '#80': the StatefulSet {config['name']} takes it for its names"
        path, depends_on = ("services", str(governing.name)), (("service", "kind"),)
        yield Diagnostic.about(path, message, is_about_key=True, depends_on=depends_on)


def _is_headless(texts: Sequence[str | None]) -> bool:
    """Check whether all ports are headless."""
    ports = (parse_port(text) for text in texts if text)
    return all(port.service_type == "Headless" for port in ports)


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
    rules=(check_governing_service,),
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

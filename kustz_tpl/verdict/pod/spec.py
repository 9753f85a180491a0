"""The rules of Pods, pod templates and the fields of a PodSpec."""

from __future__ import annotations

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.verdict.checks import (
    LABEL,
    LARGEST,
    LARGEST_LONG,
    SUBDOMAIN,
    Fields,
    Findings,
    Rules,
    about,
    at_least,
    between,
    choice,
    forbidden,
    items,
    labels,
    only_if,
    parse_key,
    parse_pattern,
    read_by,
    required,
    unique,
)
from kustz_tpl.verdict.pod.annotations import check_annotations
from kustz_tpl.verdict.pod.app_armor import check_app_armor
from kustz_tpl.verdict.pod.container import check_images, check_names, containers
from kustz_tpl.verdict.pod.env import check_files_of_variables
from kustz_tpl.verdict.pod.mounts import check_mounts
from kustz_tpl.verdict.pod.network import check_dns, check_host, check_host_name
from kustz_tpl.verdict.pod.probes import check_init_containers, check_pause
from kustz_tpl.verdict.pod.resources import (
    check_claims,
    check_overhead,
    check_pod_limits,
    check_pod_resources,
    check_sums,
)
from kustz_tpl.verdict.pod.security import check_sysctls, check_user_namespace
from kustz_tpl.verdict.pod.windows import check_host_processes, check_system


def _check_pod(document: Fields, path: KeyPath) -> Findings:
    spec, at = document.get("spec") or {}, (*path, "spec")
    yield from check_mounts(spec, at)
    if spec.get("priority") and not spec.get("priorityClassName"):
        yield about((*at, "priority"), "expected priorityClassName with priority")
    if spec.get("overhead") is not None and not spec.get("runtimeClassName"):
        yield about((*at, "overhead"), "expected runtimeClassName with overhead")
    if not (spec.get("serviceAccountName") or spec.get("serviceAccount")):
        for index, volume in items(spec, "volumes"):
            for number, source in items(volume.get("projected") or {}, "sources"):
                if source.get("serviceAccountToken") is not None:
                    inner = (*at, "volumes", index, "projected", "sources", number)
                    yield about(inner, "expected serviceAccountName with a serviceAccountToken")
    for where, container in containers(spec):
        image = container.get("image", "")
        if image != image.strip():
            yield about((*at, *where, "image"), NotationError("an image without spaces", image))


RULES: Rules = {
    "Pod": (required("spec"), _check_pod, check_app_armor, check_annotations),
    "PodTemplateSpec": (required("spec"), check_app_armor, check_annotations),
    "PodSpec": (
        required("containers"),
        unique("volumes", "name"),
        unique("topologySpreadConstraints", "topologyKey", "whenUnsatisfiable"),
        choice("restartPolicy", "Always", "OnFailure", "Never"),
        choice("dnsPolicy", "ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
        choice("preemptionPolicy", "Never", "PreemptLowerPriority", may_be_empty=False),
        read_by(SUBDOMAIN, "hostnameOverride", may_be_empty=False),
        read_by(parse_pattern(r".*", "at most 64 characters", 64), "hostnameOverride"),
        read_by(SUBDOMAIN, "serviceAccountName", "priorityClassName", "nodeName"),
        read_by(SUBDOMAIN, "runtimeClassName", may_be_empty=False),
        read_by(LABEL, "hostname", "subdomain"),
        only_if(  # the deprecated name of the field
            lambda spec: not spec.get("serviceAccountName"),
            read_by(SUBDOMAIN, "serviceAccount"),
        ),
        labels("nodeSelector"),
        check_sysctls,
        at_least(1, "activeDeadlineSeconds"),
        between(-LARGEST_LONG - 1, LARGEST_LONG, "terminationGracePeriodSeconds"),
        between(-LARGEST - 1, LARGEST, "priority"),
        forbidden(" in a manifest", "ephemeralContainers"),
        unique("resourceClaims", "name"),
        unique("schedulingGates", "name"),
        check_claims,
        check_names,
        check_images,
        check_init_containers,
        check_host,
        check_host_name,
        check_pod_limits,
        check_overhead,
        check_pause,
        check_dns,
        check_pod_resources,
        check_sums,
        check_user_namespace,
        check_files_of_variables,
        check_system,
        check_host_processes,
    ),
    "PodOS": (required("name"), choice("name", "linux", "windows")),
    "PodReadinessGate": (required("conditionType"), read_by(parse_key, "conditionType")),
}
"""The checks of the types of a pod."""

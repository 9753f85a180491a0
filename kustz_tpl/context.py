"""What templates see: the config of a workload, and of the data files all but secrets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from kustz_tpl.data_files import Sources
from kustz_tpl.kinds.autoscaler import autoscale, least_replicas
from kustz_tpl.kinds.backend import ServicePorts, own_services, ports_of, services_for_rules
from kustz_tpl.kinds.service import SERVICE, selected_ports
from kustz_tpl.kinds.stateful_set import governing_service, has_claim_templates
from kustz_tpl.kinds.volumes import Volumes, pod_volumes
from kustz_tpl.schema.workloads import Workload

if TYPE_CHECKING:
    from kustz_tpl.patches import Additions
    from kustz_tpl.secrets.backends import Delivery

Context = dict[str, Any]


def contexts(
    workloads: Iterable[Workload],
    data: Sources,
    additions: Additions | None,
    delivery: Delivery | None,
) -> tuple[Context, list[Context]]:
    """Return what the templates see of the main workload, and of each of the others."""
    main, *others = workloads
    shared = _shared(data, additions, delivery)
    volumes = {each.entry: pod_volumes(each.config) for each in (main, *others)}
    claims = [
        claim
        for each in (main, *others)
        if not has_claim_templates(each.config)
        for claim in volumes[each.entry].claims
    ]
    unique = list({claim["name"]: claim for claim in reversed(claims)}.values())[::-1]
    shared["claims"] = unique
    further = [
        _context(each, volumes[each.entry], shared) | {"application": main.config["name"]}
        for each in others
    ]
    context = _context(main, volumes[main.entry], shared)
    context["services"] = _services(main, others)
    if main.config["ingress"]["rules"]:
        services = known_services((main, *others), additions)
        context["sources"]["routing"] = services_for_rules(main.config, services)
    return {**context, "application": main.config["name"], "workloads": further}, further


def known_services(
    workloads: Iterable[Workload], additions: Additions | None
) -> dict[str, ServicePorts | None]:
    """Return the ports of every Service of a file, of those in `resources` too."""
    services: dict[str, ServicePorts | None] = {}
    if additions:
        from kustz_tpl.patches.manifest import find_objects  # noqa: PLC0415 - seldom

        for each in find_objects(additions.manifests, SERVICE.name):
            services[each["metadata"]["name"]] = ports_of(each)
    for workload in workloads:
        services |= own_services(workload.config)
    return services


def _context(workload: Workload, volumes: Volumes, shared: Mapping[str, Any]) -> Context:
    config, service = workload.config, workload.config["service"]
    governing = governing_service(config)
    replicas = least_replicas(service["replicas"])
    return {
        **config,
        "workload": workload.entry,
        "workloads": [],
        "services": {},
        "service": {
            **service,
            "replicas": replicas,
            "autoscale": autoscale(service["replicas"]),
            "probes": _probes(service),
        },
        **{key: _containers(workload, key) for key in ("containers", "initContainers")},
        "sources": {
            "env": workload.env[service["name"] or ""],
            "volumes": volumes.volumes,
            "volumeMounts": volumes.mounts,
            "ports": [text for _, text in selected_ports(config)],
            "claimTemplates": volumes.claims if has_claim_templates(config) else [],
            "routing": {"default": None, "ports": {}},
            "serviceName": governing.name,
            "headless": governing.name if governing.is_new else None,
            **shared,
        },
    }


def _shared(
    data: Sources, additions: Additions | None, delivery: Delivery | None
) -> dict[str, Any]:
    """Return what is the same for all workloads."""
    return {
        "configmaps": [
            {"name": each.name, "literals": each.literals, "files": list(each.files)}
            for each in data.configmaps
        ],
        "secrets": [
            {"name": each.name, "type": each.type, "files": list(each.files)}
            for each in data.secrets
        ],
        "patches": [each.entry for each in additions.patches] if additions else [],
        "resources": [each.target for each in additions.manifests] if additions else [],
        "sealed": [each.path for each in delivery.sealed] if delivery else [],
        "externalSecrets": list(delivery.external) if delivery else [],
    }


def _services(main: Workload, others: Iterable[Workload]) -> dict[str, dict[str, Any]]:
    """Return the further Services by name, each with the selector of its workload."""
    selectors = {each.entry: each.config["selector"] for each in (main, *others)}
    return {
        name: {
            "ports": each["ports"],
            "annotations": each["annotations"],
            "selector": selectors[each["workload"]],
        }
        for name, each in main.config["services"].items()
        if each is not None
    }


def _containers(workload: Workload, key: Literal["containers", "initContainers"]) -> dict[str, Any]:
    """Return what the templates see of further containers: names and images filled in."""
    config = workload.config
    return {
        name: {
            "restartPolicy": None,
            **each,
            "name": name,
            "image": each["image"] or config["service"]["image"],
            "env": workload.env[name],
            "probes": _probes(each),
        }
        for name, each in config[key].items()
        if each is not None
    }


def _probes(container: Mapping[str, Any]) -> dict[str, Any]:
    return {kind: each or {} for kind, each in container["probes"].items()}

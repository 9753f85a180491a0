"""The notations of the language, a module for each family, and the table that names them all.

A parser takes the source text and returns a frozen value that keeps it, or raises NotationError,
whose `expected` holds nothing that the user wrote.
"""

from __future__ import annotations

from collections.abc import Callable

from kustz_tpl.notation.action import parse_action, parse_lifecycle_action, parse_probe_action
from kustz_tpl.notation.choices import (
    parse_dns_policy,
    parse_kube_version,
    parse_pull_policy,
    parse_restart_policy,
    parse_route_kind,
    parse_workload_kind,
)
from kustz_tpl.notation.dns import parse_dns_option, parse_nameserver, parse_search
from kustz_tpl.notation.image import parse_image
from kustz_tpl.notation.keys import (
    parse_annotation_key,
    parse_data_key,
    parse_env_name,
    parse_header_name,
    parse_label_key,
    parse_label_value,
)
from kustz_tpl.notation.local import (
    parse_age_recipient,
    parse_data_file,
    parse_data_path,
    parse_variable,
)
from kustz_tpl.notation.mount import parse_mount, parse_mount_path
from kustz_tpl.notation.names import (
    parse_dns_label,
    parse_dns_subdomain,
    parse_host,
    parse_port_name,
    parse_service_name,
)
from kustz_tpl.notation.pod import parse_security, parse_spread, parse_toleration
from kustz_tpl.notation.port import parse_container_port, parse_named_port, parse_port
from kustz_tpl.notation.quantity import parse_quantity, parse_resource
from kustz_tpl.notation.references import parse_env_source, parse_variable_source
from kustz_tpl.notation.replicas import parse_disruption_budget, parse_replicas, parse_rollout
from kustz_tpl.notation.route import parse_gateway, parse_ingress_rule, parse_route_rule
from kustz_tpl.notation.schedule import parse_duration, parse_schedule

CHECKS: dict[str, Callable[[str], object]] = {
    "action": parse_action,
    "age_recipient": parse_age_recipient,
    "annotation_key": parse_annotation_key,
    "container_port": parse_container_port,
    "data_file": parse_data_file,
    "data_key": parse_data_key,
    "data_path": parse_data_path,
    "disruption_budget": parse_disruption_budget,
    "dns_label": parse_dns_label,
    "dns_option": parse_dns_option,
    "dns_policy": parse_dns_policy,
    "dns_subdomain": parse_dns_subdomain,
    "duration": parse_duration,
    "env_name": parse_env_name,
    "env_source": parse_env_source,
    "gateway": parse_gateway,
    "header_name": parse_header_name,
    "host": parse_host,
    "image": parse_image,
    "ingress_rule": parse_ingress_rule,
    "kube_version": parse_kube_version,
    "label_key": parse_label_key,
    "label_value": parse_label_value,
    "lifecycle_action": parse_lifecycle_action,
    "mount": parse_mount,
    "mount_path": parse_mount_path,
    "named_port": parse_named_port,
    "nameserver": parse_nameserver,
    "port": parse_port,
    "port_name": parse_port_name,
    "probe_action": parse_probe_action,
    "pull_policy": parse_pull_policy,
    "quantity": parse_quantity,
    "replicas": parse_replicas,
    "resource": parse_resource,
    "restart_policy": parse_restart_policy,
    "rollout": parse_rollout,
    "route_kind": parse_route_kind,
    "route_rule": parse_route_rule,
    "schedule": parse_schedule,
    "search": parse_search,
    "security": parse_security,
    "service_name": parse_service_name,
    "spread": parse_spread,
    "toleration": parse_toleration,
    "variable": parse_variable,
    "variable_source": parse_variable_source,
    "workload_kind": parse_workload_kind,
}

"""The notations of the language: one module each, and the table that names them all.

A parser takes the source text and returns a frozen value, or raises NotationError with the one
message its user needs. In a message nothing the user wrote stands before `, got `.
"""

from __future__ import annotations

from collections.abc import Callable

from kustz_tpl.notation.action import parse_action
from kustz_tpl.notation.choices import parse_dns_policy, parse_pull_policy
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
from kustz_tpl.notation.names import (
    parse_dns_label,
    parse_dns_subdomain,
    parse_host,
    parse_port_name,
    parse_service_name,
)
from kustz_tpl.notation.port import parse_port
from kustz_tpl.notation.quantity import parse_quantity, parse_resource
from kustz_tpl.notation.references import parse_env_source
from kustz_tpl.notation.route import parse_ingress_rule
from kustz_tpl.notation.schedule import parse_duration

CHECKS: dict[str, Callable[[str], object]] = {
    "action": parse_action,
    "age_recipient": parse_age_recipient,
    "annotation_key": parse_annotation_key,
    "data_file": parse_data_file,
    "data_key": parse_data_key,
    "data_path": parse_data_path,
    "dns_label": parse_dns_label,
    "dns_option": parse_dns_option,
    "dns_policy": parse_dns_policy,
    "dns_subdomain": parse_dns_subdomain,
    "duration": parse_duration,
    "env_name": parse_env_name,
    "env_source": parse_env_source,
    "header_name": parse_header_name,
    "host": parse_host,
    "image": parse_image,
    "ingress_rule": parse_ingress_rule,
    "label_key": parse_label_key,
    "label_value": parse_label_value,
    "nameserver": parse_nameserver,
    "port": parse_port,
    "port_name": parse_port_name,
    "pull_policy": parse_pull_policy,
    "quantity": parse_quantity,
    "resource": parse_resource,
    "search": parse_search,
    "service_name": parse_service_name,
    "variable": parse_variable,
}

"""The notations of the language, a module for each family, and the table that names them all.

A parser takes the source text and returns a frozen value that keeps it, or raises NotationError,
whose `expected` holds nothing that the user wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module

MODULES = {
    "action": "action",
    "age_recipient": "local",
    "annotation_key": "keys",
    "container_port": "port",
    "data_file": "local",
    "data_key": "keys",
    "data_path": "local",
    "disruption_budget": "replicas",
    "dns_label": "names",
    "dns_option": "dns",
    "dns_policy": "choices",
    "dns_subdomain": "names",
    "duration": "schedule",
    "env_name": "keys",
    "env_source": "references",
    "gateway": "route",
    "header_name": "keys",
    "host": "names",
    "image": "image",
    "kube_version": "choices",
    "label_key": "keys",
    "label_value": "keys",
    "lifecycle_action": "action",
    "mount": "mount",
    "mount_path": "mount",
    "named_port": "port",
    "nameserver": "dns",
    "port": "port",
    "port_name": "names",
    "probe_action": "action",
    "pull_policy": "choices",
    "quantity": "quantity",
    "replicas": "replicas",
    "resource": "quantity",
    "restart_policy": "choices",
    "rollout": "replicas",
    "route_kind": "choices",
    "route_rule": "route",
    "schedule": "schedule",
    "search": "dns",
    "secret_key": "local",
    "security": "pod",
    "service_name": "names",
    "spread": "pod",
    "toleration": "pod",
    "variable": "local",
    "variable_source": "references",
    "workload_kind": "choices",
}
"""Each notation with the module that has its parser, `parse_<notation>`."""


class _Parsers(Mapping[str, Callable[[str], object]]):
    """Hold the parsers; each module is imported with its first use, which start-up time asks for.

    The modules of what few configs write cost 8 ms of processor time together.
    """

    def __getitem__(self, notation: str) -> Callable[[str], object]:
        parser: Callable[[str], object] = getattr(
            import_module(f"{__name__}.{MODULES[notation]}"), f"parse_{notation}"
        )
        return parser

    def __iter__(self) -> Iterator[str]:
        return iter(MODULES)

    def __len__(self) -> int:
        return len(MODULES)


CHECKS: Mapping[str, Callable[[str], object]] = _Parsers()

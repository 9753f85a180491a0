"""The notations of the language: a module for each family, and the table of them all.

A parser takes a string and returns a frozen value that keeps it, or raises NotationError, whose
`expected` contains nothing that the user wrote. A new notation is a parser in the module of its
family and a line in this table.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, wraps
from importlib import import_module
from typing import Any, TypeVar

from kustz_tpl.errors import NotationError
from kustz_tpl.messages import Shown, quoted

T = TypeVar("T")

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
    "dns_option": "names",
    "dns_policy": "choices",
    "dns_subdomain": "names",
    "duration": "schedule",
    "env_name": "keys",
    "env_source": "references",
    "environment": "names",
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
    "nameserver": "names",
    "port": "port",
    "port_name": "names",
    "pull_policy": "choices",
    "quantity": "quantity",
    "replicas": "replicas",
    "resource": "quantity",
    "restart_policy": "choices",
    "rollout": "replicas",
    "route_kind": "choices",
    "route_rule": "route",
    "schedule": "schedule",
    "search": "names",
    "secret_key": "local",
    "security": "pod",
    "service_name": "names",
    "spread": "pod",
    "toleration": "pod",
    "variable": "local",
    "variable_source": "references",
    "workload_kind": "choices",
}
"""Each notation and the module of its parser, `parse_<notation>`."""


class _Parsers(Mapping[str, Callable[[str], object]]):
    """Map each notation to its parser, whose module is imported on first use.

    The modules that few configs need take 8 ms of processor time together.
    """

    def __getitem__(self, notation: str) -> Callable[[str], object]:
        name = f"{__name__}.{MODULES[notation]}"
        # To ask for a module that is there takes import_module as long as a parser takes.
        module = sys.modules.get(name) or import_module(name)
        parser: Callable[[str], object] = getattr(module, f"parse_{notation}")
        return parser

    def __iter__(self) -> Iterator[str]:
        return iter(MODULES)

    def __len__(self) -> int:
        return len(MODULES)


CHECKS: Mapping[str, Callable[[str], object]] = _Parsers()


def cached(parse: Callable[[str], T]) -> Callable[[str], T]:
    """Return a parser with a cache: a check, a rule and a filter all ask for the same string."""
    known = lru_cache(parse)

    @wraps(parse)
    def parsed(text: Any) -> T:  # noqa: ANN401 - a template may have anything
        if isinstance(text, str):
            return known(text)
        kinds = {list: "a list", dict: "a mapping", type(None): "nothing"}
        raise NotationError("a string", Shown(kinds.get(type(text)) or quoted(str(text))))

    return parsed

"""What the workloads and Services of one application may not have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from kustz_tpl.errors import Diagnostic, KeyPath, NotationError
from kustz_tpl.kinds.kind import JOBS, Config, value_at
from kustz_tpl.kinds.mounts import Mounted, parse_mounts
from kustz_tpl.kinds.persistent_volume_claim import (
    find_differences,
    has_claim_templates,
    new_claims,
    only_access_of_one_node,
)
from kustz_tpl.kinds.service import written_ports
from kustz_tpl.kinds.service_account import account_name
from kustz_tpl.kinds.stateful_set import governing_service
from kustz_tpl.messages import Shown

Workloads = Mapping[str | None, Config]
"""The config of each workload by its entry of `workloads`; the main one comes first."""
Finding = tuple[str | None, Diagnostic]
"""A problem of the config of a workload."""


class _Service(NamedTuple):
    name: str
    owner: str
    entry: str | None
    path: KeyPath


def check(workloads: Workloads) -> Iterator[Finding]:
    """Find Services of one name or node port, shared claims, and selectors of others' pods."""
    if len(workloads) == 1 and not workloads[None]["services"]:
        return
    yield from check_services(workloads)
    yield from check_accounts(workloads)
    yield from check_node_ports(workloads)
    yield from check_selectors(workloads)
    yield from check_claims(workloads)


def check_services(workloads: Workloads) -> Iterator[Finding]:
    """Find two Services of one name."""
    seen: dict[str, _Service] = {}
    for each in _services(workloads):
        first = seen.setdefault(each.name, each)
        if first is not each:
            message = f"expected another name: {first.owner} has a Service {each.name}"
            depends_on = (each.path, (*each.path, "workload"), ("workloads",))
            yield (
                each.entry,
                Diagnostic.about(each.path, message, is_about_key=True, depends_on=depends_on),
            )


def check_accounts(workloads: Workloads) -> Iterator[Finding]:
    """Find two ServiceAccounts of one name."""
    owners: dict[str | None, str] = {}
    for entry, config in workloads.items():
        account = config["serviceAccount"]
        if not account["create"]:
            continue
        name = account_name(account, config["name"])
        if owners.setdefault(name, config["name"]) != config["name"]:
            path = ("serviceAccount", "name" if account["name"] else "create")
            message = f"expected another name: {owners[name]} has a ServiceAccount {name}"
            depends_on = (("serviceAccount", "name"),)
            yield entry, Diagnostic.about(path, message, is_about_key=True, depends_on=depends_on)


def check_node_ports(workloads: Workloads) -> Iterator[Finding]:
    """Find a node port of two Services."""
    seen: dict[int, KeyPath] = {}
    for entry, config in workloads.items():
        for at, ports in written_ports(config).items():
            if entry is not None and at[0] == "services":
                continue  # the main workload's config has them too
            for path, port in ports:
                owner = (entry or "", *at)
                if port.node_port is None or seen.setdefault(port.node_port, owner) == owner:
                    continue
                error = NotationError("unique node ports", Shown(f"{port.node_port} twice"))
                yield entry, Diagnostic.about(path, error)


def check_selectors(workloads: Workloads) -> Iterator[Finding]:
    """Find a selector that the pods of another workload match, one for each two workloads."""
    found: set[frozenset[str | None]] = set()
    for entry, config in workloads.items():
        selector = config["selector"]
        for other, each in workloads.items() if config["service"]["kind"] not in JOBS else ():
            pair = frozenset((entry, other))
            if other == entry or pair in found or not selector.items() <= _pod_labels(each).items():
                continue
            found.add(pair)
            is_own = selector != {"app": config["name"]}
            message = f"the selector of {config['name']} matches the pods of {each['name']} too"
            yield entry if is_own else other, Diagnostic.about(("selector",), message)


def check_claims(workloads: Workloads) -> Iterator[Finding]:
    """Find a claim that workloads make in two ways, and warn of one that only a node can mount."""
    made: dict[str, tuple[str | None, Mounted]] = {}
    for entry, config in workloads.items():
        for name, each in new_claims(_shared_mounts(config)).items():
            _, first = made.setdefault(name, (entry, each))
            for found in find_differences(first, each):
                yield entry, found._replace(subject=found.subject._replace(other=None))
    for name, (entry, each) in made.items():
        users = _users(name, workloads.values())
        if len(users) > 1 and (access := only_access_of_one_node(each.first)):
            names = f"{', '.join(users[:-1])} and {users[-1]}"
            message = f"pvc://{name} is {access}, but {names} mount it; write access=RWX"
            yield entry, Diagnostic.about(each.path, message, severity="warning")


def _services(workloads: Workloads) -> Iterator[_Service]:
    """Yield the Services: first those that nobody names, last those that may have any name."""
    owners = {
        entry: f"the {config['service']['kind']} {config['name']}"
        for entry, config in workloads.items()
    }
    for entry, config in workloads.items():
        governing = governing_service(config)
        if governing.name and governing.is_new:
            yield _Service(governing.name, owners[entry], entry, ("name",))
    for entry, config in workloads.items():
        if config["service"]["ports"]:
            yield _Service(config["name"], owners[entry], entry, ("name",))
    for name in workloads[None]["services"]:
        yield _Service(name, "services", None, ("services", name))


def _pod_labels(config: Config) -> dict[str, str]:
    section = config["service"]["kind"] or ""
    return {
        **config["labels"],
        **config["metadata"]["pod"]["labels"],
        **(value_at(config, section.lower(), "template", "metadata", "labels") or {}),
        "app": config["name"],
        **config["selector"],
    }


def _shared_mounts(config: Config) -> list[Mounted]:
    """Return the mounts, of a StatefulSet those of claims that exist."""
    mounted = parse_mounts(config)
    own = new_claims(mounted) if has_claim_templates(config) else {}
    return [each for each in mounted if each.scheme == "pvc" and each.first.name not in own]


def _users(claim: str, configs: Iterable[Config]) -> list[str]:
    return [
        config["name"]
        for config in configs
        if any(each.first.name == claim for each in _shared_mounts(config))
    ]

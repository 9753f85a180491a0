"""The pod of a workload: its DNS, its pull Secrets, and the taints that it tolerates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kustz_tpl.errors import Diagnostic, NotationError
from kustz_tpl.kinds.kind import (
    Config,
    Filter,
    Object,
    PassThrough,
    Rule,
    is_older_than,
    mappings_at,
    parsed,
    present,
    string_at,
    value_at,
)
from kustz_tpl.messages import Shown, quoted
from kustz_tpl.notation.names import parse_dns_option, parse_old_search
from kustz_tpl.notation.pod import Spread, Toleration, parse_spread, parse_toleration
from kustz_tpl.rules.general import check_once

_POD = ("pod",)
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")

MAX_NAMESERVERS = 3
MORE_SEARCHES = 26
"""The Kubernetes 1.x from which there may be many search domains."""
OLD_SEARCHES = (6, 256)
"""How many there may be before, and how long all of them with a blank between them."""
NEW_SEARCHES = (32, 2048)
RELAXED_SEARCHES = 33
"""The Kubernetes 1.x from which a search domain may have a `_`, and be a single dot."""


def dns_config(dns: Mapping[str, Any]) -> dict[str, Any]:
    """Return a pod's `dnsConfig`, empty if there is none."""
    config = dns["config"]
    options = [
        present({"name": o.name, "value": o.value})
        for o in (parsed(parse_dns_option, each) for each in config["options"])
    ]
    return present(
        {"nameservers": config["nameservers"], "searches": config["searches"], "options": options}
    )


def toleration(text: Toleration | str) -> dict[str, Any]:
    """Return a pod's toleration of `KEY[=VALUE][:EFFECT]`."""
    found = parsed(parse_toleration, text)
    return {
        **({} if found.key is None else {"key": found.key}),
        "operator": "Exists" if found.value is None else "Equal",
        **({} if found.value is None else {"value": found.value}),
        **({} if found.effect is None else {"effect": found.effect}),
    }


def spread_constraint(text: Spread | str, selector: Mapping[str, Any]) -> dict[str, Any]:
    """Return a pod's topologySpreadConstraint of `zone`, `host:required` or another label key."""
    found = parsed(parse_spread, text)
    return {
        "maxSkew": 1,
        "topologyKey": found.topology_key,
        "whenUnsatisfiable": "DoNotSchedule" if found.is_required else "ScheduleAnyway",
        "labelSelector": {"matchLabels": dict(selector)},
    }


def check_pod(config: Config) -> Iterator[Diagnostic]:
    """Find duplicates in the lists of a pod."""
    yield from check_once(("service", "imagePullSecrets"), config["service"]["imagePullSecrets"])
    yield from check_once(("tolerations",), config["tolerations"])


def check_spread(config: Config) -> Iterator[Diagnostic]:
    """Find two constraints of one label key and degree."""
    seen: dict[object, int] = {}
    for index, text in enumerate(config["spread"]):
        if text is None:
            continue
        found = parse_spread(text)
        first = seen.setdefault(found._replace(text=""), index)
        if first != index:
            error = NotationError("unique entries", Shown(f"{quoted(text)} twice"))
            yield Diagnostic.about(("spread", index), error, other=("spread", first))


def check_dns(config: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Find what the pod's resolver cannot have."""
    dns = config["dns"]
    servers, searches = dns["config"]["nameservers"], dns["config"]["searches"]
    if dns["policy"] == "None" and not servers:
        expected = "a name server, because the policy is None"
        error = NotationError(expected, hint="write policy: ClusterFirst")
        path = ("dns", "config", "nameservers")
        yield Diagnostic.about(path, error, depends_on=(("dns", "policy"),))
    if len(servers) > MAX_NAMESERVERS:
        message = NotationError(f"at most {MAX_NAMESERVERS} name servers", Shown(len(servers)))
        yield Diagnostic.about(("dns", "config", "nameservers", MAX_NAMESERVERS), message)
    yield from check_once(("dns", "config", "nameservers"), servers)
    yield from check_once(("dns", "config", "searches"), searches)
    limits = OLD_SEARCHES if is_older_than(config, MORE_SEARCHES) else NEW_SEARCHES
    yield from _check_searches([each or "" for each in searches], *limits)
    if is_older_than(config, RELAXED_SEARCHES):
        yield from _check_old_searches(searches)
    names = [each and parse_dns_option(each).name for each in dns["config"]["options"]]
    yield from check_once(("dns", "config", "options"), names)


def find_lost_protection(old: Object, new: Object) -> Iterator[str]:
    """Yield the probes and limits that the containers of a pod's spec lose."""
    new_ones = {string_at(container, "name"): container for container in _containers(new)}
    for container in _containers(old):
        name = string_at(container, "name")
        if name in new_ones:
            yield from _protection(container, new_ones[name])


PASS_THROUGH = PassThrough(
    path=_POD,
    type="PodSpec",
    part=(),
    is_in_pod=True,
    before="volumes",
    owned={
        (*_POD, "imagePullSecrets"): "set by service.imagePullSecrets; write it there",
        (*_POD, "dnsPolicy"): "set by dns.policy; write it there",
        (*_POD, "dnsConfig"): "set by dns.config; write it there",
    },
    shared={
        (*_POD, "containers"): "service or containers",
        (*_POD, "initContainers"): "initContainers",
        (*_POD, "tolerations"): "tolerations",
        (*_POD, "topologySpreadConstraints"): "spread",
        (*_POD, "securityContext"): "security",
        (*_POD, "volumes"): "mounts",
    },
)

FILTERS: dict[str, Filter] = {
    "dns_config": dns_config,
    "spread_constraint": spread_constraint,
    "toleration": toleration,
}
RULES: tuple[Rule, ...] = (check_pod, check_spread, check_dns)


def _check_old_searches(searches: Sequence[str | None]) -> Iterator[Diagnostic]:
    for index, text in enumerate(searches):
        try:
            parse_old_search(text or "a")
        except NotationError as error:
            path = ("dns", "config", "searches", index)
            yield Diagnostic.about(path, error, depends_on=(("kubeVersion",),))


def _protection(old: Object, new: Object) -> Iterator[str]:
    for probe in _PROBES:
        if value_at(old, probe) and not value_at(new, probe):
            yield f"container {string_at(old, 'name')} loses its {probe}"
    kept = value_at(new, "resources", "limits") or {}
    for resource in value_at(old, "resources", "limits") or {}:
        if resource not in kept:
            yield f"container {string_at(old, 'name')} loses its limit of {resource}"


def _containers(spec: Object) -> list[Object]:
    return [*mappings_at(spec, "initContainers"), *mappings_at(spec, "containers")]


def _check_searches(searches: list[str], most: int, longest: int) -> Iterator[Diagnostic]:
    path, depends_on = ("dns", "config", "searches"), (("kubeVersion",),)
    length = len(" ".join(searches))
    if len(searches) > most:
        message = NotationError(f"at most {most} search domains", Shown(len(searches)))
        yield Diagnostic.about((*path, most), message, depends_on=depends_on)
    elif length > longest:
        expected = f"search domains of at most {longest} characters in total"
        message = NotationError(expected, Shown(length))
        yield Diagnostic.about(path, message, is_about_key=True, depends_on=depends_on)

"""The rules of DNS, host names, host ports and host namespaces."""

from __future__ import annotations

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.notation.names import parse_search
from kustz_tpl.verdict.checks import (
    SUBDOMAIN,
    Fields,
    Findings,
    Rules,
    about,
    each_read_by,
    items,
    parse_ip,
    read_by,
    required,
)
from kustz_tpl.verdict.pod.container import containers

_MOST_NAMESERVERS = 3
_MOST_SEARCHES, _LONGEST_SEARCHES = 32, 2048


def check_dns(spec: Fields, path: KeyPath) -> Findings:
    """Yield what is wrong with the name servers and search domains of a pod."""
    config = spec.get("dnsConfig") or {}
    if spec.get("dnsPolicy") == "None" and not config.get("nameservers"):
        at = (*path, "dnsConfig")
        yield about(at, NotationError("nameservers with dnsPolicy: None", Shown("none")))
    servers, searches = config.get("nameservers") or (), config.get("searches") or ()
    if len(servers) > _MOST_NAMESERVERS:
        at = (*path, "dnsConfig", "nameservers")
        expected = f"at most {_MOST_NAMESERVERS} nameservers"
        yield about(at, NotationError(expected, Shown(len(servers))))
    if len(searches) > _MOST_SEARCHES or len(" ".join(searches)) > _LONGEST_SEARCHES:
        at = (*path, "dnsConfig", "searches")
        yield about(at, f"expected at most {_MOST_SEARCHES} domains")


def check_host(spec: Fields, path: KeyPath) -> Findings:
    """Yield what is wrong with host ports and host namespaces."""
    taken = set()
    for at, container in containers(spec):
        for index, each in items(container, "ports"):
            where = (*path, *at, "ports", index, "hostPort")
            host, inner = each.get("hostPort"), each.get("containerPort")
            if spec.get("hostNetwork") and host and host != inner:
                expected = f"{inner}, the containerPort, with hostNetwork: true"
                yield about(where, NotationError(expected, Shown(host)))
            used = (each.get("protocol") or "TCP", each.get("hostIP", ""), host)
            if host and used in taken and at[0] == "containers":
                yield about(where, NotationError("a unique hostPort", Shown(host)))
            taken.add(used)
    if spec.get("hostPID") and spec.get("shareProcessNamespace"):
        at_share = (*path, "shareProcessNamespace")
        yield about(at_share, "expected either hostPID or shareProcessNamespace, got both")
    if spec.get("hostUsers") is False:
        for key in ("hostNetwork", "hostPID", "hostIPC"):
            if spec.get(key):
                yield about((*path, key), f"expected no {key} with hostUsers: false")


def check_host_name(spec: Fields, path: KeyPath) -> Findings:
    """Yield a hostnameOverride with fields that exclude it."""
    for key in ("hostNetwork", "setHostnameAsFQDN"):
        if spec.get("hostnameOverride") is not None and spec.get(key):
            yield about((*path, "hostnameOverride"), f"expected no {key} with hostnameOverride")


RULES: Rules = {
    "HostAlias": (
        required("ip"),
        read_by(parse_ip, "ip"),
        each_read_by(SUBDOMAIN, "hostnames"),
    ),
    "PodDNSConfig": (
        each_read_by(parse_ip, "nameservers"),
        each_read_by(parse_search, "searches"),
    ),
    "PodDNSConfigOption": (required("name"),),
}
"""The checks of the types of a pod's network."""

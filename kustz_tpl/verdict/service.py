"""The rules of Services."""

from __future__ import annotations

from ipaddress import ip_address

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.notation.names import is_dns_subdomain
from kustz_tpl.verdict.checks import (
    LABEL,
    LARGEST,
    LARGEST_PORT,
    Fields,
    Findings,
    Rules,
    about,
    between,
    check_port,
    choice,
    choices,
    each_read_by,
    items,
    labels,
    notation,
    parse_cidr,
    parse_ip,
    parse_key,
    read_by,
    required,
)

_EXTERNAL = ("NodePort", "LoadBalancer")
_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
_TOPOLOGY = "service.kubernetes.io/topology-mode"
_HINTS = "service.kubernetes.io/topology-aware-hints"
_MOST_SECONDS = 86400


def _type(spec: Fields) -> str:
    return spec.get("type") or "ClusterIP"


def _check_service(spec: Fields, path: KeyPath) -> Findings:
    kind, address = _type(spec), spec.get("clusterIP") or ""
    is_headless = address == "None"
    if not spec.get("ports") and not is_headless and kind != "ExternalName":
        yield about((*path, "ports"), NotationError("at least one port", Shown("none")))
    if is_headless and kind in _EXTERNAL:
        yield about((*path, "clusterIP"), f"expected an address with type: {kind}, got None")
    if kind == "ExternalName":
        yield from _check_external_name(spec, path)
    if kind != "LoadBalancer":
        for key in (
            "loadBalancerSourceRanges",
            "loadBalancerClass",
            "allocateLoadBalancerNodePorts",
        ):
            if spec.get(key) not in (None, [], ""):
                yield about((*path, key), f"expected no {key} without type: LoadBalancer")
    if spec.get("externalTrafficPolicy") and kind not in _EXTERNAL and not spec.get("externalIPs"):
        at = (*path, "externalTrafficPolicy")
        yield about(at, f"expected no externalTrafficPolicy with type: {kind}")


def _check_families(spec: Fields, path: KeyPath) -> Findings:
    """Yield what is wrong with the IP addresses and IP families of a Service."""
    first = spec.get("clusterIP") or ""
    addresses = spec.get("clusterIPs") or ([first] if first else [])
    families = spec.get("ipFamilies") or []
    if len(set(families)) < len(families):
        yield about((*path, "ipFamilies"), "expected each family once")
    if len(families) > 1 and spec.get("ipFamilyPolicy") in (None, "SingleStack"):
        yield about(
            (*path, "ipFamilies"), "expected ipFamilyPolicy: PreferDualStack with two families"
        )
    if not addresses or _type(spec) == "ExternalName":
        return
    at = (*path, "clusterIPs")
    if addresses[0] != first:
        yield about(at, NotationError(f"{first or 'none'}, the clusterIP", addresses[0]))
    if addresses == ["None"]:
        return
    found = [each for text in addresses for each in notation(parse_ip, text, at)]
    yield from found
    kinds = [] if found else [f"IPv{ip_address(text).version}" for text in addresses]
    if len(set(kinds)) < len(kinds):
        yield about(at, "expected one address of each family")
    if any(one != other for one, other in zip(kinds, families, strict=False)):
        yield about(at, f"expected addresses of {', '.join(families)}, the ipFamilies")


def _check_session_affinity(spec: Fields, path: KeyPath) -> Findings:
    """Yield a session timeout out of range; without session affinity, the server drops it."""
    if spec.get("sessionAffinity") == "ClientIP":
        client = (spec.get("sessionAffinityConfig") or {}).get("clientIP") or {}
        at = (*path, "sessionAffinityConfig", "clientIP")
        yield from between(1, _MOST_SECONDS, "timeoutSeconds")(client, at)


def _check_health_port(spec: Fields, path: KeyPath) -> Findings:
    is_local = spec.get("externalTrafficPolicy") == "Local"
    if spec.get("healthCheckNodePort") and not (_type(spec) == "LoadBalancer" and is_local):
        what = "type: LoadBalancer and externalTrafficPolicy: Local"
        yield about((*path, "healthCheckNodePort"), f"expected {what} with healthCheckNodePort")


def _check_external_name(spec: Fields, path: KeyPath) -> Findings:
    name = spec.get("externalName") or ""
    if not is_dns_subdomain(name.removesuffix(".")):
        yield about((*path, "externalName"), NotationError("a host name", name or Shown("none")))
    for key in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"):
        if spec.get(key):
            yield about((*path, key), f"expected no {key} with type: ExternalName")


def _check_ports(spec: Fields, path: KeyPath) -> Findings:
    names, numbers, nodes = set(), set(), set()
    ports = list(items(spec, "ports"))
    for index, each in ports:
        at = (*path, "ports", index)
        protocol, name = each.get("protocol") or "TCP", each.get("name")
        if not name and len(ports) > 1:
            yield about((*at, "name"), NotationError("a name of each port", Shown("none")))
        if name and name in names:
            yield about((*at, "name"), NotationError("a unique port name", name))
        if each.get("port") and (protocol, each["port"]) in numbers:
            yield about((*at, "port"), NotationError("a unique port", Shown(each["port"])))
        if node := each.get("nodePort"):
            if _type(spec) == "ClusterIP":
                yield about((*at, "nodePort"), "expected no nodePort with type: ClusterIP")
            if (protocol, node) in nodes:
                yield about((*at, "nodePort"), NotationError("a unique nodePort", Shown(node)))
        names.add(name)
        numbers.add((protocol, each.get("port")))
        nodes.add((protocol, each.get("nodePort")))


def _check_service_port(port: Fields, path: KeyPath) -> Findings:
    if not port.get("port"):
        yield about((*path, "port"), NotationError("a port", Shown("none")))
    target = port.get("targetPort")
    if target not in (None, 0, ""):
        yield from check_port(target, (*path, "targetPort"))


def _check_external_ips(spec: Fields, path: KeyPath) -> Findings:
    for index, text in items(spec, "externalIPs"):
        found = list(notation(parse_ip, text, (*path, "externalIPs", index)))
        yield from found
        if found:
            continue
        address = ip_address(text)
        if (
            address.is_loopback
            or address.is_link_local
            or address.is_unspecified
            or address.is_multicast
        ):
            expected = "an address that other hosts can reach"
            yield about((*path, "externalIPs", index), NotationError(expected, text))


def _check_ranges(service: Fields, path: KeyPath) -> Findings:
    """Yield what is wrong with the annotation for source ranges, which a field replaces."""
    text = ((service.get("metadata") or {}).get("annotations") or {}).get(_RANGES)
    spec = service.get("spec") or {}
    if text is None or spec.get("loadBalancerSourceRanges"):
        return
    at = (*path, "metadata", "annotations", _RANGES)
    if _type(spec) != "LoadBalancer":
        yield about(at, "expected type: LoadBalancer with this annotation")
    for network in text.split(",") if text.strip() else ():
        yield from notation(parse_cidr, network.strip(), at)


def _check_topology(service: Fields, path: KeyPath) -> Findings:
    """Yield an annotation that says other than the one with its old name."""
    notes = (service.get("metadata") or {}).get("annotations") or {}
    old, new = notes.get(_HINTS), notes.get(_TOPOLOGY)
    if None not in (old, new) and old != new:
        at = (*path, "metadata", "annotations", _TOPOLOGY)
        yield about(at, NotationError(f"{old}, the value of {_HINTS}", new or Shown("none")))


RULES: Rules = {
    "Service": (required("spec"), _check_ranges, _check_topology),
    "ServiceSpec": (
        choice("type", "ClusterIP", "ExternalName", *_EXTERNAL),
        choice("sessionAffinity", "None", "ClientIP"),
        choice("externalTrafficPolicy", "Cluster", "Local"),
        choice("internalTrafficPolicy", "Cluster", "Local", may_be_empty=False),
        choice(
            "ipFamilyPolicy",
            *("SingleStack", "PreferDualStack", "RequireDualStack"),
            may_be_empty=False,
        ),
        choice(
            "trafficDistribution",
            *("PreferClose", "PreferSameZone", "PreferSameNode"),
            may_be_empty=False,
        ),
        choices("ipFamilies", "IPv4", "IPv6"),
        labels("selector"),
        each_read_by(lambda text: parse_cidr(text.strip()), "loadBalancerSourceRanges"),
        between(0, LARGEST_PORT, "healthCheckNodePort"),
        read_by(parse_key, "loadBalancerClass", may_be_empty=False),
        _check_service,
        _check_health_port,
        _check_ports,
        _check_external_ips,
        _check_families,
        _check_session_affinity,
    ),
    "ClientIPConfig": (between(-LARGEST - 1, LARGEST, "timeoutSeconds"),),
    "ServicePort": (
        between(1, LARGEST_PORT, "port"),
        between(0, LARGEST_PORT, "nodePort"),
        read_by(LABEL, "name"),
        choice("protocol", "TCP", "UDP", "SCTP"),
        read_by(parse_key, "appProtocol", may_be_empty=False),
        _check_service_port,
    ),
}
"""The checks of the types of a Service."""

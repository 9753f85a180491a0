"""The rules of NetworkPolicies."""

from __future__ import annotations

from ipaddress import ip_network

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.verdict.checks import (
    LARGEST_PORT,
    SHARED,
    Fields,
    Findings,
    Rules,
    about,
    check_port,
    choice,
    choices,
    items,
    notation,
    parse_cidr,
)


def _check_types(spec: Fields, path: KeyPath) -> Findings:
    if len(spec.get("policyTypes") or ()) > 2:  # noqa: PLR2004 - there are two
        yield about((*path, "policyTypes"), "expected at most two types")


def _check_peer(peer: Fields, path: KeyPath) -> Findings:
    others = [key for key in ("podSelector", "namespaceSelector") if peer.get(key) is not None]
    if peer.get("ipBlock") is None:
        if not others:
            yield about(path, "expected podSelector, namespaceSelector or ipBlock, got none")
    elif others:
        yield about((*path, others[0]), f"expected no {others[0]} with ipBlock")


def _check_block(block: Fields, path: KeyPath) -> Findings:
    found = list(notation(parse_cidr, block.get("cidr", ""), (*path, "cidr")))
    yield from found
    for index, text in items(block, "except"):
        at = (*path, "except", index)
        wrong = list(notation(parse_cidr, text, at))
        yield from wrong
        if wrong or found:
            continue
        outer, inner = ip_network(block["cidr"]), ip_network(text)
        if outer.version != inner.version or outer == inner or not inner.subnet_of(outer):  # type: ignore[arg-type]
            yield about(at, NotationError(f"a part of {block['cidr']}", text))


def _check_policy_port(port: Fields, path: KeyPath) -> Findings:
    first, last = port.get("port"), port.get("endPort")
    if first is not None:
        yield from check_port(first, (*path, "port"))
    if last is not None and (not isinstance(first, int) or not first <= last <= LARGEST_PORT):
        expected = "a number of at least that of port"
        yield about((*path, "endPort"), NotationError(expected, Shown(last)))


RULES: Rules = {
    **SHARED,
    "NetworkPolicySpec": (choices("policyTypes", "Ingress", "Egress"), _check_types),
    "NetworkPolicyPeer": (_check_peer,),
    "NetworkPolicyPort": (
        choice("protocol", "TCP", "UDP", "SCTP", may_be_empty=False),
        _check_policy_port,
    ),
    "IPBlock": (_check_block,),
}
"""The checks of the types of a NetworkPolicy."""

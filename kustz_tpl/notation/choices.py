"""Words of a fixed choice, in any case."""

from __future__ import annotations

from typing import Literal, cast

from kustz_tpl.notation.parser import choose

DnsPolicy = Literal["None", "Default", "ClusterFirst", "ClusterFirstWithHostNet"]
PullPolicy = Literal["Always", "Never", "IfNotPresent"]

_DNS_POLICIES = ("None", "Default", "ClusterFirst", "ClusterFirstWithHostNet")
_PULL_POLICIES = ("Always", "Never", "IfNotPresent")


def parse_pull_policy(text: str) -> PullPolicy:
    """Read `Always`, `Never` or `IfNotPresent`, in any case.

    Examples: `Always`, `ifNotPresent`. Refused: any other word.
    """
    return cast("PullPolicy", choose(text, _PULL_POLICIES))


def parse_dns_policy(text: str) -> DnsPolicy:
    """Read `None`, `Default`, `ClusterFirst` or `ClusterFirstWithHostNet`, in any case.

    Examples: `None`, `clusterfirst`. Refused: any other word.
    """
    return cast("DnsPolicy", choose(text, _DNS_POLICIES))

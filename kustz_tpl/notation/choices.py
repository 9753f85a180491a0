"""Notations with a fixed set of words, in any case."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple, cast

from kustz_tpl.errors import NotationError
from kustz_tpl.messages import any_of, closest

DnsPolicy = Literal["None", "Default", "ClusterFirst", "ClusterFirstWithHostNet"]
PullPolicy = Literal["Always", "Never", "IfNotPresent"]

WorkloadKind = Literal["Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job"]
RestartPolicy = Literal["Never", "OnFailure"]
RouteKind = Literal["Ingress", "HTTPRoute", "VirtualService"]

_DNS_POLICIES = ("None", "Default", "ClusterFirst", "ClusterFirstWithHostNet")
_PULL_POLICIES = ("Always", "Never", "IfNotPresent")

WORKLOAD_KINDS = ("Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job")
_RESTART_POLICIES = ("Never", "OnFailure")
ROUTE_KINDS = ("Ingress", "HTTPRoute", "VirtualService")
_MINORS = range(25, 38)


class KubeVersion(NamedTuple):
    """Hold a version of Kubernetes; a later version compares as greater."""

    major: int
    minor: int

    def __str__(self) -> str:
        """Return the version as it is written: `1.30`."""
        return f"{self.major}.{self.minor}"


def parse_pull_policy(text: str, *, within: str | None = None) -> PullPolicy:
    """Read `Always`, `Never` or `IfNotPresent`, in any case.

    Examples: `Always`, `ifNotPresent`. Refused: any other word.
    """
    return cast("PullPolicy", choose(text, _PULL_POLICIES, within))


def parse_dns_policy(text: str) -> DnsPolicy:
    """Read `None`, `Default`, `ClusterFirst` or `ClusterFirstWithHostNet`, in any case.

    Examples: `None`, `clusterfirst`. Refused: any other word.
    """
    return cast("DnsPolicy", choose(text, _DNS_POLICIES))


def parse_workload_kind(text: str) -> WorkloadKind:
    """Read `Deployment`, `StatefulSet`, `DaemonSet`, `CronJob` or `Job`, in any case.

    Examples: `StatefulSet`, `cronjob`. Refused: any other word.
    """
    return cast("WorkloadKind", choose(text, WORKLOAD_KINDS))


def parse_restart_policy(text: str) -> RestartPolicy:
    """Read the restart policy of a Job's pods: `Never` or `OnFailure`, in any case.

    Examples: `Never`, `onFailure`. Refused: any other word, including `Always`.
    """
    return cast("RestartPolicy", choose(text, _RESTART_POLICIES))


def parse_route_kind(text: str) -> RouteKind:
    """Read `Ingress`, `HTTPRoute` or `VirtualService`, in any case.

    Examples: `HTTPRoute`, `ingress`. Refused: any other word.
    """
    return cast("RouteKind", choose(text, ROUTE_KINDS))


def parse_kube_version(text: str) -> KubeVersion:
    """Read the oldest Kubernetes version that the manifests support, `1.25` to `1.37`.

    Examples: `1.29`, `1.30`. Refused: another version, a patch version, a range, `latest`.
    """
    if re.fullmatch(r"1\.[1-9][0-9]", text) and int(text[2:]) in _MINORS:
        return KubeVersion(1, int(text[2:]))
    raise NotationError(f"a version from 1.{_MINORS[0]} to 1.{_MINORS[-1]}", text)


def choose(word: str, words: Sequence[str], within: str | None = None, where: str = "") -> str:
    """Return the word that a string spells in any case.

    `where` follows the words in the message, such as ` before '://'`.
    """
    for each in words:
        if each.lower() == word.lower():
            return each
    raise NotationError(any_of(words) + where, word, within, hint=closest(word, words))

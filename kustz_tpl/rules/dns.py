"""The DNS settings of the pod, within the limits of every Kubernetes from 1.25."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kustz_tpl.errors import NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.notation.dns import parse_dns_option
from kustz_tpl.rules.finding import Finding
from kustz_tpl.rules.repetition import check_once

MAX_NAMESERVERS = 3
MAX_SEARCHES = 6
"""What Kubernetes 1.25 takes; from 1.26 it is 32."""
MAX_SEARCH_LENGTH = 256
"""Of all domains with a blank between them; from Kubernetes 1.26 it is 2048."""


def check_dns(config: Mapping[str, Any]) -> Iterator[Finding]:
    """Find what the pod's resolver cannot have."""
    dns = config["dns"]
    servers, searches = dns["config"]["nameservers"], dns["config"]["searches"]
    if dns["policy"] == "None" and not servers:
        expected = "a name server, because the policy is None"
        error = NotationError(expected, hint="write policy: ClusterFirst")
        yield Finding(("dns", "config", "nameservers"), error)
    if len(servers) > MAX_NAMESERVERS:
        message = NotationError(f"at most {MAX_NAMESERVERS} name servers", Shown(len(servers)))
        yield Finding(("dns", "config", "nameservers", MAX_NAMESERVERS), message)
    yield from check_once(("dns", "config", "nameservers"), servers)
    yield from check_once(("dns", "config", "searches"), searches)
    yield from _check_searches([each or "" for each in searches])
    names = [each and parse_dns_option(each).name for each in dns["config"]["options"]]
    yield from check_once(("dns", "config", "options"), names)


def _check_searches(searches: list[str]) -> Iterator[Finding]:
    path = ("dns", "config", "searches")
    length = len(" ".join(searches))
    if len(searches) > MAX_SEARCHES:
        message = NotationError(f"at most {MAX_SEARCHES} search domains", Shown(len(searches)))
        yield Finding((*path, MAX_SEARCHES), message)
    elif length > MAX_SEARCH_LENGTH:
        expected = f"search domains of at most {MAX_SEARCH_LENGTH} characters in total"
        message = NotationError(expected, Shown(length))
        yield Finding(path, message, is_about_key=True)

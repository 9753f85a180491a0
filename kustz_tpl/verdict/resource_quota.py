"""The rules of ResourceQuotas."""

from __future__ import annotations

import re

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.verdict.checks import (
    Fields,
    Findings,
    Rules,
    about,
    check_quantity,
    choice,
    choices,
    items,
    notation,
    parse_key,
    quantity_or_none,
    required,
)

_COMPUTE = ("cpu", "memory", "ephemeral-storage", "storage")
_COUNTED = (
    *("pods", "services", "services.nodeports", "services.loadbalancers", "secrets"),
    *("configmaps", "persistentvolumeclaims", "replicationcontrollers", "resourcequotas"),
)
_SCOPES = (
    *("Terminating", "NotTerminating", "BestEffort", "NotBestEffort"),
    *("CrossNamespacePodAffinity", "PriorityClass", "VolumeAttributesClass"),
)
_ALONE = _SCOPES[:5]
"""The scopes that have no values."""
_OPPOSED = (("Terminating", "NotTerminating"), ("BestEffort", "NotBestEffort"))


def _check_quota(spec: Fields, path: KeyPath) -> Findings:
    for name, value in (spec.get("hard") or {}).items():
        at = (*path, "hard", name)
        yield from check_quantity(value, at)
        yield from notation(_parse_quota, name, at)
        amount = quantity_or_none(value)
        if name in _COUNTED and amount and not amount.is_whole:
            yield about(at, NotationError("a whole number", Shown(value)))
    selector = spec.get("scopeSelector") or {}
    named = [each.get("scopeName") for _, each in items(selector, "matchExpressions")]
    for found in (spec.get("scopes") or [], named):
        for pair in _OPPOSED:
            if set(pair) <= set(found):
                yield about((*path, "scopes"), f"expected either {pair[0]} or {pair[1]}, got both")


def _parse_quota(text: str) -> str:
    """Read the name of a resource of a quota."""
    name = re.sub(r"^(requests|limits)\.(?=[^/]+$)", "", text)
    is_known = name in (*_COMPUTE, *_COUNTED) or re.match("(requests[.])?hugepages-", text)
    if "/" not in text and not is_known:
        raise NotationError("a resource such as requests.cpu or pods", text)
    return parse_key(text)


def _check_scope(requirement: Fields, path: KeyPath) -> Findings:
    scope, operator = requirement.get("scopeName"), requirement.get("operator")
    if scope in _ALONE and operator != "Exists":
        yield about((*path, "operator"), NotationError("Exists with this scope", str(operator)))
    if operator in ("In", "NotIn"):
        yield from required("values")(requirement, path)
    elif operator in ("Exists", "DoesNotExist") and requirement.get("values"):
        yield about((*path, "values"), f"expected no values with {operator}")


RULES: Rules = {
    "ResourceQuotaSpec": (choices("scopes", *_SCOPES), _check_quota),
    "ScopedResourceSelectorRequirement": (
        required("scopeName", "operator"),
        choice("scopeName", *_SCOPES),
        choice("operator", "In", "NotIn", "Exists", "DoesNotExist"),
        _check_scope,
    ),
}
"""The checks of the types of a ResourceQuota."""

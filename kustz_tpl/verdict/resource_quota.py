"""The rules of ResourceQuotas."""

from __future__ import annotations

import re

from kustz_tpl.errors import KeyPath, NotationError
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
    required,
)
from kustz_tpl.verdict.pod.resources import check_whole_number, is_extended

_COMPUTE = tuple(
    f"{prefix}{name}"
    for prefix in ("", "requests.", "limits.")
    for name in ("cpu", "memory", "ephemeral-storage")
)
_COUNTED = (
    *("pods", "services", "services.nodeports", "services.loadbalancers", "secrets"),
    *("configmaps", "persistentvolumeclaims", "replicationcontrollers", "resourcequotas"),
)
_STANDARD = (*_COMPUTE, *_COUNTED, "requests.storage")
_SCOPES = (
    *("Terminating", "NotTerminating", "BestEffort", "NotBestEffort"),
    *("CrossNamespacePodAffinity", "PriorityClass", "VolumeAttributesClass"),
)
_ALONE = _SCOPES[:5]
"""The scopes that have no values."""
_OF_PODS = ("pods", *(name for name in _COMPUTE if not name.endswith("storage")))
# The resources that a scope can count.
_SCOPED = {
    **dict.fromkeys(_SCOPES, _OF_PODS),
    "BestEffort": ("pods",),
    "VolumeAttributesClass": ("persistentvolumeclaims", "requests.storage"),
}
_OPPOSED = (("Terminating", "NotTerminating"), ("BestEffort", "NotBestEffort"))


def _check_quota(spec: Fields, path: KeyPath) -> Findings:
    for name, value in (spec.get("hard") or {}).items():
        at = (*path, "hard", name)
        yield from check_quantity(value, at)
        yield from notation(_parse_quota, name, at)
        if name in _COUNTED or (is_extended(name) and not name.startswith("requests.")):
            yield from check_whole_number(value, at)
    selector = spec.get("scopeSelector") or {}
    named = [each.get("scopeName") for _, each in items(selector, "matchExpressions")]
    for found, key in ((spec.get("scopes") or [], "scopes"), (named, "scopeSelector")):
        for pair in _OPPOSED:
            if set(pair) <= set(found):
                yield about((*path, key), f"expected either {pair[0]} or {pair[1]}, got both")
        for scope in found:
            yield from _check_scoped(scope, spec, (*path, key))


def _check_scoped(scope: str, spec: Fields, path: KeyPath) -> Findings:
    """Yield a resource that a scope cannot count."""
    known = _SCOPED.get(scope, ())
    for name in (spec.get("hard") or {}) if known else ():
        if _is_standard(name) and name not in known:
            yield about(path, f"expected no scope {scope} with {name}")
            return


def _parse_quota(text: str) -> str:
    """Read the name of a resource in a quota."""
    if "/" not in text and not _is_standard(text):
        raise NotationError("a resource such as requests.cpu or pods", text)
    return parse_key(text)


def _is_standard(name: str) -> bool:
    return name in _STANDARD or re.match("(requests[.])?hugepages-", name) is not None


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

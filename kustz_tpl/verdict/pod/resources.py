"""The rules of resource requests, limits and claims, of containers and of whole pods."""

from __future__ import annotations

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown, closest
from kustz_tpl.notation.keys import parse_resource_name
from kustz_tpl.verdict.checks import (
    LABEL,
    LARGEST_LONG,
    SUBDOMAIN,
    Fields,
    Findings,
    Rules,
    about,
    check_quantity,
    items,
    notation,
    one_of,
    quantity_or_none,
    read_by,
    required,
    to_quantity,
)
from kustz_tpl.verdict.pod.container import containers

_STANDARD = ("cpu", "memory", "ephemeral-storage")
_HUGE_PAGES = "hugepages-"
_NATIVE = "kubernetes.io/"
_MOST = to_quantity(LARGEST_LONG // 1000)


def check_resources(resources: Fields, path: KeyPath) -> Findings:
    """Yield the wrong names and amounts, and the requests above their limits."""
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    for key, amounts in (("limits", limits), ("requests", requests)):
        yield from check_amounts(amounts, (*path, key))
    for name, value in requests.items():
        yield from _check_request(name, value, limits.get(name), (*path, "requests", name))
    names = {*limits, *requests}
    if any(map(_is_huge, names)) and not {"cpu", "memory"} & names:
        yield about(path, NotationError("cpu or memory with huge pages", Shown("none")))


def check_amounts(amounts: Fields, path: KeyPath) -> Findings:
    """Yield the wrong names and amounts."""
    for name, value in amounts.items():
        at = (*path, name)
        yield from check_resource_name(name, at)
        yield from check_quantity(value, at)
        yield from _check_whole(name, value, at)


def check_resource_name(name: str, path: KeyPath) -> Findings:
    """Yield what is wrong with the name of a resource of a container."""
    if name in _STANDARD or _is_huge(name):
        return
    if "/" not in name:
        words = f"{', '.join(_STANDARD)} or a name such as nvidia.com/gpu"
        yield about(path, NotationError(words, name, hint=closest(name, _STANDARD)))
    elif name.startswith("requests."):
        yield about(path, NotationError("a name that does not start with requests.", name))
    else:
        yield from notation(parse_resource_name, name, path)


def _check_whole(name: str, value: object, path: KeyPath) -> Findings:
    amount = quantity_or_none(value)
    if amount is None:
        return
    if is_extended(name):
        yield from check_whole_number(value, path)
    if _is_huge(name):
        page = quantity_or_none(name.removeprefix(_HUGE_PAGES))
        if page is None or not page.value or amount.value % page.value:
            yield about(path, NotationError("a whole number of pages", Shown(value)))


def check_whole_number(value: object, path: KeyPath) -> Findings:
    """Yield an amount that the server does not take as a whole number; it counts thousandths."""
    amount = quantity_or_none(value)
    if amount and not amount.is_whole:
        yield about(path, NotationError("a whole number", Shown(value)))
    elif amount and amount.value > _MOST.value:
        yield about(path, NotationError(f"at most {_MOST.text}", Shown(value)))


def _check_request(name: str, value: object, limit: object, path: KeyPath) -> Findings:
    request, most = quantity_or_none(value), quantity_or_none(limit)
    must_equal = is_extended(name) or _is_huge(name)
    if request is None or (limit is not None and most is None):
        return
    if most is None:
        if must_equal:
            yield about(path, NotationError("a limit equal to the request", Shown("none")))
    elif must_equal and request.value != most.value:
        yield about(path, NotationError(f"{limit}, the limit", Shown(value)))
    elif request.value > most.value:
        yield about(path, NotationError(f"at most {limit}, the limit", Shown(value)))


def _is_huge(name: str) -> bool:
    return name.startswith(_HUGE_PAGES) and "/" not in name


def is_extended(name: str) -> bool:
    """Check whether a resource is one of a device."""
    return "/" in name and _NATIVE not in name


def check_claims(spec: Fields, path: KeyPath) -> Findings:
    """Yield the resource claims of containers that the pod does not have."""
    known = [claim.get("name") for _, claim in items(spec, "resourceClaims")]
    for at, container in containers(spec):
        for index, claim in items(container.get("resources") or {}, "claims"):
            if claim.get("name") and claim["name"] not in known:
                where = (*path, *at, "resources", "claims", index, "name")
                yield about(where, NotationError("the name of a resourceClaim", claim["name"]))
    if (spec.get("resources") or {}).get("claims") is not None:
        yield about((*path, "resources", "claims"), "expected no claims of a pod as a whole")


def check_pod_limits(spec: Fields, path: KeyPath) -> Findings:
    """Yield the limits of containers above the limits of the pod."""
    for name, most in ((spec.get("resources") or {}).get("limits") or {}).items():
        top = quantity_or_none(most)
        for index, container in items(spec, "containers"):
            limit = ((container.get("resources") or {}).get("limits") or {}).get(name)
            amount = quantity_or_none(limit)
            if top and amount and amount.value > top.value:
                where = (*path, "containers", index, "resources", "limits", name)
                yield about(where, NotationError(f"at most {most}, the pod's limit", Shown(limit)))


def check_pod_resources(spec: Fields, path: KeyPath) -> Findings:
    """Yield the resources that are not supported at the level of the pod."""
    resources = spec.get("resources") or {}
    for key in ("limits", "requests"):
        for name in resources.get(key) or {}:
            if name not in ("cpu", "memory") and not name.startswith("hugepages-"):
                at = (*path, "resources", key, name)
                yield about(at, NotationError("cpu, memory or huge pages of a pod", name))


def check_sums(spec: Fields, path: KeyPath) -> Findings:
    """Yield a request of the pod that is less than the sum of its containers."""
    for name, value in ((spec.get("resources") or {}).get("requests") or {}).items():
        own = quantity_or_none(value)
        is_bare = path == ("spec",)  # whose requests are by default the limits
        if own and own.value < _requested(spec, name, is_bare=is_bare):
            at = (*path, "resources", "requests", name)
            yield about(at, NotationError("at least what the containers request", Shown(value)))


def _requested(spec: Fields, name: str, *, is_bare: bool) -> int:
    """Return what the containers request together, or more if an init container needs more."""
    sidecars = total = most = 0
    for at, container in containers(spec):
        resources = container.get("resources") or {}
        limits = (resources.get("limits") or {}) if is_bare else {}
        amount = quantity_or_none({**limits, **(resources.get("requests") or {})}.get(name))
        value = amount.value if amount else 0
        if at[0] == "containers":
            total += value
        elif container.get("restartPolicy") == "Always":
            sidecars += value
        else:
            most = max(most, sidecars + value)
    return max(most, total + sidecars)


def check_overhead(spec: Fields, path: KeyPath) -> Findings:
    """Yield what is wrong with the overhead of a pod."""
    yield from check_amounts(spec.get("overhead") or {}, (*path, "overhead"))


RULES: Rules = {
    "ResourceRequirements": (check_resources,),
    "PodResourceClaim": (
        required("name"),
        read_by(LABEL, "name"),
        one_of("resourceClaimName", "resourceClaimTemplateName"),
        read_by(SUBDOMAIN, "resourceClaimName", "resourceClaimTemplateName", may_be_empty=False),
    ),
    "ResourceClaim": (required("name"), read_by(LABEL, "name", "request")),
}
"""The checks of the types of resources."""

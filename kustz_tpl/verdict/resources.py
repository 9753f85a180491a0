"""What a container requests of resources, against its limits."""

from __future__ import annotations

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown, closest
from kustz_tpl.notation.keys import parse_resource_name
from kustz_tpl.verdict.checks import (
    Fields,
    Findings,
    about,
    check_quantity,
    notation,
    quantity_or_none,
)

_STANDARD = ("cpu", "memory", "ephemeral-storage")
_HUGE_PAGES = "hugepages-"
_NATIVE = "kubernetes.io/"


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
    if _is_extended(name) and not amount.is_whole:
        yield about(path, NotationError("a whole number", Shown(value)))
    if _is_huge(name):
        page = quantity_or_none(name.removeprefix(_HUGE_PAGES))
        if page is None or not page.value or amount.value % page.value:
            yield about(path, NotationError("a whole number of pages", Shown(value)))


def _check_request(name: str, value: object, limit: object, path: KeyPath) -> Findings:
    request, most = quantity_or_none(value), quantity_or_none(limit)
    must_equal = _is_extended(name) or _is_huge(name)
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


def _is_extended(name: str) -> bool:
    return "/" in name and _NATIVE not in name

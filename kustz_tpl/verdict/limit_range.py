"""The rules of LimitRanges."""

from __future__ import annotations

from itertools import combinations

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown, any_of, closest
from kustz_tpl.verdict.checks import (
    Fields,
    Findings,
    Rules,
    about,
    check_quantity,
    notation,
    parse_key,
    quantity_or_none,
    to_quantity,
    unique,
)
from kustz_tpl.verdict.pod.resources import check_resource_name

_ONE = to_quantity(1).value
_LIMITS = ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio")
_LIMITED = ("Container", "Pod", "PersistentVolumeClaim")
_GROWING = ("min", "defaultRequest", "default", "max")


def _check_types(spec: Fields, path: KeyPath) -> Findings:
    yield from unique("limits", "type")(spec, path)


def _check_limits(item: Fields, path: KeyPath) -> Findings:
    kind = item.get("type") or ""
    yield from notation(_parse_limited, kind, (*path, "type"))
    for key in _LIMITS:
        for name, value in (item.get(key) or {}).items():
            at = (*path, key, name)
            if kind in ("Container", "Pod") or name != "storage":
                yield from check_resource_name(name, at)
            yield from check_quantity(value, at, least=None)
            ratio = quantity_or_none(value) if key == "maxLimitRequestRatio" else None
            if ratio and ratio.value < _ONE:
                yield about(at, NotationError("at least 1", Shown(value)))
    yield from _check_order(item, path)
    yield from _check_ratios(item, path)
    for key in ("default", "defaultRequest") if kind == "Pod" else ():
        if item.get(key):
            yield about((*path, key), f"expected no {key} with type: Pod")
    sizes = {**(item.get("min") or {}), **(item.get("max") or {})}
    if kind == "PersistentVolumeClaim" and "storage" not in sizes:
        yield about((*path, "min"), NotationError("storage of min or max", Shown("none")))


def _check_order(item: Fields, path: KeyPath) -> Findings:
    for low, high in combinations(_GROWING, 2):
        for name, value in (item.get(low) or {}).items():
            most = (item.get(high) or {}).get(name)
            one, other = quantity_or_none(value), quantity_or_none(most)
            if one and other and one.value > other.value:
                expected = f"at most {most}, the {high}"
                yield about((*path, low, name), NotationError(expected, Shown(value)))


def _check_ratios(item: Fields, path: KeyPath) -> Findings:
    """Yield a ratio that no container between min and max can have."""
    for name, value in (item.get("maxLimitRequestRatio") or {}).items():
        low, high = ((item.get(key) or {}).get(name) for key in ("min", "max"))
        ratio, one, other = map(quantity_or_none, (value, low, high))
        if ratio and one and other and one.value and ratio.value * one.value > other.value * _ONE:
            at = (*path, "maxLimitRequestRatio", name)
            yield about(at, NotationError("at most max / min", Shown(value)))


def _parse_limited(text: str) -> str:
    if text not in _LIMITED and "/" not in text:
        hint = closest(text, _LIMITED)
        raise NotationError(any_of(_LIMITED), text or Shown("none"), hint=hint)
    return parse_key(text)


RULES: Rules = {
    "LimitRangeSpec": (_check_types,),
    "LimitRangeItem": (_check_limits,),
}
"""The checks of the types of a LimitRange."""

"""Amounts of a resource: a quantity, and `request/limit`."""

from __future__ import annotations

import re
from typing import NamedTuple

from kustz_tpl.errors import NotationError
from kustz_tpl.messages import closest
from kustz_tpl.notation import cached
from kustz_tpl.notation.keys import parse_resource_name

_NANO = 9
_WHOLE: int = 10**_NANO
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_QUANTITY = (
    r"(?P<sign>[+-]?)(?=\.?[0-9])(?P<whole>[0-9]*)\.?(?P<fraction>[0-9]*)"
    r"(?:(?P<suffix>[numkMGTPE]?|[KMGTPE]i)|[eE](?P<exponent>[+-]?[0-9]+))"
)
# Kubernetes has no such bounds, but a comparison with 1e999999999 takes a server down.
_LONGEST = 64
_HIGHEST_EXPONENT = 100
# Kubernetes silently lowers larger amounts with a binary suffix to this one.
_HIGHEST_BINARY = 2**63 - 1

_IN_BYTES = ("memory", "ephemeral-storage")
_STANDARD = ("cpu", *_IN_BYTES)
_HUGE_PAGES = "hugepages-"
_NATIVE = "kubernetes.io/"
# Kubernetes counts these in thousandths, and refuses most of what it cannot count.
_HIGHEST_COUNT = _HIGHEST_BINARY // 1000
# A quota calls an extended resource requests.<name>, which must be a valid name too.
_LONGEST_DOMAIN = 253 - len("requests.")
# 0.1Gi is intended although it is not a whole number of bytes; 128m is a mistake.
_MULTIPLES = "kMGTPEi"


class Quantity(NamedTuple):
    """Hold a quantity as written, and its value in billionths (the smallest unit of Kubernetes)."""

    text: str
    value: int

    @property
    def is_whole(self) -> bool:
        """Check whether the value is a whole number."""
        return self.value % _WHOLE == 0


class Resource(NamedTuple):
    """Hold what a container requests of a resource and its limit."""

    request: Quantity | None
    limit: Quantity | None
    text: str = ""


def parse_quantity(text: str, *, within: str | None = None) -> Quantity:
    """Read a quantity as in Kubernetes.

    It is a decimal number with an optional suffix: n, u, m, k, M, G, T, P, E (powers of 1000),
    Ki, Mi, Gi, Ti, Pi, Ei (powers of 1024), or an exponent.

    Examples: `250m`, `0.5`, `128Mi`, `1e3`. Refused: `1K`, `1GB`, `1 Gi`, a negative amount,
    more than 64 characters, an exponent beyond 100.
    """
    found = re.fullmatch(_QUANTITY, text) if len(text) <= _LONGEST else None
    if not found:
        expected = "a quantity such as 250m, 0.5 or 128Mi"
        raise NotationError(expected, text, within, _respelled(text))
    digits, exponent = found["whole"] + found["fraction"], int(found["exponent"] or 0)
    if abs(exponent) > _HIGHEST_EXPONENT:
        expected = f"an exponent from -{_HIGHEST_EXPONENT} to {_HIGHEST_EXPONENT}"
        raise NotationError(expected, text, within)
    value = _scaled(int(digits), exponent - len(found["fraction"]), found["suffix"] or "")
    if value and found["sign"] == "-":
        raise NotationError("a quantity of at least 0", text, within)
    return Quantity(text, value)


def _scaled(number: int, exponent: int, suffix: str) -> int:
    """Return the amount in billionths, rounded up and capped as Kubernetes does."""
    number *= 2 ** _BINARY.get(suffix, 0)
    power = exponent + _DECIMAL.get(suffix, 0) + _NANO
    shift: int = 10 ** abs(power)
    value = number * shift if power >= 0 else -(-number // shift)
    return min(value, _HIGHEST_BINARY * _WHOLE) if suffix in _BINARY else value


def _respelled(text: str) -> str | None:
    found = re.fullmatch(r"([0-9]{1,18}(?:\.[0-9]{1,9})?) ?([kmgtpKMGTP])i?[bB]?", text)
    if not found:
        return None
    return f"did you mean {found[1]}{found[2].upper()}i?"


@cached
def parse_resource(text: str) -> Resource:
    """Read `request/limit`; a single quantity is both.

    Examples: `10m/20m`, `10Mi`, `10m/` (a request only), `/20m` (a limit only). Refused: a
    request above the limit, a single `/`, anything that is not a quantity.
    """
    parts = text.split("/")
    if len(parts) > 2 or not any(parts):  # noqa: PLR2004 - request and limit
        raise NotationError("request/limit, such as 10m/20m, 10m, 10m/ or /20m", text)
    request, limit = (parse_quantity(each) if each else None for each in (parts[0], parts[-1]))
    if request and limit and request.value > limit.value:
        raise NotationError("a request of at most the limit", text)
    return Resource(request, limit, text)


def check_resource(name: str, resource: Resource) -> None:
    """Check the amounts of a resource against its name.

    Refused: a name that is not cpu, memory, ephemeral-storage or hugepages-<size> and has no domain
    like nvidia.com/gpu; fractions of a byte (`128m`); for huge pages and extended resources, an
    amount that is not whole or a request without an equal limit; more of an extended resource, or
    larger pages, than Kubernetes can count.
    """
    _check_resource_name(name)
    if name in _IN_BYTES:
        for each in _amounts(resource):
            check_bytes(each)
    elif name.startswith(_HUGE_PAGES) and "/" not in name:
        size = parse_quantity(name.removeprefix(_HUGE_PAGES))
        if not size.value or not size.is_whole or size.value > _HIGHEST_COUNT * _WHOLE:
            raise NotationError(f"a size in whole bytes after {_HUGE_PAGES}", size.text, name)
        _check_multiple(resource, size, "a whole number of pages")
    elif "/" in name and _NATIVE not in name:
        _check_multiple(resource, parse_quantity("1"), "a whole number")
        for each in _amounts(resource):
            if each.value > _HIGHEST_COUNT * _WHOLE:
                raise NotationError(f"at most {_HIGHEST_COUNT}", each.text)


def _check_resource_name(name: str) -> None:
    if "/" in name:
        parse_resource_name(name)
        domain = name.partition("/")[0]
        if _NATIVE in name or (
            not domain.startswith("requests.") and len(domain) <= _LONGEST_DOMAIN
        ):
            return
    elif name in _STANDARD:
        return
    elif name.startswith(_HUGE_PAGES):
        parse_quantity(name.removeprefix(_HUGE_PAGES))
        parse_resource_name(name)
        return
    raise NotationError(
        f"{', '.join(_STANDARD)}, {_HUGE_PAGES}<size> or a name such as nvidia.com/gpu",
        name,
        hint=closest(name, _STANDARD),
    )


def check_bytes(quantity: Quantity, within: str | None = None) -> None:
    """Refuse an amount that is not a whole number of bytes, unless its suffix multiplies: `0.1Gi`."""
    if not quantity.is_whole and quantity.text[-1] not in _MULTIPLES:
        number = quantity.text.removesuffix("m")
        hint = f"did you mean {number}Mi?" if number != quantity.text else None
        raise NotationError("whole bytes", quantity.text, within, hint)


def _check_multiple(resource: Resource, unit: Quantity, expected: str) -> None:
    for each in _amounts(resource):
        if each.value % unit.value:
            raise NotationError(expected, each.text)
    request, limit = resource.request, resource.limit
    if request and not limit:
        raise NotationError(
            "a limit equal to the request", f"{request.text}/", hint="leave out the '/'"
        )
    if request and limit and request.value != limit.value:
        raise NotationError("a limit equal to the request", f"{request.text}/{limit.text}")


def _amounts(resource: Resource) -> list[Quantity]:
    return [each for each in (resource.request, resource.limit) if each]

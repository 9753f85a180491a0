"""The building blocks of the rules: each check is about one mapping of a finished object."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from kustz_tpl.errors import Diagnostic, KeyPath, Message, NotationError
from kustz_tpl.messages import Shown, any_of, closest
from kustz_tpl.notation.keys import check_qualified_name, parse_label_value
from kustz_tpl.notation.names import (
    is_ipv4,
    is_ipv6,
    parse_dns_label,
    parse_dns_subdomain,
    parse_port_name,
)
from kustz_tpl.notation.quantity import Quantity, parse_quantity

Fields: TypeAlias = Mapping[str, Any]
Findings: TypeAlias = Iterator[Diagnostic]
Check: TypeAlias = Callable[[Fields, KeyPath], Findings]
Rules: TypeAlias = Mapping[str, tuple[Check, ...]]
"""The checks of each Kubernetes type, `{"Container": (required("name"), …)}`."""

LARGEST_PORT = 65535
LARGEST = 2**31 - 1
LARGEST_LONG = 2**63 - 1
_PERCENT = r"[0-9]+%"
_ALL = 100


def about(path: KeyPath, message: Message) -> Diagnostic:
    """Return what is wrong at a path of an object."""
    return Diagnostic.about(path, message)


def is_empty(value: object) -> bool:
    """Check whether the server treats a value like a missing one."""
    return value in (None, "", [], {})


def items(fields: Fields, key: str) -> Iterator[tuple[int, Any]]:
    """Yield the items of a list, with their positions."""
    yield from enumerate(fields.get(key) or ())


def required(*keys: str) -> Check:
    """Return a check that the fields have a value."""

    def check(fields: Fields, path: KeyPath) -> Findings:
        for key in keys:
            if is_empty(fields.get(key)):
                yield about((*path, key), NotationError("a value", Shown("none")))

    return check


def choice(key: str, *words: str, may_be_empty: bool = True) -> Check:
    """Return a check that a field, if set, is one of the words, or empty if it may be."""

    def check(fields: Fields, path: KeyPath) -> Findings:
        value = fields.get(key)
        if value not in (None, *words) and not (value == "" and may_be_empty):
            hint = closest(str(value), words)
            yield about((*path, key), NotationError(any_of(words), str(value), hint=hint))

    return check


def choices(key: str, *words: str) -> Check:
    """Return a check that each item of a list is one of the words."""

    def check(fields: Fields, path: KeyPath) -> Findings:
        for index, value in items(fields, key):
            if value not in words:
                hint = closest(str(value), words)
                error = NotationError(any_of(words), str(value), hint=hint)
                yield about((*path, key, index), error)

    return check


def between(low: int, high: int, *keys: str) -> Check:
    """Return a check that the fields, if set, are numbers in a range."""
    is_open = high in (LARGEST, LARGEST_LONG)
    expected = f"at least {low}" if is_open else f"a number from {low} to {high}"

    def check(fields: Fields, path: KeyPath) -> Findings:
        for key in keys:
            value = fields.get(key)
            if value is not None and not low <= value <= high:
                yield about((*path, key), NotationError(expected, Shown(value)))

    return check


def at_least(low: int, *keys: str) -> Check:
    """Return a check that the fields, if set, are numbers of at least some size."""
    return between(low, LARGEST, *keys)


def one_of(*keys: str, are_lists: bool = False) -> Check:
    """Return a check that exactly one of the fields is set; an empty list is not."""

    def check(fields: Fields, path: KeyPath) -> Findings:
        unset: tuple[object, ...] = (None, []) if are_lists else (None,)
        written = [key for key in keys if fields.get(key) not in unset]
        if len(written) != 1:
            got = Shown(" and ".join(written) or "none")
            yield about((*path, *written[1:2]), NotationError(f"one of {', '.join(keys)}", got))

    return check


def at_most_one(*keys: str) -> Check:
    """Return a check that no two of the fields are set."""

    def check(fields: Fields, path: KeyPath) -> Findings:
        written = [key for key in keys if not is_empty(fields.get(key))]
        if len(written) > 1:
            got = Shown(" and ".join(written))
            yield about((*path, written[1]), NotationError(f"only one of {', '.join(keys)}", got))

    return check


def read_by(parse: Callable[[str], object], *keys: str, may_be_empty: bool = True) -> Check:
    """Return a check that a parser accepts the fields, unless they are empty and may be."""

    def check(fields: Fields, path: KeyPath) -> Findings:
        for key in keys:
            value = fields.get(key)
            if value is not None and not (may_be_empty and value == ""):
                yield from notation(parse, value, (*path, key))

    return check


def each_read_by(parse: Callable[[str], object], key: str) -> Check:
    """Return a check that a parser accepts each item of a list."""

    def check(fields: Fields, path: KeyPath) -> Findings:
        for index, value in items(fields, key):
            yield from notation(parse, value, (*path, key, index))

    return check


def notation(parse: Callable[[str], object], value: object, path: KeyPath) -> Findings:
    """Yield the error of a parser."""
    try:
        parse(str(value))
    except NotationError as error:
        yield about(path, error)


def unique(key: str, *keys: str) -> Check:
    """Return a check that no two items of a list have the same values of these fields."""

    def check(fields: Fields, path: KeyPath) -> Findings:
        seen = set()
        for index, item in items(fields, key):
            name = tuple(str(item.get(each) or "") for each in keys)
            if name in seen:
                what = " ".join(name for name in name if name)
                where = (*path, key, index, keys[0])
                yield about(where, NotationError(f"a unique {keys[0]}", what))
            seen.add(name) if any(name) else None

    return check


def at_most(most: int, *keys: str) -> Check:
    """Return a check that the lists have at most this number of items."""

    def check(fields: Fields, path: KeyPath) -> Findings:
        for key in keys:
            if (count := len(fields.get(key) or ())) > most:
                yield about((*path, key), NotationError(f"at most {most} items", Shown(count)))

    return check


def forbidden(reason: str, *keys: str) -> Check:
    """Return a check that the fields are not set."""

    def check(fields: Fields, path: KeyPath) -> Findings:
        for key in keys:
            if not is_empty(fields.get(key)):
                yield about((*path, key), f"expected no {key}{reason}")

    return check


def only_if(condition: Callable[[Fields], bool], check: Check) -> Check:
    """Return a check that runs only on mappings that meet a condition."""

    def conditional(fields: Fields, path: KeyPath) -> Findings:
        if condition(fields):
            yield from check(fields, path)

    return conditional


def is_type(*words: str) -> Callable[[Fields], bool]:
    """Return a condition that the field `type` is one of the words."""
    return lambda fields: fields.get("type") in words


def quantity(key: str, least: int = 0) -> Check:
    """Return a check that a field, if set, is a quantity; `least` is in billionths."""

    def check(fields: Fields, path: KeyPath) -> Findings:
        if (value := fields.get(key)) is not None:
            yield from check_quantity(value, (*path, key), least)

    return check


def check_quantity(value: object, path: KeyPath, least: int | None = 0) -> Findings:
    """Yield what is wrong with a quantity, which may be negative if there is no `least`."""
    try:
        amount = to_quantity(value if least is not None else str(value).removeprefix("-"))
        if least is not None and amount.value < least:
            yield about(path, NotationError("more than 0", Shown(value)))
    except NotationError as error:
        yield about(path, error)


def to_quantity(value: object) -> Quantity:
    """Return a quantity, which may be a number; raises NotationError."""
    return parse_quantity(str(value).strip())


def quantity_or_none(value: object) -> Quantity | None:
    """Return a quantity, None if there is none or it is invalid."""
    try:
        return None if value is None else to_quantity(value)
    except NotationError:
        return None


def port(*keys: str) -> Check:
    """Return a check that the fields are set, to port numbers or names."""

    def check(fields: Fields, path: KeyPath) -> Findings:
        for key in keys:
            yield from check_port(fields.get(key, 0), (*path, key))

    return check


def check_port(value: object, path: KeyPath) -> Findings:
    """Yield what is wrong with a port, which is a number or a name."""
    if isinstance(value, str):
        hint = f"write {value} without quotes" if value.isdecimal() and value.isascii() else None
        try:
            parse_port_name(value)
        except NotationError as error:
            yield about(path, NotationError(error.expected, error.got, error.within, hint))
    elif not isinstance(value, int) or not 1 <= value <= LARGEST_PORT:
        got = Shown(value or "none")
        yield about(path, NotationError(f"a port from 1 to {LARGEST_PORT}", got))


def amount(*keys: str, is_share: bool = True) -> Check:
    """Return a check that the fields are numbers or percentages; a share is at most 100%."""

    def check(fields: Fields, path: KeyPath) -> Findings:
        for key in keys:
            value = fields.get(key)
            if value is None:
                continue
            if isinstance(value, str):
                is_right = re.fullmatch(_PERCENT, value) and (
                    not is_share or int(value[:-1]) <= _ALL
                )
                hint = f"write {value} without quotes or {value}%" if value.isdecimal() else None
            else:
                is_right, hint = 0 <= value <= LARGEST, None
            if not is_right:
                expected = "a number or a percentage such as 25%"
                yield about((*path, key), NotationError(expected, str(value), hint=hint))

    return check


def labels(*keys: str) -> Check:
    """Return a check that the fields are mappings of labels."""

    def check(fields: Fields, path: KeyPath) -> Findings:
        for key in keys:
            for name, value in (fields.get(key) or {}).items():
                at = (*path, key, name)
                yield from notation(parse_key, name, at)
                yield from notation(parse_label_value, value, at)

    return check


def parse_key(text: str) -> str:
    """Read a label's key."""
    return check_qualified_name(text, "label key")


def parse_ip(text: str) -> str:
    """Read an IP address."""
    if is_ipv4(text) or (is_ipv6(text) and not is_mapped(text)):
        return text
    raise NotationError("an IP address such as 10.9.8.7 or 2001:db8::1", text)


def is_mapped(address: str) -> bool:
    """Check whether an address is IPv4-mapped, such as ::ffff:10.0.0.1."""
    from ipaddress import IPv6Address  # noqa: PLC0415 - seldom

    return ":" in address and IPv6Address(address).ipv4_mapped is not None


def parse_cidr(text: str) -> str:
    """Read a network, `address/length`."""
    from ipaddress import ip_network  # noqa: PLC0415 - seldom

    address, slash, length = text.partition("/")
    if slash and length.isdecimal() and (is_ipv4(address) or is_ipv6(address)):
        try:
            ip_network(text)
        except ValueError:
            pass
        else:
            if str(int(length)) == length and not is_mapped(address):
                return text
    raise NotationError("a network such as 10.0.0.0/8", text)


def parse_domain_path(text: str) -> str:
    """Read a name with a domain as prefix."""
    domain, slash, rest = text.partition("/")
    if not slash or not rest:
        raise NotationError("a name such as example.com/controller", text)
    SUBDOMAIN(domain)
    return text


def parse_path_segment(text: str) -> str:
    """Read a name that is one part of a path."""
    if text in (".", "..") or "/" in text or "%" in text:
        raise NotationError("a name without '/' and '%'", text)
    return text


def parse_inner_path(text: str) -> str:
    """Read a relative path without `..`."""
    if text.startswith("/"):
        raise NotationError("a relative path", text)
    return parse_plain_path(text)


def parse_plain_path(text: str) -> str:
    """Read a path without `..`."""
    if ".." in text.split("/"):
        raise NotationError("a path without '..'", text)
    return text


def parse_pattern(pattern: str, expected: str, longest: int = LARGEST) -> Callable[[str], str]:
    """Return a parser of strings that a pattern matches as a whole."""

    def parse(text: str) -> str:
        if len(text) <= longest and re.fullmatch(pattern, text):
            return text
        raise NotationError(expected, text)

    return parse


LABEL, SUBDOMAIN = parse_dns_label, parse_dns_subdomain

_OPERATORS: Mapping[str, tuple[str, ...]] = {
    "In": ("values",),
    "NotIn": ("values",),
    "Exists": (),
    "DoesNotExist": (),
}


def check_requirement(fields: Fields, path: KeyPath) -> Findings:
    """Yield what is wrong with a requirement of a label selector."""
    yield from operator(_OPERATORS)(fields, path)
    for index, value in items(fields, "values"):
        yield from notation(parse_label_value, value, (*path, "values", index))


def operator(known: Iterable[str]) -> Check:
    """Return a check of a requirement: its key, its operator, and that values fit the operator."""
    words = tuple(known)

    def check(fields: Fields, path: KeyPath) -> Findings:
        yield from notation(parse_key, fields.get("key", ""), (*path, "key"))
        name = fields.get("operator")
        if name not in words:
            hint = closest(str(name), words)
            got = Shown("none") if name is None else str(name)
            yield about((*path, "operator"), NotationError(any_of(words), got, hint=hint))
        elif name in ("Exists", "DoesNotExist") and fields.get("values"):
            yield about((*path, "values"), f"expected no values with {name}")
        elif name in ("In", "NotIn") and not fields.get("values"):
            yield about((*path, "values"), NotationError(f"values with {name}", Shown("none")))
        elif name in ("Gt", "Lt") and len(fields.get("values") or ()) != 1:
            yield about((*path, "values"), f"expected one value with {name}")

    return check


SHARED: Rules = {
    "LabelSelector": (labels("matchLabels"),),
    "LabelSelectorRequirement": (check_requirement,),
}
"""The checks of the types that several kinds of object have."""

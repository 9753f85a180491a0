"""IP addresses as the API servers of Kubernetes 1.25 to 1.37 all take them."""

from __future__ import annotations

_OCTETS = frozenset(map(str, range(256)))
_LONGEST_IPV6 = len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255")


def is_ipv4(text: str) -> bool:
    """Tell whether the text is four numbers from 0 to 255 without leading zeros."""
    return text.count(".") == 3 and _OCTETS.issuperset(text.split("."))  # noqa: PLR2004


def is_ipv6(text: str) -> bool:
    """Tell whether the text is an IPv6 address without a zone; an IPv4 one in disguise is."""
    if ":" not in text or "%" in text or len(text) > _LONGEST_IPV6:
        return False
    from ipaddress import AddressValueError, IPv6Address  # noqa: PLC0415 - start-up time

    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True


def mapped_ipv4(text: str) -> str | None:
    """Return the IPv4 address that the IPv6 address `::ffff:…` stands for, else None."""
    from ipaddress import IPv6Address  # noqa: PLC0415 - start-up time

    mapped = IPv6Address(text).ipv4_mapped
    return str(mapped) if mapped else None

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kustz_tpl.notation.names import is_ipv4, is_ipv6, mapped_ipv4


@pytest.mark.parametrize(
    ("text", "is_address"),
    [
        ("0.0.0.0", True),
        ("255.255.255.255", True),
        ("256.1.1.1", False),
        ("01.2.3.4", False),
        ("1.2.3", False),
        ("1.2.3.4\n", False),
        ("\u0661.2.3.4", False),
        ("::1", False),
    ],
)
def test_is_ipv4(text: str, is_address: bool) -> None:  # noqa: FBT001 - a row of the table
    assert is_ipv4(text) == is_address


@pytest.mark.parametrize(
    ("text", "is_address"),
    [
        ("::", True),
        ("2001:db8::1", True),
        ("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255", True),
        ("fe80::1%eth0", False),
        ("12345::", False),
        ("1:2:3:4:5:6:7", False),
        ("::1\n", False),
        ("1.2.3.4", False),
        ("0" * 50 + "::1", False),
    ],
)
def test_is_ipv6(text: str, is_address: bool) -> None:  # noqa: FBT001 - a row of the table
    assert is_ipv6(text) == is_address


def test_a_mapped_address_shows_the_one_it_stands_for() -> None:
    assert mapped_ipv4("::ffff:1.2.3.4") == "1.2.3.4"
    assert mapped_ipv4("::1.2.3.4") is None


@given(st.ip_addresses())
def test_every_address_is_of_its_version_alone(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    assert (is_ipv4(str(address)), is_ipv6(str(address))) == (
        address.version == 4,
        address.version == 6,
    )

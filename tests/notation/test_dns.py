from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.choices import parse_dns_policy
from kustz_tpl.notation.names import (
    DnsOption,
    parse_dns_option,
    parse_nameserver,
    parse_old_search,
    parse_search,
)

POLICY = "expected None, Default, ClusterFirst or ClusterFirstWithHostNet, got "
OPTION = "expected name or name:value, such as edns0 or ndots:2, got "
ADDRESS = "expected an IP address such as 10.9.8.7 or 2001:db8::1, got "
SEARCH = "expected a domain such as svc.cluster.local (lower case), got "


@pytest.mark.parametrize("policy", ["None", "Default", "ClusterFirst", "ClusterFirstWithHostNet"])
def test_a_policy_is_read_in_any_case(policy: str) -> None:
    assert {parse_dns_policy(each) for each in (policy, policy.lower(), policy.upper())} == {policy}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", POLICY + "''"),
        ("none ", POLICY + "'none '; did you mean None?"),
        (
            "clusterFirstWithHostnet2",
            POLICY + "'clusterFirstWithHostnet2'; did you mean ClusterFirstWithHostNet?",
        ),
        ("host", POLICY + "'host'"),
    ],
)
def test_another_policy_is_refused(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_dns_policy(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("ndots:2", DnsOption("ndots", "2")),
        ("edns0", DnsOption("edns0", None)),
        ("single-request-reopen", DnsOption("single-request-reopen", None)),
    ],
)
def test_parse_dns_option(text: str, option: DnsOption) -> None:
    assert parse_dns_option(text) == option._replace(text=text)


@pytest.mark.parametrize("text", ["", ":", ":2", "ndots:", "a:b:c", "a b", "a: 2", "größe", "a\n"])
def test_another_option_is_refused(text: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_dns_option(text)
    shown = text.replace("\n", r"\n")
    assert str(caught.value) == f"{OPTION}'{shown}'"


@given(st.from_regex(r"[a-z0-9-]+", fullmatch=True), st.from_regex(r"[0-9]+", fullmatch=True))
def test_a_written_option_reads_back(name: str, value: str) -> None:
    assert parse_dns_option(f"{name}:{value}") == DnsOption(name, value, f"{name}:{value}")
    assert parse_dns_option(name) == DnsOption(name, None, name)


@pytest.mark.parametrize(
    "text",
    [
        "10.9.8.7",
        "0.0.0.0",
        "255.255.255.255",
        "::",
        "::1",
        "2001:DB8::1",
        "::1.2.3.4",
        "001:db8::1",
        "1:2:3:4:5:6:7:8",
        "ff02::1",
    ],
)
def test_a_nameserver_is_read_as_it_stands(text: str) -> None:
    assert parse_nameserver(text) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ADDRESS + "''"),
        ("dns.example.com", ADDRESS + "'dns.example.com'"),
        ("10.9.8", ADDRESS + "'10.9.8'"),
        ("10.9.8.256", ADDRESS + "'10.9.8.256'"),
        ("10.9.8.07", ADDRESS + "'10.9.8.07'"),
        ("10.9.8.7:53", ADDRESS + "'10.9.8.7:53'"),
        ("10.9.8.7/32", ADDRESS + "'10.9.8.7/32'"),
        (" 10.9.8.7", ADDRESS + "' 10.9.8.7'"),
        ("10.9.8.7\n", ADDRESS + r"'10.9.8.7\n'"),
        ("10.9.8.٣", ADDRESS + "'10.9.8.٣'"),
        ("[::1]", ADDRESS + "'[::1]'"),
        ("fe80::1%eth0", ADDRESS + "'fe80::1%eth0'"),
        ("::ffff:01.2.3.4", ADDRESS + "'::ffff:01.2.3.4'"),
        ("1::2::3", ADDRESS + "'1::2::3'"),
        (":" * 1000, ADDRESS + f"'{':' * 40}…' (1000 characters)"),
        ("::ffff:1.2.3.4", "expected a plain IP address, got '::ffff:1.2.3.4'; write 1.2.3.4"),
        ("::ffff:102:304", "expected a plain IP address, got '::ffff:102:304'; write 1.2.3.4"),
    ],
)
def test_another_nameserver_is_refused(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_nameserver(text)
    assert str(caught.value) == message


@given(st.ip_addresses(v=4) | st.ip_addresses(v=6))
def test_every_address_is_a_nameserver_unless_it_hides_another(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    spellings = {str(address), address.exploded}
    if getattr(address, "ipv4_mapped", None):
        for text in spellings:
            with pytest.raises(NotationError):
                parse_nameserver(text)
    else:
        assert {parse_nameserver(text) for text in spellings} == spellings


@given(st.text(alphabet="0129af:.%", max_size=12))
def test_what_is_no_address_is_no_nameserver(text: str) -> None:
    try:
        parse_nameserver(text)
    except NotationError:
        return
    ipaddress.ip_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "svc",
        "ns1.svc.cluster.local",
        "example.com.",
        "1.2",
        ".",
        "_a._b",
        "a_b.c.",
        "a" * 253 + ".",
    ],
)
def test_a_search_domain_is_read_as_it_stands(text: str) -> None:
    assert parse_search(text) == text


@pytest.mark.parametrize(
    "text", ["", "..", "a..", "Example.com", "a_", "a b", "-a", ".a", "_", "a" * 254]
)
def test_another_search_domain_is_refused(text: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_search(text)
    shown = f"'{text}'" if len(text) < 80 else f"'{text[:40]}…' (254 characters)"
    assert str(caught.value) == SEARCH + shown


@pytest.mark.parametrize("text", [".", "a_b", "_a"])
def test_an_old_kubernetes_refuses_more_search_domains(text: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_old_search(text)
    assert str(caught.value) == f"{SEARCH}'{text}'"


@given(st.text(alphabet="aA1.-_ ", max_size=8) | st.text())
def test_a_search_domain_is_made_of_lower_case_labels(text: str) -> None:
    try:
        parse_old_search(text)
    except NotationError:
        return
    labels = text.removesuffix(".").split(".")
    assert all(
        each and set(each) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for each in labels
    )
    assert all(each.strip("-") == each for each in labels)

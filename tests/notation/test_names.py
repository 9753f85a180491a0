from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yaml_text import is_text

from kustz_tpl.errors import NotationError
from kustz_tpl.notation import keys, names

LABEL_RULE = (
    "expected a name of lower-case letters, digits and '-'"
    " (at most 63, the first and the last a letter or digit), got "
)
SUBDOMAIN_RULE = (
    "expected a name of lower-case letters, digits, '-' and '.'"
    " (at most 253, the first and the last of each part a letter or digit), got "
)
SERVICE_RULE = (
    "expected a Service name of lower-case letters, digits and '-'"
    " (at most 63, the first a letter, the last a letter or digit), got "
)
PART_RULE = (
    " of letters, digits, '-', '_' and '.'"
    " (at most 63, the first and the last a letter or digit), got "
)
KEY_RULE = "expected in the label key a name" + PART_RULE
PREFIX_RULE = (
    "expected before the '/' of the label key a DNS name (lower case, at most 253 characters), got "
)
ENV_RULE = (
    "expected an environment variable name of letters, digits, '_', '-' and '.'"
    " (no digit first, not '.', no '..' first), got "
)
DATA_RULE = (
    "expected a key of letters, digits, '-', '_' and '.' (at most 253, not '.', no '..' first)"
    ", got "
)
TEXT_RULE = (
    "expected a key that kustomize reads as a string, not as a number, date or word such as true"
    ", got "
)
HEADER_RULE = "expected a header name of letters, digits and '-', got "
PORT_RULE = (
    "expected a port name of lower-case letters, digits and single '-' between them"
    " (at most 15, one of them a letter), got "
)
HOST_RULE = (
    "expected a host such as www.example.com or *.example.com (lower-case letters, digits, '-')"
    ", got "
)

ACCEPTED = {
    names.parse_dns_label: ["a", "1", "web", "1-a", "a--b", "a" * 63],
    names.parse_dns_subdomain: ["a", "123", "web.example.com", "a.1.b", "a" * 64, "a" * 253],
    names.parse_service_name: ["a", "web-2", "a--b", "a" + "1" * 62],
    keys.parse_label_key: [
        "app",
        "A",
        "1_a.b-C",
        "app.kubernetes.io/name",
        "x/y",
        "a" * 63,
        "a" * 253 + "/" + "b" * 63,
    ],
    keys.parse_label_value: ["", "a", "v1.10", "A_b-C.d", "1", "a" * 63],
    keys.parse_annotation_key: ["note", "Example.COM/Note", "example.com/Note_1"],
    keys.parse_resource_name: ["nvidia.com/gpu", "example.com/fpga-1"],
    keys.parse_env_name: ["A", "_", "a.b", "1A", "a b", ".", "..", "..a", "a$b", "a" * 300],
    keys.parse_old_env_name: ["A", "_", "a.b", "-a", "A_1", ".a", "a..b", "a" * 300],
    keys.parse_data_key: ["a", "tls.crt", ".dockerconfigjson", "1a", "-", "_", "a..b", "a" * 253],
    keys.parse_header_name: ["Host", "X-Probe-1", "-", "1"],
    names.parse_port_name: ["http", "a", "80-tls", "a1", "a" * 15],
    names.parse_host: [
        "a",
        "www.example.com",
        "*.example.com",
        "*.com",
        "1.2.3",
        "1.2.3.4.5",
        "256.1.1.1",
        "0256.2.3.4",
        "*.1.2.3.4",
        "a" * 253,
    ],
}

REFUSED = [
    (names.parse_dns_label, "", LABEL_RULE + "''"),
    (names.parse_dns_label, "a.b", LABEL_RULE + "'a.b'"),
    (names.parse_dns_label, "My App", LABEL_RULE + "'My App'; did you mean my-app?"),
    (names.parse_dns_label, "my_app", LABEL_RULE + "'my_app'; did you mean my-app?"),
    (names.parse_dns_label, "a-", LABEL_RULE + "'a-'"),
    (names.parse_dns_label, "-a", LABEL_RULE + "'-a'"),
    (names.parse_dns_label, "a\n", LABEL_RULE + r"'a\n'; did you mean a?"),
    (names.parse_dns_label, "größe", LABEL_RULE + "'größe'"),
    (names.parse_dns_label, "\u212a", LABEL_RULE + "'\u212a'"),
    (names.parse_dns_label, "٣", LABEL_RULE + "'٣'"),
    (names.parse_dns_label, "a" * 64, LABEL_RULE + f"'{'a' * 64}'"),
    (names.parse_dns_label, "A" * 64, LABEL_RULE + f"'{'A' * 64}'"),
    (names.parse_dns_subdomain, "", SUBDOMAIN_RULE + "''"),
    (names.parse_dns_subdomain, ".", SUBDOMAIN_RULE + "'.'"),
    (names.parse_dns_subdomain, "a..b", SUBDOMAIN_RULE + "'a..b'"),
    (names.parse_dns_subdomain, "a.-b", SUBDOMAIN_RULE + "'a.-b'"),
    (names.parse_dns_subdomain, "a.b.", SUBDOMAIN_RULE + "'a.b.'"),
    (names.parse_dns_subdomain, "A.b", SUBDOMAIN_RULE + "'A.b'; did you mean a.b?"),
    (names.parse_dns_subdomain, "a/b", SUBDOMAIN_RULE + "'a/b'"),
    (names.parse_dns_subdomain, "a" * 254, SUBDOMAIN_RULE + f"'{'a' * 40}…' (254 characters)"),
    (names.parse_service_name, "1a", SERVICE_RULE + "'1a'"),
    (names.parse_service_name, "a.b", SERVICE_RULE + "'a.b'"),
    (names.parse_service_name, "Web", SERVICE_RULE + "'Web'; did you mean web?"),
    (names.parse_service_name, "a" * 64, SERVICE_RULE + f"'{'a' * 64}'"),
    (keys.parse_label_key, "", KEY_RULE + "''"),
    (keys.parse_label_key, "-a", KEY_RULE + "'-a'"),
    (keys.parse_label_key, "a b", KEY_RULE + "'a b'"),
    (keys.parse_label_key, "a/", KEY_RULE + "'' in 'a/'"),
    (keys.parse_label_key, "a/_b", KEY_RULE + "'_b' in 'a/_b'"),
    (keys.parse_label_key, "a" * 64, KEY_RULE + f"'{'a' * 64}'"),
    (keys.parse_label_key, "/b", PREFIX_RULE + "'' in '/b'"),
    (keys.parse_label_key, "A.com/b", PREFIX_RULE + "'A.com' in 'A.com/b'"),
    (keys.parse_label_key, "a/b/c", PREFIX_RULE + "'a/b' in 'a/b/c'"),
    (keys.parse_label_key, "a_b/c", PREFIX_RULE + "'a_b' in 'a_b/c'"),
    (
        keys.parse_label_key,
        "a" * 254 + "/b",
        PREFIX_RULE + f"'{'a' * 40}…' (254 characters) in '{'a' * 40}…' (256 characters)",
    ),
    (keys.parse_label_value, "-a", "expected a label value" + PART_RULE + "'-a'"),
    (keys.parse_label_value, "v1.0+b", "expected a label value" + PART_RULE + "'v1.0+b'"),
    (keys.parse_label_value, "中文", "expected a label value" + PART_RULE + "'中文'"),
    (keys.parse_label_value, "a" * 64, "expected a label value" + PART_RULE + f"'{'a' * 64}'"),
    (
        keys.parse_annotation_key,
        "a b",
        "expected in the annotation key a name" + PART_RULE + "'a b'",
    ),
    (
        keys.parse_annotation_key,
        "\u212a",
        "expected in the annotation key a name" + PART_RULE + "'\u212a'",
    ),
    (
        keys.parse_annotation_key,
        "A_B/c",
        (
            "expected before the '/' of the annotation key a DNS"
            " name (lower case, at most 253 characters), got 'A_B' in 'A_B/c'"
        ),
    ),
    (
        keys.parse_resource_name,
        "nvidia.com/",
        "expected in the resource name a name" + PART_RULE + "'' in 'nvidia.com/'",
    ),
    (keys.parse_env_name, "", ENV_RULE + "''"),
    (keys.parse_env_name, "A=B", ENV_RULE + "'A=B'"),
    (keys.parse_old_env_name, "", ENV_RULE + "''"),
    (keys.parse_old_env_name, "1A", ENV_RULE + "'1A'"),
    (keys.parse_old_env_name, "A B", ENV_RULE + "'A B'"),
    (keys.parse_old_env_name, ".", ENV_RULE + "'.'"),
    (keys.parse_old_env_name, "..", ENV_RULE + "'..'"),
    (keys.parse_old_env_name, "..a", ENV_RULE + "'..a'"),
    (keys.parse_env_name, "A\n", ENV_RULE + r"'A\n'"),
    (keys.parse_env_name, "é", ENV_RULE + "'é'"),
    (keys.parse_data_key, "", DATA_RULE + "''"),
    (keys.parse_data_key, "a b", DATA_RULE + "'a b'"),
    (keys.parse_data_key, "a/b", DATA_RULE + "'a/b'"),
    (keys.parse_data_key, ".", DATA_RULE + "'.'"),
    (keys.parse_data_key, "..", DATA_RULE + "'..'"),
    (keys.parse_data_key, "..a", DATA_RULE + "'..a'"),
    (keys.parse_data_key, "a" * 254, DATA_RULE + f"'{'a' * 40}…' (254 characters)"),
    *(
        (parse, key, f"{TEXT_RULE}'{key}'")
        for parse in (keys.parse_data_key, keys.parse_annotation_key)
        for key in ("1", "1.5", "1e3", "true", "2001-01-01")
    ),
    (keys.parse_header_name, "", HEADER_RULE + "''"),
    (keys.parse_header_name, "X_Y", HEADER_RULE + "'X_Y'; did you mean X-Y?"),
    (keys.parse_header_name, "X:", HEADER_RULE + "'X:'"),
    (keys.parse_header_name, "X\r\nY", HEADER_RULE + r"'X\r\nY'"),
    (names.parse_port_name, "", PORT_RULE + "''"),
    (names.parse_port_name, "80", PORT_RULE + "'80'"),
    (names.parse_port_name, "a--b", PORT_RULE + "'a--b'"),
    (names.parse_port_name, "-a", PORT_RULE + "'-a'"),
    (names.parse_port_name, "HTTP", PORT_RULE + "'HTTP'"),
    (names.parse_port_name, "a" * 16, PORT_RULE + "'aaaaaaaaaaaaaaaa'"),
    (names.parse_host, "", HOST_RULE + "''"),
    (names.parse_host, "*", HOST_RULE + "'*'"),
    (names.parse_host, "*.", HOST_RULE + "'*.'"),
    (names.parse_host, "**.a", HOST_RULE + "'**.a'"),
    (names.parse_host, "a.*.b", HOST_RULE + "'a.*.b'"),
    (names.parse_host, "*.*.b", HOST_RULE + "'*.*.b'"),
    (names.parse_host, "a.b.", HOST_RULE + "'a.b.'; did you mean a.b?"),
    (names.parse_host, "WWW.a", HOST_RULE + "'WWW.a'; did you mean www.a?"),
    (names.parse_host, "a_b", HOST_RULE + "'a_b'"),
    (names.parse_host, "::1", HOST_RULE + "'::1'"),
    (names.parse_host, "a" * 254, HOST_RULE + f"'{'a' * 40}…' (254 characters)"),
    (names.parse_host, "10.9.8.7", "expected a host name, not an IP address, got '10.9.8.7'"),
    (names.parse_host, "010.9.8.07", "expected a host name, not an IP address, got '010.9.8.07'"),
]


@pytest.mark.parametrize(
    ("parse", "text"), [(parse, text) for parse, texts in ACCEPTED.items() for text in texts]
)
def test_names_are_read_as_they_stand(parse: Callable[[str], str], text: str) -> None:
    assert parse(text) == text


@pytest.mark.parametrize(("parse", "text", "message"), REFUSED)
def test_other_names_are_refused(parse: Callable[[str], str], text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse(text)
    assert str(caught.value) == message


def test_the_notation_around_a_name_is_shown() -> None:
    with pytest.raises(NotationError, match="got '' in 'x='"):
        keys.parse_data_key("", within="x=")


# The rules again, written as Kubernetes writes them: parts first, then lengths, in loops.
PRINTABLE = set(map(chr, range(0x20, 0x7F)))
LOWER, UPPER, DIGITS = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"


def is_label(text: str, limit: int = 63) -> bool:
    ends = LOWER + DIGITS
    middle = set(text) <= set(ends + "-")
    return 0 < len(text) <= limit and middle and text[0] in ends and text[-1] in ends


def is_subdomain(text: str) -> bool:
    return len(text) <= 253 and all(is_label(part, 253) for part in text.split("."))


def is_part(text: str) -> bool:
    ends = LOWER + UPPER + DIGITS
    middle = set(text) <= set(ends + "-_.")
    return 0 < len(text) <= 63 and middle and text[0] in ends and text[-1] in ends


def is_key(text: str) -> bool:
    parts = text.split("/")
    return len(parts) <= 2 and is_part(parts[-1]) and all(map(is_subdomain, parts[:-1]))


def is_variable(text: str) -> bool:
    is_spelled = bool(text) and set(text) <= set(LOWER + UPPER + DIGITS + "-_.")
    return is_spelled and text[0] not in DIGITS and text != "." and text[:2] != ".."


def is_data_key(text: str) -> bool:
    is_spelled = bool(text) and set(text) <= set(LOWER + UPPER + DIGITS + "-_.")
    is_short = len(text) <= 253 and text != "." and text[:2] != ".."
    return is_spelled and is_short and is_text(text)


def is_port_name(text: str) -> bool:
    is_spelled = 0 < len(text) <= 15 and set(text) <= set(LOWER + DIGITS + "-")
    has_letter = any(each in LOWER for each in text)
    return is_spelled and has_letter and "--" not in text and text.strip("-") == text


def is_host(text: str) -> bool:
    numbers = text.split(".")
    is_ip = len(numbers) == 4 and all(
        re.fullmatch("[0-9]+", each) and int(each) < 256 for each in numbers
    )
    name = text[2:] if text[:2] == "*." else text
    return not is_ip and len(text) <= 253 and is_subdomain(name)


ORACLES = {
    names.parse_dns_label: is_label,
    names.parse_dns_subdomain: is_subdomain,
    names.parse_service_name: lambda text: is_label(text) and text[0] in LOWER,
    keys.parse_label_key: is_key,
    keys.parse_label_value: lambda text: text == "" or is_part(text),
    keys.parse_annotation_key: lambda text: (
        text.isascii() and is_key(text.lower()) and is_text(text)
    ),
    keys.parse_resource_name: is_key,
    keys.parse_env_name: lambda text: bool(text) and set(text) <= PRINTABLE - {"="},
    keys.parse_old_env_name: is_variable,
    keys.parse_data_key: is_data_key,
    keys.parse_header_name: lambda text: bool(re.fullmatch("[A-Za-z0-9-]+", text)),
    names.parse_port_name: is_port_name,
    names.parse_host: is_host,
}

NEAR_NAMES = st.one_of(
    st.text(alphabet="abzAZ019-_./*", max_size=12),
    st.from_regex(r"(\*\.)?[0-9]{1,3}(\.[0-9]{1,3}){2,4}", fullmatch=True),
    st.builds(
        lambda letter, count, end: letter * count + end,
        st.sampled_from(["a", "A", "1", "a.", "a/"]),
        st.integers(13, 260),
        st.sampled_from(["", "b", "-", ".", "/b", "\n"]),
    ),
    st.text(max_size=5),
)


@pytest.mark.parametrize("parse", ORACLES)
@given(text=NEAR_NAMES)
def test_names_are_exactly_those_of_the_rules(parse: Callable[[str], str], text: str) -> None:
    try:
        accepted = parse(text) == text
    except NotationError:
        accepted = False
    assert accepted == ORACLES[parse](text)


@pytest.mark.parametrize("parse", ORACLES)
@given(text=st.text(alphabet="aA0-_. \n", max_size=8))
def test_a_suggested_name_is_one(parse: Callable[[str], str], text: str) -> None:
    try:
        parse(text)
    except NotationError as error:
        suggested = re.search(r"; did you mean (.*)\?$", str(error))
        if suggested:
            parse(suggested[1])

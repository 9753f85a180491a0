from __future__ import annotations

import contextlib
import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.quantity import (
    Quantity,
    check_resource,
    parse_quantity,
    parse_resource,
)

QUANTITY = "expected a quantity such as 250m, 0.5 or 128Mi, got "
FORM = "expected request/limit, such as 10m/20m, 10m, 10m/ or /20m, got "
NANO = 10**9


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("1", 1),
        ("0.5", Fraction(1, 2)),
        (".5", Fraction(1, 2)),
        ("5.", 5),
        ("+1", 1),
        ("-0", 0),
        ("010", 10),
        ("1n", Fraction(1, 10**9)),
        ("1u", Fraction(1, 10**6)),
        ("250m", Fraction(1, 4)),
        ("1k", 10**3),
        ("1M", 10**6),
        ("1G", 10**9),
        ("1T", 10**12),
        ("1P", 10**15),
        ("1E", 10**18),
        ("1Ki", 2**10),
        ("1.5Mi", 3 * 2**19),
        ("1Gi", 2**30),
        ("1Ti", 2**40),
        ("1Pi", 2**50),
        ("1Ei", 2**60),
        ("1e3", 1000),
        ("1E3", 1000),
        ("1e+3", 1000),
        ("1e-3", Fraction(1, 1000)),
        ("1.5E-1", Fraction(15, 100)),
        # Rounded up to the finest amount, and capped, as Kubernetes does.
        ("0.1n", Fraction(1, 10**9)),
        ("1e-100", Fraction(1, 10**9)),
        ("100Ei", 2**63 - 1),
        ("100E", 10**20),
        ("1e100", 10**100),
    ],
)
def test_parse_quantity(text: str, value: Fraction) -> None:
    assert parse_quantity(text) == Quantity(text, int(value * NANO))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", QUANTITY + "''"),
        ("abc", QUANTITY + "'abc'"),
        (".", QUANTITY + "'.'"),
        ("+", QUANTITY + "'+'"),
        ("m", QUANTITY + "'m'"),
        ("Mi", QUANTITY + "'Mi'"),
        ("e3", QUANTITY + "'e3'"),
        ("1e", QUANTITY + "'1e'"),
        ("1e+", QUANTITY + "'1e+'"),
        ("1e1.5", QUANTITY + "'1e1.5'"),
        ("1Ki5", QUANTITY + "'1Ki5'"),
        ("1mi", QUANTITY + "'1mi'; did you mean 1Mi?"),
        ("100mi", QUANTITY + "'100mi'; did you mean 100Mi?"),
        ("1K", QUANTITY + "'1K'; did you mean 1Ki?"),
        ("1ki", QUANTITY + "'1ki'; did you mean 1Ki?"),
        ("1KI", QUANTITY + "'1KI'"),
        ("1GB", QUANTITY + "'1GB'; did you mean 1Gi?"),
        ("1.5GiB", QUANTITY + "'1.5GiB'; did you mean 1.5Gi?"),
        ("1 Gi", QUANTITY + "'1 Gi'; did you mean 1Gi?"),
        (" 1", QUANTITY + "' 1'"),
        ("1\n", QUANTITY + r"'1\n'"),
        ("0x1", QUANTITY + "'0x1'"),
        ("1_000", QUANTITY + "'1_000'"),
        ("1,5", QUANTITY + "'1,5'"),
        ("1.2.3", QUANTITY + "'1.2.3'"),
        ("1i", QUANTITY + "'1i'"),
        ("++1", QUANTITY + "'++1'"),
        ("٣", QUANTITY + "'٣'"),
        ("\uff11", QUANTITY + "'\uff11'"),
        ("inf", QUANTITY + "'inf'"),
        ("nan", QUANTITY + "'nan'"),
        ("-1", "expected a quantity of at least 0, got '-1'"),
        ("-1n", "expected a quantity of at least 0, got '-1n'"),
        ("1e101", "expected an exponent from -100 to 100, got '1e101'"),
        ("1e999999999", "expected an exponent from -100 to 100, got '1e999999999'"),
        ("1e-4294967297", "expected an exponent from -100 to 100, got '1e-4294967297'"),
        ("1" * 65, QUANTITY + f"'{'1' * 65}'"),
    ],
)
def test_parse_quantity_refuses(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_quantity(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "request_", "limit"),
    [
        ("10m/20m", "10m", "20m"),
        ("10Mi", "10Mi", "10Mi"),
        ("10m/", "10m", None),
        ("/20m", None, "20m"),
        ("1/1", "1", "1"),
        ("0Mi/20Mi", "0Mi", "20Mi"),
        ("1000m/1", "1000m", "1"),
        ("1024Mi/1Gi", "1024Mi", "1Gi"),
        ("1.5/1500m", "1.5", "1500m"),
    ],
)
def test_parse_resource(text: str, request_: str | None, limit: str | None) -> None:
    resource = parse_resource(text)
    assert (resource.request and resource.request.text) == request_
    assert (resource.limit and resource.limit.text) == limit


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", FORM + "''"),
        ("/", FORM + "'/'"),
        ("//", FORM + "'//'"),
        ("1/2/3", FORM + "'1/2/3'"),
        ("20m/10m", "expected a request of at most the limit, got '20m/10m'"),
        ("1Gi/1G", "expected a request of at most the limit, got '1Gi/1G'"),
        ("10m / 20m", QUANTITY + "'10m '"),
        ("10MB/1Gi", QUANTITY + "'10MB'; did you mean 10Mi?"),
        ("one", QUANTITY + "'one'"),
        ("-1/1", "expected a quantity of at least 0, got '-1'"),
    ],
)
def test_parse_resource_refuses(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_resource(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("cpu", "100u/0.5"),
        ("memory", "10Mi/20Mi"),
        ("memory", "0.5Gi"),
        ("memory", "0.1Gi"),
        ("memory", "1.5k"),
        ("memory", "128000m"),
        ("memory", "1e9"),
        ("ephemeral-storage", "/1G"),
        ("nvidia.com/gpu", "1/1"),
        ("nvidia.com/gpu", "2"),
        ("nvidia.com/gpu", "/1"),
        ("nvidia.com/gpu", "1000m/1"),
        ("nvidia.com/gpu", "0"),
        ("nvidia.com/gpu", "9223372036854775"),
        ("hugepages-8Pi", "8Pi"),
        ("hugepages-.5Ki", "1Ki"),
        ("hugepages-2Mi", "4Mi"),
        ("hugepages-1Gi", "/2Gi"),
        ("kubernetes.io/batch-cpu", "500m/1"),
        ("example.kubernetes.io/x", "0.5/"),
    ],
)
def test_check_resource(name: str, text: str) -> None:
    check_resource(name, parse_resource(text))


NAMES = "expected cpu, memory, ephemeral-storage, hugepages-<size> or a name such as nvidia.com/gpu"
LIMIT = "expected a limit equal to the request, got "


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("gpu", "1", NAMES + ", got 'gpu'; did you mean cpu?"),
        ("Memory", "1", NAMES + ", got 'Memory'; did you mean memory?"),
        ("storage", "1Gi", NAMES + ", got 'storage'"),
        ("pods", "1", NAMES + ", got 'pods'"),
        ("", "1", NAMES + ", got ''"),
        ("requests.example.com/x", "1", NAMES + ", got 'requests.example.com/x'"),
        ("a" * 245 + "/x", "1", NAMES + f", got '{'a' * 40}…' (247 characters)"),
        (
            "Nvidia.com/gpu",
            "1",
            (
                "expected before the '/' of the resource name a DNS name (lower"
                " case, at most 253 characters), got 'Nvidia.com' in 'Nvidia.com/gpu'"
            ),
        ),
        ("memory", "128m", "expected whole bytes, got '128m'; did you mean 128Mi?"),
        ("memory", "1Mi/128500m", "expected a request of at most the limit, got '1Mi/128500m'"),
        ("memory", "128m/1Mi", "expected whole bytes, got '128m'; did you mean 128Mi?"),
        ("memory", "0.5", "expected whole bytes, got '0.5'"),
        ("memory", "1e-1", "expected whole bytes, got '1e-1'"),
        ("ephemeral-storage", "/1u", "expected whole bytes, got '1u'"),
        ("nvidia.com/gpu", "500m", "expected a whole number, got '500m'"),
        ("nvidia.com/gpu", "5Ei", "expected at most 9223372036854775, got '5Ei'"),
        (
            "nvidia.com/gpu",
            "/9223372036854776",
            "expected at most 9223372036854775, got '9223372036854776'",
        ),
        (
            "hugepages-9Pi",
            "9Pi",
            "expected a size in whole bytes after hugepages-, got '9Pi' in 'hugepages-9Pi'",
        ),
        (
            "hugepages-+2Mi",
            "2Mi",
            (
                "expected in the resource name a name of letters, digits, '-', '_' and '.' (at most"
                " 63, the first and the last a letter or digit), got 'hugepages-+2Mi'"
            ),
        ),
        ("nvidia.com/gpu", "1/2", LIMIT + "'1/2'"),
        ("nvidia.com/gpu", "1/", LIMIT + "'1/'; leave out the '/'"),
        ("hugepages-2Mi", "3Mi", "expected a whole number of pages, got '3Mi'"),
        ("hugepages-2Mi", "2Mi/4Mi", LIMIT + "'2Mi/4Mi'"),
        ("hugepages-2Mi", "2Mi/", LIMIT + "'2Mi/'; leave out the '/'"),
        ("hugepages-", "2Mi", QUANTITY + "''"),
        ("hugepages-2MB", "2M", QUANTITY + "'2MB'; did you mean 2Mi?"),
        (
            "hugepages-0",
            "2Mi",
            "expected a size in whole bytes after hugepages-, got '0' in 'hugepages-0'",
        ),
        (
            "hugepages-1m",
            "2Mi",
            "expected a size in whole bytes after hugepages-, got '1m' in 'hugepages-1m'",
        ),
    ],
)
def test_resources_are_refused(name: str, text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        check_resource(name, parse_resource(text))
    assert str(caught.value) == message


# The regular expression of the API server's own message, and its suffixes as documented.
SERVER = re.compile(r"([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)")
POWERS = {"": 0, "n": -9, "u": -6, "m": -3} | {each: 3 * n for n, each in enumerate("kMGTPE", 1)}
BINARY = {f"{each}i": 10 * n for n, each in enumerate("KMGTPE", 1)}


def oracle(text: str) -> Fraction | None:
    """Work the value out the slow way, from the documented grammar."""
    found = SERVER.fullmatch(text)
    if not found or not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)", found[1]):
        return None
    number, suffix = Fraction(Decimal(found[1])), found[2]
    if suffix in POWERS:
        return number * Fraction(10) ** POWERS[suffix]
    if suffix in BINARY:
        return number * 2 ** BINARY[suffix]
    exponent = re.fullmatch(r"[eE]([+-]?[0-9]+)", suffix)
    return number * Fraction(10) ** int(exponent[1]) if exponent else None


@given(
    st.text(alphabet="0159.+-eEinumkKMGTP", max_size=8)
    | st.from_regex(
        r"[+-]?[0-9]{0,3}\.?[0-9]{0,3}(Ki|Mi|[numkMGE]|[eE][+-]?[0-9]{1,2})?", fullmatch=True
    )
)
def test_quantities_are_those_of_the_documented_grammar(text: str) -> None:
    expected = oracle(text) if not re.search(r"[eE][+-]?[0-9]{3}", text) else None
    try:
        value = parse_quantity(text).value
    except NotationError:
        assert expected is None or expected < 0 or abs(expected) >= 10**100
        return
    assert expected is not None or re.search(r"[eE][+-]?[0-9]{3}", text)
    if expected is not None and expected < 2**63:
        assert value - 1 < expected * NANO <= value


WRITTEN = st.builds(
    "{}{}".format, st.integers(0, 10**6), st.sampled_from([*POWERS, *BINARY, "e3", "E-2"])
)


@given(WRITTEN, WRITTEN)
def test_a_request_is_taken_exactly_if_it_is_at_most_the_limit(request: str, limit: str) -> None:
    try:
        parse_resource(f"{request}/{limit}")
        accepted = True
    except NotationError:
        accepted = False
    cap = Fraction(2**63 - 1)
    values = [oracle(each) for each in (request, limit)]
    low, high = (
        min(value, cap) if text.endswith("i") else value
        for value, text in zip(values, (request, limit), strict=True)
        if value is not None
    )
    assert accepted == (low <= high)


@given(WRITTEN | st.text(), st.sampled_from(["cpu", "memory", "x/y", "hugepages-2Mi"]) | st.text())
def test_any_resource_is_taken_or_refused(text: str, name: str) -> None:
    with contextlib.suppress(NotationError):
        check_resource(name, parse_resource(text))

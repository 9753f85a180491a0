from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.pod import (
    Security,
    Spread,
    Toleration,
    parse_security,
    parse_spread,
    parse_toleration,
)

PART = (
    "a name of letters, digits, '-', '_' and '.'"
    " (at most 63, the first and the last a letter or digit), got "
)
SECURITY = (
    "expected restricted, readOnlyRootFilesystem, runAsUser=ID, runAsGroup=ID or fsGroup=ID, got "
)


@pytest.mark.parametrize(
    ("text", "toleration"),
    [
        ("dedicated=payments:NoSchedule", Toleration("dedicated", "payments", "NoSchedule")),
        ("gpu:noexecute", Toleration("gpu", None, "NoExecute")),
        ("spot", Toleration("spot")),
        ("a=", Toleration("a", "")),
        (
            "node-role.kubernetes.io/control-plane",
            Toleration("node-role.kubernetes.io/control-plane"),
        ),
        ("*", Toleration(None)),
        ("*:NoExecute", Toleration(None, None, "NoExecute")),
    ],
)
def test_parse_toleration(text: str, toleration: Toleration) -> None:
    assert parse_toleration(text) == toleration._replace(text=text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected KEY[=VALUE][:EFFECT], got ''"),
        ("=a", "expected KEY[=VALUE][:EFFECT], got '=a'"),
        (
            "a=b:Noschedul",
            (
                "expected NoSchedule, PreferNoSchedule or NoExecute, got 'Noschedul'"
                " in 'a=b:Noschedul'; did you mean NoSchedule?"
            ),
        ),
        ("a:", "expected NoSchedule, PreferNoSchedule or NoExecute, got '' in 'a:'"),
        ("*=x", "expected no value with '*', got 'x' in '*=x'"),
        ("dedicated payments", f"expected in the key of a taint {PART}'dedicated payments'"),
        (
            "A/b",
            (
                "expected before the '/' of the key of a taint a DNS name"
                " (lower case, at most 253 characters), got 'A' in 'A/b'"
            ),
        ),
        (
            "a=-b",
            (
                "expected a label value of letters, digits, '-', '_' and '.' (at most 63, the first"
                " and the last a letter or digit), got '-b' in 'a=-b'"
            ),
        ),
    ],
)
def test_parse_toleration_refuses(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_toleration(text)
    assert str(caught.value) == message


KEYS = st.from_regex(r"([a-z]{1,5}\.io/)?[A-Za-z0-9]([-_.A-Za-z0-9]{0,8}[a-z])?", fullmatch=True)
VALUES = st.from_regex(r"([A-Za-z0-9]([-_.A-Za-z0-9]{0,8}[a-z])?)?", fullmatch=True)
EFFECTS = st.sampled_from(["NoSchedule", "PreferNoSchedule", "NoExecute"])


@given(KEYS, VALUES | st.none(), EFFECTS | st.none())
def test_a_written_toleration_reads_back(key: str, value: str | None, effect: str | None) -> None:
    text = key + ("" if value is None else f"={value}") + ("" if effect is None else f":{effect}")
    assert parse_toleration(text) == Toleration(key, value, effect, text)


@pytest.mark.parametrize(
    ("text", "spread"),
    [
        ("zone", Spread("topology.kubernetes.io/zone")),
        ("host:required", Spread("kubernetes.io/hostname", is_required=True)),
        ("region:preferred", Spread("topology.kubernetes.io/region")),
        ("example.com/rack:required", Spread("example.com/rack", is_required=True)),
    ],
)
def test_parse_spread(text: str, spread: Spread) -> None:
    assert parse_spread(text) == spread._replace(text=text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "zones",
            (
                "expected zone, host, region or a label key of nodes such as example.com/rack"
                ", got 'zones'; did you mean zone?"
            ),
        ),
        (
            "",
            (
                "expected zone, host, region or a label key of nodes such as example.com/rack"
                ", got ''"
            ),
        ),
        ("zone:must", "expected required or preferred after ':', got 'must' in 'zone:must'"),
        (
            "zone:requird",
            (
                "expected required or preferred after ':', got 'requird' in 'zone:requird'"
                "; did you mean required?"
            ),
        ),
        ("a.b/", f"expected in the label key {PART}'' in 'a.b/'"),
    ],
)
def test_parse_spread_refuses(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_spread(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "security"),
    [
        ("restricted", Security(restricted=True)),
        ("runAsUser=0", Security(run_as_user=0)),
        (
            "restricted readOnlyRootFilesystem  runAsUser=10001 runAsGroup=0 fsGroup=2147483647",
            Security(
                restricted=True,
                read_only_root_filesystem=True,
                run_as_user=10001,
                run_as_group=0,
                fs_group=2147483647,
            ),
        ),
    ],
)
def test_parse_security(text: str, security: Security) -> None:
    assert parse_security(text) == security._replace(text=text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", SECURITY + "''"),
        ("strict", SECURITY + "'strict'; did you mean restricted?"),
        ("runAsUser", SECURITY + "'runAsUser'; write runAsUser=ID"),
        ("restricted root=1", SECURITY + "'root=1' in 'restricted root=1'"),
        ("restricted=true", "expected restricted alone, got 'restricted=true'"),
        (
            "restricted runAsUser=0",
            "expected a user other than 0 with restricted, got 'restricted runAsUser=0'",
        ),
        ("runAsUser=root", "expected an ID from 0 to 2147483647, got 'root' in 'runAsUser=root'"),
        (
            "fsGroup=2147483648",
            "expected an ID from 0 to 2147483647, got '2147483648' in 'fsGroup=2147483648'",
        ),
        (
            "fsGroup=1 fsGroup=1",
            "expected unique words, got 'fsGroup=1' in 'fsGroup=1 fsGroup=1'",
        ),
    ],
)
def test_parse_security_refuses(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_security(text)
    assert str(caught.value) == message


IDS = st.integers(1, 2**31 - 1) | st.none()


@given(user=IDS, group=IDS, fs_group=IDS, restricted=st.booleans())
def test_written_words_read_back(
    user: int | None, group: int | None, fs_group: int | None, *, restricted: bool
) -> None:
    ids = {"runAsUser": user, "runAsGroup": group, "fsGroup": fs_group}
    words = [f"{name}={number}" for name, number in ids.items() if number is not None]
    text = " ".join([*words, "restricted"] if restricted else [*words, "readOnlyRootFilesystem"])
    expected = Security(restricted, not restricted, user, group, fs_group, text)
    assert parse_security(text) == expected

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.quantity import Quantity
from kustz_tpl.notation.replicas import (
    Metric,
    Replicas,
    Rollout,
    check_rollout,
    parse_disruption_budget,
    parse_replicas,
    parse_rollout,
)

REPLICAS = "expected a number, or a range such as 2-10 with cpu=80%, got "
ROLLOUT = "expected Recreate, OnDelete or maxSurge/maxUnavailable such as 1/0, got "
AMOUNT = "expected a number or a percentage such as 25%, got "
CPU = Metric("cpu", percentage=80)


@pytest.mark.parametrize(
    ("text", "replicas"),
    [
        ("0", Replicas(0)),
        ("3", Replicas(3)),
        ("2147483647", Replicas(2147483647)),
        ("2-10", Replicas(2, 10, (CPU,))),
        (
            "2-10 cpu=75% memory=80%",
            Replicas(2, 10, (Metric("cpu", 75), Metric("memory", 80))),
        ),
        (
            "1-5  http_requests_per_second=100",
            Replicas(
                1,
                5,
                (Metric("http_requests_per_second", amount=Quantity("100", 100 * 10**9)),),
            ),
        ),
        ("1-2 cpu=500m", Replicas(1, 2, (Metric("cpu", amount=Quantity("500m", 5 * 10**8)),))),
        ("1-2 cpu=150%", Replicas(1, 2, (Metric("cpu", percentage=150),))),
    ],
)
def test_parse_replicas(text: str, replicas: Replicas) -> None:
    assert parse_replicas(text) == replicas._replace(text=text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", REPLICAS + "''"),
        ("-1", REPLICAS + "'-1'"),
        ("two", REPLICAS + "'two'"),
        ("01", REPLICAS + "'01'"),
        ("2-", REPLICAS + "'2-'"),
        ("1.5", REPLICAS + "'1.5'"),
        ("2147483648", "expected a number up to 2147483647, got '2147483648'"),
        (
            "1-2147483648",
            "expected a number up to 2147483647, got '2147483648' in '1-2147483648'",
        ),
        (
            "0-5",
            "expected a range from 1, got '0-5'; only KEDA and Knative scale to 0",
        ),
        ("10-2", "expected an ascending range, got '10-2'"),
        ("2-2", "expected an ascending range, got '2-2'"),
        (
            "3 cpu=80%",
            "expected targets such as cpu=80% only with a range, got '3 cpu=80%'; write 3-9 cpu=80%",
        ),
        ("2-10 cpu:80", "expected a target such as cpu=80%, got 'cpu:80' in '2-10 cpu:80'"),
        ("2-10 a/b=1", "expected the name of a metric, got 'a/b' in '2-10 a/b=1'"),
        ("2-10 =1", "expected the name of a metric, got '' in '2-10 =1'"),
        (
            "2-10 cpu=1 cpu=80%",
            "expected unique metrics, got 'cpu=80%' in '2-10 cpu=1 cpu=80%'",
        ),
        (
            "2-10 rps=80%",
            (
                "expected a percentage only for cpu or memory: use an amount for other metrics,"
                " got 'rps=80%' in '2-10 rps=80%'"
            ),
        ),
        ("2-10 cpu=0%", "expected a percentage above 0, got '0%' in '2-10 cpu=0%'"),
        ("2-10 cpu=7.5%", "expected a percentage above 0, got '7.5%' in '2-10 cpu=7.5%'"),
        ("2-10 rps=0", "expected an amount above 0, got '0' in '2-10 rps=0'"),
        (
            "2-10 rps=many",
            "expected a quantity such as 250m, 0.5 or 128Mi, got 'many' in '2-10 rps=many'",
        ),
    ],
)
def test_parse_replicas_refuses(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_replicas(text)
    assert str(caught.value) == message


@given(
    st.integers(1, 2**31 - 2),
    st.integers(1, 1000),
    st.dictionaries(
        st.from_regex(r"[a-z_]{1,8}", fullmatch=True).filter(lambda n: n not in ("cpu", "memory")),
        st.integers(1, 10**6),
        max_size=3,
    ),
    st.integers(1, 1000) | st.none(),
)
def test_a_written_range_reads_back(
    least: int, more: int, amounts: dict[str, int], percentage: int | None
) -> None:
    most = min(least + more, 2**31 - 1)
    words = [f"{least}-{most}", *(f"{name}={amount}" for name, amount in amounts.items())]
    words += [f"memory={percentage}%"] if percentage else []
    parsed = parse_replicas(" ".join(words))
    assert (parsed.least, parsed.most) == (least, most)
    assert {each.name: each.amount and each.amount.text for each in parsed.metrics} == (
        {name: str(amount) for name, amount in amounts.items()}
        | ({"memory": None} if percentage else {})
        or {"cpu": None}
    )


@pytest.mark.parametrize(("text", "budget"), [("1", 1), ("25%", "25%"), ("100%", "100%"), ("9", 9)])
def test_parse_disruption_budget(text: str, budget: int | str) -> None:
    assert parse_disruption_budget(text) == budget


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0", "expected at least 1 or 1%: 0 blocks draining nodes, got '0'"),
        ("0%", "expected at least 1 or 1%: 0 blocks draining nodes, got '0%'"),
        ("101%", "expected at most 100%, got '101%'"),
        ("one", AMOUNT + "'one'"),
        ("1.5%", AMOUNT + "'1.5%'"),
        ("01", AMOUNT + "'01'"),
        ("2147483648", "expected a number up to 2147483647, got '2147483648'"),
    ],
)
def test_parse_disruption_budget_refuses(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_disruption_budget(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "rollout"),
    [
        ("Recreate", Rollout("Recreate")),
        ("onDelete", Rollout("OnDelete")),
        ("1/0", Rollout("RollingUpdate", 1, 0)),
        ("25%/", Rollout("RollingUpdate", "25%")),
        ("/1", Rollout("RollingUpdate", None, 1)),
        ("0%/100%", Rollout("RollingUpdate", "0%", "100%")),
        ("150%/0", Rollout("RollingUpdate", "150%", 0)),
        ("0/", Rollout("RollingUpdate", 0)),
        ("/0", Rollout("RollingUpdate", None, 0)),
    ],
)
def test_parse_rollout(text: str, rollout: Rollout) -> None:
    assert parse_rollout(text) == rollout._replace(text=text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rolling", ROLLOUT + "'rolling'"),
        ("recreat", ROLLOUT + "'recreat'; did you mean Recreate?"),
        ("1", ROLLOUT + "'1'"),
        ("/", "expected maxSurge, maxUnavailable or both, got '/'"),
        ("0/0", "expected maxSurge or maxUnavailable above 0, got '0/0'"),
        ("0%/0", "expected maxSurge or maxUnavailable above 0, got '0%/0'"),
        ("1/x", AMOUNT + "'x' in '1/x'"),
        ("1/0/1", AMOUNT + "'0/1' in '1/0/1'"),
        ("-1/0", AMOUNT + "'-1' in '-1/0'"),
        ("0/101%", "expected at most 100%, got '101%' in '0/101%'"),
    ],
)
def test_parse_rollout_refuses(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_rollout(text)
    assert str(caught.value) == message


AMOUNTS = st.integers(0, 2**31 - 1) | st.integers(0, 100).map(lambda number: f"{number}%")


@given(AMOUNTS | st.none(), AMOUNTS | st.none())
def test_a_written_rollout_reads_back(surge: int | str | None, missing: int | str | None) -> None:
    text = f"{'' if surge is None else surge}/{'' if missing is None else missing}"
    zero = (0, "0%")
    if (surge is None and missing is None) or (surge in zero and missing in zero):
        with pytest.raises(NotationError):
            parse_rollout(text)
    else:
        assert parse_rollout(text) == Rollout("RollingUpdate", surge, missing, text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *(("Deployment", text) for text in ("Recreate", "1/0", "/0", "25%/25%", "150%/")),
        *(("StatefulSet", text) for text in ("OnDelete",)),
        *(("DaemonSet", text) for text in ("OnDelete", "/1", "1/", "1/0", "0/1", "100%/0%")),
    ],
)
def test_check_rollout(kind: str, text: str) -> None:
    check_rollout(parse_rollout(text), kind)


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        (
            "Deployment",
            "OnDelete",
            "expected no OnDelete for a Deployment, got 'OnDelete'; write Recreate",
        ),
        (
            "StatefulSet",
            "Recreate",
            "expected no Recreate for a StatefulSet, got 'Recreate'; write OnDelete",
        ),
        ("StatefulSet", "/1", "expected OnDelete for a StatefulSet, got '/1'"),
        (
            "DaemonSet",
            "Recreate",
            "expected no Recreate for a DaemonSet, got 'Recreate'; write OnDelete",
        ),
        ("DaemonSet", "/0", "expected maxUnavailable above 0 for a DaemonSet, got '/0'"),
        ("DaemonSet", "1/1", "expected N/0 or /N for a DaemonSet, got '1/1'"),
        ("DaemonSet", "0/", "expected N/0 or /N for a DaemonSet, got '0/'"),
        ("DaemonSet", "150%/0", "expected at most 100%, got '150%' in '150%/0'"),
    ],
)
def test_check_rollout_refuses(kind: str, text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        check_rollout(parse_rollout(text), kind)
    assert str(caught.value) == message

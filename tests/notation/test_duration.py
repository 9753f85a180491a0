"""Durations are those that Go reads, by the word of kubectl."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kube import find_kubectl
from profiles import one_in

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.schedule import parse_duration

FORM = "expected a duration such as 1h or 1h30m, got "
MOST = "expected a duration of at most 2562047h, got "
UNITS = ["ns", "us", "µs", "ms", "s", "m", "h"]


def is_read(text: str) -> bool:
    try:
        return parse_duration(text) == text
    except NotationError:
        return False


def is_read_by_go(text: str) -> bool:
    command = [find_kubectl(), "wait", f"--timeout={text}", "--help"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    "text",
    [
        *("0", "0s", "1h", "1h30m", "1m1m", "1.5h", "1.h", "007s", "3600s", "1µs"),
        *(".5h", "1μs", "1h.5m"),
        *("2562047h47m16.85477580s", f"{2**63 - 1}ns", "0.0000000001ns", f"1.{'9' * 5000}s"),
        f"{'0' * 5000}1s",
    ],
)
def test_parse_duration(text: str) -> None:
    assert parse_duration(text) == text
    assert is_read_by_go(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", FORM + "''"),
        ("1", FORM + "'1'"),
        ("1d", FORM + "'1d'"),
        ("1 h", FORM + "'1 h'"),
        ("1h ", FORM + "'1h '"),
        ("1H", FORM + "'1H'"),
        ("h", FORM + "'h'"),
        (".h", FORM + "'.h'"),
        ("1h30", FORM + "'1h30'"),
        ("1.5.5h", FORM + "'1.5.5h'"),
        ("\u0661h", FORM + "'\u0661h'"),
        ("soon", FORM + "'soon'"),
        ("2562048h", MOST + "'2562048h'"),
        ("2562047.9h", MOST + "'2562047.9h'"),
        (f"{2**63}ns", MOST + f"'{2**63}ns'"),
        ("2562047h48m", MOST + "'2562047h48m'"),
    ],
)
def test_parse_duration_refuses(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_duration(text)
    assert str(caught.value) == message
    assert not is_read_by_go(text)


@pytest.mark.parametrize("text", ["-1h", "+1h"])
def test_what_go_reads_besides_is_refused(text: str) -> None:
    assert is_read_by_go(text)
    assert not is_read(text)


def test_digits_without_end_are_refused() -> None:
    assert not is_read("9" * 5000 + "h")


PARTS = st.tuples(
    st.integers(0, 10**20).map(str),
    st.sampled_from(["", ".", ".0", ".25", ".999999999999999999999"]),
    st.sampled_from([*UNITS, "", "d"]),
)


@given(st.lists(PARTS, max_size=3).map(lambda parts: "".join(map("".join, parts))))
@one_in(5)
def test_any_sum_of_parts_as_go_reads_it(text: str) -> None:
    assert is_read(text) == is_read_by_go(text)


@given(st.text(alphabet="0159.hmsnuµ d", max_size=8) | st.text())
def test_what_is_read_is_digits_and_units(text: str) -> None:
    if is_read(text):
        rest = text.strip("0123456789.")
        assert text[-1] in "smh" or text == "0"
        assert set(rest) <= set("nuµmsh0123456789.")

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.choices import parse_pull_policy

EXPECTED = "expected Always, Never or IfNotPresent, got "


@pytest.mark.parametrize("policy", ["Always", "Never", "IfNotPresent"])
def test_a_policy_is_read_in_any_case(policy: str) -> None:
    pairs = [(each.lower(), each.upper()) for each in policy[:5]]
    spellings = ("".join(each) + policy[5:] for each in itertools.product(*pairs))
    assert {parse_pull_policy(each) for each in spellings} == {policy}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", EXPECTED + "''"),
        ("alwys", EXPECTED + "'alwys'; did you mean Always?"),
        ("if-not-present", EXPECTED + "'if-not-present'; did you mean IfNotPresent?"),
        (" Always", EXPECTED + "' Always'; did you mean Always?"),
        ("Never\n", EXPECTED + r"'Never\n'; did you mean Never?"),
        ("sometimes", EXPECTED + "'sometimes'"),
    ],
)
def test_another_word_is_refused(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_pull_policy(text)
    assert str(caught.value) == message


@given(st.text())
def test_nothing_else_is_a_policy(text: str) -> None:
    try:
        assert parse_pull_policy(text).lower() == text.lower()
    except NotationError as error:
        assert str(error).startswith(EXPECTED)  # noqa: PT017 - either way is right

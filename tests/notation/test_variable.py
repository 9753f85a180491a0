from __future__ import annotations

import os
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.local import parse_variable

NAME = "expected the name of an environment variable, got "


@pytest.mark.parametrize("text", ["A", "_", "GHCR_TOKEN", "token2", "__1"])
def test_parse_variable(text: str) -> None:
    assert parse_variable(text) == text
    shell = ["sh", "-c", f'printf %s "${text}"']
    found = subprocess.run(shell, env={**os.environ, text: "here"}, capture_output=True, check=True)
    assert found.stdout == b"here"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", NAME + "''"),
        ("2A", NAME + "'2A'"),
        ("a-b", NAME + "'a-b'"),
        ("a b", NAME + "'a b'"),
        ("a=b", NAME + "'a=b'"),
        ("A\n", NAME + r"'A\n'"),
        ("größe", NAME + "'größe'"),
        ("$GHCR_TOKEN", NAME + "'$GHCR_TOKEN'; leave out the $"),
        ("${GHCR_TOKEN}", NAME + "'${GHCR_TOKEN}'; leave out the $"),
    ],
)
def test_parse_variable_refuses(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_variable(text)
    assert str(caught.value) == message


@given(st.text(alphabet="aZ_09$-= é²", max_size=5) | st.text())
def test_a_variable_is_an_identifier_of_ascii(text: str) -> None:
    try:
        is_read = parse_variable(text) == text
    except NotationError:
        is_read = False
    assert is_read == (text.isascii() and text.isidentifier())

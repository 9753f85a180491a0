from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.references import EnvSource, parse_env_source

NAME = (
    "expected a name of lower-case letters, digits, '-' and '.'"
    " (at most 253, the first and the last of each part a letter or digit), got "
)
WORD = "expected true or false after the ':', got "


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("web-envs", EnvSource("web-envs", optional=False)),
        ("web-envs:false", EnvSource("web-envs", optional=False)),
        ("web.envs:true", EnvSource("web.envs", optional=True)),
    ],
)
def test_parse_env_source(text: str, source: EnvSource) -> None:
    assert parse_env_source(text) == source._replace(text=text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", NAME + "''"),
        (":true", NAME + "'' in ':true'"),
        ("Web:true", NAME + "'Web' in 'Web:true'; did you mean web?"),
        ("a b", NAME + "'a b'; did you mean a-b?"),
        ("web:", WORD + "'' in 'web:'"),
        ("web:yes", WORD + "'yes' in 'web:yes'"),
        ("web:True", WORD + "'True' in 'web:True'; did you mean true?"),
        ("web:ture", WORD + "'ture' in 'web:ture'; did you mean true?"),
        ("web: true", WORD + "' true' in 'web: true'; did you mean true?"),
        ("web:true:false", WORD + "'true:false' in 'web:true:false'; did you mean false?"),
        ("web:1", WORD + "'1' in 'web:1'"),
    ],
)
def test_parse_env_source_refuses(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_env_source(text)
    assert str(caught.value) == message


@given(st.text(alphabet="ab:truefals.", max_size=12) | st.text())
def test_what_is_read_is_a_name_and_a_word(text: str) -> None:
    try:
        source = parse_env_source(text)
    except NotationError:
        return
    word = "true" if source.optional else "false"
    assert text in {source.name, f"{source.name}:{word}"}
    assert text != source.name or not source.optional

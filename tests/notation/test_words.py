from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kustz_tpl.errors import NotationError
from kustz_tpl.notation import CHECKS
from kustz_tpl.notation.words import closest, quoted, refusal, without_value

WORDS = ("imagePullPolicy", "imagePullSecrets", "image", "Always")


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("imagePullPolcy", "did you mean imagePullPolicy?"),
        ("IMAGE", "did you mean image?"),
        ("alwys", "did you mean Always?"),
        ("xyz", None),
        ("", None),
        ("image" * 20, None),
    ],
)
def test_closest_names_a_near_word(word: str, hint: str | None) -> None:
    assert closest(word, WORDS) == hint


def test_closest_of_no_words_is_none() -> None:
    assert closest("image", ()) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("80o80", "'80o80'"),
        ("", "''"),
        ("größe 東京", "'größe 東京'"),
        ("a\tb\nc\0", r"'a\tb\nc\x00'"),
        ("\x85\u200b\ud800", r"'\x85\u200b\ud800'"),
        ("x" * 80, f"'{'x' * 80}'"),
        ("x" * 81, f"'{'x' * 40}…' (81 characters)"),
    ],
)
def test_quoted(text: str, shown: str) -> None:
    assert quoted(text) == shown


@given(st.text())
def test_quoted_prints_on_one_short_line(text: str) -> None:
    assert quoted(text).isprintable()
    assert len(quoted(text)) < 10 * 80 + 40


def test_refusal_says_what_was_expected_and_where() -> None:
    assert str(refusal("a port", "x", within="80:x")) == "expected a port, got 'x' in '80:x'"
    assert str(refusal("a port", "x", within="x")) == "expected a port, got 'x'"
    assert str(refusal("a port", "x", hint="write 1")) == "expected a port, got 'x'; write 1"


MARK = "q7Zq"
AROUND = st.text(
    alphabet=st.sampled_from("a0./:@?=&#%![]'\"\\-_* \n") | st.characters(), max_size=8
)


@pytest.mark.parametrize("name", CHECKS)
@given(before=AROUND, after=AROUND)
def test_a_message_without_its_value_holds_nothing_of_the_value(
    name: str, before: str, after: str
) -> None:
    message = refused(CHECKS[name], before + MARK + after)
    if message is not None:
        assert MARK.lower() not in without_value(message).lower()


def refused(parse: Callable[[str], object], text: str) -> NotationError | None:
    try:
        parse(text)
    except NotationError as error:
        return error
    return None


ANY_TEXT = st.one_of(
    st.text(),
    st.text(alphabet="0159kKmMiIeE+-./:!%#@", max_size=20),
    st.from_regex(r"(https?|tcp|grpc|udp)://[a-z0-9.:\[\]@]*(/[^\n]*)?", fullmatch=True),
    st.text(alphabet=st.characters(categories=["Cs", "Cc", "Cf", "Nd", "Zs"]), max_size=8),
)


@pytest.mark.parametrize("name", CHECKS)
@given(text=ANY_TEXT)
def test_any_text_is_read_or_refused_in_one_printable_line(name: str, text: str) -> None:
    error = refused(CHECKS[name], text)
    if error is not None:
        message = str(error)
        assert message.isprintable()
        assert message.startswith("expected ")
        assert not message.endswith(".")
        assert message.count("; ") <= 1 + text.count("; ") * 2


@pytest.mark.parametrize("name", CHECKS)
def test_a_huge_text_is_answered_at_once(name: str) -> None:
    for text in ("9" * 1_000_000, "a-" * 500_000, "a." * 500_000 + "_", "a/" * 500_000 + " "):
        error = refused(CHECKS[name], text)
        assert error is None or len(str(error)) < 500

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kustz_tpl.errors import Diagnostic, NotationError
from kustz_tpl.messages import Shown, closest, quoted

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


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (NotationError("a port", "x", within="80:x"), "expected a port, got 'x' in '80:x'"),
        (NotationError("a port", "x", within="x"), "expected a port, got 'x'"),
        (NotationError("a port", "x", hint="write 1"), "expected a port, got 'x'; write 1"),
        (NotationError("a port", Shown("a list")), "expected a port, got a list"),
        (NotationError("a port", "", within="80:"), "expected a port, got '' in '80:'"),
        (NotationError("a port", hint="write 1"), "expected a port; write 1"),
    ],
)
def test_a_refusal_says_what_was_expected_and_where(error: NotationError, message: str) -> None:
    assert str(error) == message
    assert str(pickle.loads(pickle.dumps(error))) == message


def test_a_redacted_refusal_shows_nothing_of_the_text() -> None:
    error = NotationError("a port", "hunter2", within="80:hunter2", hint="did you mean hunter?")
    assert str(error.redacted()) == "expected a port"
    place = ("kustz.yml", 3, 1)
    assert Diagnostic.at(place, "", error, hides=True).words == "expected a port"
    assert Diagnostic.at(place, "", error).words == str(error)


def test_a_hint_that_is_not_made_from_the_text_stays() -> None:
    error = NotationError("no list item here", hint="start a list on its own line")
    assert str(error.redacted()) == str(error)

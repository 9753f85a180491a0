from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.url import Url, parse_url, scheme_of


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://", Url("http", "", "", None)),
        ("HTTP://A.b:1/C?D=e", Url("http", "A.b:1", "/C", "D=e")),
        ("a+b-c.1://x?", Url("a+b-c.1", "x", "", "")),
        ("http://x/y?a?b/c", Url("http", "x", "/y", "a?b/c")),
        ("http://x/y@z", Url("http", "x", "/y@z", None)),
        ("http://x/%41%2f", Url("http", "x", "/%41%2f", None)),
    ],
)
def test_parse_url(text: str, url: Url) -> None:
    assert parse_url(text) == url


@pytest.mark.parametrize("text", ["", "x", "http:/x", "1http://x", "://x", "ht tp://x", "é://x"])
def test_a_text_without_a_scheme_is_refused(text: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_url(text)
    assert str(caught.value) == f"expected scheme://host/path, got '{text}'"
    assert scheme_of(text) is None


@pytest.mark.parametrize(
    "text", ["http://me:secret@x/", "http://secret@x/ y", "htp://a:secret@x", "http://secret@/%"]
)
def test_a_password_is_not_shown(text: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_url(text)
    assert str(caught.value) == "expected no user name in the URL, got one"


@given(st.text(alphabet="htp:/?#@% a1\n") | st.text(alphabet="a/?%41").map("http://".__add__))
def test_the_parts_make_the_text_again(text: str) -> None:
    try:
        url = parse_url(text)
    except NotationError:
        return
    query = "" if url.query is None else f"?{url.query}"
    assert f"://{url.authority}{url.path}{query}" == text[len(url.scheme) :]
    assert scheme_of(text) == text[: len(url.scheme)]

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyrage import x25519

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.local import parse_age_recipient

FORM = "expected a public key of age, age1… as age-keygen prints it"
SECRET = "expected the public key, age1…, never the secret one"
KEY = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
YUBIKEY = "age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t"
LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


@pytest.mark.parametrize("text", [KEY, YUBIKEY])
def test_parse_age_recipient(text: str) -> None:
    assert parse_age_recipient(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "age1",
        KEY[:-1],
        KEY.upper(),
        KEY.replace("z", "b"),
        f" {KEY}",
        f"{KEY}\n",
        f"{KEY},{KEY}",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN",
        "FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4",
    ],
)
def test_parse_age_recipient_refuses(text: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_age_recipient(text)
    assert str(caught.value) == FORM


@given(st.builds(x25519.Identity.generate), st.booleans())
def test_of_any_pair_of_keys_the_public_one_is_taken(
    pair: x25519.Identity,
    is_lower: bool,  # noqa: FBT001
) -> None:
    public, secret = str(pair.to_public()), str(pair)
    assert parse_age_recipient(public) == public
    with pytest.raises(NotationError) as caught:
        parse_age_recipient(secret.lower() if is_lower else secret)
    assert str(caught.value) == SECRET


@given(st.text(alphabet=LETTERS + "b1-", min_size=50, max_size=70) | st.text())
def test_what_is_taken_has_the_form_of_a_key(text: str) -> None:
    try:
        taken = parse_age_recipient(f"age1{text}")
    except NotationError:
        return
    assert taken == f"age1{text}"
    assert set(text.rpartition("1")[2]) <= set(LETTERS)
    assert len(text.rpartition("1")[2]) >= 58

from __future__ import annotations

import pytest

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.local import SecretKey, parse_secret_key


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        (
            "shop-database/USERNAME",
            SecretKey("shop-database", "USERNAME", "shop-database/USERNAME"),
        ),
        (
            "pull/.dockerconfigjson",
            SecretKey("pull", ".dockerconfigjson", "pull/.dockerconfigjson"),
        ),
    ],
)
def test_good(text: str, parsed: SecretKey) -> None:
    assert parse_secret_key(text) == parsed


@pytest.mark.parametrize("text", ["", "shop", "shop/", "/USERNAME", "Shop/KEY", "a/b/c", "a/b c"])
def test_refused(text: str) -> None:
    with pytest.raises(NotationError) as error:
        parse_secret_key(text)
    assert str(error.value) == f"expected name/key of a Secret, got '{text}'"

"""A recipient of age: the public half of a key."""

from __future__ import annotations

import re

from kustz_tpl.errors import NotationError

_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_RECIPIENT = rf"age1[{_BECH32}]{{58,}}|age1[a-z0-9]+1[{_BECH32}]{{58,}}"


def parse_age_recipient(text: str) -> str:
    """Read a public key of age, as `age-keygen` prints it behind `public key:`.

    Example: `age1` and 58 letters and digits; a plugin's recipient may be longer. Refused: the
    secret half, which begins with `AGE-SECRET-KEY-`.
    """
    if text.upper().startswith("AGE-SECRET-KEY-"):
        raise NotationError("the public key, age1…, never the secret one")
    if not re.fullmatch(_RECIPIENT, text):
        raise NotationError("a public key of age, age1… as age-keygen prints it")
    return text

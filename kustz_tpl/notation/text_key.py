"""Keys that kustomize takes for something else than text, and then fails the build."""

from __future__ import annotations

import re

from kustz_tpl.errors import NotationError

_NUMBER = (
    r"-?(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+"
    r"|(?:\.[0-9]+|[0-9]+\.?[0-9]*)(?:[eE]-?[0-9]+)?)"
)
_DATE = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
_WORDS = frozenset(
    [
        "true",
        "True",
        "TRUE",
        "false",
        "False",
        "FALSE",
        "null",
        "Null",
        "NULL",
        ".inf",
        ".Inf",
        ".INF",
        "-.inf",
        "-.Inf",
        "-.INF",
        ".nan",
        ".NaN",
        ".NAN",
    ]
)


def check_text_key(text: str, *, within: str | None = None) -> str:
    """Return the key of a map of strings if it is text to kustomize.

    Kustomize 5 writes the keys of generated data, of labels and annotations without quotes and
    cannot build what it then reads as a number, date, boolean or null.
    """
    if text in _WORDS or _is_number(text):
        raise NotationError(
            "a key that kustomize takes for text, not for a number, date or word such as true",
            text,
            within=within,
        )
    return text


def _is_number(text: str) -> bool:
    """Tell whether YAML 1.1 reads a number or a date."""
    if text[:1] not in set("-.0123456789"):
        return False
    # Underscores may stand between the digits.
    digits = text if text[0] == "." else text.replace("_", "")
    return bool(re.fullmatch(_NUMBER, digits) or re.fullmatch(_DATE, text))

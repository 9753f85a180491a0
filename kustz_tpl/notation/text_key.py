"""Keys that kustomize takes for something else than text, and then fails the build."""

from __future__ import annotations

import re

from kustz_tpl.notation.words import refusal

_NUMBER = (
    r"-?(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+"
    r"|(?:\.[0-9]+|[0-9]+\.?[0-9]*)(?:[eE]-?[0-9]+)?)"
)
_DATE = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
_WORD = r"true|True|TRUE|false|False|FALSE|null|Null|NULL|-?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"

_FIRST = frozenset("-.0123456789tTfFnN")


def check_text_key(text: str, *, within: str | None = None) -> str:
    """Return the key of a map of strings if it is text to kustomize.

    Kustomize 5 writes the keys of generated data, of labels and annotations without quotes and
    cannot build what it then reads as a number, date, boolean or null.
    """
    if text[:1] not in _FIRST:
        return text
    # Underscores may stand between the digits of YAML 1.1.
    digits = text.replace("_", "") if text[:1] in set("-0123456789") else text
    if re.fullmatch(_NUMBER, digits) or re.fullmatch(_DATE, text) or re.fullmatch(_WORD, text):
        raise refusal(
            "a key that kustomize takes for text, not for a number, date or word such as true",
            text,
            within=within,
        )
    return text

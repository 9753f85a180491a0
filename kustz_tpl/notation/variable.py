"""The name of an environment variable that kustz-tpl reads."""

from __future__ import annotations

from kustz_tpl.errors import NotationError


def parse_variable(text: str) -> str:
    """Read the name of a variable of the shell that runs kustz-tpl.

    Examples: `REGISTRY_PASSWORD`, `GHCR_TOKEN`. Refused: a `$` before it, blanks, a dash.
    """
    if not (text.isascii() and text.isidentifier()):
        hint = "leave out the $" if text.startswith("$") else None
        raise NotationError("the name of an environment variable", text, hint=hint)
    return text

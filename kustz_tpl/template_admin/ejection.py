"""Ejects templates, and parses the first line of ejected ones, which records their origin."""

from __future__ import annotations

import re
from typing import NamedTuple

from kustz_tpl.digests import digest
from kustz_tpl.engine.outline import outline

_FIRST_LINE = re.compile(
    r"\{#- Ejected (?P<whole>whole )?from kustz/(?P<name>[^\s/]+) sha256:(?P<digest>[0-9a-f]{16})"
    r"\. Keep this line: templates update reads it\. -#\}(?:\n|\Z)"
)
_HOW = """\
{# Uncomment a block to change it; {{ super() }} is the content of the built-in block. #}
"""


class Origin(NamedTuple):
    """Hold which built-in a template was ejected from, and whether it is a full copy."""

    name: str
    digest: str
    is_whole: bool


def eject(name: str, built_in: str, *, is_whole: bool) -> str:
    """Return the user's file for a built-in: a copy, or a template that extends it."""
    word = "whole " if is_whole else ""
    first = (
        f"{{#- Ejected {word}from kustz/{name} sha256:{digest(built_in.encode())}. "
        "Keep this line: templates update reads it. -#}\n"
    )
    if is_whole:
        return first + built_in
    blocks = [
        f"\n{{# {{% block {block} %}}\n{{{{ super() }}}}\n{{% endblock %}} #}}\n"
        for block in outline(built_in, name).blocks
    ]
    return f'{first}{{% extends "kustz/{name}" %}}\n\n{_HOW}' + "".join(blocks)


def parse_origin(text: str) -> Origin | None:
    """Return where a template came from, None if it was not ejected."""
    match = _FIRST_LINE.match(text)
    if not match:
        return None
    return Origin(match["name"], match["digest"], is_whole=match["whole"] is not None)

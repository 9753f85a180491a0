"""Ejects templates, and parses the first line of ejected ones, which records their origin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from kustz_tpl.digests import digest
from kustz_tpl.engine.outline import outline
from kustz_tpl.template_admin.flat import flatten

_SOURCE = r"kustz/([^\s/,]+) sha256:([0-9a-f]{16})"
_FIRST_LINE = re.compile(
    rf"\{{#- Ejected (?P<whole>whole )?from (?P<sources>{_SOURCE}(?:, {_SOURCE})*)"
    r"\. Keep this line: templates update reads it\. -#\}(?:\n|\Z)"
)
_PAGE = "manifest"
_HOW = """\
{# Uncomment a block to change it; {{ super() }} is the content of the built-in block. #}
"""


class Origin(NamedTuple):
    """Hold which built-in a template was ejected from, and whether it is a full copy.

    `parents` are the names and digests of those that it extended.
    """

    name: str
    digest: str
    is_whole: bool
    parents: tuple[tuple[str, str], ...] = ()


def eject(chain: Mapping[str, str], *, is_whole: bool) -> str:
    """Return the text of the user's file for a built-in: a copy, or one that extends it.

    The chain has the built-in, and then those that it extends.
    """
    if is_whole:
        return _first_line(chain, "whole ") + flatten([*chain.values()])
    return extend(chain, blocks_of(chain))


def extend(chain: Mapping[str, str], blocks: Iterable[str]) -> str:
    """Return a file that extends a built-in and has the blocks as comments."""
    first = f'{{% extends "kustz/{next(iter(chain))}" %}}\n\n{_HOW}'
    return _first_line(chain) + first + "".join(map(comment, blocks))


def comment(block: str) -> str:
    """Return a block as a comment, ready to be filled."""
    return f"\n{{# {{% block {block} %}}\n{{{{ super() }}}}\n{{% endblock %}} #}}\n"


def blocks_of(chain: Mapping[str, str]) -> list[str]:
    """Return the blocks that a file can fill which extends the first of a chain.

    What holds the whole page is only for the built-ins themselves.
    """
    found = outline(flatten([*chain.values()]), next(iter(chain))).blocks
    return [block for block in found if block != _PAGE]


def _first_line(chain: Mapping[str, str], word: str = "") -> str:
    sources = ", ".join(
        f"kustz/{name} sha256:{digest(text.encode())}" for name, text in chain.items()
    )
    return f"{{#- Ejected {word}from {sources}. Keep this line: templates update reads it. -#}}\n"


def parse_origin(text: str) -> Origin | None:
    """Return where a template came from, None if it was not ejected."""
    match = _FIRST_LINE.match(text)
    if not match:
        return None
    (name, sum_), *parents = re.findall(_SOURCE, match["sources"])
    return Origin(name, sum_, match["whole"] is not None, tuple(parents))

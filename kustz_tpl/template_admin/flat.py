"""A template and those that it extends, as one text that stands alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from textwrap import indent

from kustz_tpl.engine.outline import outline

_EXTENDS = re.compile(r'\A(?:\{#-.*?-#\}\n)?\{% extends "[^"]+" %\}\n', re.DOTALL)
_TAG = re.compile(r"(?m)^ *\{% (?:block (\w+)|endblock)[^%]*%\}\n")
_CALL = re.compile(r"(?m)^( *)\{\{ self\.(\w+)\(\) \}\}\n")


def flatten(texts: Sequence[str]) -> str:
    """Return a built-in with what it takes of those that it extends, the nearest first.

    A built-in fills one block of its parent, the whole manifest, and calls others where they
    belong. What it does not call is left out.
    """
    text, *parents = texts
    for parent in parents:
        own = _EXTENDS.sub("", text)
        inside = "".join(own.splitlines(keepends=True)[1:-1])
        text = _CALL.sub(partial(_called, parent), inside)
    if not parents:
        return text
    return f"{{#- Blocks: {', '.join(outline(text, 'flat').blocks)}. -#}}\n{text}"


def _called(parent: str, call: re.Match[str]) -> str:
    return indent(_block(parent, call[2]), call[1])


def _block(text: str, name: str) -> str:
    """Return a block with its tags."""
    depth, begin = 0, -1
    for tag in _TAG.finditer(text):
        if tag[1] == name:
            begin, depth = tag.start(), 0
        depth += 1 if tag[1] else -1
        if begin >= 0 and not depth:
            return text[begin : tag.end()]
    raise ValueError(f"no block {name}")

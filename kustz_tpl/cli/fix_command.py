"""The command that fixes what a check found."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from glob import glob

from kustz_tpl.cli.options import CONFIG, OUTPUT
from kustz_tpl.cli.runner import Request

_LISTED = 5
"""Configs; for more the command names what the user named."""


def fix_command(request: Request, configs: Sequence[str], *, index: bool) -> str:
    """Return the command that makes the folders of these configs right.

    It has no flag that discards an edit or replaces a file of somebody else.
    """
    named = configs if len(configs) <= _LISTED else request.configs
    words = [] if tuple(named) == (CONFIG,) else [_pattern(named) or shlex.join(named)]
    options = [*_options(request), *(["--index"] if index else [])]
    return " ".join(["kustz-tpl generate", *words, *map(shlex.quote, options)])


def _pattern(configs: Sequence[str]) -> str | None:
    """Return what a shell expands to exactly these configs: the user will have typed it."""
    parent, last = os.path.split(configs[0])
    above = os.path.dirname(parent)  # noqa: PTH120 - text, as it was typed
    patterns = [f"{parent}/*", f"{above}/*/{last}"]
    found = (each for each in patterns if sorted(glob(each)) == sorted(configs))  # noqa: PTH207
    return next((each for each in found if len(configs) > _LISTED and _is_plain(each)), None)


def _is_plain(pattern: str) -> bool:
    text = pattern.replace("*", "")
    return shlex.quote(text) == text and not pattern.startswith(("/", "-"))


def _options(request: Request) -> Iterator[str]:
    if request.output != OUTPUT:
        yield from ("-o", request.output)
    for folder in request.templates:
        yield from ("-t", folder.as_posix())
    if request.allow_python_filters:
        yield "--allow-python-filters"
    if request.allow_outside:
        yield "--allow-outside"
    for override in request.overrides:
        flag, _, path = override.label.partition(" ")
        yield from (flag, f"{path}={override.value}" if path else override.value)

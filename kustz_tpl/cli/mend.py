"""The command that mends what a check found."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence

from kustz_tpl.cli.options import CONFIG, OUTPUT
from kustz_tpl.cli.work import Request

_LISTED = 5
"""Configs; a longer command line names what the user named."""


def mending_command(
    request: Request, configs: Sequence[str], flags: Iterable[str], *, index: bool
) -> str:
    """Return the exact command that makes the folders of these configs right."""
    named = configs if len(configs) <= _LISTED else request.configs
    words = ["kustz-tpl", "generate", *(named if tuple(named) != (CONFIG,) else ())]
    words += _options(request)
    words += ["--index"] if index else []
    return shlex.join([*words, *flags])


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

"""Warn of files with secret values that git has, or would add."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from kustz_tpl.application import SecretSource
from kustz_tpl.cli.work import Outcome
from kustz_tpl.errors import Problem

T = TypeVar("T")


def with_tracked_sources(outcomes: Sequence[Outcome[T]]) -> list[Outcome[T]]:
    """Return the outcomes with a warning for each source of a Secret that git tracks."""
    sources = [each for outcome in outcomes for each in outcome.secret_sources]
    found = dict(find_exposed_sources(sources, only_tracked=True)) if sources else {}
    return [
        outcome._replace(
            warnings=(*outcome.warnings, *(found[s] for s in outcome.secret_sources if s in found))
        )
        for outcome in outcomes
    ]


def find_exposed_sources(
    sources: Iterable[SecretSource], *, only_tracked: bool = False
) -> Iterator[tuple[SecretSource, Problem]]:
    """Yield a warning for each source that git tracks or does not ignore."""
    from kustz_tpl.output.git import find_exposed  # noqa: PLC0415 - start-up time

    known = list(sources)
    exposed = find_exposed(source.file for source in known)
    for source in known:
        found = exposed.get(source.file)
        if found is None or (only_tracked and not found.is_tracked):
            continue
        line = "/" + re.sub(r"([\\*?\[ ])", r"\\\1", found.name)
        if found.is_tracked:
            message = (
                f"git tracks this source of a Secret; run git rm --cached on it and add {line} "
                "to .gitignore"
            )
        else:
            message = f"git does not ignore this source of a Secret; add {line} to .gitignore"
        file, number, column = source.place
        yield source, Problem(file, number, column, source.path, message, severity="warning")

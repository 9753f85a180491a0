"""Warns about files with secret values that git tracks or would add."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from kustz_tpl.cli.runner import Outcome
from kustz_tpl.errors import Diagnostic, ProgramError
from kustz_tpl.generated import SecretSource
from kustz_tpl.output.git import Repositories

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
) -> Iterator[tuple[SecretSource, Diagnostic]]:
    """Yield a warning for each source that git tracks or does not ignore."""
    known = list(sources)
    exposed = find_exposed([source.file for source in known]) if known else {}
    for source in known:
        if source.file not in exposed:
            continue
        name, is_tracked = exposed[source.file]
        line = "/" + re.sub(r"([\\*?\[ ])", r"\\\1", name)
        file, number, column = source.place
        if is_tracked:
            message = (
                f"git tracks this file with secret values; run git rm --cached on it and add {line} "
                "to .gitignore"
            )
        elif only_tracked:
            continue
        else:
            message = f"git does not ignore this file with secret values; add {line} to .gitignore"
        yield source, Diagnostic(file, number, column, source.path, message, severity="warning")


def find_exposed(files: list[Path]) -> dict[Path, tuple[str, bool]]:
    """Return the files that git does not ignore: the name in git, and whether git tracks it."""
    git = Repositories()
    try:
        # git may ignore a link and track the file that it points to.
        real = {file: Path(os.path.realpath(file)) for file in files}
        names = git.names([*files, *real.values()])
        left = names.keys() - git.ignored(names)
        tracked = git.tracked(left)
    except ProgramError:
        return {}
    exposed = {}
    for file in files:
        paths = [path for path in (file, real[file]) if path in left]
        paths.sort(key=lambda path: path not in tracked)
        if paths:
            exposed[file] = names[paths[0]], paths[0] in tracked
    return exposed

"""Compare the folder of every application with what would be generated, without writing."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from glob import glob
from typing import Generic, TypeVar

from kustz_tpl.cli.options import CONFIG, OUTPUT
from kustz_tpl.cli.progress import track
from kustz_tpl.cli.runner import Action, Outcome, find_index_clashes, run
from kustz_tpl.cli.tasks import Request, Task, assign, index_folders, make_index_of
from kustz_tpl.errors import InputError
from kustz_tpl.output.disk import reported
from kustz_tpl.output.git import Repositories

T = TypeVar("T")

_LISTED = 5
"""Configs that a command lists; for more it repeats what the user typed."""


@dataclass(frozen=True, slots=True)
class Comparison(Generic[T]):
    """Hold what was found in every folder; a falsy result means no difference.

    Without tasks, there is a problem that kept them from being known.
    """

    request: Request
    outcomes: Sequence[Outcome[T]]
    indexes: Sequence[T]
    tasks: Sequence[Task] = ()

    @property
    def results(self) -> list[T]:
        """Return what was found, of the applications and of their indexes."""
        found = [outcome.result for outcome in self.outcomes]
        return [*(result for result in found if result is not None), *self.indexes]

    @property
    def is_good(self) -> bool:
        """Return whether there is neither a problem nor a difference."""
        return not any(self.results) and not any(outcome.is_failed for outcome in self.outcomes)

    def fix_command(self) -> str:
        """Return the command that fixes every difference.

        It has no flag that discards an edit or takes over a file that kustz-tpl did not write.
        """
        found = dict.fromkeys(each.config for each in self.outcomes if each.result)
        named: Sequence[str] = [CONFIG] if self.request.is_whole else list(found)
        if not named or len(named) > _LISTED:
            named = self.request.configs
        pattern = _pattern(named) if len(named) > _LISTED else None
        words = [] if tuple(named) == (CONFIG,) else [pattern or shlex.join(named)]
        options = [
            *_options(self.request),
            *(["--index"] if self.indexes and not _is_of_project(self.request) else []),
        ]
        return " ".join(["kustz-tpl generate", *words, *map(shlex.quote, options)])


def compare_all(request: Request, action: Action[T]) -> Comparison[T]:
    """Return what the action finds in every folder."""
    try:
        tasks = assign(request)
    except InputError as error:
        refused: list[Outcome[T]] = [
            Outcome(one.file, None, None, (one,)) for one in error.diagnostics
        ]
        return Comparison(request, refused, ())
    outcomes = list(track(run(request, tasks, action), len(tasks)))
    ended = dict(zip(tasks, outcomes, strict=True))
    found = []
    for folder, listed in index_folders(request, tasks).items():
        paths = [path for task in listed if (path := ended[task].folder)]
        if len(paths) < len(listed):
            continue
        try:
            if clashes := find_index_clashes(ended[task] for task in listed):
                raise InputError(*clashes)  # noqa: TRY301 - as what else the index has
            with reported(folder):
                found.append(action(make_index_of(request, folder, paths), folder, Repositories()))
        except InputError as error:
            outcomes += [Outcome(one.file, None, None, (one,)) for one in error.diagnostics]
    return Comparison(request, outcomes, found, tasks)


def _is_of_project(request: Request) -> bool:
    return bool(request.project and request.project.config["index"])


def _pattern(configs: Sequence[str]) -> str | None:
    """Return the pattern that a shell expands to exactly these configs, as the user typed it."""
    parent, last = os.path.split(configs[0])
    above = os.path.dirname(parent)  # noqa: PTH120 - a string, as it was typed
    for pattern in (f"{parent}/*", f"{above}/*/{last}"):
        plain = pattern.replace("*", "")
        is_plain = shlex.quote(plain) == plain and not pattern.startswith(("/", "-"))
        if is_plain and sorted(glob(pattern)) == sorted(configs):  # noqa: PTH207
            return pattern
    return None


def _options(request: Request) -> Iterator[str]:
    if request.output not in {None, OUTPUT}:
        yield from ("-o", str(request.output))
    for environment in request.environments:
        yield from ("-e", environment)
    for folder in request.templates:
        yield from ("-t", folder.as_posix())
    if request.allow_python_filters:
        yield "--allow-python-filters"
    if request.allow_outside:
        yield "--allow-outside"
    for override in request.overrides:
        flag, _, path = override.label.partition(" ")
        yield from (flag, f"{path}={override.value}" if path else override.value)

"""Compare every application's folder with what was generated, without writing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from kustz_tpl.cli.fix_command import fix_command
from kustz_tpl.cli.progress import track
from kustz_tpl.cli.runner import Action, Outcome, Request, assign, run
from kustz_tpl.errors import InputError
from kustz_tpl.output.disk import reported
from kustz_tpl.output.git import Repositories
from kustz_tpl.output.index import index_folder, make_index

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Comparison(Generic[T]):
    """State what was found in every folder; a result that is false means no difference."""

    request: Request
    outcomes: Sequence[Outcome[T]]
    index: T | None

    @property
    def results(self) -> list[T]:
        """Return what was found, of the applications and of their index."""
        found = [outcome.result for outcome in self.outcomes] + [self.index]
        return [result for result in found if result is not None]

    @property
    def is_good(self) -> bool:
        """Return whether there is neither a problem nor a difference."""
        return not any(self.results) and not any(outcome.is_failed for outcome in self.outcomes)

    def fix_command(self) -> str:
        """Return the command that fixes every difference."""
        configs = [outcome.config for outcome in self.outcomes if outcome.result]
        return fix_command(
            self.request, configs or self.request.configs, index=self.index is not None
        )


def compare_all(request: Request, action: Action[T]) -> Comparison[T]:
    """Return what the action finds in every folder."""
    try:
        tasks = assign(request)
    except InputError as error:
        refused: list[Outcome[T]] = [
            Outcome(one.file, None, None, (one,)) for one in error.diagnostics
        ]
        return Comparison(request, refused, None)
    outcomes = list(track(run(request, tasks, action), len(tasks)))
    folders = [outcome.folder for outcome in outcomes if outcome.folder]
    found = None
    if request.has_index and len(folders) == len(tasks):
        try:
            found = _compare_index(request, action, folders)
        except InputError as error:
            outcomes += [Outcome(one.file, None, None, (one,)) for one in error.diagnostics]
    return Comparison(request, outcomes, found)


def _compare_index(request: Request, action: Action[T], folders: Iterable[Path]) -> T:
    folder = index_folder(request.output)
    with reported(folder):
        return action(make_index(folder, folders), folder, Repositories())

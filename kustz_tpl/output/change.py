"""What a run does to an output folder, as values."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple

from kustz_tpl.errors import Problem
from kustz_tpl.output.ownership import Record
from kustz_tpl.secret import partial_repr

Action = Literal["unchanged", "created", "changed", "removed"]
State = Literal["absent", "ours", "edited", "foreign"]
Remedy = Literal["", "--force", "--adopt"]


class Change(NamedTuple):
    """State what becomes of one file; contents are kept only where they differ.

    The old content of a secret is never kept.
    """

    path: str
    kind: str
    action: Action
    state: State
    before: bytes | None = None
    after: bytes | None = None

    def __repr__(self) -> str:
        """Return all but what may be secret."""
        return partial_repr(self, "path", "kind", "action", "state")


class Obstacle(NamedTuple):
    """State why a folder cannot be written as it is, and the flag that allows it."""

    path: str
    message: str
    remedy: Remedy = ""


class Policy(NamedTuple):
    """State what a run may do: overwrite hand edits, take over files, remove stale ones."""

    force: bool = False
    adopt: bool = False
    prune: bool = True

    @property
    def granted(self) -> frozenset[str]:
        """Return the flags of the obstacles that this policy allows."""
        flags = {"--force": self.force, "--adopt": self.adopt}
        return frozenset(flag for flag, is_given in flags.items() if is_given)


class Plan(NamedTuple):
    """State every file that a run would create, change, remove or leave.

    `record` says what is ours before and after, for the case that the run is killed.
    """

    folder: Path
    changes: tuple[Change, ...]
    obstacles: tuple[Obstacle, ...]
    record: Record
    is_interrupted: bool

    @property
    def differences(self) -> tuple[Change, ...]:
        """Return the changes without the unchanged files."""
        return tuple(change for change in self.changes if change.action != "unchanged")

    def problems(self, policy: Policy) -> tuple[Problem, ...]:
        """Return what forbids the run under a policy."""
        return tuple(
            Problem((self.folder / obstacle.path).as_posix(), 0, 0, "", obstacle.message)
            for obstacle in self.obstacles
            if obstacle.remedy not in policy.granted
        )

"""What a run changes in an output folder, as values."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple

from kustz_tpl.errors import Diagnostic
from kustz_tpl.output.record import Record
from kustz_tpl.secret_string import partial_repr

Action = Literal["unchanged", "created", "changed", "removed"]
State = Literal["absent", "ours", "edited", "foreign", "unsettled"]
Flag = Literal["", "--force", "--adopt"]


class Change(NamedTuple):
    """State what happens to one file; contents are kept only if they differ.

    `state` says whose file is in the folder; an `unsettled` file is ours or edited by hand. The old
    content of a secret is never kept.
    """

    path: str
    kind: str
    action: Action
    state: State
    before: bytes | None = None
    after: bytes | None = None

    def __repr__(self) -> str:
        """Leave out what may be secret."""
        return partial_repr(self, "path", "kind", "action", "state")


class Conflict(NamedTuple):
    """State why a folder cannot be written, and the flag that allows it."""

    path: str
    message: str
    flag: Flag = ""


class Policy(NamedTuple):
    """State what a run may do: overwrite edits by hand, take over files, remove stale files."""

    force: bool = False
    adopt: bool = False
    prune: bool = True

    @property
    def flags(self) -> frozenset[str]:
        """Return the flags of the conflicts that this policy allows."""
        flags = {"--force": self.force, "--adopt": self.adopt}
        return frozenset(flag for flag, is_given in flags.items() if is_given)


class Plan(NamedTuple):
    """State every file that a run would create, change, remove or leave.

    `left` are files in `secrets/` that kustz-tpl did not write and does not list. `replaced` are
    files that were changed and committed since the last run. `found` and `record` are the record
    before and after.
    """

    folder: Path
    changes: tuple[Change, ...]
    conflicts: tuple[Conflict, ...] = ()
    left: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    found: Record = Record()
    record: Record = Record()

    @property
    def differences(self) -> tuple[Change, ...]:
        """Return the changes without the unchanged files."""
        return tuple(change for change in self.changes if change.action != "unchanged")

    def diagnostics(self, policy: Policy) -> tuple[Diagnostic, ...]:
        """Return what prevents the run under a policy."""
        return tuple(
            Diagnostic((self.folder / conflict.path).as_posix(), 0, 0, "", conflict.message)
            for conflict in self.conflicts
            if conflict.flag not in policy.flags
        )

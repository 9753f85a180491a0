"""How a folder differs from what was generated, in words and as a unified diff."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from kustz_tpl.output.breaking_changes import BreakingChange, find_breaking_changes
from kustz_tpl.output.changes import Action, Change, Plan

Status = Literal["missing", "changed", "stale", "foreign", "blocked"]

_LINE_LIMIT = 20_000
"""Lines of both sides; the time that a diff takes may grow with their square."""

_STATUSES: dict[Action, Status] = {"created": "missing", "changed": "changed", "removed": "stale"}


class Difference(NamedTuple):
    """State one difference; `blocked` is what is in the way of writing at all."""

    path: str
    status: Status
    message: str


class Differences(NamedTuple):
    """State every difference of a folder from what was generated."""

    folder: Path
    items: tuple[Difference, ...]
    breaking: tuple[BreakingChange, ...]

    def __bool__(self) -> bool:
        """Return whether there is a difference."""
        return bool(self.items)

    @property
    def may_be_edited(self) -> bool:
        """Return whether one of the differences may be an edit by hand."""
        return any(item.status in {"changed", "stale"} for item in self.items)


def describe(plan: Plan) -> Differences:
    """Return what is to be said about a plan that is not put into effect."""
    items = [_difference(change) for change in plan.differences]
    known = {item.path for item in items if item.status == "foreign"}
    items += [
        Difference(conflict.path, "blocked", conflict.message)
        for conflict in plan.conflicts
        if conflict.path not in known
    ]
    return Differences(plan.folder, tuple(items), find_breaking_changes(plan))


def _difference(change: Change) -> Difference:
    if change.state == "foreign":
        return Difference(change.path, "foreign", "not written by kustz-tpl")
    status = _STATUSES[change.action]
    return Difference(change.path, status, status)


def warnings(plan: Plan) -> list[str]:
    """Return the `!` lines of a plan: what may cause downtime, or what replaces a change."""
    marks = [(change.path, change.message) for change in find_breaking_changes(plan)]
    marks += [
        (path, "replaces a change that was committed since the last run here")
        for path in plan.replaced
    ]
    return [f"! {(plan.folder / path).as_posix()}: {message}" for path, message in marks]


def unified(plan: Plan, change: Change) -> Iterator[str]:
    """Yield the lines of one change's diff, each with its line end."""
    path = (plan.folder / change.path).as_posix().lstrip("/")
    old = "/dev/null" if change.action == "created" else f"a/{path}"
    new = "/dev/null" if change.action == "removed" else f"b/{path}"
    if change.kind == "secret":
        yield f"Secret files {old} and {new} differ\n"
        return
    before, after = _lines(change.before), _lines(change.after)
    if before is None or after is None:
        yield f"Binary files {old} and {new} differ\n"
    elif len(before) + len(after) > _LINE_LIMIT:
        yield f"Long files {old} and {new} differ\n"
    else:
        yield from _hunks(before, after, old, new)


def _lines(content: bytes | None) -> list[str] | None:
    """Return the lines, without regard to CRLF; None for what is no text."""
    if not content:
        return []
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    if "\0" in text:
        return None
    lines = text.split("\n")
    ends = [f"{line}\n" for line in lines[:-1]]
    return [*ends, lines[-1]] if lines[-1] else ends


def _hunks(before: list[str], after: list[str], old: str, new: str) -> Iterator[str]:
    from difflib import unified_diff  # noqa: PLC0415 - start-up time

    for line in unified_diff(before, after, old, new):
        yield line
        if not line.endswith("\n"):
            yield "\n\\ No newline at end of file\n"

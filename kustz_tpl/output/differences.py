"""How a folder differs from what was generated, in words and as a unified diff."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from kustz_tpl.errors import Diagnostic
from kustz_tpl.output.breaking_changes import find_breaking_changes
from kustz_tpl.output.changes import Action, Change, Flag, Plan

Status = Literal["missing", "changed", "stale", "foreign", "blocked"]

_LINE_LIMIT = 20_000
"""The maximum number of lines on both sides; the time of a diff may grow with its square."""

_REPLACES = "replaces a change that was committed since the last run here"
_STATUSES: dict[Action, Status] = {"created": "missing", "changed": "changed", "removed": "stale"}


class Difference(NamedTuple):
    """State one difference; `blocked` prevents writing at all, unless a flag allows it."""

    path: str
    status: Status
    message: str
    flag: Flag = ""


class Differences(NamedTuple):
    """State every difference of a folder from what was generated."""

    folder: Path
    items: tuple[Difference, ...]
    breaking: tuple[Diagnostic, ...]

    def __bool__(self) -> bool:
        """Return whether there is a difference."""
        return bool(self.items)

    @property
    def needs_adopt(self) -> bool:
        """Return whether `generate` refuses to write without `--adopt`."""
        return any(item.flag == "--adopt" for item in self.items)

    @property
    def may_be_edited(self) -> bool:
        """Return whether one of the differences may be an edit by hand."""
        return any(item.status in {"changed", "stale"} for item in self.items)


def describe(plan: Plan) -> Differences:
    """Return how a folder differs from a plan, and what the plan may break."""
    return Differences(plan.folder, find_differences(plan), find_breaking_changes(plan))


def find_differences(plan: Plan) -> tuple[Difference, ...]:
    """Return what `generate` would change, and what it would refuse to overwrite."""
    foreign = {change.path for change in plan.differences if change.state == "foreign"}
    items = [
        Difference(change.path, "foreign", "not written by kustz-tpl", "--adopt")
        if change.path in foreign
        else Difference(change.path, _STATUSES[change.action], _STATUSES[change.action])
        for change in plan.differences
    ]
    items += [
        Difference(conflict.path, "blocked", conflict.message, conflict.flag)
        for conflict in plan.conflicts
        if conflict.path not in foreign
    ]
    return tuple(items)


def warnings(plan: Plan) -> list[str]:
    """Return the `!` lines of a plan: what may cause downtime, or what replaces a change."""
    return [
        *(f"! {each.file}: {each.message}" for each in find_breaking_changes(plan)),
        *(f"! {(plan.folder / path).as_posix()}: {_REPLACES}" for path in plan.replaced),
    ]


def unified(plan: Plan, change: Change) -> Iterator[str]:
    """Yield the lines of one change's diff, each with its line end."""
    path = (plan.folder / change.path).as_posix().lstrip("/")
    yield from unified_files(change, f"a/{path}", f"b/{path}")


def unified_files(change: Change, old: str, new: str) -> Iterator[str]:
    """Yield the lines of a diff between two files, called by these names."""
    old = "/dev/null" if change.action == "created" else old
    new = "/dev/null" if change.action == "removed" else new
    if change.kind == "secret":
        yield f"Secret files {old} and {new} differ\n"
        return
    before, after = _lines(change.before), _lines(change.after)
    if before is None or after is None:
        yield f"Binary files {old} and {new} differ\n"
    elif len(before) + len(after) > _LINE_LIMIT:
        yield f"Long files {old} and {new} differ\n"
    else:
        from difflib import unified_diff  # noqa: PLC0415 - start-up time

        for line in unified_diff(before, after, old, new):
            yield line
            if not line.endswith("\n"):
                yield "\n\\ No newline at end of file\n"


def _lines(content: bytes | None) -> list[str] | None:
    """Return the lines, with CRLF and LF alike; None for binary content."""
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

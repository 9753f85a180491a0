"""A plan as a unified diff; what a secret holds is never in it."""

from __future__ import annotations

from collections.abc import Iterator

from kustz_tpl.output.changes import Change, Plan

_LINE_LIMIT = 20_000
"""Lines of both sides; the time that a diff takes may grow with their square."""


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

"""The command `diff`."""

# No annotations from __future__ here: Typer evaluates each of them several times.

from pathlib import Path

import typer

from kustz_tpl.cli import options, request
from kustz_tpl.cli.command import Command, new_app, takes
from kustz_tpl.cli.compare_all import compare_all
from kustz_tpl.cli.diagnostics import show
from kustz_tpl.cli.terminal import Colour, put
from kustz_tpl.output.changes import Plan
from kustz_tpl.output.differences import find_differences, unified, warnings
from kustz_tpl.output.git import Repositories
from kustz_tpl.output.write import examine
from kustz_tpl.pipeline import Generated

app = new_app()

EXAMPLES = """\b
Examples:
  kustz-tpl diff
  kustz-tpl diff --image nginx:1.28
"""

_COLOURS: dict[str, Colour] = {"+": "green", "-": "red", "@": "cyan", "!": "yellow"}


@app.command(cls=Command, epilog=EXAMPLES)
@takes(options.Shared)
def diff(
    shared: options.Shared,
) -> None:
    """Show what generate would change.

    Does not write files. Exits with 1 if there is a difference. A line that starts with ! is a
    change that a cluster refuses or that may cause downtime. Secret values are not shown.
    """
    asked = request.read_request(shared)
    comparison = compare_all(asked, _diff)
    for outcome in comparison.outcomes:
        show((*outcome.warnings, *outcome.diagnostics), outcome.text)
    for lines in comparison.results:
        for line in lines:
            put(line, _colour(line))
    if not comparison.is_good:
        raise typer.Exit(1)


def _diff(generated: Generated, folder: Path, git: Repositories) -> tuple[str, ...]:
    plan = examine(generated, folder, git)
    return (*_marks(plan), *(line for change in plan.differences for line in unified(plan, change)))


def _marks(plan: Plan) -> list[str]:
    """Return what generate refuses to write over, and what may cause downtime."""
    refused = [item for item in find_differences(plan) if item.status in {"foreign", "blocked"}]
    lines = [f"! {(plan.folder / item.path).as_posix()}: {item.message}" for item in refused]
    return [f"{line}\n" for line in (*lines, *warnings(plan))]


def _colour(line: str) -> Colour | None:
    return "bold" if line.startswith(("+++ ", "--- ")) else _COLOURS.get(line[:1])

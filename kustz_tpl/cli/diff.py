"""The command `diff`."""

# No annotations from __future__ here: Typer evaluates each of them several times.

from pathlib import Path

import typer

from kustz_tpl.cli import options, request
from kustz_tpl.cli.command import Command, new_app, takes
from kustz_tpl.cli.compare_all import compare_all
from kustz_tpl.cli.diagnostics import print_diagnostics
from kustz_tpl.cli.terminal import Colour, print_text
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
    asked = request.parse_request(shared)
    comparison = compare_all(asked, _diff)
    for outcome in comparison.outcomes:
        print_diagnostics((*outcome.warnings, *outcome.diagnostics), outcome.text)
    for lines in comparison.results:
        for line in lines:
            is_name = line.startswith(("+++ ", "--- "))
            print_text(line, "bold" if is_name else _COLOURS.get(line[:1]))
    if not comparison.is_good:
        raise typer.Exit(1)


def _diff(generated: Generated, folder: Path, git: Repositories) -> tuple[str, ...]:
    """Return what generate refuses to overwrite, what may cause downtime, and the differences."""
    plan = examine(generated, folder, git)
    refused = [item for item in find_differences(plan) if item.status in {"foreign", "blocked"}]
    marks = [f"! {(folder / item.path).as_posix()}: {item.message}" for item in refused]
    marks += warnings(plan)
    texts = (text for change in plan.differences for text in unified(plan, change))
    return (*(f"{mark}\n" for mark in marks), *texts)

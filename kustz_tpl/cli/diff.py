"""The command `diff`."""

# No annotations from __future__ here: Typer evaluates each of them several times.

from pathlib import Path

import typer

from kustz_tpl.cli import options, request
from kustz_tpl.cli.command import Command, new_app
from kustz_tpl.cli.compare_all import compare_all
from kustz_tpl.cli.problems import show
from kustz_tpl.cli.runner import Request
from kustz_tpl.cli.terminal import Colour, put
from kustz_tpl.output.changes import Plan
from kustz_tpl.output.differences import describe, warnings
from kustz_tpl.output.git import Repositories
from kustz_tpl.output.unified_diff import unified
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
def diff(  # noqa: PLR0913 - one per option
    configs: options.Configs = None,
    *,
    config: options.Config = None,
    output: options.Output = options.OUTPUT,
    templates: options.Templates = None,
    allow_python_filters: options.PythonFilters = False,
    allow_outside: options.Outside = False,
    image: options.Image = None,
    replicas: options.Replicas = None,
    values: options.Set = None,
    jobs: options.Jobs = "1",
    index: options.Index = False,
) -> None:
    """Show what generate would change.

    Does not write files. Exits with 1 if there is a difference. A line that starts with ! is a
    change that a cluster refuses or that may cause downtime. Secret values are not shown.
    """
    asked = Request(
        configs=request.read_configs(config, configs),
        output=request.read_output(output, index=index),
        templates=request.read_templates(templates),
        allow_python_filters=allow_python_filters,
        allow_outside=allow_outside,
        overrides=request.read_overrides(image, replicas, values),
        jobs=request.read_jobs(jobs),
    )
    comparison = compare_all(asked, _diff, index=index)
    for outcome in comparison.outcomes:
        show((*outcome.warnings, *outcome.problems), outcome.text)
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
    refused = [item for item in describe(plan).items if item.status in {"foreign", "blocked"}]
    lines = [f"! {(plan.folder / item.path).as_posix()}: {item.message}" for item in refused]
    return [f"{line}\n" for line in (*lines, *warnings(plan))]


def _colour(line: str) -> Colour | None:
    return "bold" if line.startswith(("+++ ", "--- ")) else _COLOURS.get(line[:1])

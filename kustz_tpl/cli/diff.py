"""The command `diff`."""

# No annotations from __future__ here: Typer evaluates them, text by text, several times each.

from pathlib import Path

import typer

from kustz_tpl.application import Generated
from kustz_tpl.cli import options, request
from kustz_tpl.cli.command import Command, new_app
from kustz_tpl.cli.examination import examine_all
from kustz_tpl.cli.problems import show
from kustz_tpl.cli.terminal import Colour, put
from kustz_tpl.cli.work import Request
from kustz_tpl.output.change import Plan
from kustz_tpl.output.difference import unified
from kustz_tpl.output.finding import find
from kustz_tpl.output.write import examine

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

    Write nothing; exit 1 if there is a difference. A line that begins with ! marks what a cluster
    will refuse or what hurts. What a secret holds is not shown.
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
    examination = examine_all(asked, _diff, index=index)
    for outcome in examination.outcomes:
        show((*outcome.warnings, *outcome.problems), outcome.text)
    for lines in examination.results:
        for line in lines:
            put(line, _colour(line))
    if not examination.is_good:
        raise typer.Exit(1)


def _diff(generated: Generated, folder: Path) -> tuple[str, ...]:
    plan = examine(generated, folder)
    return (*_marks(plan), *(line for change in plan.differences for line in unified(plan, change)))


def _marks(plan: Plan) -> list[str]:
    findings = find(plan)
    marks = [
        (item.path, item.message)
        for item in findings.items
        if item.status in {"edited", "foreign", "blocked"}
    ]
    marks += [(harm.path, harm.message) for harm in findings.harms]
    return [f"! {(plan.folder / path).as_posix()}: {message}\n" for path, message in marks]


def _colour(line: str) -> Colour | None:
    return "bold" if line.startswith(("+++ ", "--- ")) else _COLOURS.get(line[:1])

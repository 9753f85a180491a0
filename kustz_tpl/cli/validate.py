"""The command `validate`."""

# No annotations from __future__ here: Typer evaluates each of them several times.

import json

import typer

from kustz_tpl.cli import options, request
from kustz_tpl.cli.command import Command, new_app, takes
from kustz_tpl.cli.diagnostics import as_github, as_json, print_diagnostics
from kustz_tpl.cli.progress import track
from kustz_tpl.cli.runner import Outcome, run
from kustz_tpl.cli.secret_sources import with_tracked_sources
from kustz_tpl.cli.tasks import Request, Secrets, assign, list_tasks
from kustz_tpl.cli.terminal import print_line, print_text
from kustz_tpl.errors import Diagnostic, InputError

app = new_app()

EXAMPLES = """\b
Examples:
  kustz-tpl validate
  kustz-tpl validate services/* --format github
"""


@app.command(cls=Command, epilog=EXAMPLES)
@takes(options.Shared, without=("output", "has_index"))
def validate(
    shared: options.Shared,
    *,
    format_: options.Format = "text",
) -> None:
    """Validate configs without writing files.

    Data files and templates are validated too.
    """
    word = request.parse_format(format_)
    asked = request.parse_request(shared, Secrets(is_guarded=False))
    tasks = list_tasks(asked)
    outcomes = with_tracked_sources(list(track(run(asked, tasks, lambda *_: None), len(tasks))))
    outcomes += [Outcome(each.file, None, None, (each,)) for each in _find_clashes(asked)]
    _REPORTS[word](outcomes)
    if any(outcome.is_failed for outcome in outcomes):
        raise typer.Exit(1)


def _find_clashes(asked: Request) -> tuple[Diagnostic, ...]:
    """Return the applications of a project that would share a folder, or a name and a namespace."""
    try:
        if asked.is_whole:
            assign(asked)
    except InputError as error:
        return error.diagnostics
    return ()


def _report_text(outcomes: list[Outcome[None]]) -> None:
    for outcome in outcomes:
        print_diagnostics((*outcome.warnings, *outcome.diagnostics), outcome.text)
    configs = {outcome.file for outcome in outcomes}
    valid = configs - {outcome.file for outcome in outcomes if outcome.is_failed}
    if len(configs) == len(valid) == 1:
        print_line(f"{valid.pop()}: valid")
    else:
        print_line(f"{len(valid)} of {len(configs)} configs valid")


def _report_json(outcomes: list[Outcome[None]]) -> None:
    applications = [
        {
            "config": outcome.file,
            **({"environment": outcome.environment} if outcome.environment else {}),
            "problems": [as_json(p) for p in (*outcome.warnings, *outcome.diagnostics)],
        }
        for outcome in outcomes
    ]
    is_valid = not any(outcome.is_failed for outcome in outcomes)
    print_text(json.dumps({"ok": is_valid, "applications": applications}, indent=2) + "\n")


def _report_github(outcomes: list[Outcome[None]]) -> None:
    for outcome in outcomes:
        for problem in (*outcome.warnings, *outcome.diagnostics):
            print_line(as_github(problem))


_REPORTS = {"text": _report_text, "json": _report_json, "github": _report_github}

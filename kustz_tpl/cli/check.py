"""The command `check`."""

# No annotations from __future__ here: Typer evaluates them, text by text, several times each.

import json
from dataclasses import replace
from pathlib import Path

import typer

from kustz_tpl.application import Generated
from kustz_tpl.cli import options, request
from kustz_tpl.cli.command import Command, new_app
from kustz_tpl.cli.examination import Examination, examine_all
from kustz_tpl.cli.problems import as_github, as_json, github_note, show
from kustz_tpl.cli.secret_sources import with_tracked_sources
from kustz_tpl.cli.terminal import counted, put, remark, say
from kustz_tpl.cli.work import Request
from kustz_tpl.output.finding import Findings, find
from kustz_tpl.output.write import examine

app = new_app()

EXAMPLES = """\b
Examples:
  kustz-tpl check
  kustz-tpl check services/* -o "manifests/{name}" --format github
"""


@app.command(cls=Command, epilog=EXAMPLES)
def check(  # noqa: PLR0913 - one per option
    configs: options.Configs = None,
    *,
    config: options.Config = None,
    output: options.Output = options.OUTPUT,
    templates: options.Templates = None,
    allow_python_filters: options.PythonFilters = False,
    image: options.Image = None,
    replicas: options.Replicas = None,
    values: options.Set = None,
    jobs: options.Jobs = "1",
    index: options.Index = False,
    format_: options.Format = "text",
) -> None:
    """Tell whether the manifests are up to date.

    Write nothing; exit 1 if a file is missing, changed, stale or edited by hand, and say which
    command mends it.
    """
    report = _REPORTS[request.read_format(format_)]
    asked = Request(
        configs=request.read_configs(config, configs),
        output=request.read_output(output, index=index),
        templates=request.read_templates(templates),
        allow_python_filters=allow_python_filters,
        overrides=request.read_overrides(image, replicas, values),
        jobs=request.read_jobs(jobs),
    )
    found = examine_all(asked, _find, index=index)
    examination = replace(found, outcomes=with_tracked_sources(found.outcomes))
    report(examination)
    if not examination.is_good:
        raise typer.Exit(1)


def _find(generated: Generated, folder: Path) -> Findings:
    return find(examine(generated, folder))


def _report_text(examination: Examination[Findings]) -> None:
    for outcome in examination.outcomes:
        show((*outcome.warnings, *outcome.problems), outcome.text)
    for findings in examination.results:
        for item in findings.items:
            say(f"{(findings.folder / item.path).as_posix()}: {item.message}")
        for harm in findings.harms:
            say(f"! {(findings.folder / harm.path).as_posix()}: {harm.message}")
    if examination.is_good:
        say(f"up to date: {counted(len(examination.outcomes), 'application')}")
    elif any(examination.results):
        remark(f"mend it with: {_mending(examination)}")


def _mending(examination: Examination[Findings]) -> str:
    flags = {remedy for findings in examination.results for remedy in findings.remedies}
    return examination.mending_command(sorted(flags))


def _report_json(examination: Examination[Findings]) -> None:
    applications = [
        {
            "config": outcome.file,
            "folder": outcome.folder.as_posix() if outcome.folder else None,
            "problems": [as_json(p) for p in (*outcome.warnings, *outcome.problems)],
            **_json(outcome.result),
        }
        for outcome in examination.outcomes
    ]
    report: dict[str, object] = {"ok": examination.is_good, "applications": applications}
    if examination.index is not None:
        report["index"] = _json(examination.index)
    if any(examination.results):
        report["mend"] = _mending(examination)
    put(json.dumps(report, indent=2) + "\n")


def _json(findings: Findings | None) -> dict[str, object]:
    items = findings.items if findings else ()
    harms = findings.harms if findings else ()
    return {
        "differences": [
            {"path": item.path, "status": item.status, "message": item.message} for item in items
        ],
        "harms": [{"path": harm.path, "message": harm.message} for harm in harms],
    }


def _report_github(examination: Examination[Findings]) -> None:
    for outcome in examination.outcomes:
        for problem in (*outcome.warnings, *outcome.problems):
            say(as_github(problem))
    for findings in examination.results:
        _annotate(findings, _mending(examination))


def _annotate(findings: Findings, command: str) -> None:
    for item in findings.items:
        path = (findings.folder / item.path).as_posix()
        say(github_note("error", path, f"{item.message}; mend it with: {command}"))
    for harm in findings.harms:
        path = (findings.folder / harm.path).as_posix()
        say(github_note("warning", path, harm.message))


_REPORTS = {"text": _report_text, "json": _report_json, "github": _report_github}

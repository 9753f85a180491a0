"""The command `check`."""

# No annotations from __future__ here: Typer evaluates each of them several times.

import json
from dataclasses import replace
from pathlib import Path

import typer

from kustz_tpl.cli import options, request
from kustz_tpl.cli.command import Command, new_app, takes
from kustz_tpl.cli.compare_all import Comparison, compare_all
from kustz_tpl.cli.diagnostics import as_github, as_json, github_note, print_diagnostics
from kustz_tpl.cli.leftovers import print_leftovers
from kustz_tpl.cli.secret_sources import with_tracked_sources
from kustz_tpl.cli.terminal import counted, print_line, print_note, print_text
from kustz_tpl.output.differences import Differences, describe
from kustz_tpl.output.write import examine

app = new_app()

EXAMPLES = """\b
Examples:
  kustz-tpl check
  kustz-tpl check services/* -o "manifests/{name}" --format github
  kustz-tpl check --server --context staging
"""


@app.command(cls=Command, epilog=EXAMPLES)
@takes(options.Shared)
def check(
    shared: options.Shared,
    *,
    format_: options.Format = "text",
    build: options.Build = False,
    server: options.Server = False,
    context: options.Context = None,
) -> None:
    """Check that the manifests are up to date.

    Does not write files. Exits with 1 if a file is missing, changed or no longer generated, and
    prints the command that fixes it.
    """
    report = _REPORTS[request.parse_format(format_)]
    request.refuse_context(context, has_server=server)
    asked = request.parse_request(shared)
    if server:
        asked = request.with_server(asked, context)
    elif build:
        asked = request.with_build(asked)
    comparison = compare_all(
        asked, lambda generated, folder, _: describe(examine(generated, folder))
    )
    comparison = replace(comparison, outcomes=with_tracked_sources(comparison.outcomes))
    report(comparison)
    if not comparison.is_good:
        raise typer.Exit(1)


def _report_text(comparison: Comparison[Differences]) -> None:
    for outcome in comparison.outcomes:
        print_diagnostics((*outcome.warnings, *outcome.diagnostics), outcome.text)
    for found in comparison.results:
        for item in found.items:
            print_line(f"{(found.folder / item.path).as_posix()}: {item.message}")
        for change in found.breaking:
            print_line(f"! {change.file}: {change.message}")
    cluster = comparison.request.cluster
    if cluster and not any(outcome.is_failed for outcome in comparison.outcomes):
        of = f" of the context {cluster.name}" if cluster.name else ""
        print_line(f"accepted by the server{of}: {_counted(comparison)}")
    if comparison.is_good:
        print_line(f"up to date: {_counted(comparison)}")
        folders = [each.folder for each in comparison.outcomes if each.folder]
        print_leftovers(comparison.request, comparison.tasks, folders)
    elif any(comparison.results):
        if any(found.may_be_edited for found in comparison.results):
            print_note(
                "if a file was edited by hand, first move the change into kustz.yml, a patch or a "
                "template"
            )
        if any(found.needs_adopt for found in comparison.results):
            print_note(
                "to replace files of another application, or files not written by kustz-tpl, "
                "add --adopt"
            )
        print_note(f"to fix, run: {comparison.fix_command()}")


def _counted(comparison: Comparison[Differences]) -> str:
    applications = counted(len({each.config for each in comparison.outcomes}), "application")
    environments = {each.environment for each in comparison.outcomes if each.environment}
    return (
        f"{applications} in {counted(len(environments), 'environment')}"
        if environments
        else applications
    )


def _report_json(comparison: Comparison[Differences]) -> None:
    applications = [
        {
            "config": outcome.file,
            **({"environment": outcome.environment} if outcome.environment else {}),
            "folder": outcome.folder.as_posix() if outcome.folder else None,
            "problems": [as_json(p) for p in (*outcome.warnings, *outcome.diagnostics)],
            **_json(outcome.result),
        }
        for outcome in comparison.outcomes
    ]
    report: dict[str, object] = {"ok": comparison.is_good, "applications": applications}
    if comparison.indexes:
        report["index"] = _json(comparison.indexes[0])
    if len(comparison.indexes) > 1:
        report["indexes"] = [
            {"folder": each.folder.as_posix(), **_json(each)} for each in comparison.indexes
        ]
    if any(comparison.results):
        report["fix"] = comparison.fix_command()
    print_text(json.dumps(report, indent=2) + "\n")


def _json(found: Differences | None) -> dict[str, object]:
    if found is None:
        return {"differences": [], "breaking": []}
    paths = [Path(each.file).relative_to(found.folder).as_posix() for each in found.breaking]
    return {
        "differences": [
            {"path": item.path, "status": item.status, "message": item.message}
            for item in found.items
        ],
        "breaking": [
            {"path": path, "message": each.message}
            for path, each in zip(paths, found.breaking, strict=True)
        ],
    }


def _report_github(comparison: Comparison[Differences]) -> None:
    for outcome in comparison.outcomes:
        for problem in (*outcome.warnings, *outcome.diagnostics):
            print_line(as_github(problem))
    for found in comparison.results:
        for item in found.items:
            path = (found.folder / item.path).as_posix()
            adopts = ", with --adopt to replace it" if item.flag == "--adopt" else ""
            message = f"{item.message}; to fix, run: {comparison.fix_command()}{adopts}"
            print_line(github_note("error", path, message))
        for change in found.breaking:
            print_line(github_note("warning", change.file, change.message))


_REPORTS = {"text": _report_text, "json": _report_json, "github": _report_github}

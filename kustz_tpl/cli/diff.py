"""The command `diff`."""

# No annotations from __future__ here: Typer evaluates each of them several times.

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from kustz_tpl.cli import options, request
from kustz_tpl.cli.command import Command, new_app, takes
from kustz_tpl.cli.compare_all import compare_all
from kustz_tpl.cli.diagnostics import print_diagnostics
from kustz_tpl.cli.runner import run
from kustz_tpl.cli.tasks import Secrets, assign
from kustz_tpl.cli.terminal import Colour, print_text
from kustz_tpl.generated import Generated
from kustz_tpl.messages import quoted
from kustz_tpl.output.changes import Action, Change
from kustz_tpl.output.differences import find_differences, unified, unified_files, warnings
from kustz_tpl.output.git import Repositories
from kustz_tpl.output.write import examine

app = new_app()

EXAMPLES = """\b
Examples:
  kustz-tpl diff
  kustz-tpl diff --image nginx:1.28
  kustz-tpl diff --between staging prod
"""

_COLOURS: dict[str, Colour] = {"+": "green", "-": "red", "@": "cyan", "!": "yellow"}


@app.command(cls=Command, epilog=EXAMPLES)
@takes(options.Shared)
def diff(
    shared: options.Shared,
    *,
    between: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--between",
            metavar="ENV ENV",
            help="Compare what two environments generate, not the files.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Show what generate would change.

    Does not write files. Exits with 1 if there is a difference. A line that starts with ! is a
    change that a cluster refuses or that may cause downtime. Secret values are not shown.
    """
    if between:
        request.refuse_together("--between", {"--env": bool(shared.environments)})
        if between[0] == between[1]:
            message = f"expected two environments, got {quoted(between[0])} twice"
            raise typer.BadParameter(message, param_hint="--between")
        is_same = _diff_environments(shared._replace(environments=list(between)), between)
        raise typer.Exit(0 if is_same else 1)
    asked = request.parse_request(shared)
    comparison = compare_all(asked, _diff)
    for outcome in comparison.outcomes:
        print_diagnostics((*outcome.warnings, *outcome.diagnostics), outcome.text)
    for lines in comparison.results:
        _print(lines)
    if not comparison.is_good:
        raise typer.Exit(1)


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        is_name = line.startswith(("+++ ", "--- "))
        print_text(line, "bold" if is_name else _COLOURS.get(line[:1]))


def _diff_environments(shared: options.Shared, between: tuple[str, str]) -> bool:
    """Print how the manifests of two environments differ; return whether they are the same."""
    asked = request.parse_request(shared, Secrets(is_guarded=False))
    asked = asked._replace(environment_flag="--between")
    is_same = True
    outcomes = run(asked, assign(asked), lambda generated, folder, _: (generated, folder))
    for _, each in groupby(outcomes, lambda outcome: outcome.config):
        found: dict[str, tuple[Generated, Path]] = {}
        for outcome in each:
            print_diagnostics((*outcome.warnings, *outcome.diagnostics), outcome.text)
            is_same = is_same and not outcome.is_failed
            if outcome.environment and outcome.result:
                found[outcome.environment] = outcome.result
        if len(found) == len(between):
            lines = list(_differences(found[between[0]], found[between[1]]))
            _print(lines)
            is_same = is_same and not lines
    return is_same


def _differences(old: tuple[Generated, Path], new: tuple[Generated, Path]) -> Iterator[str]:
    before, after = _contents(old[0]), _contents(new[0])
    for path in dict.fromkeys((*before, *after)):
        first, second = before.get(path), after.get(path)
        if first == second:
            continue
        action: Action = "created" if not first else "changed" if second else "removed"
        kind = (first or second or ("", b""))[0]
        contents = (each[1] if each else None for each in (first, second))
        change = Change(path, kind, action, "ours", *contents)
        names = ((each / path).as_posix().lstrip("/") for each in (old[1], new[1]))
        yield from unified_files(change, *names)


def _contents(generated: Generated) -> dict[str, tuple[str, bytes]]:
    """Return kind and content of all files, without first lines; encrypted ones are secret too."""
    files: dict[str, tuple[str, bytes]] = {
        path: (each.kind, each.content) for path, each in generated.files.items()
    }
    return files | {path: ("secret", each.manifest) for path, each in generated.sealed.items()}


def _diff(generated: Generated, folder: Path, git: Repositories) -> tuple[str, ...]:
    """Return what generate refuses to overwrite, what may cause downtime, and the differences."""
    plan = examine(generated, folder, git)
    refused = [item for item in find_differences(plan) if item.status in {"foreign", "blocked"}]
    marks = [f"! {(folder / item.path).as_posix()}: {item.message}" for item in refused]
    marks += warnings(plan)
    texts = (text for change in plan.differences for text in unified(plan, change))
    return (*(f"{mark}\n" for mark in marks), *texts)

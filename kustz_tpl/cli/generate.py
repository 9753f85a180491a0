"""The command `generate`."""

# No annotations from __future__ here: Typer evaluates them, text by text, several times each.

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from kustz_tpl.cli import options, request
from kustz_tpl.cli.command import Command, new_app, takes
from kustz_tpl.cli.diagnostics import show
from kustz_tpl.cli.progress import track
from kustz_tpl.cli.report import Written, conclude, tell, written
from kustz_tpl.cli.runner import Request, Secrets, Task, assign, run
from kustz_tpl.cli.secret_sources import find_exposed_sources
from kustz_tpl.cli.terminal import put, remark
from kustz_tpl.output.changes import Policy
from kustz_tpl.output.git import Repositories
from kustz_tpl.output.index import index_folder, make_index
from kustz_tpl.output.sops_manifests import Encryption
from kustz_tpl.output.write import update
from kustz_tpl.pipeline import Generated, SecretSource

app = new_app()

EXAMPLES = """\b
Examples:
  kustz-tpl generate
  kustz-tpl generate -c web.yml -o deploy --image nginx:1.27
  kustz-tpl generate services/* -o "manifests/{name}" --jobs 4 --index
"""


@app.command(cls=Command, epilog=EXAMPLES)
@takes(options.Shared)
def generate(  # noqa: PLR0913 - one per option
    shared: options.Shared,
    *,
    stdout: Annotated[
        bool, typer.Option("--stdout", help="Print the manifests, write nothing.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite what was edited by hand.")
    ] = False,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Take over files that kustz-tpl did not write.")
    ] = False,
    no_prune: Annotated[
        bool, typer.Option("--no-prune", help="Keep files that are generated no more.")
    ] = False,
    skip_secrets: Annotated[
        bool, typer.Option("--skip-secrets", help="Leave secret files as they are.")
    ] = False,
    show_secrets: Annotated[
        bool, typer.Option("--show-secrets", help="With --stdout, print what secrets hold too.")
    ] = False,
    rotate: Annotated[
        bool, typer.Option("--rotate", help="Encrypt anew what sops has encrypted.")
    ] = False,
) -> None:
    """Write the manifests of applications.

    What is generated is there to be committed. Files that kustz-tpl did not write, or that
    somebody edited, stop the run before anything is written.
    """
    if stdout:
        writing = {"--force": force, "--adopt": adopt, "--no-prune": no_prune, "--rotate": rotate}
        request.refuse_beside("--stdout", writing)
    if skip_secrets:
        request.refuse_beside("--skip-secrets", {"--rotate": rotate})
    if show_secrets and not stdout:
        raise typer.BadParameter("expected --stdout with it", param_hint="--show-secrets")
    asked = request.read_request(
        shared, _secrets(skips=skip_secrets, rotates=rotate, writes=not stdout)
    )
    tasks = assign(asked)
    if stdout:
        is_good = _print(asked, tasks, shows_secrets=show_secrets)
    else:
        policy = Policy(force=force, adopt=adopt, prune=not no_prune)
        is_good = _write(asked, tasks, policy)
    if not is_good:
        raise typer.Exit(1)


def _secrets(*, skips: bool, rotates: bool, writes: bool) -> Secrets:
    encryption: Encryption = "always" if rotates else "if changed" if writes else "never"
    return Secrets("skip" if skips else "refuse", encryption, writes=writes)


def _print(asked: Request, tasks: list[Task], *, shows_secrets: bool) -> bool:
    from kustz_tpl.cli.stream import as_stream  # noqa: PLC0415 - start-up time

    folders = []
    sources: list[SecretSource] = []
    for outcome in run(asked, tasks, partial(_as_stream, shows_secrets=shows_secrets)):
        show((*outcome.warnings, *outcome.diagnostics), outcome.text)
        put(outcome.result or "")
        sources += outcome.secret_sources
        folders += [outcome.folder] if outcome.folder else []
    show(problem for _, problem in find_exposed_sources(sources))
    is_good = len(folders) == len(tasks)
    if asked.has_index and is_good:
        folder = index_folder(asked.output)
        put(as_stream(make_index(folder, folders), folder))
    return is_good


def _as_stream(
    generated: Generated, folder: Path, _git: Repositories, *, shows_secrets: bool
) -> str:
    from kustz_tpl.cli.stream import as_stream  # noqa: PLC0415 - start-up time

    return as_stream(generated, folder, shows_secrets=shows_secrets)


def _write(asked: Request, tasks: list[Task], policy: Policy) -> bool:
    all_done: list[Written] = []
    sources: list[SecretSource] = []
    for outcome in track(run(asked, tasks, partial(_update, policy)), len(tasks)):
        show((*outcome.warnings, *outcome.diagnostics), outcome.text)
        if outcome.result is not None:
            tell(outcome.result)
            all_done.append(outcome.result._replace(differences=(), warnings=()))
        sources += outcome.secret_sources
    show(problem for _, problem in find_exposed_sources(sources))
    failures = len(tasks) - len(all_done)
    folder = all_done[0].folder if len(all_done) == 1 else None
    if asked.has_index and not failures:
        folder = index_folder(asked.output)
        generated = make_index(folder, [done.folder for done in all_done])
        tell(written(update(generated, folder, policy), generated))
    conclude(all_done, folder)
    if failures and len(tasks) > 1:
        remark(f"{failures} of {len(tasks)} applications failed")
    return not failures


def _update(policy: Policy, generated: Generated, folder: Path, git: Repositories) -> Written:
    return written(update(generated, folder, policy, git), generated)

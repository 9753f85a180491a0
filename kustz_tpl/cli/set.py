"""The command `set`."""

# No annotations from __future__ here: Typer evaluates each of them several times.

import os
from pathlib import Path
from typing import Annotated

import typer

from kustz_tpl.cli.command import Command, new_app
from kustz_tpl.cli.config_changes import (
    apply_changes,
    describe_change,
    list_environments,
    parse_changes,
    read_config,
)
from kustz_tpl.cli.generate import generate_config
from kustz_tpl.cli.inputs import config_file
from kustz_tpl.cli.options import STDIN
from kustz_tpl.cli.request import parse_config
from kustz_tpl.cli.terminal import print_line, print_note
from kustz_tpl.cli.workspace import find_workspace
from kustz_tpl.output.disk import replace_source

app = new_app()

EXAMPLES = """\b
Examples:
  kustz-tpl set service.image=registry.example.com/shop:1.11
  kustz-tpl set -e prod service.replicas=3 --generate
  kustz-tpl set -e prod --from staging service.image
"""


@app.command(cls=Command, epilog=EXAMPLES)
def set_(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH=VALUE",
            help="The values to set; 'PATH=~' in quotes removes one. With --from, the paths alone. "
            "The config can come first, instead of --config.",
            show_default=False,
        ),
    ],
    *,
    config: Annotated[
        str | None,
        typer.Option(
            "--config",
            "-c",
            metavar="FILE",
            help="Change this config.  [default: kustz.yml]",
            show_default=False,
        ),
    ] = None,
    environment: Annotated[
        str | None,
        typer.Option(
            "--env",
            "-e",
            metavar="ENV",
            help="Change this environment, in kustz.ENV.yml.",
            show_default=False,
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="ENV",
            help="Use the values of this environment.",
            show_default=False,
        ),
    ] = None,
    generates: Annotated[
        bool, typer.Option("--generate", help="Then generate the manifests of the config.")
    ] = False,
) -> None:
    """Set values in a kustz.yml without changing any other byte.

    Comments, quotes and line ends are kept. If a value is not valid, nothing is written.
    """
    if config is None and "=" not in words[0] and os.path.exists(words[0]):  # noqa: PTH110 - Path.exists raises
        config, *words = words
    file = parse_config(None if config is None else [config])
    if file == STDIN:
        raise typer.BadParameter("expected a file, got standard input", param_hint="--config")
    project = find_workspace((file,), are_named=True).project
    before = read_config(config_file(file), environment, project)
    other = read_config(config_file(file), source, project, "--from") if source else None
    changes = list(parse_changes(words, other))
    if not changes:
        raise typer.BadParameter("expected PATH=VALUE, got nothing", param_hint="PATH=VALUE")
    after = apply_changes(before, changes)
    if after.content != before.content:
        replace_source(Path(after.target.file), after.content, before.content)
    for path in dict.fromkeys(each.path for each in changes):
        print_line(describe_change(path, before, after))
    if environment and environment not in list_environments(after.base, project):
        print_note(f"next: add {environment} to environments in {config_file(file)}")
    if generates and not generate_config(file):
        raise typer.Exit(1)

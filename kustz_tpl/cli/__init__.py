"""The command line: Typer commands, and the only modules that print."""

# No annotations from __future__ here: Typer evaluates each of them several times.

from typing import Annotated

import typer

from kustz_tpl.cli.command import lazy_group, new_app

COMMANDS = {
    "generate": "kustz_tpl.cli.generate",
    "check": "kustz_tpl.cli.check",
    "diff": "kustz_tpl.cli.diff",
    "validate": "kustz_tpl.cli.validate",
    "show": "kustz_tpl.cli.show",
    "list": "kustz_tpl.cli.list",
    "set": "kustz_tpl.cli.set",
    "init": "kustz_tpl.cli.init",
    "default": "kustz_tpl.cli.default",
    "templates": "kustz_tpl.cli.templates",
    "registry": "kustz_tpl.cli.registry",
}
"""Every command, and the module whose `app` it is."""

COMMANDS_OF_KUSTZ = {"render": "generate"}
"""Commands of the Go tool kustz that have another name here."""

app = new_app(
    cls=lazy_group(COMMANDS, COMMANDS_OF_KUSTZ),
    add_completion=True,
    no_args_is_help=True,
    context_settings={"help_option_names": ["--help", "-h"]},
)


def _show_version(is_asked: bool) -> None:  # noqa: FBT001 - a Typer callback
    if is_asked:
        from kustz_tpl import __version__  # noqa: PLC0415 - used once

        typer.echo(f"kustz-tpl {__version__}")
        raise typer.Exit


@app.callback()
def main(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Generate Kubernetes manifests from one short kustz.yml per application.

    To start, run kustz-tpl init, then kustz-tpl generate.
    """

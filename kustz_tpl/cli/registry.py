"""The commands `registry …`, which write a docker config without Docker."""

# No annotations from __future__ here: Typer evaluates each of them several times.

import os
from pathlib import Path
from typing import Annotated

import typer

from kustz_tpl.cli.command import Command, Group, new_app
from kustz_tpl.cli.diagnostics import print_diagnostics
from kustz_tpl.cli.inputs import read_stdin
from kustz_tpl.cli.terminal import print_line, print_note
from kustz_tpl.errors import Diagnostic, InputError, NotationError, ProgramError
from kustz_tpl.output.disk import read_private, write_private
from kustz_tpl.output.git import Repositories
from kustz_tpl.registry.backend import account_fault
from kustz_tpl.registry.build import with_account
from kustz_tpl.registry.docker_config import Account, parse_docker_config
from kustz_tpl.registry.server import parse_server, shown_server
from kustz_tpl.secret_string import SecretString

app = new_app(cls=Group, no_args_is_help=True)

FILE = "docker-config.json"

File = Annotated[str, typer.Option("--file", "-f", metavar="FILE", help="The docker config.")]


@app.callback()
def registry() -> None:
    """Manage credentials of image registries.

    They are stored in a docker config, as with docker login. You do not need Docker.
    """


EXAMPLE = """\b
Example:
  pass registry | kustz-tpl registry add ghcr.io -u deploy --password-stdin
"""


@app.command("add", cls=Command, epilog=EXAMPLE)
def add(
    server: Annotated[
        str, typer.Argument(metavar="SERVER", help="For example registry.example.com.")
    ],
    *,
    username: Annotated[
        str, typer.Option("--username", "-u", metavar="USER", help="The name of the user.")
    ],
    password_stdin: Annotated[
        bool,
        typer.Option("--password-stdin", help="Read the password from standard input.  [required]"),
    ] = False,
    file: File = FILE,
) -> None:
    """Add an account to a docker config, or replace it."""
    try:
        server = parse_server(server)
    except NotationError as error:
        raise typer.BadParameter(str(error), param_hint="SERVER") from None
    if fault := account_fault(username):
        raise typer.BadParameter(f"expected {fault}", param_hint="--username")
    account = Account(server, username, _password(is_given=password_stdin))
    path = Path(file)
    repositories = Repositories()
    try:
        # git may ignore a link and track the file that it points to.
        paths = {path, Path(os.path.realpath(path))}
        is_tracked = bool(repositories.tracked(paths))
        is_ignored = repositories.ignored(paths) == paths
    except ProgramError as error:
        raise _refusal(file, f"cannot check whether git tracks this file: {error}") from None
    if is_tracked:
        raise _refusal(file, "git tracks this file; to stop tracking it, run git rm --cached")
    before = read_private(path)
    try:
        after = with_account(before, account)
    except InputError as error:
        raise InputError(*(each._replace(file=file) for each in error.diagnostics)) from None
    except NotationError as error:
        raise _refusal(file, str(error)) from None
    write_private(path, after)
    print_line(f"{file}: {shown_server(account.server)}  {account.username}")
    if not is_ignored:
        print_note(f"git does not ignore {file} yet; add it to .gitignore")


@app.command("list", cls=Command)
def list_(*, file: File = FILE) -> None:
    """List servers and users, and entries that the kubelet ignores."""
    content = read_private(Path(file))
    if content is None:
        raise _refusal(file, "no such file")
    found = parse_docker_config(content, "dockerconfigjson")
    for account in found.accounts:
        print_line(f"{shown_server(account.server)}  {account.username}")
    print_diagnostics(each._replace(file=file) for each in found.diagnostics)
    if any(each.severity == "error" for each in found.diagnostics):
        raise typer.Exit(1)


def _password(*, is_given: bool) -> SecretString:
    if not is_given:
        message = "pass this flag, and the password on standard input"
        raise typer.BadParameter(message, param_hint="--password-stdin")
    try:
        text = read_stdin().decode()
    except UnicodeDecodeError:
        raise _refusal("standard input", "expected UTF-8") from None
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise _refusal("standard input", "expected a password, got nothing")
    return SecretString(text)


def _refusal(file: str, message: str) -> InputError:
    return InputError(Diagnostic(file, 0, 0, "", message))

"""The command `init`."""

# No annotations from __future__ here: Typer evaluates each of them several times.

import os
import re
from pathlib import Path
from typing import Annotated

import typer

from kustz_tpl.cli.command import Command, new_app
from kustz_tpl.cli.default import read_starter
from kustz_tpl.cli.options import CONFIG, STDIN
from kustz_tpl.cli.terminal import print_line, print_note
from kustz_tpl.errors import Diagnostic, InputError, NotationError
from kustz_tpl.notation.names import parse_service_name

app = new_app()

SOURCES = ("/credentials.env", "/docker-config.json")
"""The files for secret values that the starter and `registry add` use."""

EXAMPLES = """\b
Examples:
  kustz-tpl init
  kustz-tpl init services/web
  kustz-tpl init services/web/kustz.yml
"""


@app.command(cls=Command, epilog=EXAMPLES)
def init(
    file: Annotated[
        str,
        typer.Argument(metavar="FILE", help="The file to write, or the folder of the application."),
    ] = CONFIG,
) -> None:
    """Write a starter kustz.yml. Never overwrites a file.

    In a folder, the application is named after the folder. The Secret files of the starter are
    added to .gitignore.
    """
    if file in {"", STDIN}:
        message = (
            f"expected a file, got {file or 'nothing'}; to print the starter, run kustz-tpl default"
        )
        raise typer.BadParameter(message, param_hint="FILE")
    starter = read_starter()
    is_config = Path(file).suffix in {".yml", ".yaml"}
    is_new_folder = file.endswith("/") or not (is_config or os.path.lexists(file))
    if is_new_folder or Path(file).is_dir():
        starter = _named(starter, Path(file).resolve().name)
        file = (Path(file) / CONFIG).as_posix()
    _write_new(Path(file), starter)
    print_line(f"created    {file}")
    _ignore_sources(Path(file).with_name(".gitignore"))
    print_note("next: edit it, then run kustz-tpl generate")


def _named(starter: bytes, folder: str) -> bytes:
    """Name the application after its folder if Kubernetes accepts that name."""
    name = re.sub("[^a-z0-9]+", "-", folder.lower())[:63].strip("-")
    try:
        parse_service_name(name)
    except NotationError:
        return starter
    # The comment after it stays in its column.
    return re.sub(rb"(?m)^name: [^#]*", f"name: {name}".ljust(23).encode() + b" ", starter, count=1)


def _ignore_sources(path: Path) -> None:
    """Add the Secret files of the starter to .gitignore, which may be new."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        print_note(f"next: add {' and '.join(SOURCES)} to .gitignore")
        return
    before = path.read_bytes() if path.exists() else b""
    missing = [line for line in SOURCES if line.encode() not in before.splitlines()]
    if missing:
        gap = "\n" if before and not before.endswith(b"\n") else ""
        with path.open("ab") as file:
            file.write((gap + "".join(f"{line}\n" for line in missing)).encode())
        print_line(f"{'changed' if before else 'created':9}  {path.as_posix()}")


def _write_new(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError:
        message = "already exists; to print the starter, run kustz-tpl default"
        raise InputError(Diagnostic(str(path), 0, 0, "", message)) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
    except BaseException:
        path.unlink(missing_ok=True)
        raise

"""The command `init`."""

# No annotations from __future__ here: Typer evaluates each of them several times.

import json
import os
import re
from collections.abc import Iterator
from glob import escape as glob_escape
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kustz_tpl.cli.command import Command, new_app
from kustz_tpl.cli.default import read_starter
from kustz_tpl.cli.inputs import config_file
from kustz_tpl.cli.options import CONFIG, STDIN
from kustz_tpl.cli.terminal import as_argument, print_line, print_note
from kustz_tpl.cli.workspace import list_applications, read_project
from kustz_tpl.errors import Diagnostic, InputError, NotationError
from kustz_tpl.notation.names import parse_service_name
from kustz_tpl.project import PROJECT_FILE, find_project

if TYPE_CHECKING:
    from kustz_tpl.project.file import Project

app = new_app()

_SHORT = b"""\
name: shop             # name of the objects
service:
  image: registry.example.com/shop:1.0
  ports: ["80:8080"]   # port of the Service : port of the container
"""
_MORE = """
# environments: [dev, prod]
# index: true
# defaults:
#   labels: {team: storefront}
"""

SOURCES = ("/credentials.env", "/docker-config.json")
"""The files for secret values that the starter and `registry add` use."""

EXAMPLES = """\b
Examples:
  kustz-tpl init
  kustz-tpl init services/web
  kustz-tpl init services/web/kustz.yml
  kustz-tpl init --project
"""


@app.command(cls=Command, epilog=EXAMPLES)
def init(
    file: Annotated[
        str,
        typer.Argument(metavar="FILE", help="The file to write, or the folder of the application."),
    ] = CONFIG,
    *,
    project: Annotated[
        bool,
        typer.Option(
            "--project", help="Write a kustz-project.yml for the applications below this folder."
        ),
    ] = False,
) -> None:
    """Write a starter kustz.yml. Never overwrites a file.

    In a folder, the application is named after the folder. The Secret files of the starter are
    added to .gitignore. In a project the starter is short.
    """
    if project:
        if file != CONFIG:
            raise typer.BadParameter("cannot be used with --project", param_hint="FILE")
        _init_project()
        return
    if file in {"", STDIN}:
        message = (
            f"expected a file, got {file or 'nothing'}; to print the starter, run kustz-tpl default"
        )
        raise typer.BadParameter(message, param_hint="FILE")
    is_config = Path(file).suffix in {".yml", ".yaml"}
    is_new_folder = file.endswith("/") or not (is_config or os.path.lexists(file))
    is_folder = is_new_folder or Path(file).is_dir()
    folder = Path(file) if is_folder else Path(file).parent
    file = (folder / CONFIG).as_posix() if is_folder else file
    top = find_project(os.path.realpath(folder), {})
    known = read_project(Path(os.path.relpath(top, os.path.realpath(os.curdir)))) if top else None
    starter = _SHORT if top else read_starter()
    _write_new(Path(file), _named(starter, folder.resolve().name) if is_folder else starter)
    print_line(f"created    {file}")
    if known is None:
        _ignore_sources(Path(file).with_name(".gitignore"))
    elif not _is_listed(Path(file), known):
        relative = Path(os.path.relpath(os.path.realpath(folder), top)).as_posix()
        print_note(f"next: add {relative} to applications in {PROJECT_FILE}")
    is_found = file == CONFIG or top == os.path.realpath(os.curdir)
    place = "" if is_found else f" {as_argument(folder.as_posix() if is_folder else file)}"
    print_note(f"next: edit it, then run kustz-tpl generate{place}")


def _is_listed(config: Path, project: "Project") -> bool:
    try:
        listed = list_applications(project)
    except InputError:  # such as another entry that matches nothing yet
        return False
    return any(config.samefile(config_file(each)) for each in listed)


def _init_project() -> None:
    """Write a project file that lists the applications that are there."""
    patterns = list(dict.fromkeys(_pattern(each) for each in _find_configs()))
    if not patterns:
        message = f"no {CONFIG} below this folder; to create one, run kustz-tpl init services/shop"
        raise InputError(Diagnostic(PROJECT_FILE, 0, 0, "", message))
    lines = "".join(f"  - {json.dumps(each, ensure_ascii=False)}\n" for each in patterns)
    _write_new(Path(PROJECT_FILE), f"applications:\n{lines}{_MORE}".encode())
    print_line(f"created    {PROJECT_FILE}")
    print_note("next: edit it, then run kustz-tpl list")


def _find_configs() -> Iterator[str]:
    """Yield the folders with a kustz.yml, without hidden ones and those of other projects."""
    for folder, names, files in os.walk("."):
        is_other = folder != "." and PROJECT_FILE in files
        names[:] = [] if is_other else sorted(each for each in names if not each.startswith("."))
        if CONFIG in files and not is_other:
            yield Path(folder).as_posix()


def _pattern(folder: str) -> str:
    """Return the pattern of a folder and its neighbours; at the top there may be others."""
    parent, slash, _ = glob_escape(folder).rpartition("/")
    return f"{parent}/*" if slash else folder


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
        hint = "" if path.name == PROJECT_FILE else "; to print the starter, run kustz-tpl default"
        raise InputError(Diagnostic(str(path), 0, 0, "", f"already exists{hint}")) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
    except BaseException:
        path.unlink(missing_ok=True)
        raise

"""Reads the configs that a command line names."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from kustz_tpl.cli.options import CONFIG, STDIN, STDIN_NAME
from kustz_tpl.cli.terminal import as_argument
from kustz_tpl.data_files.folder import limited, read_at_most
from kustz_tpl.errors import Diagnostic, InputError, NotationError
from kustz_tpl.output.disk import reason
from kustz_tpl.pipeline import TEMPLATES_FOLDER
from kustz_tpl.project import find_project
from kustz_tpl.source import Override, Source, SourceFile

_LIMIT = 2**20 + 1
"""Bytes that are read: one more than a config may have, to notice a longer one."""


def read_source(
    config: str, overrides: tuple[Override, ...], environment: str | None = None
) -> Source:
    """Return the source of a config as typed: a file, a folder with a kustz.yml, or `-`.

    Of an environment it has the layer, if there is one next to the config.
    """
    if config == STDIN:
        check_templates(Path(TEMPLATES_FOLDER))
        return Source(STDIN_NAME, read_stdin(), Path(), overrides)
    file = config_file(config)
    check_templates(Path(file).parent / TEMPLATES_FOLDER)
    source = Source(file, read_file(file), Path(file).parent, overrides)
    if environment is None:
        return source
    layer = layer_file(file, environment)
    found = SourceFile(layer, read_file(layer)) if os.path.lexists(layer) else None
    return source._replace(environment=environment, layer=found)


def layer_file(file: str, environment: str) -> str:
    """Return the file that has what an environment changes of a config: `kustz.prod.yml`."""
    path = Path(file)
    return path.with_name(f"{path.stem}.{environment}{path.suffix}").as_posix()


def find_layers(file: str) -> dict[str, str]:
    """Return the files next to a config that are named as its layers, by their environments."""
    path = Path(file)
    start, end = f"{path.stem}.", path.suffix
    try:
        names = sorted(each.name for each in path.parent.iterdir())
    except OSError:
        return {}
    found = {name: name.removeprefix(start).removesuffix(end) for name in names}
    return {
        word: path.with_name(name).as_posix()
        for name, word in found.items()
        if name == f"{start}{word}{end}" and word and "." not in word
    }


def read_file(file: str) -> bytes:
    """Return the text of a config; InputError if there is none, or a link out of the repository."""
    if Path(file).is_symlink() and _leads_out(Path(file)):
        raise InputError(Diagnostic(file, 0, 0, "", "a link out of the repository"))
    try:
        with Path(file).open("rb") as source:
            return read_at_most(_LIMIT, source)
    except FileNotFoundError:
        is_link = Path(file).is_symlink()
        message = "a broken link" if is_link else f"no such file{_absent_hint(file)}"
        raise InputError(Diagnostic(file, 0, 0, "", message)) from None
    except OSError as error:
        raise InputError(Diagnostic(file, 0, 0, "", reason(error))) from None


def _absent_hint(file: str) -> str:
    """Return what to do about a missing kustz.yml in a folder that exists."""
    folder, other = Path(file).parent, Path(file).with_suffix(".yaml")
    if Path(file).name != CONFIG or not folder.is_dir():
        return ""
    if os.path.lexists(other):
        return f"; rename {other.name} to {CONFIG}"
    if file != CONFIG:
        return f"; to create one, run kustz-tpl init {as_argument(folder.as_posix())}"
    here = os.path.realpath(os.curdir)
    top = find_project(here, {})
    if top is None:
        return "; to create one, run kustz-tpl init"
    place = "without a config" if top == here else f"in {os.path.relpath(top, here)}"
    return f"; for all applications, run the command {place}"


def _leads_out(link: Path) -> bool:
    """Return whether a link leaves its repository, or its folder where there is none."""
    try:
        limited(link.parent).find(link.name)
    except NotationError:
        return True
    return False


def check_templates(folder: Path) -> None:
    """Raise InputError for a template folder that exists but cannot be read.

    A run without its templates would silently generate different manifests.
    """
    # Nearly always one system call is enough; the slash excludes everything but folders.
    if os.access(f"{folder}/", os.R_OK | os.X_OK) or not os.path.lexists(folder):
        return
    message = "permission denied; run chmod u+rx on it"
    if not folder.is_dir():
        message = f"expected a folder, got a {'broken link' if folder.is_symlink() else 'file'}"
    raise InputError(Diagnostic(folder.as_posix(), 0, 0, "", message))


def config_file(config: str) -> str:
    """Return the file of a config as typed."""
    if config != STDIN and Path(config).is_dir():
        return (Path(config) / CONFIG).as_posix()
    return config


def read_stdin() -> bytes:
    """Return standard input, up to the size of the largest config."""
    # A closed standard input is None here, whatever the annotations say.
    stream = getattr(sys.stdin, "buffer", None)
    try:
        return read_at_most(_LIMIT, stream) if stream else b""
    except OSError as error:
        raise InputError(Diagnostic(STDIN_NAME, 0, 0, "", reason(error))) from None

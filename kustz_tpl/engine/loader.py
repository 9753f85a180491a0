"""Finds templates in folders, and never outside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from jinja2 import BaseLoader, Environment, TemplateNotFound

from kustz_tpl.engine.errors import TemplateError
from kustz_tpl.engine.parts import MARKS

LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of templates; its templates are also found as `prefix/<name>` if it has one."""

    path: Path
    prefix: str = ""


class FolderLoader(BaseLoader):
    """Load templates by name from folders, the first that has the name wins.

    A name is a relative path with `/`. Absolute names, `..`, backslashes, NUL and links that
    lead out of the folder are refused; a template is UTF-8 and at most 1 MiB.
    """

    def __init__(self, folders: Iterable[Folder]) -> None:
        """Search the folders in their order."""
        self.folders = tuple(folders)

    def get_source(
        self,
        environment: Environment,  # noqa: ARG002 - Jinja's signature
        template: str,
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Return text and file name of a template."""
        path = self.find(template)
        if path is None:
            raise TemplateNotFound(template)
        return read_template(path, template), str(path), None

    def find(self, template: str) -> Path | None:
        """Return the file of a template's name, None if no folder has it."""
        if not _is_tame(template):
            raise TemplateError("a template's name may not lead out of its folder", template)
        for folder in self.folders:
            for name in _names(template, folder.prefix):
                path = folder.path / name
                if path.is_file():
                    return _inside(path, folder.path, template)
        return None

    def list_templates(self) -> list[str]:
        """Return the names of all templates, without prefixed ones, sorted."""
        found = {
            path.relative_to(folder.path).as_posix()
            for folder in self.folders
            if folder.path.is_dir()
            for path in folder.path.rglob("*.j2")
        }
        return sorted(found)


def _is_tame(name: str) -> bool:
    pieces = name.split("/")
    return bool(name) and not (set(name) & set("\\\0:") or set(pieces) & {"", ".", ".."})


def _names(template: str, prefix: str) -> list[str]:
    if prefix and template.startswith(prefix + "/"):
        return [template.removeprefix(prefix + "/")]
    return [template]


def _inside(path: Path, folder: Path, template: str) -> Path:
    if not path.resolve().is_relative_to(folder.resolve()):
        raise TemplateError("a link leads out of the template folder", template)
    return path


def read_template(path: Path, template: str) -> str:
    """Return a template's text; TemplateError if it is no text that can be one."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise TemplateError(f"cannot be read: {error.strerror}", template) from error
    if len(data) > LARGEST:
        raise TemplateError("a template may have 1 MiB at most", template)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TemplateError("not valid UTF-8", template, line) from error
    for number, line_text in enumerate(text.splitlines(), 1):
        if MARKS & set(line_text):
            raise TemplateError("U+E000 to U+E003 are for the engine's own use", template, number)
    return text

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
        folder, name = self._locate(template)
        return None if folder is None else _inside(folder.path / name, folder.path, template)

    def describe(self, template: str) -> str:
        """Return how a message names a template: its prefixed name, else its file's path."""
        try:
            folder, name = self._locate(template)
        except TemplateError:
            return template
        if folder is None:
            return template
        return f"{folder.prefix}/{name}" if folder.prefix else str(folder.path / name)

    def _locate(self, template: str) -> tuple[Folder | None, str]:
        """Return the folder that has a template, and its name there."""
        if not _is_tame(template):
            raise TemplateError("a template's name may not lead out of its folder", template)
        for folder in self.folders:
            name = template.removeprefix(f"{folder.prefix}/") if folder.prefix else template
            if (folder.path / name).is_file():
                return folder, name
        return None, template

    def list_pages(self) -> list[str]:
        """Return the names of the templates that lie directly in the folders, sorted."""
        found = {
            path.name
            for folder in self.folders
            if folder.path.is_dir()
            for path in folder.path.glob("*.j2")
        }
        return sorted(found)

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

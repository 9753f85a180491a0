"""Finds templates: in folders and never outside them, in a dict, or in one string."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from jinja2 import BaseLoader, Environment, TemplateNotFound
from jinja2.exceptions import SecurityError

from kustz_tpl.engine.errors import TemplateError
from kustz_tpl.engine.parts import MARKS, RESERVED

LARGEST = 1 << 20
_MOST_NAMES = 1_000

# What YAML does not allow raw, what only some readers take for the end of a line, and our marks.
_REFUSED_ASCII = "[\x00-\x08\x0b-\x1f\x7f]"
_REFUSED = f"{_REFUSED_ASCII[:-1]}\x80-\x9f\u2028\u2029\ufffe\uffff{MARKS}]"


class Folder(NamedTuple):
    """A folder of templates; its templates are also found as `prefix/<name>` if it has one."""

    path: Path
    prefix: str = ""


class Loader(BaseLoader):
    """Find templates by name, and say where one is."""

    @abstractmethod
    def list_names(self) -> list[str]:
        """Return the names that find a template, for messages."""

    def describe(self, template: str) -> str:
        """Return how a message names a template."""
        return template


class DictLoader(Loader):
    """Load templates by name from a dict of their texts."""

    def __init__(self, templates: Mapping[str, str]) -> None:
        """Keep the dict; a template is compiled when it is first rendered."""
        self._templates = templates

    def get_source(
        self,
        environment: Environment,  # noqa: ARG002 - Jinja's signature
        template: str,
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Return text and name of a template."""
        if template not in self._templates:
            raise TemplateNotFound(template)
        return checked(self._templates[template], template), template, None

    def list_names(self) -> list[str]:
        """Return the names of the dict."""
        return list(self._templates)


class StringLoader(DictLoader):
    """Load the one template of a string."""

    def __init__(self, text: str, name: str = "template") -> None:
        """Take its text, and the name to render and to report it by."""
        super().__init__({name: text})


class FolderLoader(Loader):
    """Load templates by name from folders, the first that has the name wins.

    A name is a relative path with `/`; a prefixed one is looked for behind its prefix first.
    Absolute names, `..`, backslashes, NUL and links that lead out of the folder are refused; a
    template is UTF-8 and at most 1 MiB.
    """

    def __init__(self, *folders: Folder | Path | str) -> None:
        """Search the folders in their order."""
        self.folders = tuple(
            each if isinstance(each, Folder) else Folder(Path(each)) for each in folders
        )

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
        if folder is None:
            return None
        path = folder.path / name
        may_lead_out = "/" in name or path.is_symlink()
        if may_lead_out and not path.resolve().is_relative_to(folder.path.resolve()):
            raise SecurityError(f"{_shown(template)} is a link out of the template folder")
        return path

    def describe(self, template: str) -> str:
        """Return how a message names a template: its prefixed name, else its file's path."""
        try:
            folder, name = self._locate(template)
        except SecurityError:
            return template
        if folder is None:
            return template
        return f"{folder.prefix}/{name}" if folder.prefix else str(folder.path / name)

    def prefix_of(self, template: str) -> str:
        """Return the prefix of the folder that has a template; blank if it has none."""
        folder, _ = self._locate(template)
        return folder.prefix if folder else ""

    def _locate(self, template: str) -> tuple[Folder | None, str]:
        """Return the folder that has a template, and its name there."""
        if not _is_safe(template):
            raise SecurityError(f"{_shown(template)} is no name inside the template folder")
        for folder in self.folders:
            if folder.prefix and template.startswith(f"{folder.prefix}/"):
                name = template.removeprefix(f"{folder.prefix}/")
                if _is_file(folder.path / name):
                    return folder, name
        found = (folder for folder in self.folders if _is_file(folder.path / template))
        return next(found, None), template

    def list_pages(self) -> list[str]:
        """Return the names of the templates that lie directly in the folders, sorted."""
        found = (path for folder in self.folders for path in folder.path.glob("*.j2"))
        return sorted({path.name for path in found if path.is_file()})

    def list_names(self) -> list[str]:
        """Return every name that finds a template, with and without prefix."""
        found = [
            (folder.prefix, path.relative_to(folder.path).as_posix())
            for folder in self.folders
            for path in islice(folder.path.rglob("*.j2"), _MOST_NAMES)
        ]
        return [name for _, name in found] + [f"{start}/{name}" for start, name in found if start]


def _is_safe(name: object) -> bool:
    """Check whether a name cannot lead anywhere but into a folder."""
    if not isinstance(name, str) or set(name) & set("\\\0:"):
        return False
    return not set(name.split("/")) & {"", ".", ".."}


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that no file can have, a folder that may not be entered
        return False


def _shown(name: object) -> str:
    text = repr(name)
    return text if len(text) <= 80 else text[:79] + "…"  # noqa: PLR2004


def read_template(path: Path, template: str) -> str:
    """Return a template's text; TemplateError if it is no text that can be one."""
    try:
        # Python sets aside as much memory as is asked for, so the size is asked first.
        data = path.read_bytes() if path.stat().st_size <= LARGEST else None
    except OSError as error:
        raise TemplateError(f"cannot be read: {error.strerror}", template) from error
    if data is None:
        raise TemplateError("a template may have 1 MiB at most", template)
    try:
        text = data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TemplateError("not valid UTF-8", template, line) from error
    return checked(text, template)


def checked(text: str, template: str) -> str:
    """Return a template's text with line breaks of one kind; TemplateError if it cannot be one."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    refused = _REFUSED_ASCII if text.isascii() else _REFUSED  # which takes longer to compile
    if found := re.search(refused, text):
        line = text.count("\n", 0, found.start()) + 1
        raise TemplateError(_refused(found[0]), template, line)
    return text


def _refused(character: str) -> str:
    if character in MARKS:
        return RESERVED
    return f"U+{ord(character):04X} cannot stand in a template; write its escape in double quotes"

"""Data files of the kinds the language knows, read, and what is wrong with them in its place."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from kustz_tpl.data_files.folder import DataFolder, read_data
from kustz_tpl.errors import Diagnostic, InputError, KeyPath, Message, NotationError, Severity
from kustz_tpl.messages import Shown
from kustz_tpl.notation.dotenv import parse_dotenv
from kustz_tpl.rules import to_diagnostics
from kustz_tpl.schema import is_secret
from kustz_tpl.secret_string import partial_repr
from kustz_tpl.yaml_source import read
from kustz_tpl.yaml_source.decoding import decode_text
from kustz_tpl.yaml_source.tree import Document, Place, Scalar, describe, show_key

ParseKey = Callable[[str], object]


class Text(NamedTuple):
    """Hold a value of a data file, which may be secret, with its place."""

    text: str
    place: Place

    def __repr__(self) -> str:
        """Return all but what may be secret."""
        return partial_repr(self, "place")


class DataFiles:
    """Read data files; `problems` gathers what is wrong, without a word of a secret file.

    `plain` gathers the contents of all others, as messages name them.

    The paths are those of the config at which the files are named.
    """

    def __init__(self, document: Document, folder: DataFolder) -> None:
        """Read relative to the folder of the document."""
        self.diagnostics: list[Diagnostic] = []
        self.plain: dict[str, bytes] = {}
        self._document = document
        self._folder = folder

    def find(self, finding: Diagnostic) -> None:
        """Note what is wrong in the config itself."""
        self.diagnostics += to_diagnostics([finding], self._document)

    def complain(
        self, at: KeyPath, place: Place, key: str, message: Message, severity: Severity = "error"
    ) -> None:
        """Note what is wrong with a key of a data file."""
        path, hides = show_key(key) if key else "", is_secret(str(at[0]))
        problem = Diagnostic.at(place, path, message, hides=hides)
        self.diagnostics.append(problem._replace(severity=severity))

    def display(self, path: str) -> str:
        """Return the path of a data file as the user sees the config's own."""
        return self._document.display(path)

    def exists(self, path: str) -> bool:
        """Check whether there is a file at all, or a path that must not be looked at."""
        try:
            return os.path.exists(self._folder.find(path))  # noqa: PTH110 - Path.exists raises
        except NotationError:
            return True

    def content(self, at: KeyPath, path: str) -> bytes | None:
        """Return the content of a file, None if it cannot be read."""
        try:
            content = read_data(self._folder, path)
        except NotationError as error:
            self.find(Diagnostic.about(at, error))
            return None
        if not is_secret(str(at[0])):
            self.plain[self.display(path)] = content
        return content

    def text_map(self, at: KeyPath, path: str, parse_key: ParseKey) -> dict[str, Text]:
        """Return the entries of a YAML map of strings that are right."""
        content = self.content(at, path)
        if content is None:
            return {}
        hides = is_secret(str(at[0]))
        try:
            document = read(content, self.display(path), lambda _key: hides)
        except InputError as error:
            self._take(at, error.diagnostics)
            return {}
        self._take(at, document.diagnostics)
        checked = {key: self._entry(at, document, key, parse_key) for key in document.data}
        return {key: text for key, text in checked.items() if text is not None}

    def dotenv(self, at: KeyPath, path: str) -> Iterator[tuple[str, Text]]:
        """Yield the lines of a dotenv file that are right."""
        content = self.content(at, path)
        file = self.display(path)
        try:
            text = decode_text(content or b"", file, hides=is_secret(str(at[0])))
        except InputError as error:
            self._take(at, error.diagnostics)
            return
        lines, diagnostics = parse_dotenv(text)
        self._take(at, (each._replace(file=file) for each in diagnostics))
        for line in lines:
            yield line.key, Text(line.value, Place(file, line.number, 1))

    def _entry(self, at: KeyPath, document: Document, key: str, parse_key: ParseKey) -> Text | None:
        value, place = document.data[key], document.place((key,))
        try:
            parse_key(key)
        except NotationError as error:
            # A key that is none may be a secret value in its place.
            shown = "" if is_secret(str(at[0])) else key
            self.complain(at, document.key_place((key,)), shown, error)
            return None
        if isinstance(value, Scalar) and not value.is_null:
            return Text(value.text, place)
        if not document.is_unsure((key,)):
            hint = 'write "" for an empty string' if isinstance(value, Scalar) else None
            refusal = NotationError("a string", Shown(describe(value)), hint=hint)
            self.complain(at, place, key, refusal)
        return None

    def _take(self, at: KeyPath, diagnostics: Iterable[Diagnostic]) -> None:
        hides = is_secret(str(at[0]))
        self.diagnostics += (
            each._replace(is_secret=hides or each.is_secret) for each in diagnostics
        )

"""Problems of the input as values, and the exceptions that carry them.

With `hides`, a problem of a value that may be secret is redacted here.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from kustz_tpl.messages import with_hint, worded

Severity: TypeAlias = Literal["error", "warning"]

KeyPath: TypeAlias = "tuple[str | int, ...]"
"""A path in a YAML document, as its keys and positions."""


class Subject(NamedTuple):
    """Hold what a problem of the config is about, as long as its place is not known.

    `other` is what it conflicts with, `depends_on` further paths of which it holds only as long as
    their content is known. The message is whole, as only the place tells whether it is secret.
    """

    path: KeyPath = ()
    message: Message = ""
    other: KeyPath | None = None
    is_about_key: bool = False
    depends_on: tuple[KeyPath, ...] = ()


class Diagnostic(NamedTuple):
    """Describe one problem of the input, where it is, and how to fix it.

    Lines and columns count from 1; line 0 means the file as a whole; an empty file is filled
    in later. `path` is the key as a user would write it (`service.ports[1]`), empty
    for the whole document. The source line of a problem with `is_secret` is never shown.
    `excerpt` has further lines that show the problem, such as the rendered page around it.
    `environments` are those that it is in, `cause` is what an environment's layer has to do with it.
    """

    file: str
    line: int
    column: int
    path: str
    message: str
    is_secret: bool = False
    severity: Severity = "error"
    excerpt: str = ""
    hint: str = ""
    subject: Subject = Subject()
    environments: tuple[str, ...] = ()
    cause: str = ""

    @classmethod
    def about(  # noqa: PLR0913 - what a rule may know
        cls,
        keys: KeyPath,
        message: Message,
        other: KeyPath | None = None,
        *,
        is_about_key: bool = False,
        severity: Severity = "error",
        depends_on: tuple[KeyPath, ...] = (),
    ) -> Diagnostic:
        """Return a problem of a part of the config, whose place is filled in later."""
        subject = Subject(keys, message, other, is_about_key, depends_on)
        problem = cls.at(("", 0, 0), "", message)
        return problem._replace(severity=severity, subject=subject)

    @classmethod
    def at(
        cls, place: tuple[str, int, int], path: str, message: Message, *, hides: bool = False
    ) -> Diagnostic:
        """Return a problem at a place; with `hides` it quotes nothing of what the user wrote."""
        if isinstance(message, NotationError):
            shown = message.redacted() if hides else message
            return cls(*place, path, shown.message, hides, hint=shown.hint or "")
        return cls(*place, path, message, hides)

    def __str__(self) -> str:
        """Return the one clickable line that reports the problem."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        kind = "warning: " if self.severity == "warning" else ""
        return f"{place}: {kind}{self.words}"

    @property
    def text(self) -> str:
        """Return the message and its hint."""
        return with_hint(self.message, self.hint)

    @property
    def words(self) -> str:
        """Return the text after the path that it is about, unless the file names that path."""
        is_named = self.file == f"--set {self.path}"  # as the user typed it
        path = f"{self.path}: " if self.path and not is_named else ""
        return path + self.text


class RefusedError(ValueError):
    """Refuse something the user wrote; its text is the problem's message."""


class NotationError(RefusedError):
    """Refuse a string: what was expected, what was found, in which longer string, and the fix.

    What the user wrote is in `got` and `within`, and may be in the hint, never in `expected`.
    """

    def __init__(
        self,
        expected: str,
        got: str | None = None,
        within: str | None = None,
        hint: str | None = None,
    ) -> None:
        """Take the parts of the message; without `got` it shows nothing of the text."""
        super().__init__(expected, got, within, hint)
        self.expected, self.got, self.within, self.hint = expected, got, within, hint

    def __str__(self) -> str:
        """Return the message and its hint."""
        return with_hint(self.message, self.hint)

    @property
    def message(self) -> str:
        """Return what was expected and what was found."""
        return worded(self.expected, self.got, self.within)

    def redacted(self) -> NotationError:
        """Return the error without user input, for a string that may be secret.

        The hint goes with `got`, from which it may be made.
        """
        return NotationError(self.expected, hint=self.hint if self.got is None else None)


Message: TypeAlias = "str | NotationError"
"""What is wrong; only a NotationError may hold what the user wrote where it may be secret."""


class ProgramError(Exception):
    """Say why a program such as git or sops failed, and what to do about it."""


class BuildError(Exception):
    """Say why kustomize does not build something."""


class InputError(Exception):
    """Carry every problem of the input of a run, in file and line order."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        """Keep the problems in their order; what several workloads inherit is one problem."""
        self.diagnostics = tuple(dict.fromkeys(diagnostics))
        super().__init__("\n".join(map(str, self.diagnostics)))

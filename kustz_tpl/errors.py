"""What can be wrong with the input, as values, and the exceptions that carry it."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from kustz_tpl.messages import worded

Severity: TypeAlias = Literal["error", "warning"]


class Problem(NamedTuple):
    """State a problem of the input and its place.

    Lines and columns count from 1; line 0 means the file as a whole. `path` is the key as a
    user would write it (`service.ports[1]`), empty for the whole document. The source line of
    a problem with `is_secret` is never shown. `excerpt` holds further lines that show the fault,
    such as a rendered page around it.
    """

    file: str
    line: int
    column: int
    path: str
    message: str
    is_secret: bool = False
    severity: Severity = "error"
    excerpt: str = ""

    def __str__(self) -> str:
        """Return the one clickable line that reports the problem."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        kind = "warning: " if self.severity == "warning" else ""
        return f"{place}: {kind}{self.words}"

    @property
    def words(self) -> str:
        """Return the message behind the path that it is about, if the file does not name that."""
        is_named = self.file == f"--set {self.path}"  # as whoever typed it did
        path = f"{self.path}: " if self.path and not is_named else ""
        return path + self.message


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
        """Return the message."""
        return worded(self.expected, self.got, self.within, self.hint)

    def redacted(self) -> NotationError:
        """Return the error without user input, for a string that may be secret.

        The hint goes with `got`, from which it may be made.
        """
        return NotationError(self.expected, hint=self.hint if self.got is None else None)


Message: TypeAlias = "str | NotationError"
"""What is wrong; only a NotationError may hold what the user wrote where it may be secret."""


def show_message(message: Message, *, hides: bool) -> str:
    """Return a message, without what the user wrote if that is hidden."""
    if hides and isinstance(message, NotationError):
        return str(message.redacted())
    return str(message)


class InputError(Exception):
    """Carry every problem of one run's input, in file and line order."""

    def __init__(self, *problems: Problem) -> None:
        """Keep the problems as they are ordered."""
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems

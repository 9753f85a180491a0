"""Prints problems for people, and formats them for programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from kustz_tpl.cli.options import STDIN_NAME
from kustz_tpl.cli.terminal import Colour, paint, print_note, safe
from kustz_tpl.errors import Diagnostic


def print_diagnostics(diagnostics: Iterable[Diagnostic], text: bytes | None = None) -> None:
    """Write problems to standard error, on a terminal with their source lines.

    `text` is the config if it came from standard input.
    """
    for problem in diagnostics:
        if sys.stderr.isatty():
            _show_on_terminal(problem, text)
        else:
            print_note(str(problem))
        for line in problem.excerpt.splitlines():
            print_note(f"  {line}")


def _show_on_terminal(problem: Diagnostic, text: bytes | None) -> None:
    from shutil import get_terminal_size  # noqa: PLC0415 - start-up time

    from kustz_tpl.cli.excerpt import excerpt  # noqa: PLC0415 - start-up time

    sys.stdout.flush()
    colour: Colour = "yellow" if problem.severity == "warning" else "red"
    sys.stderr.write(f"{paint(safe(str(problem)), colour, sys.stderr)}\n")
    source = text if problem.file == STDIN_NAME else None
    lines = excerpt(problem, get_terminal_size().columns, source)
    sys.stderr.writelines(f"{line}\n" for line in lines)


def as_json(problem: Diagnostic) -> dict[str, object]:
    """Return a problem as JSON; line and column are 0 for a file as a whole."""
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "path": problem.path,
        "message": problem.message,
        "hint": problem.hint,
        "severity": problem.severity,
        **({"environments": list(problem.environments)} if problem.environments else {}),
    }


def as_github(problem: Diagnostic) -> str:
    """Return a problem as a workflow command, which GitHub shows next to the line."""
    place = f",line={problem.line},col={problem.column}" if problem.line else ""
    return _annotation(problem.severity, _property(problem.file) + place, problem.words)


def github_note(severity: str, file: str, message: str) -> str:
    """Return a message about a whole file as a workflow command."""
    return _annotation(severity, _property(file), message)


def _annotation(severity: str, place: str, message: str) -> str:
    return f"::{severity} file={place}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

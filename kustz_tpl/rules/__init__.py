"""The rules over several fields of a config: how they run, and those that no kind has alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from kustz_tpl.errors import Diagnostic, KeyPath, Message, NotationError
from kustz_tpl.schema import is_secret
from kustz_tpl.schema.inheritance import name_own_keys
from kustz_tpl.yaml_source.tree import Document, Place

if TYPE_CHECKING:
    from kustz_tpl.schema.config import Config

Rule = Callable[[Any], Iterable[Diagnostic]]


def check(config: Config, document: Document, rules: Iterable[Rule]) -> list[Diagnostic]:
    """Return what the rules find, one problem for a path.

    A wrong field is None in the config and keeps silent here; its own problem is known already.
    """
    findings: dict[KeyPath, Diagnostic] = {}
    for rule in rules:
        for finding in rule(config):
            findings.setdefault(finding.subject.path, finding)
    return to_diagnostics(findings.values(), document)


def to_diagnostics(findings: Iterable[Diagnostic], document: Document) -> list[Diagnostic]:
    """Return the problems that findings are, without those that only follow from another."""
    return [_to_problem(each, document) for each in findings if not _is_unsure(each, document)]


def _is_unsure(finding: Diagnostic, document: Document) -> bool:
    about = finding.subject
    depends_on = about.depends_on if about.is_about_key else (about.path, *about.depends_on)
    return any(document.is_unsure(path) for path in depends_on)


def _to_problem(finding: Diagnostic, document: Document) -> Diagnostic:
    about = finding.subject
    find = document.key_place if about.is_about_key else document.place
    hides = is_secret(str(about.path[0]))
    message = _in_entry(about.message, document)
    problem = Diagnostic.at(find(about.path), document.show(about.path), message, hides=hides)
    if about.other is not None:
        other = f"{problem.message}; the other is {_where(document.place(about.other), problem)}"
        problem = problem._replace(message=other)
    return problem._replace(severity=finding.severity, subject=about._replace(message=""))


def _in_entry(message: Message, document: Document) -> Message:
    """Return a message with the keys of the entry of `workloads` that the document is of."""
    if isinstance(message, str):
        return name_own_keys(message, document)
    expected, hint = (
        name_own_keys(each, document) for each in (message.expected, message.hint or "")
    )
    return NotationError(expected, message.got, message.within, hint or None)


def _where(place: Place, problem: Diagnostic) -> str:
    if not place.line:
        return f"in {place.file}"
    is_elsewhere = problem.line and place.file != problem.file  # in another layer
    return f"at line {place.line}" + (f" of {place.file}" if is_elsewhere else "")

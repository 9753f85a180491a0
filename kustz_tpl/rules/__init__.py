"""The rules over several fields of a config: how they run, and those that no kind has alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kustz_tpl.errors import Problem, show_message
from kustz_tpl.rules.finding import Finding
from kustz_tpl.schema import is_secret
from kustz_tpl.yaml_source.tree import Document, Path, Place, show_path

Config = Mapping[str, Any]
Rule = Callable[[Config], Iterable[Finding]]


def check(config: Config, document: Document, rules: Iterable[Rule]) -> list[Problem]:
    """Return what the rules find, one problem for a path.

    A wrong field is None in the config and keeps silent here; its own problem is known already.
    """
    findings: dict[Path, Finding] = {}
    for rule in rules:
        for finding in rule(config):
            findings.setdefault(finding.path, finding)
    return to_problems(findings.values(), document)


def to_problems(findings: Iterable[Finding], document: Document) -> list[Problem]:
    """Return the problems that findings are, without those that only follow from another."""
    return [_to_problem(each, document) for each in findings if not _is_unsure(each, document)]


def _is_unsure(finding: Finding, document: Document) -> bool:
    grounds = finding.relies_on if finding.is_about_key else (finding.path, *finding.relies_on)
    return any(document.is_unsure(path) for path in grounds)


def _to_problem(finding: Finding, document: Document) -> Problem:
    find = document.key_place if finding.is_about_key else document.place
    place, path = find(finding.path), show_path(finding.path)
    hides = is_secret(str(finding.path[0]))
    message = show_message(finding.message, hides=hides)
    if finding.other is not None:
        message += f"; the other is {_where(document.place(finding.other))}"
    severity = finding.severity
    return Problem(place.file, place.line, place.column, path, message, hides, severity)


def _where(place: Place) -> str:
    return f"at line {place.line}" if place.line else f"in {place.file}"

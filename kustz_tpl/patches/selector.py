"""The objects that a kustomize patch is for: the patterns and selectors of its target."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping

from kustz_tpl.errors import NotationError
from kustz_tpl.messages import Shown, quoted
from kustz_tpl.patterns import most_steps
from kustz_tpl.resource import NO_NAMESPACE, Resource

PATTERNS = ("group", "version", "kind", "name", "namespace")
SELECTORS = ("labelSelector", "annotationSelector")
_LONGEST_NAME = 253
_MOST_STEPS = 3 * 10**8

_KEY = r"[-._/A-Za-z0-9]+"
_VALUE = r"[-._A-Za-z0-9]*"
_REQUIREMENT = re.compile(
    rf"\s*(?:(?P<absent>!)\s*(?P<not>{_KEY})"
    rf"|(?P<key>{_KEY})\s*"
    rf"(?:(?P<equality>==?|!=)\s*(?P<value>{_VALUE})"
    rf"|\s(?P<set>in|notin)\s*\((?P<values>[^()]*)\))?)\s*"
)


def parse_pattern(text: str) -> re.Pattern[str]:
    """Read a pattern of a target, which must match the whole name.

    Examples: `web`, `(?i)config.*`. Refused: an invalid regular expression, and one that may take
    long, such as `(a+)+`.
    """
    if most_steps(text, _LONGEST_NAME) > _MOST_STEPS:
        raise NotationError("a regular expression with few * and +, and no repeated group", text)
    try:
        with warnings.catch_warnings():  # about what newer versions of Python may read differently
            warnings.simplefilter("ignore", FutureWarning)
            return re.compile(text)
    except re.error as error:
        raise NotationError("a regular expression", Shown(f"{quoted(text)}: {error}")) from None


def parse_selector(text: str) -> tuple[re.Match[str], ...]:
    """Read a selector of labels or annotations into its requirements.

    Examples: `app=web`, `tier in (front, back), !debug`. Refused: another form.
    """
    parts = re.split(r",(?![^()]*\))", text)  # at the commas outside of brackets
    matches = [_REQUIREMENT.fullmatch(part) for part in parts]
    found = tuple(match for match in matches if match)
    if len(found) < len(matches):
        raise NotationError("a selector such as app=web", text)
    return found


def is_selected(resource: Resource, target: Mapping[str, str]) -> bool:
    """Check whether kustomize applies a patch with a target to an object."""
    values = {
        "group": resource.group,
        "version": resource.version,
        "kind": resource.kind,
        "name": resource.name,
        # kustomize patches before it sets the namespace of kustomization.yml
        "namespace": resource.namespace or NO_NAMESPACE,
    }
    entries = {"labelSelector": resource.labels, "annotationSelector": resource.annotations}
    return all(
        parse_pattern(text).fullmatch(values[key]) is not None
        if key in values
        else all(_holds(each, entries[key]) for each in parse_selector(text))
        for key, text in target.items()
    )


def _holds(requirement: re.Match[str], entries: Mapping[str, str]) -> bool:
    if requirement["absent"]:
        return requirement["not"] not in entries
    value = entries.get(requirement["key"])
    if requirement["equality"]:
        return (value == requirement["value"]) is (requirement["equality"] != "!=")
    if requirement["set"]:
        values = [each.strip() for each in requirement["values"].split(",")]
        return (value in values) is (requirement["set"] == "in")
    return value is not None

"""The rules of a pod template and of the selector of its pods."""

from __future__ import annotations

from typing import Any

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.verdict.checks import Fields, Findings, about, items
from kustz_tpl.verdict.pod.mounts import check_mounts

POD_SPEC = ("template", "spec")


def mapping_at(fields: Fields, *keys: str) -> dict[str, Any]:
    """Return the mapping at a path, empty where there is none."""
    found: Any = fields
    for key in keys:
        found = found.get(key) or {}
    return found  # type: ignore[no-any-return]


def check_selector(spec: Fields, path: KeyPath) -> Findings:
    """Yield a selector that is empty or does not select the pods of the template."""
    selector = spec.get("selector") or {}
    if not selector.get("matchLabels") and not selector.get("matchExpressions"):
        yield about((*path, "selector"), NotationError("labels of the pods", Shown("none")))
        return
    labels = mapping_at(spec, "template", "metadata", "labels")
    if not is_selected(selector, labels):
        at = (*path, "template", "metadata", "labels")
        yield about(at, "expected the labels of spec.selector, got others")


def is_selected(selector: Fields, labels: Fields) -> bool:
    """Check whether a label selector selects labels."""
    wanted = (selector.get("matchLabels") or {}).items()
    return all(labels.get(key) == value for key, value in wanted) and all(
        _is_met(each, labels) for _, each in items(selector, "matchExpressions")
    )


def _is_met(requirement: Fields, labels: Fields) -> bool:
    key, values = requirement.get("key", ""), requirement.get("values") or ()
    match requirement.get("operator"):
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    return True


def check_template_mounts(spec: Fields, path: KeyPath) -> Findings:
    """Yield the mounts of volumes that the pods of the template do not have."""
    yield from check_mounts(mapping_at(spec, *POD_SPEC), (*path, *POD_SPEC))

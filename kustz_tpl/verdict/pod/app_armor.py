"""The rules of the annotations that set AppArmor profiles, which a field replaced in 1.30."""

from __future__ import annotations

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.verdict.checks import Fields, Findings, about
from kustz_tpl.verdict.pod.container import containers

_PREFIX = "container.apparmor.security.beta.kubernetes.io/"
_LOCALHOST = "localhost/"
_TYPES = {"runtime/default": "RuntimeDefault", "unconfined": "Unconfined"}


def check_app_armor(pod: Fields, path: KeyPath) -> Findings:
    """Yield annotations for missing containers, and profiles that contradict the fields."""
    notes = (pod.get("metadata") or {}).get("annotations") or {}
    found = {key: value for key, value in notes.items() if key.startswith(_PREFIX)}
    if not found:
        return
    spec = pod.get("spec") or {}
    by_name = {each.get("name"): (at, each) for at, each in containers(spec)}
    for key, value in found.items():
        at = (*path, "metadata", "annotations", key)
        name = key.removeprefix(_PREFIX)
        if name not in by_name:
            yield about(at, NotationError("the name of a container after the '/'", name))
        if value and value not in _TYPES and not value.startswith(_LOCALHOST):
            expected = "runtime/default, unconfined or localhost/PROFILE"
            yield about(at, NotationError(expected, value))
        elif name in by_name and (spec.get("os") or {}).get("name") != "windows":
            where, container = by_name[name]
            # The server gives a container of a Pod, but of no template, the annotation as its field.
            is_set = value not in ("", _LOCALHOST) and pod.get("kind") == "Pod"
            field = _profile(container) or (None if is_set else _profile(spec))
            if field and field != _as_field(value):
                inner = (*path, "spec", *where, "securityContext", "appArmorProfile", "type")
                expected = f"the profile of the annotation {key}"
                yield about(inner, NotationError(expected, str(field.get("type"))))


def _profile(fields: Fields) -> Fields | None:
    found: Fields | None = (fields.get("securityContext") or {}).get("appArmorProfile")
    return found


def _as_field(value: str) -> Fields:
    """Return the field that has the same meaning as an annotation."""
    if value.startswith(_LOCALHOST):
        return {"type": "Localhost", "localhostProfile": value.removeprefix(_LOCALHOST)}
    return {"type": _TYPES.get(value)}

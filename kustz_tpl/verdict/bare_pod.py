"""The rules of a Pod of its own."""

from __future__ import annotations

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.verdict import pod, storage
from kustz_tpl.verdict.app_armor import check_app_armor
from kustz_tpl.verdict.checks import Fields, Findings, Rules, about, items, required
from kustz_tpl.verdict.pod import check_mounts, containers


def _check_pod(document: Fields, path: KeyPath) -> Findings:
    spec, at = document.get("spec") or {}, (*path, "spec")
    yield from check_mounts(spec, at)
    if spec.get("priority") and not spec.get("priorityClassName"):
        yield about((*at, "priority"), "expected priorityClassName with priority")
    if spec.get("overhead") is not None and not spec.get("runtimeClassName"):
        yield about((*at, "overhead"), "expected runtimeClassName with overhead")
    if not (spec.get("serviceAccountName") or spec.get("serviceAccount")):
        for index, volume in items(spec, "volumes"):
            for number, source in items(volume.get("projected") or {}, "sources"):
                if source.get("serviceAccountToken") is not None:
                    inner = (*at, "volumes", index, "projected", "sources", number)
                    yield about(inner, "expected serviceAccountName with a serviceAccountToken")
    for where, container in containers(spec):
        image = container.get("image", "")
        if image != image.strip():
            yield about((*at, *where, "image"), NotationError("an image without spaces", image))


RULES: Rules = {
    **pod.RULES,
    **storage.RULES,
    "Pod": (required("spec"), _check_pod, check_app_armor),
}
"""The checks of the types of a Pod."""

"""The lines `volume://NAME`, held against the pod that fields, templates and patches made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kustz_tpl.errors import Diagnostic, NotationError
from kustz_tpl.kinds import find_pod_spec
from kustz_tpl.kinds.kind import mappings_at, string_at
from kustz_tpl.kinds.mounts import parse_mounts
from kustz_tpl.messages import closest


def check_volumes(config: Mapping[str, Any], documents: Iterable[Any]) -> Iterator[Diagnostic]:
    """Yield the mounts of volumes that the application's pod does not have.

    The documents are those whose content after all patches is known; if the workload is not among
    them, nothing is found.
    """
    pods = [each for each in documents if find_pod_spec(each) and _name(each) == config["name"]]
    names = {name for each in pods for name in _volumes(each)}
    for each in parse_mounts(config) if pods else ():
        name = each.first.name
        if each.scheme == "volume" and name not in names:
            hint = closest(name, names) or "define it in pod.volumes or a template"
            yield Diagnostic.about(each.path, NotationError("a volume of the pod", name, hint=hint))


def _name(document: Mapping[str, Any]) -> str:
    return string_at(document, "metadata", "name")


def _volumes(document: Mapping[str, Any]) -> Iterator[str]:
    for each in mappings_at(document, *find_pod_spec(document), "volumes"):
        yield string_at(each, "name")
    for each in mappings_at(document, "spec", "volumeClaimTemplates"):
        yield _name(each)

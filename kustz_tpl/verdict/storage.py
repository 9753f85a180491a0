"""The rules of claims."""

from __future__ import annotations

from kustz_tpl.errors import NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.verdict.checks import (
    SHARED,
    SUBDOMAIN,
    Fields,
    Findings,
    Rules,
    about,
    check_quantity,
    choice,
    choices,
    read_by,
    required,
)
from kustz_tpl.yaml_source.tree import Path

_MODES = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
_ALONE = "ReadWriteOncePod"


def _check_claim(spec: Fields, path: Path) -> Findings:
    modes = spec.get("accessModes") or ()
    if _ALONE in modes and len(modes) > 1:
        yield about((*path, "accessModes"), f"expected {_ALONE} alone")
    size = ((spec.get("resources") or {}).get("requests") or {}).get("storage")
    at = (*path, "resources", "requests", "storage")
    for key in ("requests", "limits"):
        for name, value in ((spec.get("resources") or {}).get(key) or {}).items():
            if (key, name) != ("requests", "storage"):
                yield from check_quantity(value, (*path, "resources", key, name))
    if size is None:
        yield about(at, NotationError("a size such as 1Gi", Shown("none")))
    else:
        yield from check_quantity(size, at, least=1)


RULES: Rules = {
    **SHARED,
    "PersistentVolumeClaim": (required("spec"),),
    "PersistentVolumeClaimSpec": (
        required("accessModes"),
        choices("accessModes", *_MODES),
        choice("volumeMode", "Filesystem", "Block", may_be_empty=False),
        read_by(SUBDOMAIN, "storageClassName", "volumeAttributesClassName"),
        _check_claim,
    ),
}
"""The checks of the types of a claim."""

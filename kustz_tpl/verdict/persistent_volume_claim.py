"""The rules of PersistentVolumeClaims."""

from __future__ import annotations

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.verdict.checks import (
    LABEL,
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

MODES = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
"""The access modes of a volume."""
_ALONE = "ReadWriteOncePod"
_CLAIM = "PersistentVolumeClaim"
_SOURCE = ("apiGroup", "kind", "name")
_KNOWN = (("", _CLAIM), ("snapshot.storage.k8s.io", "VolumeSnapshot"))


def check_modes(spec: Fields, path: KeyPath) -> Findings:
    """Yield access modes that exclude each other."""
    modes = set(spec.get("accessModes") or ())
    if _ALONE in modes and len(modes) > 1:
        yield about((*path, "accessModes"), f"expected {_ALONE} alone")


def _check_claim(spec: Fields, path: KeyPath) -> Findings:
    yield from check_modes(spec, path)
    size = ((spec.get("resources") or {}).get("requests") or {}).get("storage")
    at = (*path, "resources", "requests", "storage")
    for key in ("requests", "limits"):
        for name, value in ((spec.get("resources") or {}).get(key) or {}).items():
            if (key, name) != ("requests", "storage"):
                yield from check_quantity(value, (*path, "resources", key, name), least=None)
    if size is None:
        yield about(at, NotationError("a size such as 1Gi", Shown("none")))
    else:
        yield from check_quantity(size, at, least=1)


def _check_sources(spec: Fields, path: KeyPath) -> Findings:
    """Yield what is wrong with `dataSource` and `dataSourceRef`.

    The server drops a `dataSource` of an unknown kind, and a reference to another namespace.
    """
    source, reference = spec.get("dataSource"), spec.get("dataSourceRef")
    if reference is not None and (not reference.get("namespace") or len(path) > 1):
        yield from _check_source(reference, (*path, "dataSourceRef"))
        yield from read_by(LABEL, "namespace")(reference, (*path, "dataSourceRef"))
    if source is None:
        return
    is_known = ((source.get("apiGroup") or ""), source.get("kind")) in _KNOWN
    if is_known or reference is not None or len(path) > 1:
        yield from _check_source(source, (*path, "dataSource"))
    differs = any((source.get(key) or "") != ((reference or {}).get(key) or "") for key in _SOURCE)
    if reference is not None and not reference.get("namespace") and differs:
        yield about((*path, "dataSourceRef"), "expected the same as dataSource")


def _check_source(source: Fields, path: KeyPath) -> Findings:
    yield from required("kind", "name")(source, path)
    yield from read_by(SUBDOMAIN, "apiGroup")(source, path)
    kind = source.get("kind") or ""
    if not source.get("apiGroup") and kind and kind != _CLAIM:
        yield about((*path, "kind"), NotationError(f"{_CLAIM} without an apiGroup", kind))


RULES: Rules = {
    **SHARED,
    "PersistentVolumeClaim": (required("spec"),),
    "PersistentVolumeClaimSpec": (
        required("accessModes"),
        choices("accessModes", *MODES),
        choice("volumeMode", "Filesystem", "Block", may_be_empty=False),
        read_by(SUBDOMAIN, "storageClassName", "volumeAttributesClassName"),
        _check_claim,
        _check_sources,
    ),
}
"""The checks of the types of a claim."""

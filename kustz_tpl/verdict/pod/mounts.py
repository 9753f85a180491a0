"""The rules of volume mounts and devices."""

from __future__ import annotations

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown, closest
from kustz_tpl.verdict.checks import (
    Fields,
    Findings,
    Rules,
    about,
    at_most_one,
    choice,
    items,
    parse_inner_path,
    parse_plain_path,
    read_by,
    required,
)
from kustz_tpl.verdict.pod.container import containers


def _check_read_only(mount: Fields, path: KeyPath) -> Findings:
    if mount.get("recursiveReadOnly") not in ("Enabled", "IfPossible"):
        return
    at = (*path, "recursiveReadOnly")
    if not mount.get("readOnly"):
        yield about(at, "expected readOnly: true with recursiveReadOnly")
    if mount.get("mountPropagation") not in (None, "None"):
        yield about(at, "expected mountPropagation: None with recursiveReadOnly")


def check_mounts(spec: Fields, path: KeyPath, further: tuple[str, ...] = ()) -> Findings:
    """Yield the mounts of volumes that a pod does not have; `further` are the names of volumeClaimTemplates."""
    volumes = [volume.get("name") for _, volume in items(spec, "volumes")]
    known = [name for name in (*volumes, *further) if name]
    claims = {*further, *_claims(spec)}
    for at, container in containers(spec):
        for index, mount in items(container, "volumeMounts"):
            where = (*path, *at, "volumeMounts", index, "name")
            yield from _check_volume_name(mount.get("name"), known, where)
            is_privileged = (container.get("securityContext") or {}).get("privileged")
            if mount.get("mountPropagation") == "Bidirectional" and not is_privileged:
                key = (*where[:-1], "mountPropagation")
                yield about(key, "expected privileged: true with Bidirectional")
        for index, device in items(container, "volumeDevices"):
            where = (*path, *at, "volumeDevices", index, "name")
            yield from _check_volume_name(device.get("name"), known, where)
            if device.get("name") in known and device["name"] not in claims:
                expected = "a volume of a PersistentVolumeClaim"
                yield about(where, NotationError(expected, device["name"]))


def _claims(spec: Fields) -> list[str]:
    return [
        volume.get("name", "")
        for _, volume in items(spec, "volumes")
        if volume.get("persistentVolumeClaim") is not None or volume.get("ephemeral") is not None
    ]


def _check_volume_name(name: str | None, known: list[str], path: KeyPath) -> Findings:
    if not name:
        yield about(path, NotationError("the name of a volume", Shown("none")))
    elif name not in known:
        hint = closest(name, known) or "add it to volumes"
        yield about(path, NotationError("the name of a volume", name, hint=hint))


RULES: Rules = {
    "VolumeMount": (
        required("mountPath"),
        at_most_one("subPath", "subPathExpr"),
        read_by(parse_inner_path, "subPath", "subPathExpr"),
        choice("mountPropagation", "None", "HostToContainer", "Bidirectional", may_be_empty=False),
        choice("recursiveReadOnly", "Disabled", "IfPossible", "Enabled", may_be_empty=False),
        _check_read_only,
    ),
    "VolumeDevice": (required("name", "devicePath"), read_by(parse_plain_path, "devicePath")),
}
"""The checks of the types of mounts."""

"""The volumes of a pod: which of them the mounts of all containers need, and their names."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from kustz_tpl.errors import Diagnostic, KeyPath, NotationError
from kustz_tpl.kinds.container import containers
from kustz_tpl.kinds.kind import Config, Rule, present, string_at, value_at
from kustz_tpl.kinds.mounts import RULES as MOUNT_RULES
from kustz_tpl.kinds.mounts import Mounted, parse_mounts
from kustz_tpl.kinds.persistent_volume_claim import claim_spec, has_claim_templates, new_claims
from kustz_tpl.notation.mount import Mount

Fields = dict[str, Any]
_LONGEST_NAME = 63
_HASHED_NAME = 54


class Volumes(NamedTuple):
    """Hold a pod's `volumes`, the `volumeMounts` of each container, and the claims to make."""

    volumes: list[Fields]
    mounts: dict[str, list[Fields]]
    claims: list[Fields]


def pod_volumes(config: Config) -> Volumes:
    """Return the volumes of a pod; a claim template of a StatefulSet is a volume by itself."""
    mounted = parse_mounts(config)
    claims = new_claims(mounted)
    templates = claims if has_claim_templates(config) else {}
    names = volume_names(mounted, templates)
    users: dict[object, list[Mounted]] = {}
    mounts: dict[str, list[Fields]] = {each.name: [] for each in containers(config)}
    for each in mounted:
        users.setdefault(each.source, []).append(each)
        mounts[each.container].append(_mount(each, names[each.source]))
    volumes = [
        {"name": names[source], **_volume(same)}
        for source, same in users.items()
        if not _is_named_elsewhere(same[0], templates)
    ]
    made = [{"name": name, "spec": claim_spec(each.first)} for name, each in claims.items()]
    return Volumes(volumes, mounts, made)


def volume_names(mounted: list[Mounted], templates: Mapping[str, object]) -> dict[object, str]:
    """Return the name of each source's volume; a later mount never changes that of an earlier."""
    names: dict[object, str] = {}
    taken: set[str] = set()
    for each in mounted:
        if each.source not in names:
            is_fixed = _is_named_elsewhere(each, templates)
            names[each.source] = each.first.name if is_fixed else _new_name(each, taken)
            taken.add(names[each.source])
    return names


def check_names(config: Config) -> Iterator[Diagnostic]:
    """Find a claim template that has the name of another volume.

    The pod would get the claim in its place, and no API server says so.
    """
    if not has_claim_templates(config):
        return
    mounted = parse_mounts(config)
    templates = new_claims(mounted)
    names = volume_names(mounted, templates)
    owners: dict[str, Mounted] = {}
    for each in mounted:
        name = names[each.source]
        first = each if each.scheme == "volume" else owners.setdefault(name, each)
        if first.source != each.source:
            error = NotationError("a claim whose name no volume of the pod has", name)
            yield Diagnostic.about(each.path, error, other=first.path)
    for path, name in _raw_names(config):
        if name in owners:
            yield Diagnostic.about(path, f"name {name} is set by mounts already")


def _raw_names(config: Config) -> Iterator[tuple[KeyPath, str]]:
    """Yield the volumes and claim templates among Kubernetes' own fields, with their names."""
    for path in (("pod", "volumes"), ("statefulset", "volumeClaimTemplates")):
        written = value_at(config, *path)
        for index, each in enumerate(written if isinstance(written, list) else ()):
            yield (*path, index), string_at(each, "name") or string_at(each, "metadata", "name")


RULES: tuple[Rule, ...] = (*MOUNT_RULES, check_names)


def _is_named_elsewhere(each: Mounted, templates: Mapping[str, object]) -> bool:
    """Check whether a volume is defined, and so named, outside of the pod's mounts."""
    return each.scheme == "volume" or (each.scheme == "pvc" and each.first.name in templates)


def _mount(each: Mounted, name: str) -> Fields:
    has_path = each.scheme not in ("projected", "nfs")  # there the part is of the volume
    mount = {
        "name": name,
        "mountPath": each.at,
        "subPath": each.first.part if has_path else None,
        "readOnly": each.says_read_only or None,
    }
    return present(mount)


def _new_name(each: Mounted, taken: set[str]) -> str:
    """Return a name of a volume that no other has."""
    name = _fitting(_base_name(each)) or each.scheme
    if name not in taken:
        return name
    name = _fitting(f"{name}-{each.scheme}")
    numbered = (_fitting(f"{name}-{number}") for number in range(2, len(taken) + 3))
    return next(each for each in (name, *numbered) if each not in taken)


def _base_name(each: Mounted) -> str:
    line = each.first
    if each.scheme in ("projected", "token") or not line.name:
        return each.at
    if each.scheme == "nfs":
        return line.part or ""
    return line.name.rpartition("/")[2] if each.scheme == "image" else line.name


def _fitting(text: str) -> str:
    """Return the text as a DNS label."""
    name = re.sub(r"[^a-z0-9-]", "-", text.lower()).strip("-")
    if len(name) <= _LONGEST_NAME:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[:_HASHED_NAME]}-{digest}"


def _volume(same: list[Mounted]) -> Fields:
    """Return the fields of the volume of several mounts; one of them may have the parameters."""
    each = next((each for each in same if each.first.options), same[0])
    if each.scheme in ("projected", "token"):
        return {"projected": {"sources": [_projection(line) for line in each.lines]}}
    if each.scheme == "csi":
        return _csi(each.first, is_read_only=all(each.is_read_only for each in same))
    return _VOLUMES[each.scheme](each.first)


def _projection(line: Mount) -> Fields:
    if line.scheme == "token":
        return {"serviceAccountToken": {**dict(line.options), "path": line.name}}
    item = {"key": line.part, "path": line.part, "mode": line.option("mode")}
    source = {
        "name": line.name,
        "items": [present(item)] if line.part is not None else None,
        "optional": line.option("optional"),
    }
    return {"configMap" if line.scheme == "configmap" else "secret": present(source)}


def _config_map(line: Mount) -> Fields:
    return {"configMap": {"name": line.name, **_file_options(line)}}


def _secret(line: Mount) -> Fields:
    return {"secret": {"secretName": line.name, **_file_options(line)}}


def _file_options(line: Mount) -> Fields:
    return present({"defaultMode": line.option("mode"), "optional": line.option("optional")})


def _claim(line: Mount) -> Fields:
    return {"persistentVolumeClaim": {"claimName": line.name}}


def _empty_dir(line: Mount) -> Fields:
    limit = line.option("sizeLimit")
    return {
        "emptyDir": present({"medium": line.option("medium"), "sizeLimit": limit and limit.text})
    }


def _host_path(line: Mount) -> Fields:
    return {"hostPath": {"path": line.name, **dict(line.options)}}


def _nfs(line: Mount) -> Fields:
    return {"nfs": {"server": line.name, "path": line.part}}


def _csi(line: Mount, *, is_read_only: bool) -> Fields:
    """Return a CSI volume; unlike others its driver asks whether the volume is read-only."""
    attributes = dict(line.options)
    fields = {"readOnly": is_read_only or None, "volumeAttributes": attributes}
    return {"csi": {"driver": line.name, **present(fields)}}


def _image(line: Mount) -> Fields:
    return {"image": {"reference": line.name, **dict(line.options)}}


_VOLUMES: Mapping[str, Callable[[Mount], Fields]] = {
    "configmap": _config_map,
    "secret": _secret,
    "pvc": _claim,
    "emptydir": _empty_dir,
    "hostpath": _host_path,
    "nfs": _nfs,
    "image": _image,
}

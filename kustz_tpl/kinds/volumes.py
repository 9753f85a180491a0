"""The volumes of a pod: what `mounts` says of every container, and the claims that it makes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from kustz_tpl.kinds.container import containers
from kustz_tpl.kinds.kind import Config, Kind, present
from kustz_tpl.notation.mount import Mount, parse_mount
from kustz_tpl.yaml_source.tree import Path

Fields = dict[str, Any]
_LONGEST_NAME = 63
_HASHED_NAME = 54
_KEYED = ("configmap", "secret")
_READ_ONLY = ("configmap", "secret", "token", "image")
_OF_PATH = ("emptydir", "token")


class Mounted(NamedTuple):
    """Hold what is mounted at a path of a container: a line, or the lines of a list.

    `path` is that of the config, `at` the one in the container.
    """

    path: Path
    container: str
    at: str
    lines: tuple[Mount, ...]
    is_list: bool

    @property
    def source(self) -> object:
        """Return what two mounts of one volume have in common."""
        first = self.lines[0]
        if self.is_list:
            return tuple(each._replace(read_only=None, text="") for each in self.lines)
        if first.scheme == "emptydir" and not first.name:
            return self.path
        if first.scheme in ("pvc", "emptydir", "volume"):
            return first.scheme, first.name
        part = first.part if first.scheme == "nfs" else None
        return first.scheme, first.name, part, first.options


class Volumes(NamedTuple):
    """Hold a pod's `volumes`, the `volumeMounts` of each container, and the claims to make."""

    volumes: list[Fields]
    mounts: dict[str, list[Fields]]
    claims: list[Fields]


def read_mounts(config: Config) -> list[Mounted]:
    """Return what is mounted, in the order of naming, without what is wrong."""
    found = []
    for container in containers(config):
        for at, written in container.entry["mounts"].items():
            lines = written if isinstance(written, list) else [written]
            if lines and None not in lines:
                mounts = tuple(parse_mount(line) for line in lines if line)
                path = (*container.path, "mounts", at)
                found.append(Mounted(path, container.name, at, mounts, isinstance(written, list)))
    return found


def pod_volumes(config: Config) -> Volumes:
    """Return the volumes of a pod; a claim template of a StatefulSet is a volume by itself."""
    mounted = read_mounts(config)
    claims = _claims(mounted)
    templates = (
        {claim["name"] for claim in claims} if config["service"]["kind"] == "StatefulSet" else ()
    )
    names: dict[object, str] = {("pvc", name): name for name in templates}
    taken = set(names.values())
    volumes: dict[str, Fields] = {}
    mounts: dict[str, list[Fields]] = {each.name: [] for each in containers(config)}
    for each in mounted:
        first = each.lines[0]
        if first.scheme == "volume" and not each.is_list:
            names[each.source] = first.name
        elif each.source not in names:
            names[each.source] = _new_name(each, taken)
            taken.add(names[each.source])
            volumes[names[each.source]] = _source(each, mounted)
        mounts[each.container].append(_mount(each, names[each.source]))
    return Volumes([{"name": name, **source} for name, source in volumes.items()], mounts, claims)


def _claims(mounted: list[Mounted]) -> list[Fields]:
    """Return name and spec of every claim that is to be made."""
    found: dict[str, Fields] = {}
    for each in mounted:
        line = each.lines[0]
        if line.scheme == "pvc" and line.option("size"):
            storage = (
                {} if line.option("class") is None else {"storageClassName": line.option("class")}
            )
            spec = {
                "accessModes": list(line.option("access") or ("ReadWriteOnce",)),
                **storage,
                "resources": {"requests": {"storage": line.option("size").text}},
            }
            found.setdefault(line.name, {"name": line.name, "spec": spec})
    return list(found.values())


def _mount(each: Mounted, name: str) -> Fields:
    first = each.lines[0]
    fields: Fields = {"name": name, "mountPath": each.at}
    if first.part is not None and not each.is_list and first.scheme != "nfs":
        fields["subPath"] = first.part
    written = {line.read_only for line in each.lines} - {None}
    is_fixed = each.is_list or first.scheme in _READ_ONLY
    if False not in written and (is_fixed or True in written):
        fields["readOnly"] = True
    return fields


def _new_name(each: Mounted, taken: set[str]) -> str:
    """Return a name of a volume that no other has."""
    first = each.lines[0]
    scheme = "projected" if each.is_list else first.scheme
    base = _fitting(_base_name(each)) or scheme
    if base not in taken:
        return base
    base = _fitting(f"{base}-{scheme}")
    numbers = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (base, *map(_fitting, numbers)) if name not in taken)


def _base_name(each: Mounted) -> str:
    first = each.lines[0]
    if each.is_list or (
        first.scheme in _OF_PATH and not (first.scheme == "emptydir" and first.name)
    ):
        return each.at
    if first.scheme == "nfs":
        return first.part or ""
    if first.scheme == "image":
        return first.name.rpartition("/")[2]
    return first.name


def _fitting(text: str) -> str:
    name = re.sub(r"[^a-z0-9-]", "-", text.lower()).strip("-")
    if len(name) <= _LONGEST_NAME:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[:_HASHED_NAME]}-{digest}"


def _source(each: Mounted, mounted: list[Mounted]) -> Fields:
    """Return a volume's source."""
    if each.is_list or each.lines[0].scheme == "token":
        return {"projected": {"sources": [_projection(line) for line in each.lines]}}
    line = each.lines[0]
    if line.scheme == "emptydir" and line.name:
        same = (other.lines[0] for other in mounted if other.source == each.source)
        line = next((other for other in same if other.options), line)
    return _SOURCES[line.scheme](line)


def _projection(line: Mount) -> Fields:
    if line.scheme == "token":
        token = {
            "audience": line.option("audience"),
            "expirationSeconds": line.option("expirationSeconds"),
            "path": line.name,
        }
        return {"serviceAccountToken": present(token)}
    item = {"key": line.part, "path": line.part, "mode": line.option("mode")}
    source = {
        "name": line.name,
        "items": [present(item)] if line.part is not None else None,
        "optional": line.option("optional"),
    }
    return {"configMap" if line.scheme == "configmap" else "secret": present(source)}


def _config_map(line: Mount) -> Fields:
    options = {"defaultMode": line.option("mode"), "optional": line.option("optional")}
    return {"configMap": {"name": line.name, **present(options)}}


def _secret(line: Mount) -> Fields:
    options = {"defaultMode": line.option("mode"), "optional": line.option("optional")}
    return {"secret": {"secretName": line.name, **present(options)}}


def _claim(line: Mount) -> Fields:
    return {"persistentVolumeClaim": {"claimName": line.name}}


def _empty_dir(line: Mount) -> Fields:
    limit = line.option("sizeLimit")
    options = {"medium": line.option("medium"), "sizeLimit": limit and limit.text}
    return {"emptyDir": present(options)}


def _host_path(line: Mount) -> Fields:
    return {"hostPath": present({"path": line.name, "type": line.option("type")})}


def _nfs(line: Mount) -> Fields:
    return {"nfs": {"server": line.name, "path": line.part}}


def _csi(line: Mount) -> Fields:
    attributes = dict(line.options)
    return {"csi": present({"driver": line.name, "volumeAttributes": attributes})}


def _image(line: Mount) -> Fields:
    return {"image": present({"reference": line.name, "pullPolicy": line.option("pullPolicy")})}


_SOURCES: Mapping[str, Callable[[Mount], Fields]] = {
    "configmap": _config_map,
    "secret": _secret,
    "pvc": _claim,
    "emptydir": _empty_dir,
    "hostpath": _host_path,
    "nfs": _nfs,
    "csi": _csi,
    "image": _image,
}

PERSISTENT_VOLUME_CLAIM = Kind(
    name="PersistentVolumeClaim",
    template="persistentvolumeclaims.yml",
    source="claims",
    has_many=True,
)

"""The rules of volumes and their sources."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.notation.mount import HOST_TYPES
from kustz_tpl.verdict.checks import (
    LABEL,
    SUBDOMAIN,
    Check,
    Fields,
    Findings,
    Rules,
    about,
    between,
    choice,
    is_empty,
    items,
    one_of,
    parse_inner_path,
    parse_pattern,
    parse_plain_path,
    quantity,
    read_by,
    required,
)
from kustz_tpl.verdict.pod.env import check_field, check_resource_field

_LARGEST_MODE = 0o777
_FILE_FIELD = re.compile(
    r"metadata\.(name|namespace|uid|labels|annotations)|metadata\.(labels|annotations)\['[^']*'\]"
)
_MODE = between(0, _LARGEST_MODE, "defaultMode", "mode")
_SOURCES = ("secret", "configMap", "downwardAPI", "serviceAccountToken")
_LONGEST_PORTAL = 64
_QUALIFIED_NAME = parse_pattern(
    r"iqn\.[0-9]{4}-[0-9]{2}\.[-A-Za-z0-9.]+:[^,;*&$|\s]+|eui.[A-Za-z0-9]{16}|naa.[A-Za-z0-9]{32}",
    "a name such as iqn.2001-04.com.example:storage",
)


def _parse_file(text: str) -> str:
    """Read the path of a file in a volume; a name with two dots first is the kubelet's."""
    if text.startswith(".."):
        raise NotationError("a path that does not start with '..'", text)
    return parse_inner_path(text)


def _secret(key: str) -> Check:
    """Return a check that a reference to a Secret has a name."""

    def check(volume: Fields, path: KeyPath) -> Findings:
        if (reference := volume.get(key)) is not None:
            yield from required("name")(reference, (*path, key))

    return check


def _check_csi(volume: Fields, path: KeyPath) -> Findings:
    reference = volume.get("nodePublishSecretRef") or {}
    yield from read_by(SUBDOMAIN, "name")(reference, (*path, "nodePublishSecretRef"))


def _check_iscsi(volume: Fields, path: KeyPath) -> Findings:
    wants_secret = volume.get("chapAuthDiscovery") or volume.get("chapAuthSession")
    if wants_secret and volume.get("secretRef") is None:
        yield about((*path, "secretRef"), NotationError("a Secret", Shown("none")))


def _check_channel(volume: Fields, path: KeyPath) -> Findings:
    if is_empty(volume.get("targetWWNs")) == is_empty(volume.get("wwids")):
        yield about((*path, "targetWWNs"), "expected either targetWWNs or wwids")
    if volume.get("targetWWNs"):
        if volume.get("lun") is None:
            yield about((*path, "lun"), NotationError("a number with targetWWNs", Shown("none")))
        yield from between(0, 255, "lun")(volume, path)


def _check_azure_disk(volume: Fields, path: KeyPath) -> Findings:
    if (kind := volume.get("kind")) is None:
        return
    start = "/subscriptions/" if kind == "Managed" else "https://"
    uri = volume.get("diskURI") or ""
    if not uri.startswith(start):
        yield about((*path, "diskURI"), NotationError(f"an address that starts with {start}", uri))


def _check_options(volume: Fields, path: KeyPath) -> Findings:
    for key in volume.get("options") or {}:
        if re.search(r"\.(kubernetes|k8s)\.io$", f".{key.partition('/')[0].lower()}"):
            yield about((*path, "options", key), "expected no key of kubernetes.io or k8s.io")


def _check_registry(volume: Fields, path: KeyPath) -> Findings:
    for pair in (volume.get("registry") or "").split(","):
        if pair and pair.count(":") != 1 and "]:" not in pair:
            yield about((*path, "registry"), NotationError("host:port", pair))


def _check_flocker(volume: Fields, path: KeyPath) -> Findings:
    written = [key for key in ("datasetName", "datasetUUID") if volume.get(key)]
    if len(written) != 1:
        yield about(path, "expected either datasetName or datasetUUID")
    if "/" in (volume.get("datasetName") or ""):
        yield about(
            (*path, "datasetName"), NotationError("a name without '/'", volume["datasetName"])
        )


def _check_template(template: Fields, path: KeyPath) -> Findings:
    for key, value in (template.get("metadata") or {}).items():
        if key not in ("labels", "annotations") and not is_empty(value):
            yield about((*path, "metadata", key), f"expected no {key} of the claim of a pod")


def _check_projection(source: Fields, path: KeyPath) -> Findings:
    written = [key for key in _SOURCES if source.get(key) is not None]
    if len(written) > 1:
        got = Shown(" and ".join(written))
        yield about((*path, written[1]), NotationError("one source in each item", got))
    for key in ("secret", "configMap"):
        if (inner := source.get(key)) is not None:
            yield from required("name")(inner, (*path, key))


def _check_files(volume: Fields, path: KeyPath) -> Findings:
    """Yield the paths that two files of a projected volume have."""
    seen: set[str] = set()
    for index, source in items(volume, "sources"):
        for at, file in _files(source):
            if file and file in seen:
                where = (*path, "sources", index, *at)
                yield about(where, NotationError("a unique path", file))
            seen.add(file)


def _files(source: Fields) -> Iterator[tuple[KeyPath, str]]:
    """Yield the files of a source, with their fields; tokens may have the same path."""
    for key in ("secret", "configMap", "downwardAPI"):
        for number, item in items(source.get(key) or {}, "items"):
            yield (key, "items", number, "path"), item.get("path") or ""


def check_initiator(volume: Fields, path: KeyPath) -> Findings:
    """Yield a target portal that is too long together with the name of its volume."""
    source = volume.get("iscsi") or {}
    name = f"{volume.get('name')}:{source.get('targetPortal')}"
    if source.get("initiatorName") is not None and len(name) > _LONGEST_PORTAL:
        expected = f"at most {_LONGEST_PORTAL} characters with the name of the volume"
        yield about((*path, "iscsi", "targetPortal"), NotationError(expected, name))


def _check_volume(volume: Fields, path: KeyPath) -> Findings:
    sources = [key for key in volume if key != "name" and volume[key] is not None]
    if len(sources) > 1:
        got = Shown(" and ".join(sources))
        yield about((*path, sources[1]), NotationError("one source of a volume", got))


def _check_file(item: Fields, path: KeyPath) -> Findings:
    yield from one_of("fieldRef", "resourceFieldRef")(item, path)
    if field := (item.get("fieldRef") or {}).get("fieldPath"):
        yield from check_field(field, (*path, "fieldRef", "fieldPath"), _FILE_FIELD)
    if (reference := item.get("resourceFieldRef")) is not None:
        at = (*path, "resourceFieldRef")
        yield from required("containerName")(reference, at)
        yield from check_resource_field(reference, at)


RULES: Rules = {
    "Volume": (required("name"), read_by(LABEL, "name"), _check_volume, check_initiator),
    "ConfigMapVolumeSource": (required("name"), _MODE),
    "SecretVolumeSource": (required("secretName"), _MODE),
    "PersistentVolumeClaimVolumeSource": (required("claimName"),),
    "KeyToPath": (required("key", "path"), read_by(_parse_file, "path"), _MODE),
    "HostPathVolumeSource": (
        required("path"),
        read_by(parse_plain_path, "path"),
        choice("type", *HOST_TYPES),
    ),
    "EmptyDirVolumeSource": (quantity("sizeLimit"),),
    "NFSVolumeSource": (
        required("server", "path"),
        read_by(parse_pattern("/.*", "an absolute path"), "path"),
    ),
    "DownwardAPIVolumeFile": (
        required("path"),
        read_by(_parse_file, "path"),
        _MODE,
        _check_file,
    ),
    "DownwardAPIVolumeSource": (_MODE,),
    "ServiceAccountTokenProjection": (
        required("path"),
        read_by(_parse_file, "path"),
        between(600, 2**32, "expirationSeconds"),
    ),
    "CSIVolumeSource": (
        required("driver"),
        _secret("nodePublishSecretRef"),
        _check_csi,
        read_by(lambda text: SUBDOMAIN(text.lower()), "driver"),
        read_by(parse_pattern(r".*", "a name of at most 63 characters", 63), "driver"),
    ),
    "ISCSIVolumeSource": (
        required("targetPortal", "iqn"),
        read_by(_QUALIFIED_NAME, "iqn"),
        read_by(_QUALIFIED_NAME, "initiatorName", may_be_empty=False),
        between(0, 255, "lun"),
        _check_iscsi,
    ),
    "FCVolumeSource": (_check_channel,),
    "ImageVolumeSource": (choice("pullPolicy", "Always", "IfNotPresent", "Never"),),
    "GCEPersistentDiskVolumeSource": (required("pdName"), between(0, 255, "partition")),
    "AWSElasticBlockStoreVolumeSource": (required("volumeID"), between(0, 255, "partition")),
    "CephFSVolumeSource": (required("monitors"),),
    "FlexVolumeSource": (required("driver"), _check_options),
    "FlockerVolumeSource": (_check_flocker,),
    "GitRepoVolumeSource": (required("repository"), read_by(parse_inner_path, "directory")),
    "GlusterfsVolumeSource": (required("endpoints", "path"),),
    "PhotonPersistentDiskVolumeSource": (required("pdID"),),
    "PortworxVolumeSource": (required("volumeID"),),
    "QuobyteVolumeSource": (
        required("registry", "volume"),
        read_by(parse_pattern(r".*", "at most 64 characters", 64), "tenant"),
        _check_registry,
    ),
    "RBDVolumeSource": (required("monitors", "image"),),
    "ScaleIOVolumeSource": (required("gateway", "system", "volumeName"),),
    "StorageOSVolumeSource": (
        required("volumeName"),
        read_by(LABEL, "volumeName", "volumeNamespace"),
        _secret("secretRef"),
    ),
    "AzureFileVolumeSource": (required("secretName", "shareName"),),
    "AzureDiskVolumeSource": (
        required("diskName", "diskURI"),
        choice("cachingMode", "None", "ReadOnly", "ReadWrite", may_be_empty=False),
        choice("kind", "Shared", "Dedicated", "Managed", may_be_empty=False),
        _check_azure_disk,
    ),
    "VsphereVirtualDiskVolumeSource": (required("volumePath"),),
    "CinderVolumeSource": (required("volumeID"), _secret("secretRef")),
    "EphemeralVolumeSource": (required("volumeClaimTemplate"),),
    "PersistentVolumeClaimTemplate": (required("spec"), _check_template),
    "ProjectedVolumeSource": (between(0, 0o777, "defaultMode"), _check_files),
    "VolumeProjection": (_check_projection,),
}
"""The checks of the types of volumes."""

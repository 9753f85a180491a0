"""The user's own manifests, which are copied next to the generated ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kustz_tpl.data_files.folder import DataFolder, read_data
from kustz_tpl.errors import Diagnostic, KeyPath, NotationError, RefusedError
from kustz_tpl.kinds.kustomization import KUSTOMIZATION_FILES
from kustz_tpl.messages import Shown, quoted
from kustz_tpl.notation.local import file_name
from kustz_tpl.resource import Resource, parse_resources
from kustz_tpl.yaml_source.loader import MarkedYAMLError, YAMLError, load_texts

FOLDER = "resources"
SUFFIXES = (".yml", ".yaml", ".json")

CLUSTER_KINDS = {
    *("APIService", "CSIDriver", "CSINode", "CertificateSigningRequest", "ClusterRole"),
    *("ClusterRoleBinding", "ComponentStatus", "CustomResourceDefinition", "FlowSchema"),
    *("IngressClass", "MutatingWebhookConfiguration", "Namespace", "Node", "PersistentVolume"),
    *("PriorityClass", "PriorityLevelConfiguration", "RuntimeClass", "SelfSubjectAccessReview"),
    *("SelfSubjectRulesReview", "StorageClass", "SubjectAccessReview", "TokenReview"),
    *("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"),
    *("ValidatingWebhookConfiguration", "VolumeAttachment"),
}
"""The kinds without a namespace; if they have one, kustomize does not change it."""

_NAME = re.compile(r"[-._A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Manifest:
    """Hold a file of the user: where it is and goes, its content, and the key that names it."""

    file: str
    target: str
    content: bytes = field(repr=False)
    resources: tuple[Resource, ...]
    path: KeyPath


def read_manifests(
    paths: Iterable[str | None], folder: DataFolder
) -> tuple[list[Manifest], list[Diagnostic]]:
    """Return the files that the config names, those of folders by name, and what is wrong."""
    manifests: dict[str, Manifest] = {}
    findings: list[Diagnostic] = []
    for index, path in enumerate(paths):
        for each in _read_path(path, (FOLDER, index), folder) if path else ():
            if isinstance(each, Diagnostic):
                findings.append(each)
            elif each.target in manifests:
                message = f"two files would be {each.target}; rename one of them"
                findings.append(Diagnostic.about(each.path, message))
            else:
                manifests[each.target] = each
    return list(manifests.values()), findings


def find_objects(manifests: Iterable[Manifest], kind: str) -> Iterator[Any]:
    """Yield the objects of a kind, every scalar as text."""
    for manifest in manifests:
        if any(each.kind == kind for each in manifest.resources):
            todo = parse_documents(manifest.content.decode("utf-8-sig"))
            while todo:
                document = todo.pop(0)
                todo += document.get("items") or [] if document["kind"] == "List" else []
                if document["kind"] == kind:
                    yield document


def check_identities(
    manifests: Iterable[Manifest], generated: Iterable[Resource]
) -> Iterator[Diagnostic]:
    """Yield the files with an object that is generated too or is in an earlier file."""
    owners = {each.identity: "is already generated" for each in generated}
    for manifest in manifests:
        for each in manifest.resources:
            if each.identity in owners:
                yield Diagnostic.about(
                    manifest.path, f"{each} of {manifest.target} {owners[each.identity]}"
                )
            owners[each.identity] = f"is in {manifest.target} already"


def check_namespaces(manifests: Iterable[Manifest], namespace: str | None) -> Iterator[Diagnostic]:
    """Yield the files with an object in another namespace than kustz.yml sets."""
    for manifest in manifests if namespace else ():
        for each in manifest.resources:
            is_moved = each.namespace not in {"", namespace} and each.kind not in CLUSTER_KINDS
            if is_moved:
                which = f"{each} of {manifest.target} is in the namespace {each.namespace}"
                message = f"{which}, and kustomize would move it to {namespace}"
                yield Diagnostic.about(manifest.path, f"{message}; apply it separately")


def parse_documents(text: str) -> list[Any]:
    """Return the documents of a YAML string, every scalar as a string.

    Raises RefusedError for invalid YAML.
    """
    try:
        documents = load_texts(text)
    except MarkedYAMLError as error:
        line = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise RefusedError(f"invalid YAML: {error.problem}{line}") from None
    except YAMLError:
        raise RefusedError("invalid YAML") from None
    return [document for document in documents if document not in (None, "")]


def _read_path(path: str, place: KeyPath, folder: DataFolder) -> Iterator[Manifest | Diagnostic]:
    """Yield each file of a path, or what is wrong with it."""
    try:
        files = _files(path, folder)
    except RefusedError as error:
        yield Diagnostic.about(place, str(error))
        return
    for file, names in files:
        try:
            target = "/".join((FOLDER, *(file_name(_safe_name(name, path)) for name in names)))
            yield _read_manifest(file, target, place, folder)
        except RefusedError as error:
            yield Diagnostic.about(place, str(error))


def _files(path: str, folder: DataFolder) -> list[tuple[str, tuple[str, ...]]]:
    """Return each file of a path, with the parts of its name in the output folder."""
    whole = folder.find(path)
    name = Path(path).name or whole.resolve().name
    if not whole.is_dir():
        return [(path, (name,))]
    names = sorted(each.name for each in whole.iterdir() if each.name.endswith(SUFFIXES))
    if any((whole / each).exists() for each in KUSTOMIZATION_FILES):
        raise NotationError(
            "a folder of manifests",
            Shown("a kustomization"),
            within=path,
            hint="list its files",
        )
    if not names:
        raise NotationError(f"manifests ({', '.join(SUFFIXES)})", Shown("none"), within=path)
    return [(f"{path.rstrip('/')}/{each}", (name, each)) for each in names]


def _safe_name(name: str, path: str) -> str:
    """Return a name if the record of generated files can contain it."""
    if not _NAME.fullmatch(name) or name in (".", ".."):
        raise NotationError("a name of letters, digits, '-', '_' and '.'", name, within=path)
    return name


def _read_manifest(file: str, target: str, place: KeyPath, folder: DataFolder) -> Manifest:
    if not target.endswith(SUFFIXES):
        raise NotationError(f"a name that ends in {', '.join(SUFFIXES)}", file)
    content = read_data(folder, file)
    try:
        documents = parse_documents(content.decode("utf-8-sig"))
        resources = tuple(each for document in documents for each in parse_resources(document))
    except UnicodeDecodeError:
        raise RefusedError(f"expected UTF-8 text in {quoted(file)}") from None
    except ValueError as error:
        raise RefusedError(f"{error} in {quoted(file)}") from None
    if not resources:
        raise NotationError("a manifest", Shown("nothing"), within=file)
    return Manifest(file, target, content, resources, place)

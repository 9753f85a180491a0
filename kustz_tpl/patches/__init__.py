"""Patches, pass-through fields and own manifests: kustz.yml in the words of Kubernetes."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from kustz_tpl.data_files.folder import DataFolder
from kustz_tpl.errors import Diagnostic
from kustz_tpl.kinds.config_map import CONFIG_MAP
from kustz_tpl.kinds.metadata import annotations_of, labels_of
from kustz_tpl.kinds.secret import SECRET
from kustz_tpl.kinds.security import is_restricted
from kustz_tpl.patches.dry_run import Tried, try_patches
from kustz_tpl.patches.manifest import (
    Manifest,
    check_identities,
    check_namespaces,
    read_manifests,
)
from kustz_tpl.patches.passthrough import join_fields
from kustz_tpl.patches.patch import Patch, check_matches, read_patches
from kustz_tpl.patches.pod_volumes import check_volumes
from kustz_tpl.patches.restricted import check_pod, find_pods
from kustz_tpl.resource import Resource, parse_resource
from kustz_tpl.rules import to_diagnostics
from kustz_tpl.schema.workloads import unreported
from kustz_tpl.yaml_source.tree import Document

if TYPE_CHECKING:
    from kustz_tpl.data_files import Sources
    from kustz_tpl.render import Draft, Renderer
    from kustz_tpl.schema.config import Config
    from kustz_tpl.schema.workloads import Workload

Entry = Mapping[str, Any]


class Additions(NamedTuple):
    """Hold patches and the user's own manifests; `document` says where kustz.yml names them."""

    config: Entry
    document: Document
    patches: tuple[Patch, ...]
    manifests: tuple[Manifest, ...]

    def plain(self) -> dict[str, bytes]:
        """Return the content of each file by the name that messages use."""
        paths = [self.config["patches"][each.path[1]]["path"] for each in self.patches]
        texts = zip(paths, self.patches, strict=True)
        found = {path: patch.text.encode() for path, patch in texts if path is not None}
        found |= {each.file: each.content for each in self.manifests}
        return {self.document.display(path): content for path, content in found.items()}

    def complete(
        self,
        draft: Draft,
        data: Sources,
        workloads: Sequence[Workload],
        renderer: Renderer,
    ) -> tuple[Draft, Tried]:
        """Return the draft with the pass-through fields, and the objects after the patches.

        The draft has a problem for each of what does not fit.
        """
        if draft.diagnostics:
            return draft, Tried([], [], [])
        documents = draft.documents
        diagnostics: list[Diagnostic] = []
        for each in workloads:
            joined, found = join_fields(each.config, draft.of(each.entry).documents)
            documents |= joined
            diagnostics += unreported(each, to_diagnostics(found, each.document), diagnostics)
        rendered = [each for file in documents.values() for each in file]
        findings: list[Diagnostic] = []
        configmaps = list(_configmaps(self.config, data, has_data=bool(self.patches)))
        secrets = list(_secrets(self.config, data))
        generated = [*map(parse_resource, (*rendered, *configmaps)), *secrets]
        findings += check_identities(self.manifests, generated)
        own = [each for manifest in self.manifests for each in manifest.resources]
        findings += check_matches(self.patches, [*generated, *own])
        tried = try_patches(self.patches, rendered, self.manifests, (*configmaps, *secrets))
        findings += tried.findings
        for each in workloads:
            volumes = check_volumes(each.config, tried.documents)
            diagnostics += unreported(each, to_diagnostics(volumes, each.document), diagnostics)
            if is_restricted(each.config):
                joined_draft = draft.of(each.entry).replace(documents, ())
                broken = self._broken(each.config, joined_draft, tried, renderer)
                diagnostics += self._located(broken, each.document)
        diagnostics.sort(key=lambda each: (each.file != self.document.file, each.line, each.column))
        problems = [*diagnostics, *to_diagnostics(findings, self.document)]
        warnings = to_diagnostics(tried.warnings, self.document)
        return draft.replace(documents, problems)._replace(warnings=tuple(warnings)), tried

    def _broken(
        self,
        config: Entry,
        draft: Draft,
        tried: Tried,
        renderer: Renderer,
    ) -> Iterator[Diagnostic]:
        """Yield what breaks the standard that the pod of a workload promises to meet."""
        for page in draft.manifests:
            # One that does not read the key is older than it, which is reported elsewhere.
            documents = page.tree.documents if "security" in page.tree.names else ()
            for pod in find_pods(config, documents, tried.objects):
                yield from check_pod(config, pod, _template_of(page.template, renderer))

    def _located(self, findings: Iterable[Diagnostic], document: Document) -> Iterator[Diagnostic]:
        """Yield problems of templates as they are, and those of the config with their places."""
        for each in findings:
            of_patch = each.subject.path[:1] == ("patches",)  # an entry's document has none
            place = self.document if of_patch else document
            yield from (each,) if each.file else to_diagnostics((each,), place)


def read(
    config: Config, document: Document, folder: DataFolder
) -> tuple[Additions, list[Diagnostic]]:
    """Read the patches and manifests that the config names, relative to the folder."""
    patches, findings = read_patches(config["patches"], document.is_unsure, folder)
    manifests, more = read_manifests(config["resources"], folder)
    findings += [*more, *check_namespaces(manifests, config["namespace"])]
    diagnostics = to_diagnostics(findings, document)
    return Additions(config, document, tuple(patches), tuple(manifests)), diagnostics


def _template_of(template: str, renderer: Renderer) -> str:
    """Return how messages name the template that made a pod: the user's own, if there is one."""
    names = (template, "_workload.yml.j2", "_container.yml.j2")
    own = next((each for each in names if renderer.is_users(each)), template)
    return renderer.loader.describe(own)


def _configmaps(config: Entry, data: Sources, *, has_data: bool) -> Iterator[dict[str, Any]]:
    """Yield the ConfigMaps that kustomize generates."""
    kind = CONFIG_MAP.name
    labels, annotations = labels_of(config, kind.lower()), annotations_of(config, kind.lower())
    for each in data.configmaps:
        names = {"name": each.name, "labels": labels, "annotations": annotations}
        metadata = {key: value for key, value in names.items() if value}
        texts, binary = dict(each.literals), dict[str, str]()
        for key, content in each.files.items() if has_data else ():
            try:
                texts[key] = content.decode()
            except UnicodeDecodeError:
                binary[key] = b64encode(content).decode()
        fields = {"metadata": metadata, "data": texts, "binaryData": binary}
        filled = {key: value for key, value in fields.items() if value}
        yield {"apiVersion": "v1", "kind": kind, **filled}


def _secrets(config: Entry, data: Sources) -> Iterator[Resource]:
    """Yield the Secrets that kustomize generates."""
    kind = SECRET.name
    labels, annotations = labels_of(config, kind.lower()), annotations_of(config, kind.lower())
    for each in data.secrets:
        yield Resource("", "v1", kind, each.name, "", labels, annotations)

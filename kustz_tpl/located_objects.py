"""Finds the objects of an application, and where the fields of each are written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from kustz_tpl.application import Application
from kustz_tpl.data_files import DataSet
from kustz_tpl.errors import Diagnostic, KeyPath, Subject
from kustz_tpl.kinds.config_map import CONFIG_MAP
from kustz_tpl.kinds.kind import value_at
from kustz_tpl.kinds.metadata import annotations_of, labels_of
from kustz_tpl.kinds.secret import SECRET
from kustz_tpl.language_places import find_entry, find_section, find_value
from kustz_tpl.patches.manifest import Manifest
from kustz_tpl.patches.passthrough import find_origin, find_target
from kustz_tpl.render import Manifest as Page
from kustz_tpl.render import Renderer
from kustz_tpl.resource import Identity, identify
from kustz_tpl.schema.workloads import Workload
from kustz_tpl.yaml_source.marked import read_marked
from kustz_tpl.yaml_source.tree import Place, show_path
from kustz_tpl.yaml_source.written_lines import find_key, find_line

if TYPE_CHECKING:
    from kustz_tpl.patches import Additions

Locate: TypeAlias = "Callable[[Diagnostic], Diagnostic]"


class Located(NamedTuple):
    """Hold an object as it is before kustomize builds it, and how its findings are placed.

    `file` is its file in the output folder, empty for one that kustomize generates. It `is_written`
    if a template, a section or a manifest of the user's is in it. Of a Secret that kustomize
    generates or that is encrypted, the document has no values.
    """

    document: Mapping[str, Any]
    locate: Locate
    file: str = ""
    is_written: bool = True


def find_objects(made: Application) -> dict[Identity, Located]:
    """Return every object of an application, before kustomize patches and renames it."""
    found = (*_rendered(made), *_manifests(made.additions), *_generated(made))
    return {identify(each.document): each for each in found}


def find_written(made: Application) -> dict[Identity, Located]:
    """Return the objects in which a template, a section or a manifest of the user is."""
    objects = (*_rendered(made), *_manifests(made.additions))
    return {identify(each.document): each for each in objects if each.is_written}


def _rendered(made: Application) -> Iterator[Located]:
    """Yield the objects that templates render."""
    for workload in made.workloads:
        pages = made.draft.of(workload.entry)
        target = find_target(workload.config, pages.documents)
        for page in pages.manifests:
            has_users_part = made.renderer.has_users_part(page)
            for document in page.tree.documents:
                part = _Part(page, document, workload, document is target)
                locate = partial(_locate, made.renderer, part)
                is_written = has_users_part or part.is_target
                yield Located(document, locate, page.name, is_written)


class _Part(NamedTuple):
    """Hold a rendered document; `is_target` if the raw sections of the workload are in it."""

    page: Page
    document: Mapping[str, Any]
    workload: Workload
    is_target: bool


def _locate(renderer: Renderer, part: _Part, finding: Diagnostic) -> Diagnostic:
    """Return a finding at the section, the line of a template or the key that made the field."""
    workload, document, path = part.workload, part.document, finding.subject.path
    origin = find_origin(workload.config, document, path) if part.is_target and path else None
    place = None
    if renderer.has_users_part(part.page) and not (origin and origin.is_certain):
        place = _template_place(renderer, part.page, document, path)
    if place:
        return _placed(finding, Place(*place, 1 if place[1] else 0), document)
    if origin and origin.is_certain:
        return in_config(finding, origin.path, workload, document)
    if not path:
        return in_config(finding, ("name",), workload, document)
    at = origin.path if origin else find_section(workload, document)
    if made := find_value(workload, value_at(document, *path), at[0]):
        return in_config(finding, made, workload, document)
    about = finding.subject._replace(is_about_key=finding.subject.is_about_key or not origin)
    return in_config(finding._replace(subject=about), at, workload, document)


def in_config(
    finding: Diagnostic, at: KeyPath, workload: Workload, document: Mapping[str, Any]
) -> Diagnostic:
    """Return a finding at a path of the config of a workload."""
    source, name = workload.document, identify(document)
    find = source.key_place if finding.subject.is_about_key else source.place
    hides = name.kind == SECRET.name
    problem = problem_at(finding, find(at), source.show(at), hides=hides)
    return problem._replace(message=f"{problem.message} ({name_field(finding, name)})")


def _placed(finding: Diagnostic, place: Place, document: Mapping[str, Any]) -> Diagnostic:
    """Return a finding at a place of a file that has the object itself."""
    name = identify(document)
    hides = name.kind == SECRET.name
    return problem_at(finding, place, name_field(finding, name), hides=hides)


def problem_at(finding: Diagnostic, place: Place, path: str, *, hides: bool = False) -> Diagnostic:
    """Return the problem of a finding, at a place of a file."""
    problem = Diagnostic.at(place, path, finding.subject.message, hides=hides)
    depends_on = Subject(depends_on=finding.subject.depends_on)
    return problem._replace(severity=finding.severity, subject=depends_on)


def name_field(finding: Diagnostic, name: Identity) -> str:
    """Return the name of a field in messages, such as `spec.type of Service shop`."""
    path = show_path(finding.subject.path)
    return f"{path} of {name}" if path else str(name)


def _template_place(
    renderer: Renderer, page: Page, document: Mapping[str, Any], path: KeyPath
) -> tuple[str, int] | None:
    """Return the only line of a user's templates that writes a field, else the page's file.

    It is None if no template of the user wrote it.
    """
    own = renderer.template_file(page.name if page.workload is None else _main_page(page))
    parts = {renderer.loader.describe(each) for each in page.tree.templates}
    found = renderer.user_templates().items()
    texts = {file: text.decode(errors="replace") for file, text in found if file in parts}
    if own in texts and len(page.tree.documents) == 1 and (line := find_line(texts[own], path)):
        return own, line
    value = value_at(document, *path)
    shown = None if value is None or isinstance(value, (dict, list)) else _shown(value)
    for key in reversed([step for step in path if isinstance(step, str)]):
        places = find_key(texts, key, shown) or find_key(texts, key, None)
        places = [each for each in places if each[0] == own] or places
        if len(places) > 1:
            nested = set(_nested(texts, path)) & set(places)
            return nested.pop() if len(nested) == 1 else (places[0][0], 0)
        if places:
            return places[0]
        shown = None
    return (own, 0) if own in texts else None


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _nested(texts: Mapping[str, str], path: KeyPath) -> list[tuple[str, int]]:
    """Return the lines that write the longest end of a path, which a template may be written for."""
    for start in range(len(path) - 1):
        lines = [(file, find_line(text, path[start:])) for file, text in texts.items()]
        if found := [(file, line) for file, line in lines if line]:
            return found
    return []


def _main_page(page: Page) -> str:
    return page.template.removesuffix(".j2")


def _manifests(additions: Additions | None) -> Iterator[Located]:
    """Yield the objects of the user's own manifests."""
    for manifest in additions.manifests if additions else ():
        yield from _of_manifest(manifest, additions.document.display(manifest.file))  # type: ignore[union-attr]


def _of_manifest(manifest: Manifest, file: str) -> Iterator[Located]:
    for marked in read_marked(manifest.content.decode("utf-8-sig")):
        for prefix, document in _flat(marked.data, ()):

            def locate(
                finding: Diagnostic,
                place: Callable[..., tuple[int, int]] = marked.place,
                prefix: KeyPath = prefix,
                document: Mapping[str, Any] = document,
            ) -> Diagnostic:
                subject = finding.subject
                at = place((*prefix, *subject.path), is_about_key=subject.is_about_key)
                return _placed(finding, Place(file, *at), document)

            yield Located(document, locate, manifest.target)


def _flat(document: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:  # noqa: ANN401 - plain data
    """Yield the objects of a document, those of a List one by one, with their paths."""
    if not isinstance(document, dict):
        return
    if document.get("kind") != "List":
        yield path, document
        return
    for index, item in enumerate(document.get("items") or ()):
        yield from _flat(item, (*path, "items", index))


def data_sets(made: Application) -> Iterator[tuple[str, DataSet]]:
    """Yield the kind and the data of each object that is made of data files."""
    sealed = made.delivery.sealed if made.delivery else ()
    yield from ((CONFIG_MAP.name, each) for each in made.data.configmaps)
    yield from ((SECRET.name, each) for each in made.data.secrets)
    for each in sealed:
        yield SECRET.name, DataSet(each.name, each.type, files=each.files)


def _generated(made: Application) -> Iterator[Located]:
    """Yield the ConfigMaps and Secrets that kustomize generates, and the encrypted Secrets."""
    files = {each.name: each.path for each in (made.delivery.sealed if made.delivery else ())}
    for kind, each in data_sets(made):
        file = files.get(each.name, "") if kind == SECRET.name else ""
        yield _of_generator(made.main, _outline(made.main.config, kind, each))._replace(file=file)


def _outline(config: Mapping[str, Any], kind: str, each: DataSet) -> dict[str, Any]:
    """Return a generated object without its values."""
    section = kind.lower()
    labels, annotations = labels_of(config, section), annotations_of(config, section)
    metadata = {"name": each.name, "labels": labels, "annotations": annotations}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata}


def _of_generator(main: Workload, document: Mapping[str, Any]) -> Located:
    def locate(finding: Diagnostic) -> Diagnostic:
        name = identify(document)
        at = find_entry(main.config, name.kind, name.name, finding.subject.path)
        return in_config(finding, at, main, document)

    return Located(document, locate, is_written=False)

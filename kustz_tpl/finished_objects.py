"""Checks the objects of an application, and finds where their fields are written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from kustz_tpl.application import Application
from kustz_tpl.data_files import DataSet
from kustz_tpl.errors import Diagnostic, KeyPath, Subject
from kustz_tpl.kinds.config_map import CONFIG_MAP
from kustz_tpl.kinds.kind import value_at
from kustz_tpl.kinds.metadata import annotations_of, labels_of
from kustz_tpl.kinds.secret import SECRET
from kustz_tpl.language_places import find_entry, find_section, find_value
from kustz_tpl.patches.dry_run import TriedObject, find_cause, is_for
from kustz_tpl.patches.manifest import Manifest
from kustz_tpl.patches.passthrough import find_origin, find_target
from kustz_tpl.patches.patch import Patch
from kustz_tpl.render import Manifest as Page
from kustz_tpl.render import Renderer
from kustz_tpl.resource import Identity, identify, parse_resource
from kustz_tpl.rules.versions import find_oldest
from kustz_tpl.schema.workloads import Workload
from kustz_tpl.verdict import judge
from kustz_tpl.yaml_source.marked import read_marked
from kustz_tpl.yaml_source.tree import Place, show_path
from kustz_tpl.yaml_source.written_lines import find_key, find_line

if TYPE_CHECKING:
    from kustz_tpl.patches import Additions

_NAMESPACE = ("metadata", "namespace")
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


def find_patches(made: Application, document: Mapping[str, Any]) -> list[Patch]:
    """Return the patches that select an object, which is as it was before the build."""
    tried = _tried(made, document)
    return [patch for patch in made.patches if is_for(patch, tried)]


def place_built(
    made: Application, original: Located, built: Mapping[str, Any], finding: Diagnostic
) -> Diagnostic:
    """Return a finding in a built object, at the place where its field is written.

    `original` is the object before the build. The place of a field that a patch changed is the patch.
    """
    path = finding.subject.path
    if path == _NAMESPACE and value_at(original.document, *path) is None:
        main = made.workloads[0]  # kustomize sets it
        return _in_config(finding, _NAMESPACE[1:], main, original.document)
    before = _path_before(original.document, built, path)
    tried, patches = _tried(made, original.document), find_patches(made, original.document)
    if patches:
        is_same = before is not None and value_at(original.document, *before) == value_at(
            built, *path
        )
        near = [] if is_same else _near(path, tried)
        if near or before is None:
            return _in_patch(finding, near or patches, made, tried)
    moved = finding.subject._replace(path=path if before is None else before)
    return original.locate(finding._replace(subject=moved))


def check_objects(made: Application) -> list[Diagnostic]:
    """Return what an API server would refuse in the objects, at the places in the user's files.

    Objects that come only from the language and built-in templates are not checked: the language
    accepts only what the server accepts.
    """
    objects = (*_rendered(made), *_manifests(made.additions))
    written = {identify(each.document): each for each in objects if each.is_written}
    if made.patches:
        found = _patched(written, made)
    else:
        found = chain.from_iterable(_judged(each, made) for each in written.values())
    return unique(found)


def unique(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return each finding once: one line of a template's loop may write many fields."""
    once: dict[tuple[object, ...], Diagnostic] = {}
    for each in found:
        once.setdefault((each[:3], "" if each.line else each.path, each.message), each)
    return list(once.values())


def judge_for(made: Application, document: Mapping[str, Any]) -> list[Diagnostic]:
    """Return what the API servers of the supported Kubernetes versions would refuse."""
    main = made.workloads[0]
    return judge(document, find_oldest(main.config, main.document.data))


def _judged(each: Located, made: Application) -> Iterator[Diagnostic]:
    yield from map(each.locate, judge_for(made, each.document))


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
        return _in_config(finding, origin.path, workload, document)
    if not path:
        return _in_config(finding, ("name",), workload, document)
    at = origin.path if origin else find_section(workload, document)
    if made := find_value(workload, value_at(document, *path), at[0]):
        return _in_config(finding, made, workload, document)
    about = finding.subject._replace(is_about_key=finding.subject.is_about_key or not origin)
    return _in_config(finding._replace(subject=about), at, workload, document)


def _in_config(
    finding: Diagnostic, at: KeyPath, workload: Workload, document: Mapping[str, Any]
) -> Diagnostic:
    source, name = workload.document, identify(document)
    find = source.key_place if finding.subject.is_about_key else source.place
    hides = name.kind == SECRET.name
    problem = _problem(finding, find(at), source.show(at), hides=hides)
    return problem._replace(message=f"{problem.message} ({_named(finding, name)})")


def _placed(finding: Diagnostic, place: Place, document: Mapping[str, Any]) -> Diagnostic:
    """Return a finding at a place of a file that has the object itself."""
    name = identify(document)
    hides = name.kind == SECRET.name
    return _problem(finding, place, _named(finding, name), hides=hides)


def _problem(finding: Diagnostic, place: Place, path: str, *, hides: bool = False) -> Diagnostic:
    problem = Diagnostic.at(place, path, finding.subject.message, hides=hides)
    grounds = Subject(relies_on=finding.subject.relies_on)
    return problem._replace(severity=finding.severity, subject=grounds)


def _named(finding: Diagnostic, name: Identity) -> str:
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
    main = made.workloads[0]
    files = {each.name: each.path for each in (made.delivery.sealed if made.delivery else ())}
    for kind, each in data_sets(made):
        file = files.get(each.name, "") if kind == SECRET.name else ""
        yield _of_generator(main, _outline(main.config, kind, each))._replace(file=file)


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
        return _in_config(finding, at, main, document)

    return Located(document, locate, is_written=False)


def _path_before(before: Any, after: Any, path: KeyPath) -> KeyPath | None:  # noqa: ANN401 - plain data
    """Return the path that a field of an object had before the build, None if it is new.

    An item of a list is known by itself, else by its name or port.
    """
    found: list[str | int] = []
    for number, step in enumerate(path):
        if isinstance(before, list) and isinstance(after, list) and isinstance(step, int):
            item = value_at(after, step)
            position = next((i for i, each in enumerate(before) if _is_alike(each, item)), None)
            if position is None:
                return None
            found.append(position)
            before, after = before[position], item
        else:
            if isinstance(before, dict) and step not in before:
                is_missing = not isinstance(after, dict) or step not in after
                return (*found, *path[number:]) if is_missing else None
            found.append(step)
            before, after = value_at(before, step), value_at(after, step)
    return tuple(found)


def _is_alike(one: object, other: object) -> bool:
    if one == other or not (isinstance(one, dict) and isinstance(other, dict)):
        return one == other
    keys = ("name", "mountPath", "containerPort", "port", "key", "ip", "type")
    return next((one[key] == other[key] for key in keys if key in one and key in other), False)


def _tried(made: Application, document: Mapping[str, Any]) -> TriedObject:
    """Return an object as far as it is known after the patches."""
    name = identify(document)
    tried = made.completed[1].objects if made.completed else ()
    known = next((each for each in tried if each.first.identity == name), None)
    resource = parse_resource(document)
    return known or TriedObject(resource, resource, dict(document))


def _patched(written: Mapping[Identity, Located], made: Application) -> Iterator[Diagnostic]:
    """Yield what is wrong after the patches; objects that only kustomize knows are skipped."""
    tried = made.completed[1].objects if made.completed else []
    names = {each.first.identity for each in tried}
    for name, original in written.items():
        yield from () if name in names else _judged(original, made)
    for each in tried:
        found = written.get(each.first.identity)
        if not each.steps:
            yield from _judged(found, made) if found else ()
        elif each.document is not None:
            yield from _judged_after(each, found, made)


def _judged_after(
    each: TriedObject, original: Located | None, made: Application
) -> Iterator[Diagnostic]:
    findings = judge_for(made, each.document or {})
    old = _by_field(judge_for(made, original.document)) if findings and original else {}
    for key, found in _by_field(findings).items():
        if original and key in old:
            yield original.locate(old[key])
        else:
            patches = _near(found.subject.path, each) or [
                find_cause(each.steps, key, lambda after: _by_field(judge_for(made, after)))
            ]
            yield _in_patch(found, patches, made, each)


def _by_field(findings: Iterable[Diagnostic]) -> dict[tuple[KeyPath, str], Diagnostic]:
    """Return findings by field and message; the field has no positions, which patches change."""
    return {
        (tuple(step for step in each.subject.path if isinstance(step, str)), each.message): each
        for each in findings
    }


def _near(path: KeyPath, tried: TriedObject) -> list[Patch]:
    """Return the patches that change a field or its parents, or may do so."""
    found = []
    documents = [tried.original, *(step.document for step in tried.steps)]
    for number, step in reversed(list(enumerate(tried.steps))):
        before, after = documents[number], step.document
        at = None if before is None or after is None else _path_before(before, after, path)
        if at is None or value_at(before, *at) != value_at(after, *path):
            found.append(step.patch)
        path = path if at is None else at
    return found[::-1]


def _in_patch(
    finding: Diagnostic, patches: Sequence[Patch], made: Application, tried: TriedObject
) -> Diagnostic:
    """Return a finding at the last patch that may have written its field."""
    at, source = patches[-1].path, made.workloads[0].document
    name = tried.now.identity
    hides = name.kind == SECRET.name
    problem = _problem(finding, source.place(at), source.show(at), hides=hides)
    where = f"{_named(finding, name)}, after the patch"
    return problem._replace(message=f"{problem.message} ({where})")

"""Judges the objects of an application, and finds where the fields that are wrong were written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

from kustz_tpl.errors import Diagnostic
from kustz_tpl.kinds.secret import SECRET
from kustz_tpl.patches import Additions
from kustz_tpl.patches.dry_run import Tried, TriedObject, changed_paths, is_for
from kustz_tpl.patches.manifest import Manifest
from kustz_tpl.patches.passthrough import Origin, find_origin, find_target
from kustz_tpl.patches.patch import Patch
from kustz_tpl.patches.plain_merge import leaves, merge_parts, merged
from kustz_tpl.render import Draft, Renderer
from kustz_tpl.render import Manifest as Page
from kustz_tpl.resource import Identity, identify, parse_resource
from kustz_tpl.schema.workloads import Workload
from kustz_tpl.verdict import judge
from kustz_tpl.yaml_source.marked import read_marked
from kustz_tpl.yaml_source.tree import Path, Place, show_path
from kustz_tpl.yaml_source.written_lines import find_key, find_line

Locate: TypeAlias = "Callable[[Diagnostic], Diagnostic]"


class _Object(NamedTuple):
    """Hold an object that someone's own text had a hand in, and how its findings are placed."""

    document: Mapping[str, Any]
    locate: Locate


class _Finished(NamedTuple):
    """Hold what the objects of an application are made of."""

    workloads: Sequence[Workload]
    draft: Draft
    renderer: Renderer
    additions: Additions | None


def check_objects(
    workloads: Sequence[Workload],
    draft: Draft,
    renderer: Renderer,
    completed: tuple[Additions, Tried] | None,
) -> list[Diagnostic]:
    """Return what an API server refuses of the objects, each where it was written.

    Objects that only the language and built-in templates have made are not judged: what the
    language accepts, the server accepts.
    """
    additions = completed[0] if completed else None
    made = _Finished(workloads, draft, renderer, additions)
    written = {identify(each.document): each for each in (*_rendered(made), *_manifests(additions))}
    if completed and completed[0].patches:
        found = _patched(written, made, *completed)
    else:
        found = chain.from_iterable(map(_judged, written.values()))
    # A line of a loop makes many fields, and one mistake.
    unique: dict[tuple[object, ...], Diagnostic] = {}
    for each in found:
        unique.setdefault((each[:3], "" if each.line else each.path, each.message), each)
    return list(unique.values())


def _judged(each: _Object) -> Iterator[Diagnostic]:
    yield from map(each.locate, judge(each.document))


def _rendered(made: _Finished) -> Iterator[_Object]:
    """Yield the objects of templates, if a template or a section of the user's is in them."""
    for workload in made.workloads:
        pages = made.draft.of(workload.entry)
        target = find_target(workload.config, pages.documents)
        for page in pages.manifests:
            has_users_part = made.renderer.has_users_part(page)
            for document in page.tree.documents:
                if has_users_part or document is target:
                    joined = workload if document is target else None
                    yield _of_page(made.renderer, page, document, joined)


def _of_page(
    renderer: Renderer, page: Page, document: Mapping[str, Any], workload: Workload | None
) -> _Object:
    def locate(finding: Diagnostic) -> Diagnostic:
        path = finding.subject.path
        origin = find_origin(workload.config, document, path) if workload else None
        if workload and origin and (origin.is_certain or not renderer.has_user_templates):
            return _in_config(finding, origin, workload, document)
        file, line = _template_place(renderer, page, document, path)
        return _placed(finding, Place(file, line, 1 if line else 0), document)

    return _Object(document, locate)


def _in_config(
    finding: Diagnostic, origin: Origin, workload: Workload, document: Mapping[str, Any]
) -> Diagnostic:
    source = workload.document
    find = source.key_place if finding.subject.is_about_key else source.place
    problem = Diagnostic.at(find(origin.path), source.show(origin.path), finding.subject.message)
    where = f"{show_path(finding.subject.path)} of {identify(document)}"
    return problem._replace(message=f"{problem.message} ({where})")


def _placed(finding: Diagnostic, place: Place, document: Mapping[str, Any]) -> Diagnostic:
    """Return a finding at a place of a file that has the object itself."""
    subject, name = finding.subject, identify(document)
    hides = name.kind == SECRET.name
    path = show_path(subject.path)
    return Diagnostic.at(place, f"{path} of {name}", subject.message, hides=hides)


def _template_place(
    renderer: Renderer, page: Page, document: Mapping[str, Any], path: Path
) -> tuple[str, int]:
    """Return the only line of a user's templates that writes a field, else the page's file."""
    own = renderer.template_file(page.name if page.workload is None else _main_page(page))
    found = renderer.user_templates()
    texts = {file: text.decode(errors="replace") for file, text in found.items()}
    if own in texts and len(page.tree.documents) == 1 and (line := find_line(texts[own], path)):
        return own, line
    value = _at(document, path)
    shown = None if value is None or isinstance(value, (dict, list)) else str(value)
    for key in reversed([step for step in path if isinstance(step, str)]):
        places = find_key(texts, key, shown) or find_key(texts, key, None)
        places = [each for each in places if each[0] == own] or places
        if places:
            return places[0] if len(places) == 1 else (places[0][0], 0)
        shown = None
    return own, 0


def _main_page(page: Page) -> str:
    return page.template.removesuffix(".j2")


def _at(value: Any, path: Path) -> Any:  # noqa: ANN401 - plain data
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        else:
            value = value[step] if isinstance(value, list) and isinstance(step, int) else None
    return value


def _manifests(additions: Additions | None) -> Iterator[_Object]:
    """Yield the objects of the user's own manifests."""
    for manifest in additions.manifests if additions else ():
        yield from _of_manifest(manifest, additions.document.display(manifest.file))  # type: ignore[union-attr]


def _of_manifest(manifest: Manifest, file: str) -> Iterator[_Object]:
    for marked in read_marked(manifest.content.decode("utf-8-sig")):
        for prefix, document in _flat(marked.data, ()):

            def locate(
                finding: Diagnostic,
                place: Callable[..., tuple[int, int]] = marked.place,
                prefix: Path = prefix,
                document: Mapping[str, Any] = document,
            ) -> Diagnostic:
                subject = finding.subject
                at = place((*prefix, *subject.path), is_about_key=subject.is_about_key)
                return _placed(finding, Place(file, *at), document)

            yield _Object(document, locate)


def _flat(document: Any, path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:  # noqa: ANN401 - plain data
    """Yield the objects of a document, those of a List one by one, with their paths."""
    if not isinstance(document, dict):
        return
    if document.get("kind") != "List":
        yield path, document
        return
    for index, item in enumerate(document.get("items") or ()):
        yield from _flat(item, (*path, "items", index))


def _patched(
    written: Mapping[Identity, _Object], made: _Finished, additions: Additions, tried: Tried
) -> Iterator[Diagnostic]:
    """Yield what is wrong after the patches; an object of which too little is known is skipped."""
    rendered = (each for file in made.draft.documents.values() for each in file)
    documents: dict[Identity, Mapping[str, Any]] = {identify(each): each for each in rendered}
    documents |= {name: each.document for name, each in written.items()}
    known = {each.first.identity: each for each in tried.objects}
    for name, document in documents.items():
        resource = parse_resource(document)
        each = known.get(name) or TriedObject(resource, resource, dict(document))
        patches = [patch for patch in additions.patches if is_for(patch, each)]
        original = written.get(name)
        if not patches:
            yield from _judged(original) if original else ()
            continue
        after = each.document if name in known else merged(document, patches)
        findings = judge(after) if after else []
        old = judge(document) if findings and original else []
        for found in findings:
            if original and found in old:
                yield original.locate(found)
            else:
                yield _in_patch(found, patches, additions, each)


def _in_patch(
    finding: Diagnostic, patches: Sequence[Patch], additions: Additions, tried: TriedObject
) -> Diagnostic:
    """Return a finding at the patch that changed its field, or at the last one of the object."""
    path = tuple(map(str, finding.subject.path))
    near = [
        patch
        for patch in patches
        if any(_meet(each, path) for each in (*changed_paths(patch), *_merges(patch, tried)))
    ]
    at = (near or patches)[-1].path
    message = finding.subject.message
    source = additions.document
    problem = Diagnostic.at(source.place(at), source.show(at), message)
    where = f"{show_path(finding.subject.path)} of {tried.now.identity}"
    return problem._replace(message=f"{problem.message} ({where}, after the patch)")


def _merges(patch: Patch, tried: TriedObject) -> Iterator[Path]:
    for part in merge_parts(patch, tried.document):
        yield from leaves(part)


def _meet(one: Path, other: Path) -> bool:
    """Check whether one path leads to the other; `-` is any new item."""
    return all(a in (b, "-") for a, b in zip(one, other, strict=False))

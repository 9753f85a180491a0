"""Checks the objects of an application, before and after patches and a build."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from kustz_tpl.application import Application
from kustz_tpl.errors import Diagnostic, KeyPath
from kustz_tpl.kinds.kind import value_at
from kustz_tpl.kinds.secret import SECRET
from kustz_tpl.located_objects import Located, find_written, in_config, name_field, problem_at
from kustz_tpl.patches.dry_run import TriedObject, find_cause, is_for
from kustz_tpl.patches.patch import Patch
from kustz_tpl.resource import Identity, identify, parse_resource
from kustz_tpl.rules.versions import find_oldest
from kustz_tpl.verdict import judge

if TYPE_CHECKING:
    pass

_NAMESPACE = ("metadata", "namespace")


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
        # kustomize sets it
        return in_config(finding, _NAMESPACE[1:], made.main, original.document)
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
    written = find_written(made)
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
    return judge(document, find_oldest(made.main.config, made.main.document.data))


def _judged(each: Located, made: Application) -> Iterator[Diagnostic]:
    yield from map(each.locate, judge_for(made, each.document))


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
    at, source = patches[-1].path, made.main.document
    name = tried.now.identity
    hides = name.kind == SECRET.name
    problem = problem_at(finding, source.place(at), source.show(at), hides=hides)
    where = f"{name_field(finding, name)}, after the patch"
    return problem._replace(message=f"{problem.message} ({where})")

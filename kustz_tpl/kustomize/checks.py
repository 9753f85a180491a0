"""Checks what kustomize builds of an application."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kustz_tpl.errors import Diagnostic, InputError
from kustz_tpl.finished_objects import judge_for, unique
from kustz_tpl.generated import Generated
from kustz_tpl.kinds.kind import value_at
from kustz_tpl.kinds.secret import SECRET
from kustz_tpl.kustomize.objects import Built
from kustz_tpl.kustomize.program import Kustomize
from kustz_tpl.kustomize.staging import StagedApplication, stage
from kustz_tpl.patches.dry_run import no_effect, only_tests
from kustz_tpl.resource import Identity

_LOCAL = ("metadata", "annotations", "config.kubernetes.io/local-config")


def check_build(generated: Generated, kustomize: Kustomize) -> list[Built]:
    """Return the objects that kustomize builds; InputError with every problem found in them."""
    with stage(generated, kustomize) as staged:
        built = plain = staged.read(staged.build())
        if staged.patches:
            plain = staged.read(staged.build_with(()) or b"")
        found = (
            *_missing(staged, built, plain),
            *_without_effect(staged, built, plain),
            *_changed_data(staged, plain),
            *_judged(staged, built),
        )
        _refuse(generated, found)
        return built


def _refuse(generated: Generated, found: Iterable[Diagnostic]) -> None:
    """Raise InputError with what was found; what was a warning before is an error now."""
    problems = unique(found)
    known = {each[:5] for each in problems}
    warnings = [each for each in generated.warnings if each[:5] not in known]
    first = generated.made.main.document.file if generated.made else ""
    problems.sort(key=lambda each: (each.file != first, each.file, each.line, each.column))
    if problems:
        raise InputError(*problems, *warnings)


def _missing(
    staged: StagedApplication, built: Iterable[Built], plain: Iterable[Built]
) -> Iterator[Diagnostic]:
    """Yield the objects that kustomize leaves out, except for those that a patch deletes."""
    there = {each.name for each in (*built, *plain)}
    for name, original in staged.objects.items():
        if name not in there:
            if original.file and original.file not in staged.resources:
                message = f"expected {original.file} in resources, got none"
                yield staged.in_kustomization(("resources",), message)
                continue
            is_local = value_at(original.document, *_LOCAL) is not None
            message = "kustomize leaves out objects with this annotation"
            if not is_local:
                message = f"kustomize does not build {name}"
            path = _LOCAL if is_local else ("metadata", "name")
            yield original.locate(Diagnostic.about(path, message, is_about_key=is_local))


def _changed(built: Iterable[Built], other: Iterable[Built]) -> set[Identity]:
    """Return the objects that differ in two builds."""
    after, before = ({each.name: each.document for each in all_} for all_ in (built, other))
    return {name for name in {**after, **before} if after.get(name) != before.get(name)}


def _without_effect(
    staged: StagedApplication, built: Iterable[Built], plain: Iterable[Built]
) -> Iterator[Diagnostic]:
    """Yield the patches without which kustomize builds the same.

    No build is needed for a patch that is the only one for a changed object.
    """
    changed = _changed(built, plain)
    kept = [(patch, staged.names_of(patch)) for patch in staged.patches]
    for patch, names in reversed(kept):
        others = [each for each in kept if each[0] is not patch]
        of_others = {name for _, further in others for name in further}
        if only_tests(patch) or names & changed - of_others:
            continue
        printed = staged.build_with([each for each, _ in others])
        if printed is not None and not _changed(built, staged.read(printed)):
            kept = others
            yield staged.in_patch(patch, no_effect(patch))
    for patch in staged.made.patches:
        if patch not in staged.patches:
            yield staged.in_patch(patch, "this patch is not in kustomization.yml")


def _changed_data(staged: StagedApplication, plain: Iterable[Built]) -> Iterator[Diagnostic]:
    """Yield the keys of ConfigMaps and Secrets whose data differ from their sources."""
    found = {each.name: each for each in plain}
    for name, wanted in staged.contents():
        each = found.get(name)
        if each is None:
            continue
        got = dict(_contents(each.document))
        for key in sorted({*wanted, *got}):
            if wanted.get(key) != got.get(key):
                yield each.place(Diagnostic.about(("data", key), _difference(key, wanted, got)))


def _difference(key: str, wanted: Mapping[str, bytes], got: Mapping[str, bytes | None]) -> str:
    if key not in got:
        return f"kustomize removes the key {key}"
    return f"kustomize {'changes the data of' if key in wanted else 'adds'} the key {key}"


def _contents(document: Mapping[str, Any]) -> Iterator[tuple[str, bytes | None]]:
    is_secret = document["kind"] == SECRET.name
    for key, text in (document.get("data") or {}).items():
        yield key, _decoded(text) if is_secret else str(text).encode()
    for key, text in (document.get("binaryData") or {}).items():
        yield key, _decoded(text)


def _decoded(text: object) -> bytes | None:
    """Return the bytes of a base64 string, None for another string."""
    try:
        return b64decode(str(text))
    except ValueError:
        return None


def _judged(staged: StagedApplication, built: Iterable[Built]) -> Iterator[Diagnostic]:
    for each in built:
        if not staged.made.is_unknown(each.name):
            found = judge_for(staged.made, each.document)
            # A plain run has given the warnings.
            yield from (each.place(problem) for problem in found if problem.severity == "error")

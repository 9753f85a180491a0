"""Checks what kustomize builds of an application."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kustz_tpl.build.bench import Bench, opened
from kustz_tpl.build.kustomize import Kustomize
from kustz_tpl.build.objects import Built
from kustz_tpl.errors import Diagnostic, InputError
from kustz_tpl.finished_objects import judge_for, unique
from kustz_tpl.generated import Generated
from kustz_tpl.kinds.kind import value_at
from kustz_tpl.kinds.secret import SECRET
from kustz_tpl.patches.dry_run import no_effect, only_tests
from kustz_tpl.resource import Identity

_LOCAL = ("metadata", "annotations", "config.kubernetes.io/local-config")


def build_objects(generated: Generated, kustomize: Kustomize) -> list[Built]:
    """Return the objects that kustomize builds; InputError if it does not build ours."""
    with opened(generated, kustomize) as bench:
        return bench.read(bench.build())


def check_build(generated: Generated, kustomize: Kustomize) -> list[Built]:
    """Return the objects that kustomize builds; InputError with all that is wrong with them."""
    with opened(generated, kustomize) as bench:
        built = plain = bench.read(bench.build())
        if bench.patches:
            plain = bench.read(bench.build_with(()) or b"")
        found = (
            *_missing(bench, built, plain),
            *_idle(bench, built, plain),
            *_other_bytes(bench, plain),
            *_judged(bench, built),
        )
        _refuse(generated, found)
        return built


def _refuse(generated: Generated, found: Iterable[Diagnostic]) -> None:
    """Raise InputError with what was found; what was a warning before is an error now."""
    problems = unique(found)
    known = {each[:5] for each in problems}
    warnings = [each for each in generated.warnings if each[:5] not in known]
    first = generated.made.workloads[0].document.file if generated.made else ""
    problems.sort(key=lambda each: (each.file != first, each.file, each.line, each.column))
    if problems:
        raise InputError(*problems, *warnings)


def _missing(bench: Bench, built: Iterable[Built], plain: Iterable[Built]) -> Iterator[Diagnostic]:
    """Yield the objects that kustomize leaves out, except for those that a patch deletes."""
    there = {each.name for each in (*built, *plain)}
    for name, original in bench.objects.items():
        if name not in there:
            if original.file and original.file not in bench.resources:
                message = f"expected {original.file} in resources, got none"
                yield bench.in_kustomization(("resources",), message)
                continue
            is_local = value_at(original.document, *_LOCAL) is not None
            message = "kustomize leaves out an object with this annotation"
            if not is_local:
                message = f"kustomize builds no {name}"
            path = _LOCAL if is_local else ("metadata", "name")
            yield original.locate(Diagnostic.about(path, message, is_about_key=is_local))


def _changed(built: Iterable[Built], other: Iterable[Built]) -> set[Identity]:
    """Return the objects that differ in two builds."""
    after, before = ({each.name: each.document for each in all_} for all_ in (built, other))
    return {name for name in {**after, **before} if after.get(name) != before.get(name)}


def _idle(bench: Bench, built: Iterable[Built], plain: Iterable[Built]) -> Iterator[Diagnostic]:
    """Yield the patches without which kustomize builds the same.

    One that alone is for a changed object needs no build of its own.
    """
    changed = _changed(built, plain)
    kept = [(patch, bench.names_of(patch)) for patch in bench.patches]
    for patch, names in reversed(kept):
        others = [each for each in kept if each[0] is not patch]
        of_others = {name for _, further in others for name in further}
        if only_tests(patch) or names & changed - of_others:
            continue
        printed = bench.build_with([each for each, _ in others])
        if printed is not None and not _changed(built, bench.read(printed)):
            kept = others
            yield bench.in_patch(patch, no_effect(patch))
    for patch in bench.made.patches:
        if patch not in bench.patches:
            yield bench.in_patch(patch, "kustomization.yml does not have this patch")


def _other_bytes(bench: Bench, plain: Iterable[Built]) -> Iterator[Diagnostic]:
    """Yield the keys of ConfigMaps and Secrets that do not hold what their sources hold."""
    found = {each.name: each for each in plain}
    for name, wanted in bench.contents():
        each = found.get(name)
        if each is None:
            continue
        got = dict(_contents(each.document))
        for key in sorted({*wanted, *got}):
            if wanted.get(key) != got.get(key):
                yield each.place(Diagnostic.about(("data", key), _difference(key, wanted, got)))


def _difference(key: str, wanted: Mapping[str, bytes], got: Mapping[str, bytes | None]) -> str:
    if key not in got:
        return f"kustomize builds no key {key}"
    return f"kustomize builds {'other data of the' if key in wanted else 'a further'} key {key}"


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


def _judged(bench: Bench, built: Iterable[Built]) -> Iterator[Diagnostic]:
    for each in built:
        if each.name not in bench.unknown:
            found = judge_for(bench.made, each.document)
            # A plain run has given the warnings.
            yield from (each.place(problem) for problem in found if problem.severity == "error")

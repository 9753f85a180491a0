"""Checks what kustomize builds of an application."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kustz_tpl.build.bench import Bench, opened
from kustz_tpl.build.kustomize import Kustomize
from kustz_tpl.build.objects import Built
from kustz_tpl.errors import Diagnostic, InputError
from kustz_tpl.finished_objects import unique
from kustz_tpl.kinds.kind import value_at
from kustz_tpl.kinds.secret import SECRET
from kustz_tpl.patches.dry_run import no_effect, only_tests
from kustz_tpl.pipeline import Generated
from kustz_tpl.resource import Identity
from kustz_tpl.verdict import judge

_LOCAL = ("metadata", "annotations", "config.kubernetes.io/local-config")


def build_objects(generated: Generated, kustomize: Kustomize) -> list[Built]:
    """Return the objects that kustomize builds; InputError if it does not build exactly ours."""
    with opened(generated, kustomize) as bench:
        built = bench.build_all()
        _refuse(generated, _strangers(bench, built))
        return built


def check_build(generated: Generated, kustomize: Kustomize) -> list[Built]:
    """Return the objects that kustomize builds; InputError with all that is wrong with them."""
    with opened(generated, kustomize) as bench:
        built = bench.build_all()
        _refuse(generated, _strangers(bench, built))
        plain = bench.build_plain() if bench.patches else built
        found = (
            *_missing(bench, built, plain),
            *_idle(bench, built, plain),
            *_other_bytes(bench, plain),
            *_judged(bench, built),
        )
        _refuse(generated, found)
        return built


def _refuse(generated: Generated, found: Iterable[Diagnostic]) -> None:
    """Raise InputError with what was found and not reported as a warning before."""
    known = {each[:5] for each in generated.warnings}
    problems = [each for each in unique(found) if each[:5] not in known]
    first = generated.made.workloads[0].document.file if generated.made else ""
    problems.sort(key=lambda each: (each.file != first, each.file, each.line, each.column))
    if problems:
        raise InputError(*problems, *generated.warnings)


def _strangers(bench: Bench, built: Iterable[Built]) -> Iterator[Diagnostic]:
    """Yield the objects that we did not generate."""
    for each in built:
        if each.original is None:
            yield bench.in_kustomization((), f"{each.name} is not one of the generated objects")


def _missing(
    bench: Bench, built: Iterable[Built], plain: Iterable[Built] | None
) -> Iterator[Diagnostic]:
    """Yield the objects that kustomize leaves out, except for those that a patch deletes."""
    there = {each.name for each in (*built, *(plain or ()))}
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


def _idle(
    bench: Bench, built: Sequence[Built], plain: Sequence[Built] | None
) -> Iterator[Diagnostic]:
    """Yield the patches without which kustomize builds the same.

    One that alone is for a changed object needs no build of its own.
    """
    wanted, before = _documents(built), _documents(plain or ())
    changed = {name for name in bench.objects if wanted.get(name) != before.get(name)}
    kept = list(bench.patches)
    for patch in reversed(bench.patches):
        others = [each for each in kept if each is not patch]
        concerned = bench.names_of(patch)
        of_others = {name for each in others for name in bench.names_of(each)}
        if only_tests(patch) or (plain is not None and concerned & changed - of_others):
            continue
        without = bench.try_build(others)
        if without is not None and _documents(without) == wanted:
            kept = others
            yield bench.in_patch(patch, no_effect(patch))
    for patch in bench.made.patches:
        if patch not in bench.patches:
            yield bench.in_patch(patch, "kustomization.yml does not have this patch")


def _documents(built: Iterable[Built]) -> dict[Identity, Any]:
    return {each.name: each.document for each in built}


def _other_bytes(bench: Bench, plain: Iterable[Built] | None) -> Iterator[Diagnostic]:
    """Yield the keys of ConfigMaps and Secrets that do not hold what their sources hold."""
    found = {each.name: each for each in plain or ()}
    for name, wanted in bench.contents():
        each = found.get(name)
        if each is None:
            continue
        got = dict(_contents(each.document))
        for key in sorted({*wanted, *got}):
            if wanted.get(key) != got.get(key):
                yield each.place(Diagnostic.about(("data", key), _difference(key, wanted, got)))


def _difference(key: str, wanted: Mapping[str, bytes], got: Mapping[str, bytes]) -> str:
    if key not in got:
        return f"kustomize builds no key {key}"
    return f"kustomize builds {'other data of the' if key in wanted else 'a further'} key {key}"


def _contents(document: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    is_secret = document["kind"] == SECRET.name
    for key, text in (document.get("data") or {}).items():
        yield key, b64decode(str(text)) if is_secret else str(text).encode()
    for key, text in (document.get("binaryData") or {}).items():
        yield key, b64decode(str(text))


def _judged(bench: Bench, built: Iterable[Built]) -> Iterator[Diagnostic]:
    for each in built:
        if each.name not in bench.unknown:
            yield from map(each.place, judge(each.document))

"""The patches of kustz.yml, which kustomize applies to the generated manifests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from kustz_tpl.data_files.folder import DataFolder, read_data
from kustz_tpl.errors import Diagnostic, InputError, KeyPath, NotationError, RefusedError
from kustz_tpl.kustomize_text import kustomize_fault
from kustz_tpl.messages import Shown, any_of, closest
from kustz_tpl.patches.manifest import parse_documents
from kustz_tpl.patches.selector import (
    PATTERNS,
    SELECTORS,
    is_selected,
    parse_pattern,
    parse_selector,
)
from kustz_tpl.resource import Resource, parse_resource
from kustz_tpl.yaml_source.loader import YAMLError, compose
from kustz_tpl.yaml_source.tree import describe

OPERATIONS = ("add", "remove", "replace", "move", "copy", "test")
_WITH_SOURCE = ("move", "copy")
_FORM = "a patch: a manifest with apiVersion, kind and metadata.name, or a list of JSON operations"


class Patch(NamedTuple):
    """Hold a patch as in kustomization.yml, and the objects that it names.

    `path` is its path in the config. A list of JSON operations names no objects.
    """

    path: KeyPath
    text: str
    target: Mapping[str, str]
    options: Mapping[str, bool]
    named: tuple[Resource, ...]

    @property
    def entry(self) -> dict[str, Any]:
        """Return the entry for `patches` of kustomization.yml."""
        entry: dict[str, Any] = {"patch": self.text}
        if self.target:
            entry["target"] = dict(self.target)
        if self.options:
            entry["options"] = dict(self.options)
        return entry


def read_patches(
    entries: Iterable[Mapping[str, Any] | None],
    is_unsure: Callable[[KeyPath], bool],
    folder: DataFolder,
) -> tuple[list[Patch], list[Diagnostic]]:
    """Return the patches of the config, with those in files, and what is wrong with them.

    The problem of an unsure key is known already.
    """
    patches: list[Patch] = []
    findings: list[Diagnostic] = []
    for index, entry in enumerate(entries):
        if entry is None:
            continue
        path: KeyPath = ("patches", index)
        wrong = list(_check_target(entry["target"], path))
        findings += wrong
        if is_unsure((*path, "patch")) or is_unsure((*path, "path")):
            continue
        may_have_target = any(is_unsure((*path, "target", key)) for key in entry["target"])
        try:
            patch = _read_patch(entry, path, folder, may_have_target=may_have_target)
        except (InputError, RefusedError) as error:
            key = next((key for key in ("patch", "path") if entry[key] is not None), None)
            at = (*path, key) if key else path
            if isinstance(error, InputError):
                findings += [Diagnostic.about(at, each.message) for each in error.diagnostics]
            else:
                findings.append(Diagnostic.about(at, str(error)))
            continue
        patches += [] if wrong else [patch]
    return patches, findings


def check_matches(patches: Iterable[Patch], resources: Iterable[Resource]) -> Iterator[Diagnostic]:
    """Yield the patches that kustomize would refuse or that match nothing."""
    present = list(resources)
    for patch in patches:
        if patch.target:
            if not any(is_selected(each, patch.target) for each in present):
                yield Diagnostic.about(
                    (*patch.path, "target"), f"matches none of {_listed(present)}"
                )
            continue
        for named in patch.named:
            if not any(is_same(named, each) for each in present):
                yield Diagnostic.about(patch.path, f"{named} is not one of {_listed(present)}")


def _read_patch(
    entry: Mapping[str, Any], path: KeyPath, folder: DataFolder, *, may_have_target: bool
) -> Patch:
    if (entry["patch"] is None) is (entry["path"] is None):
        raise NotationError("either patch or path")
    text = entry["patch"]
    if text is None:
        try:
            text = read_data(folder, entry["path"]).decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            raise NotationError("UTF-8 text") from None
    if fault := kustomize_fault(text):
        raise RefusedError(fault)
    target = {key: value for key, value in entry["target"].items() if value is not None}
    options = {key: value for key, value in entry["options"].items() if value}
    has_target = bool(target) or may_have_target
    return Patch(path, text, target, options, _named(text, has_target=has_target))


def _named(text: str, *, has_target: bool) -> tuple[Resource, ...]:
    """Return the objects that a patch names; raises RefusedError if it is not a patch."""
    documents = [_read_json(text)] if is_json(text) else parse_documents(text)
    if len(documents) == 1 and isinstance(documents[0], list):
        if not has_target:
            raise NotationError("a target for a JSON patch", Shown("none"))
        _check_operations(documents[0], text)
        return ()
    if not documents or (has_target and len(documents) > 1):
        count = f"{len(documents)} documents" if documents else "nothing"
        raise NotationError(_FORM, Shown(count))
    try:
        return tuple(parse_resource(document) for document in documents)
    except ValueError as error:
        raise NotationError(_FORM, hint=str(error)) from None


def is_json(text: str) -> bool:
    """Check whether kustomize reads a patch as JSON, not as YAML."""
    return text.strip().startswith("[")


def _read_json(text: str) -> Any:  # noqa: ANN401 - any JSON
    import json  # noqa: PLC0415 - seldom

    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f" in line {error.lineno}, column {error.colno}"
    except (ValueError, RecursionError):  # too many digits, too many nested lists
        place = ""
    raise RefusedError(f"invalid JSON{place}; kustomize reads a patch that starts with '[' as JSON")


def _check_operations(operations: list[Any], text: str) -> None:
    """Raise InputError with the problem of each invalid operation."""
    faults = {at: fault for at, each in enumerate(operations) if (fault := _fault(each))}
    lines = _lines(text) if faults else []
    diagnostics = []
    for at, fault in faults.items():
        where = f", in line {lines[at]} of the patch" if lines[at:] else ""
        message = f"operation {at + 1}{where}: {fault}"
        diagnostics.append(Diagnostic("", 0, 0, "", message))
    if diagnostics:
        raise InputError(*diagnostics)


def _fault(operation: object) -> str | None:
    if not isinstance(operation, dict):
        return f"expected a mapping with op and path, got {_shown(operation)}"
    op = operation.get("op")
    if op not in OPERATIONS:
        hint = closest(op, OPERATIONS) if isinstance(op, str) else None
        return (
            f"expected the op {any_of(OPERATIONS)}, got {_shown(op)}{f'; {hint}' if hint else ''}"
        )
    pointers = ("path", "from") if op in _WITH_SOURCE else ("path",)
    return next((found for key in pointers if (found := _pointer_fault(key, operation))), None)


def _pointer_fault(key: str, operation: Mapping[str, Any]) -> str | None:
    pointer = operation.get(key)
    if isinstance(pointer, str) and pointer.startswith("/"):
        return None
    hint = "; start it with /" if isinstance(pointer, str) else ""
    return f"expected a {key} such as /spec/replicas, got {_shown(pointer)}{hint}"


def _shown(value: object) -> str:
    return "nothing" if value is None else describe(value)


def _lines(text: str) -> list[int]:
    """Return the line of each operation; nothing if all are on one line."""
    if "\n" not in text.strip():
        return []
    # it was parsed before; libyaml reads all JSON except rare escapes
    with suppress(YAMLError):
        node = compose(text)
        return [each.start_mark.line + 1 for each in node.value] if node else []
    return []


def _check_target(target: Mapping[str, str | None], path: KeyPath) -> Iterator[Diagnostic]:
    checks = dict.fromkeys(PATTERNS, parse_pattern) | dict.fromkeys(SELECTORS, parse_selector)
    for key, check in checks.items():
        text = target[key]
        if text is None:
            continue
        try:
            check(text)
        except NotationError as error:
            yield Diagnostic.about((*path, "target", key), error)


def is_same(one: Resource, other: Resource) -> bool:
    """Check whether an object that a patch names is this one."""
    return one.identity == other.identity and one.version == other.version


def _listed(resources: Iterable[Resource]) -> str:
    return "the generated objects: " + ", ".join(sorted(str(each) for each in resources))

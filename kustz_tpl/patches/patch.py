"""The patches of kustz.yml, for kustomize to apply to what is generated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from kustz_tpl.data_files.folder import DataFolder, read_data
from kustz_tpl.errors import Diagnostic, InputError, NotationError, RefusedError
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
from kustz_tpl.yaml_source.tree import Path, describe

OPERATIONS = ("add", "remove", "replace", "move", "copy", "test")
_WITH_SOURCE = ("move", "copy")
_FORM = "a patch: a manifest with apiVersion, kind and metadata.name, or a list of JSON operations"


class Patch(NamedTuple):
    """Hold a patch as it stands in kustomization.yml, and the objects it names itself.

    `path` is where it stands in the config. A list of JSON operations names none.
    """

    path: Path
    text: str
    target: Mapping[str, str]
    options: Mapping[str, bool]
    named: tuple[Resource, ...]

    @property
    def entry(self) -> dict[str, Any]:
        """Return the entry of kustomization.yml's `patches`."""
        entry: dict[str, Any] = {"patch": self.text}
        if self.target:
            entry["target"] = dict(self.target)
        if self.options:
            entry["options"] = dict(self.options)
        return entry


def read_patches(
    entries: Iterable[Mapping[str, Any] | None],
    is_unsure: Callable[[Path], bool],
    folder: DataFolder,
) -> tuple[list[Patch], list[Diagnostic]]:
    """Return the patches of the config, those in files read, and what is wrong with them.

    Of a key that is unsure, the fault is known already.
    """
    patches: list[Patch] = []
    findings: list[Diagnostic] = []
    for index, entry in enumerate(entries):
        if entry is None:
            continue
        path: Path = ("patches", index)
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
    """Yield the patches that kustomize would refuse or silently apply to nothing."""
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
                yield Diagnostic.about(patch.path, f"{named} is none of {_listed(present)}")


def _read_patch(
    entry: Mapping[str, Any], path: Path, folder: DataFolder, *, may_have_target: bool
) -> Patch:
    if (entry["patch"] is None) is (entry["path"] is None):
        raise NotationError("either patch or path")
    text = entry["patch"]
    if text is None:
        text = _text(read_data(folder, entry["path"]))
    if fault := kustomize_fault(text):
        raise RefusedError(fault)
    target = {key: value for key, value in entry["target"].items() if value is not None}
    options = {key: value for key, value in entry["options"].items() if value}
    has_target = bool(target) or may_have_target
    return Patch(path, text, target, options, _named(text, has_target=has_target))


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise NotationError("UTF-8 text") from None


def _named(text: str, *, has_target: bool) -> tuple[Resource, ...]:
    """Return the objects that a patch names; RefusedError where it is no patch."""
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
        place = f"in line {error.lineno}, column {error.colno}"
    except (ValueError, RecursionError):  # a number of digits without end, lists in lists
        place = "that can be read"
    raise RefusedError(f"no JSON {place}; kustomize reads a patch that starts with '[' as JSON")


def _check_operations(operations: list[Any], text: str) -> None:
    """Raise InputError with the fault of every operation that has one."""
    faults = {at: fault for at, each in enumerate(operations) if (fault := _fault(each))}
    if faults:
        lines = _lines(text)
        raise InputError(
            *(
                Diagnostic("", 0, 0, "", f"{_name(at, lines)}: {fault}")
                for at, fault in faults.items()
            )
        )


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
    hint = "; it starts with /" if isinstance(pointer, str) else ""
    return f"expected a {key} such as /spec/replicas, got {_shown(pointer)}{hint}"


def _shown(value: object) -> str:
    return "nothing" if value is None else describe(value)


def _lines(text: str) -> list[int]:
    """Return the line of every operation, none where all stand in one line."""
    if "\n" not in text.strip():
        return []
    # it was parsed before; libyaml reads any JSON but for odd escapes
    with suppress(YAMLError):
        node = compose(text)
        return [each.start_mark.line + 1 for each in node.value] if node else []
    return []


def _name(index: int, lines: Sequence[int]) -> str:
    line = f", in line {lines[index]} of the patch" if index < len(lines) else ""
    return f"operation {index + 1}{line}"


def _check_target(target: Mapping[str, str | None], path: Path) -> Iterator[Diagnostic]:
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
    """Check whether a patch that names one object is for the other."""
    return one.identity == other.identity and one.version == other.version


def _listed(resources: Iterable[Resource]) -> str:
    return "what is generated: " + ", ".join(sorted(str(each) for each in resources))

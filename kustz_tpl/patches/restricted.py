"""The promise of `security: restricted`, held against the pod that all parts of a run made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from kustz_tpl.errors import Diagnostic, KeyPath
from kustz_tpl.kinds import find_pod_spec
from kustz_tpl.kinds.container import containers
from kustz_tpl.kinds.kind import string_at, value_at
from kustz_tpl.patches.dry_run import Step, TriedObject, find_cause, read_documents
from kustz_tpl.patches.patch import Patch
from kustz_tpl.resource import identify
from kustz_tpl.rules.pod_standard import EACH, LISTS, Breach, find_breaches, find_values
from kustz_tpl.yaml_source.tree import show_path

Config = Mapping[str, Any]


class Pod(NamedTuple):
    """Hold a document with the application's pod before the patches, and what they make of it."""

    before: Mapping[str, Any]
    tried: TriedObject | None


def find_pods(
    config: Config, documents: Iterable[Any], tried: Iterable[TriedObject]
) -> Iterator[Pod]:
    """Yield the documents with the pod of the application, of which most have one."""
    known = {each.first.identity: each for each in tried}
    for each in documents:
        if find_pod_spec(each) and string_at(each, "metadata", "name") == config["name"]:
            yield Pod(each, known.get(identify(each)))


def check_pod(config: Config, pod: Pod, file: str) -> Iterator[Diagnostic]:
    """Yield what breaks the standard, at the place where it is written; else at the template.

    The paths of the file's problems are those of the manifest.
    """
    steps = pod.tried.steps if pod.tried else ()
    first = _named_breaches(pod.before)
    if steps and steps[-1].document is None:
        yield from _of_merges(pod.before, steps)
        patches = [step.patch for step in steps]
        last = {key: each for key, each in first.items() if not _may_change(each, patches)}
    else:
        last = _named_breaches(steps[-1].document if steps else pod.before)
    for key, found in last.items():
        each = first.get(key, found)
        if key not in first:
            patch = find_cause(steps, key, _named_breaches)
            yield Diagnostic.about(patch.path, f"{show_path(each.path)}: {each.message}")
        elif path := _written_at(config, pod.before, each):
            yield Diagnostic.about(path, each.message, is_about_key=True)
        else:
            at = show_path((*find_pod_spec(pod.before), *each.path))
            yield Diagnostic(file, 0, 0, "", f"{at}: {each.message}")


def _named_breaches(document: Any) -> dict[tuple[Any, ...], Breach]:  # noqa: ANN401
    """Return what breaks the standard; a container is known by its name, as a patch may move it."""
    spec = value_at(document, *find_pod_spec(document))
    return {
        (_named(each.path, spec), each.message, str(each.got)): each for each in _breaches(document)
    }


def _named(path: KeyPath, spec: Any) -> KeyPath:  # noqa: ANN401
    return (
        (path[0], string_at(spec[path[0]][path[1]], "name"), *path[2:])
        if path[0] in LISTS
        else path
    )


def _breaches(document: Any) -> Iterator[Breach]:  # noqa: ANN401 - plain data
    at = find_pod_spec(document)
    annotations = value_at(document, *at[:-1], "metadata", "annotations")
    return find_breaches(value_at(document, *at) if at else {}, annotations)


def _of_merges(before: Mapping[str, Any], steps: Iterable[Step]) -> Iterator[Diagnostic]:
    """Yield what the merge patches themselves set; what they leave out says nothing."""
    for patch in (step.patch for step in steps):
        documents = (read_documents(patch.text) or ()) if patch.named else ()
        for document in documents:
            is_for_pod = bool(patch.target) or _identity(document) == _identity(before)
            for each in _breaches(document) if is_for_pod else ():
                if each.got is not None:
                    message = f"{show_path(each.path)}: {each.message}"
                    yield Diagnostic.about(patch.path, message)


def _may_change(breach: Breach, patches: Iterable[Patch]) -> bool:
    keys = [each for each in breach.path if isinstance(each, str) and each not in LISTS]
    word = keys[-1] if keys else "securityContext"
    return any(word in patch.text for patch in patches)


def _written_at(config: Config, document: Mapping[str, Any], breach: Breach) -> KeyPath | None:
    """Return where the config has what breaks the standard, None where a template has it."""
    return next(
        (
            (*base, *path)
            for base, pattern in _candidates(config, document, breach)
            for path, value in find_values(value_at(config, *base), pattern)
            if breach.got is None or not pattern or value == breach.got
        ),
        None,
    )


def _candidates(
    config: Config, document: Mapping[str, Any], breach: Breach
) -> Iterator[tuple[KeyPath, KeyPath]]:
    """Yield places of the config that may have it: where to look, and what to find there."""
    pattern: KeyPath = tuple(EACH if isinstance(each, int) else each for each in breach.path)
    if pattern[0] == "annotations":
        yield ("metadata", "pod"), pattern
        for section in (config["service"]["kind"].lower(), "job"):
            yield (section, "template", "metadata"), pattern
    elif pattern[0] not in LISTS:
        yield ("pod",), pattern
    else:
        spec = value_at(document, *find_pod_spec(document))
        name = spec[breach.path[0]][breach.path[1]].get("name")
        yield from _of_container(config, name, pattern)


def _of_container(config: Config, name: str, pattern: KeyPath) -> Iterator[tuple[KeyPath, KeyPath]]:
    key, rest = str(pattern[0]), pattern[2:]
    for each in containers(config):
        own = "containers" if each.is_main else each.path[0]
        if each.name == name and own == key and rest:
            yield (*each.path, "container"), rest
            if action := _action(each.entry, rest):
                yield (*each.path, *action), ()
    written = config["pod"].get(key)
    for index, raw in enumerate(written if isinstance(written, list) else ()):
        if string_at(raw, "name") == name:
            yield ("pod", key, index), rest


def _action(entry: Config, field: KeyPath) -> KeyPath | None:
    """Return where the language has the action of a probe or of a lifecycle hook."""
    probe = str(field[0]).removesuffix("Probe")
    if entry["probes"].get(probe):
        return "probes", probe, "action"
    has_hook = field[0] == "lifecycle" and entry["lifecycle"].get(field[1])
    return ("lifecycle", field[1]) if has_hook else None


def _identity(document: Any) -> tuple[Any, Any]:  # noqa: ANN401 - plain data
    return document.get("kind"), string_at(document, "metadata", "name")

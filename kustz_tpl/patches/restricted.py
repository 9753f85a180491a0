"""The promise of `security: restricted`, held against the pod that all parts of a run made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from kustz_tpl.errors import Diagnostic
from kustz_tpl.kinds import find_pod_spec
from kustz_tpl.kinds.container import containers
from kustz_tpl.kinds.kind import string_at, value_at
from kustz_tpl.patches.dry_run import read_documents
from kustz_tpl.patches.patch import Patch, is_same
from kustz_tpl.patches.selector import is_selected
from kustz_tpl.resource import parse_resource
from kustz_tpl.rules.pod_standard import EACH, LISTS, Breach, find_breaches, find_values
from kustz_tpl.yaml_source.tree import Path, show_path

Config = Mapping[str, Any]


class Pod(NamedTuple):
    """Hold a document with the application's pod: as it was before the patches, and after them.

    `after` is None where only kustomize knows it; `patches` are those that are for the document.
    """

    before: Mapping[str, Any]
    after: Mapping[str, Any] | None
    patches: tuple[Patch, ...]


def find_pods(
    config: Config,
    documents: Iterable[Any],
    finished: Iterable[Mapping[str, Any]],
    patches: Iterable[Patch],
) -> Iterator[Pod]:
    """Yield the documents with the pod of the application, of which most have one."""
    known = {_identity(each): each for each in finished}
    for each in documents:
        if find_pod_spec(each) and string_at(each, "metadata", "name") == config["name"]:
            resource = parse_resource(each)
            concerned = (
                patch
                for patch in patches
                if (
                    is_selected(resource, patch.target)
                    if patch.target
                    else any(is_same(named, resource) for named in patch.named)
                )
            )
            yield Pod(each, known.get(_identity(each)), tuple(concerned))


def check_pod(config: Config, pod: Pod, file: str) -> Iterator[Diagnostic]:
    """Yield what breaks the standard, at the place where it is written; else at the template.

    The paths of the file's problems are those of the manifest.
    """
    first = list(_breaches(pod.before))
    if pod.after is None:
        yield from _of_merges(pod)
        last = [each for each in first if not _may_change(each, pod.patches)]
    else:
        last = list(_breaches(pod.after))
    for each in last:
        if each not in first:
            message = f"{show_path(each.path)}: {each.message}"
            yield Diagnostic.about(("patches",), message, is_about_key=True)
        elif path := _written_at(config, pod.before, each):
            yield Diagnostic.about(path, each.message, is_about_key=True)
        else:
            at = show_path((*find_pod_spec(pod.before), *each.path))
            yield Diagnostic(file, 0, 0, "", f"{at}: {each.message}")


def _breaches(document: Any) -> Iterator[Breach]:  # noqa: ANN401 - plain data
    at = find_pod_spec(document)
    annotations = value_at(document, *at[:-1], "metadata", "annotations")
    return find_breaches(value_at(document, *at) if at else {}, annotations)


def _of_merges(pod: Pod) -> Iterator[Diagnostic]:
    """Yield what the merge patches themselves set; what they leave out says nothing."""
    for patch in pod.patches:
        documents = (read_documents(patch.text) or ()) if patch.named else ()
        for document in documents:
            is_for_pod = bool(patch.target) or _identity(document) == _identity(pod.before)
            for each in _breaches(document) if is_for_pod else ():
                if each.got is not None:
                    message = f"{show_path(each.path)}: {each.message}"
                    yield Diagnostic.about(patch.path, message)


def _may_change(breach: Breach, patches: Iterable[Patch]) -> bool:
    keys = [each for each in breach.path if isinstance(each, str) and each not in LISTS]
    word = keys[-1] if keys else "securityContext"
    return any(word in patch.text for patch in patches)


def _written_at(config: Config, document: Mapping[str, Any], breach: Breach) -> Path | None:
    """Return where the config has what breaks the standard, None where a template has it."""
    return next(
        (
            (*base, *path)
            for base, pattern in _candidates(config, document, breach)
            for path, value in find_values(_at(config, base), pattern)
            if breach.got is None or not pattern or value == breach.got
        ),
        None,
    )


def _candidates(
    config: Config, document: Mapping[str, Any], breach: Breach
) -> Iterator[tuple[Path, Path]]:
    """Yield places of the config that may have it: where to look, and what to find there."""
    pattern: Path = tuple(EACH if isinstance(each, int) else each for each in breach.path)
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


def _of_container(config: Config, name: str, pattern: Path) -> Iterator[tuple[Path, Path]]:
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


def _action(entry: Config, field: Path) -> Path | None:
    """Return where the language has the action of a probe or of a lifecycle hook."""
    probe = str(field[0]).removesuffix("Probe")
    if entry["probes"].get(probe):
        return "probes", probe, "action"
    has_hook = field[0] == "lifecycle" and entry["lifecycle"].get(field[1])
    return ("lifecycle", field[1]) if has_hook else None


def _at(config: Any, path: Path) -> Any:  # noqa: ANN401 - any part of a config
    for step in path:
        if isinstance(config, dict):
            config = config.get(step)
        else:
            config = config[step] if isinstance(step, int) else None
    return config


def _identity(document: Any) -> tuple[Any, Any]:  # noqa: ANN401 - plain data
    return document.get("kind"), string_at(document, "metadata", "name")

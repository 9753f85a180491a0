"""The further workloads of an application, each as a document of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from kustz_tpl.errors import Diagnostic, KeyPath, NotationError
from kustz_tpl.messages import Shown, closest, with_hint
from kustz_tpl.notation.choices import ROUTE_KINDS
from kustz_tpl.notation.names import parse_dns_label
from kustz_tpl.schema.inheritance import KEYS, WORKLOADS, inherit, is_stateful_set, text_at
from kustz_tpl.schema.language import SCHEMA
from kustz_tpl.yaml_source.composition import MAX_NODES
from kustz_tpl.yaml_source.tree import Data, Document, describe, show_path

if TYPE_CHECKING:
    from kustz_tpl.schema.config import Config

_OF_APPLICATION = (*(kind.lower() for kind in ROUTE_KINDS), "configmap", "secret")
"""The kinds of `metadata` whose objects are of no workload."""
_OF_ALL = tuple(key for key in SCHEMA if key not in KEYS)
"""The keys of the top level that hold for all workloads."""


class Entry(NamedTuple):
    """Hold an entry of `workloads` as the document of an application of its own."""

    name: str
    document: Document


class Workload(NamedTuple):
    """Hold a workload of the application: its entry of `workloads`, and its config.

    The main one has no entry. `document` tells where each thing is written, `env` are the
    variables of files and pairs by container.
    """

    entry: str | None
    config: Config
    document: Document
    env: Mapping[str, dict[str, str]] = {}


def split_workloads(document: Document) -> tuple[list[Entry], list[Diagnostic]]:
    """Return the entries of a document, and what is wrong with their names and keys."""
    found = document.data.get(WORKLOADS)
    if not isinstance(found, dict):
        return [], []
    entries: list[Entry] = []
    problems: list[Diagnostic] = []
    count = 0
    for name, entry in found.items():
        if document.is_unsure((WORKLOADS, name)):
            continue
        if problem := _refusal(document, name, entry):
            problems.append(problem)
            continue
        made, idle = inherit(document, name)
        count += len(made.places)
        if count > MAX_NODES:
            most = NotationError(f"at most {MAX_NODES} values", Shown("more through inheritance"))
            return [], [Diagnostic.at(document.key_place((WORKLOADS,)), WORKLOADS, most)]
        problems += [*_unknown_keys(document, name), *idle]
        entries.append(Entry(name, made))
    return entries, problems


def unreported(
    workload: Workload, problems: Iterable[Diagnostic], known: Iterable[Diagnostic]
) -> list[Diagnostic]:
    """Leave out the problems of what is inherited that were found where it is written.

    The entry of `workloads` is named in those that it alone has.
    """
    places = {each[:4] for each in known} if workload.entry else set()
    found = (each for each in problems if each[:4] not in places)
    return [_named(workload, each) for each in found] if workload.entry else [*found]


def _named(workload: Workload, problem: Diagnostic) -> Diagnostic:
    is_own = problem.path.startswith(("workloads", "services"))
    if is_own or problem.file != workload.document.file:
        return problem
    return problem._replace(message=f"{problem.message} (in workloads.{workload.entry})")


def _refusal(document: Document, name: str, entry: Data) -> Diagnostic | None:
    """Return why an entry is none."""
    at = (WORKLOADS, name)
    try:
        parse_dns_label(name)
    except NotationError as error:
        return Diagnostic.at(document.key_place(at), show_path(at), error)
    if not isinstance(entry, dict):
        refusal = NotationError("a mapping", Shown(describe(entry)))
        return Diagnostic.at(document.place(at), show_path(at), refusal)
    if set(entry) <= {"replicas"}:
        main = text_at(document.data, "name")
        message = f"expected more than replicas: it would run the same as {main}"
        return Diagnostic.at(document.key_place(at), show_path(at), message)
    return None


def _unknown_keys(document: Document, name: str) -> Iterator[Diagnostic]:
    main = text_at(document.data, "name")
    hints = {
        **dict.fromkeys(_OF_ALL, "write it at the top level"),
        **dict.fromkeys(("labels", "annotations"), f"write {WORKLOADS}.{name}.metadata"),
        "ingress": f"write the rule in ingress.rules with ?svc={main}-{name}",
        "service": f"write its keys in {WORKLOADS}.{name} itself",
    }
    for key in (each for each in _entry(document, name) if each not in KEYS):
        at, hint = (WORKLOADS, name, key), hints.get(key) or closest(key, KEYS)
        yield Diagnostic.at(document.key_place(at), show_path(at), with_hint("unknown key", hint))
    metadata = _entry(document, name).get("metadata")
    is_stateful = is_stateful_set(document.data, (WORKLOADS, name))
    for kind in metadata if isinstance(metadata, dict) else ():
        if kind in _OF_APPLICATION or (kind == "persistentvolumeclaim" and not is_stateful):
            path: KeyPath = (WORKLOADS, name, "metadata", kind)
            message = f"expected it in metadata of the top level: no {kind} is of one workload"
            yield Diagnostic.at(document.key_place(path), show_path(path), message)


def _entry(document: Document, name: str) -> Mapping[str, Data]:
    entries = document.data[WORKLOADS]
    entry = entries.get(name) if isinstance(entries, dict) else None
    return entry if isinstance(entry, dict) else {}

"""The further workloads of an application, each as a document of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from kustz_tpl.errors import Diagnostic, NotationError
from kustz_tpl.messages import Shown, closest, with_hint
from kustz_tpl.notation.mount import parse_mount
from kustz_tpl.notation.names import parse_dns_label
from kustz_tpl.schema.language import SCHEMA
from kustz_tpl.yaml_source.merge_patch import Layer, find_idle_nulls, merge_patch
from kustz_tpl.yaml_source.tree import (
    NULL,
    Data,
    Document,
    Path,
    Place,
    Scalar,
    describe,
    show_path,
    to_boolean,
)

if TYPE_CHECKING:
    from kustz_tpl.schema.config import Config

_KEY = "workloads"
_INHERITED = (
    "image",
    "imagePullPolicy",
    "imagePullSecrets",
    "envs",
    "resources",
    "mounts",
    "container",
)
"""What an entry takes over from `service`: where and with what it runs."""
_INHERITED_TOP = ("serviceAccount", "security", "spread", "tolerations", "dns", "pod")
_COMMON = (
    "apiVersion",
    "namespace",
    "labels",
    "annotations",
    "kubeVersion",
    "values",
    "nameSuffixHash",
)
"""What holds for every object of the application."""
_OWN_TOP = (
    "containers",
    "initContainers",
    "metadata",
    "selector",
    "deployment",
    "statefulset",
    "daemonset",
    "cronjob",
    "job",
)
_OF_APPLICATION = ("ingress", "configmap", "secret")
"""The kinds of `metadata` whose objects are of no workload."""
_PART_OF = "app.kubernetes.io/part-of"
_ACCOUNT = "serviceAccount"
_OF_NEW_CLAIM = ("size", "class", "access")
_NOTHING = "nothing to take away: nothing is inherited here"


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
    found = document.data.get(_KEY)
    if not isinstance(found, dict):
        return [], []
    entries: list[Entry] = []
    problems: list[Diagnostic] = []
    for name, entry in found.items():
        if document.is_unsure((_KEY, name)):
            continue
        if problem := _refusal(document, name, entry):
            problems.append(problem)
            continue
        made, idle = _document(document, name)
        problems += [*_unknown_keys(document, name), *idle]
        entries.append(Entry(name, made))
    return entries, problems


def _refusal(document: Document, name: str, entry: Data) -> Diagnostic | None:
    """Return why an entry is none."""
    at = (_KEY, name)
    try:
        parse_dns_label(name)
    except NotationError as error:
        return Diagnostic.at(document.key_place(at), show_path(at), error)
    if not isinstance(entry, dict):
        refusal = NotationError("a mapping", Shown(describe(entry)))
        return Diagnostic.at(document.place(at), show_path(at), refusal)
    if set(entry) <= {"replicas"}:
        main = _text_at(document.data, "name")
        message = f"expected more than replicas: it would run the same as {main}"
        return Diagnostic.at(document.key_place(at), show_path(at), message)
    return None


def _unknown_keys(document: Document, name: str) -> Iterator[Diagnostic]:
    known = (*_keys_of_service(), *_INHERITED_TOP, *_OWN_TOP)
    main = _text_at(document.data, "name")
    hints = {
        "ingress": f"write the rule in ingress.rules with ?svc={main}-{name}",
        "service": f"write its keys in {_KEY}.{name} itself",
    }
    for key in (each for each in _entry(document, name) if each not in known):
        at, hint = (_KEY, name, key), hints.get(key) or closest(key, known)
        yield Diagnostic.at(document.key_place(at), show_path(at), with_hint("unknown key", hint))
    metadata = _entry(document, name).get("metadata")
    for kind in metadata if isinstance(metadata, dict) else ():
        if kind in _OF_APPLICATION:
            path: Path = (_KEY, name, "metadata", kind)
            message = f"expected it in metadata of the top level: no {kind} is of one workload"
            yield Diagnostic.at(document.key_place(path), show_path(path), message)


def _entry(document: Document, name: str) -> Mapping[str, Data]:
    entries = document.data[_KEY]
    entry = entries.get(name) if isinstance(entries, dict) else None
    return entry if isinstance(entry, dict) else {}


def _keys_of_service() -> tuple[str, ...]:
    schema: Mapping[str, Any] = SCHEMA["service"]["schema"]
    return tuple(schema)


def _document(document: Document, name: str) -> tuple[Document, list[Diagnostic]]:
    """Return what an entry inherits with what it says put over it.

    The problems are what it takes away without inheriting it.
    """
    whole = Layer(document.data, document.places, document.key_places)
    at: Path = (_KEY, name)
    layer = _inherited(whole, name)
    idle: list[Diagnostic] = []
    for part in (
        whole.part(at, ("service",), _keys_of_service()),
        whole.part(at, (), (*_INHERITED_TOP, *_OWN_TOP)),
    ):
        idle += (
            Diagnostic.at(part.places[path], show_path(part.shown[path]), _NOTHING)
            for path in find_idle_nulls(layer.data, part.data)
            if not any(path[:end] in document.unsure for end in range(len(path) + 1))
        )
        layer = merge_patch(layer, part)
    layer = merge_patch(_identity(document, name), _of_shared_account(layer, document))
    lost = dict(_unsure_nulls(document, name))
    made = document._replace(
        data=layer.data,
        places={**lost, **layer.places},
        key_places=dict(layer.key_places),
        shown={path: document.written_path(shown) for path, shown in layer.shown.items()},
        diagnostics=(),
        unsure=frozenset(path for path, shown in layer.shown.items() if shown in document.unsure)
        | lost.keys(),
    )
    return made, idle


def _unsure_nulls(document: Document, name: str) -> Iterator[tuple[Path, Place]]:
    """Yield where an entry has what is not known, which takes nothing away."""
    for path in document.unsure:
        if path[:2] == (_KEY, name) and path[2:]:
            is_of_service = path[2] in _keys_of_service()
            inner = ("service", *path[2:]) if is_of_service else path[2:]
            yield inner, document.place(path)


def _inherited(whole: Layer, name: str) -> Layer:
    """Return what the entry of a name takes over, and the Services that are for its pods."""
    service = whole.part(("service",), ("service",), _INHERITED)
    layer = whole.part((), (), (*_COMMON, *_INHERITED_TOP))
    layer = merge_patch(layer, _with_shared_claims(service, whole.data, name))
    services = whole.data.get("services")
    for key, each in services.items() if isinstance(services, dict) else ():
        if _text_at(each, "workload") == name:
            at = ("services", key)
            layer = merge_patch(layer, whole.part(at, at, ("ports", "annotations")))
    return layer


def _identity(document: Document, name: str) -> Layer:
    """Return what an entry has before all else: the names of its objects and its container.

    Where the image of `service` is wrong, that it is missing here too is not worth a word.
    """
    text = _text_at(document.data, "name")
    at: Path = (_KEY, name)
    data: dict[str, Data] = {
        "name": Scalar(f"{text}-{name}", is_plain=False),
        "labels": {_PART_OF: Scalar(text, is_plain=False)},
        "service": {"name": Scalar(name, is_plain=False)},
    }
    paths: tuple[Path, ...] = (("name",), ("labels", _PART_OF), ("service",), ("service", "name"))
    if ("service", "image") in document.unsure:
        data["service"] = {
            "name": Scalar(name, is_plain=False),
            "image": Scalar("x", is_plain=False),
        }
    shown: dict[Path, Path] = dict.fromkeys(paths, at)
    if ("name",) in document.unsure:
        shown |= dict.fromkeys(paths[:2], ("name",))
    places = dict.fromkeys(paths, document.key_place(at))
    return Layer(data, places, places, shown)


def _with_shared_claims(service: Layer, data: Data, name: str) -> Layer:
    """Return what is inherited of `service` with claims that already exist.

    Those of a StatefulSet's pods are left out; a StatefulSet mounts that of another kind.
    """
    of_main, of_entry = (
        _text_at(data, *path, "kind").lower() == "statefulset"
        for path in (("service",), (_KEY, name))
    )
    inherited = service.data.get("service")
    mounts = inherited.get("mounts") if isinstance(inherited, dict) else None
    if not (of_main or of_entry) or not isinstance(inherited, dict) or not isinstance(mounts, dict):
        return service
    claims = [key for key, line in mounts.items() if _makes_claim(line)]
    kept: dict[str, Data] = {
        key: _without_size(line) if key in claims else line
        for key, line in mounts.items()
        if not of_main or key not in claims
    }
    return service._replace(data={"service": {**inherited, "mounts": kept}})


def _makes_claim(line: Data) -> bool:
    if not isinstance(line, Scalar):
        return False
    try:
        mount = parse_mount(line.text)
    except NotationError:
        return False
    return mount.scheme == "pvc" and mount.option("size") is not None


def _without_size(line: Data) -> Data:
    """Return the line of a claim as one that mounts it."""
    if not isinstance(line, Scalar):
        return line
    claim, _, options = line.text.partition("?")
    kept = [each for each in options.split("&") if each.partition("=")[0] not in _OF_NEW_CLAIM]
    return Scalar("?".join(filter(None, (claim, "&".join(kept)))), is_plain=line.is_plain)


def _of_shared_account(layer: Layer, document: Document) -> Layer:
    """Return an entry that uses the application's account, where making one is inherited."""
    account, at = layer.data.get(_ACCOUNT), (_ACCOUNT, "create")
    created = account.get(at[1]) if isinstance(account, dict) else None
    is_made = isinstance(created, Scalar) and to_boolean(created)
    if not isinstance(account, dict) or not is_made or layer.shown.get(at) != at:
        return layer
    own = {
        key: value
        for key, value in account.items()
        if layer.shown.get((_ACCOUNT, key)) != (_ACCOUNT, key)
    }
    named = {"name": account.get("name", Scalar(_text_at(document.data, "name"), is_plain=False))}
    place, name = document.place(("name",)), (_ACCOUNT, "name")
    return layer._replace(
        data={**layer.data, _ACCOUNT: named | own},
        places={name: place, **layer.places},
        shown={name: ("name",), **layer.shown},
    )


def _text_at(data: Data, *keys: str) -> str:
    for key in keys:
        data = data.get(key, NULL) if isinstance(data, dict) else NULL
    return data.text if isinstance(data, Scalar) else ""

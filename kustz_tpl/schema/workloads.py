"""The further workloads of an application, each as a document of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from kustz_tpl.errors import Diagnostic, NotationError
from kustz_tpl.messages import Shown, closest, with_hint
from kustz_tpl.notation.mount import parse_mount
from kustz_tpl.notation.names import parse_dns_label
from kustz_tpl.schema.language import SCHEMA
from kustz_tpl.yaml_source.merge_patch import Layer, merge_patch
from kustz_tpl.yaml_source.tree import NULL, Data, Document, Path, Scalar, describe, show_path

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
_PART_OF = "app.kubernetes.io/part-of"


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
        if problem := _refusal(document, name, entry):
            problems.append(problem)
            continue
        if isinstance(entry, dict):
            problems += _unknown_keys(document, name, entry)
        entries.append(Entry(name, _document(document, name)))
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


def _unknown_keys(document: Document, name: str, entry: Mapping[str, Data]) -> Iterator[Diagnostic]:
    known = (*_keys_of_service(), *_INHERITED_TOP, *_OWN_TOP)
    for key in (each for each in entry if each not in known):
        at, hint = (_KEY, name, key), closest(key, known)
        if key == "ingress":
            service = f"{_text_at(document.data, 'name')}-{name}"
            hint = f"write the rule in ingress.rules with ?svc={service}"
        yield Diagnostic.at(document.key_place(at), show_path(at), with_hint("unknown key", hint))


def _keys_of_service() -> tuple[str, ...]:
    schema: Mapping[str, Any] = SCHEMA["service"]["schema"]
    return tuple(schema)


def _document(document: Document, name: str) -> Document:
    """Return what an entry inherits with what it says put over it."""
    whole = Layer(document.data, document.places, document.key_places)
    at: Path = (_KEY, name)
    layer = _identity(document, name)
    for part in (
        whole.part((), (), _COMMON),
        _without_claim_templates(whole.part(("service",), ("service",), _INHERITED), document),
        whole.part((), (), _INHERITED_TOP),
        whole.part(at, ("service",), _keys_of_service()),
        whole.part(at, (), (*_INHERITED_TOP, *_OWN_TOP)),
    ):
        layer = merge_patch(layer, part)
    return document._replace(
        data=layer.data,
        places=dict(layer.places),
        key_places=dict(layer.key_places),
        shown=layer.shown,
        diagnostics=(),
        unsure=frozenset(path for path, shown in layer.shown.items() if shown in document.unsure),
    )


def _identity(document: Document, name: str) -> Layer:
    """Return what an entry has before all else: the names of its objects and its container."""
    text = _text_at(document.data, "name")
    place, at = document.key_place((_KEY, name)), (_KEY, name)
    data: dict[str, Data] = {
        "name": Scalar(f"{text}-{name}", is_plain=False),
        "labels": {_PART_OF: Scalar(text, is_plain=False)},
        "service": {"name": Scalar(name, is_plain=False)},
    }
    paths: tuple[Path, ...] = (("name",), ("labels", _PART_OF), ("service",), ("service", "name"))
    return Layer(data, dict.fromkeys(paths, place), {}, dict.fromkeys(paths, at))


def _without_claim_templates(layer: Layer, document: Document) -> Layer:
    """Leave out the claims of a StatefulSet, which are those of its pods alone."""
    kind = _text_at(document.data, "service", "kind")
    service = layer.data.get("service")
    mounts = service.get("mounts") if isinstance(service, dict) else None
    if kind.lower() != "statefulset" or not isinstance(mounts, dict):
        return layer
    kept = tuple(key for key, line in mounts.items() if not _makes_claim(line))
    others = tuple(key for key in service if key != "mounts") if isinstance(service, dict) else ()
    at = ("service", "mounts")
    return merge_patch(layer.part(at[:1], at[:1], others), layer.part(at, at, kept))


def _makes_claim(line: Data) -> bool:
    if not isinstance(line, Scalar):
        return False
    try:
        mount = parse_mount(line.text)
    except NotationError:
        return False
    return mount.scheme == "pvc" and mount.option("size") is not None


def _text_at(data: Data, *keys: str) -> str:
    for key in keys:
        data = data.get(key, NULL) if isinstance(data, dict) else NULL
    return data.text if isinstance(data, Scalar) else ""

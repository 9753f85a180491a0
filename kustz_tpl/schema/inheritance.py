"""What an entry of `workloads` inherits: the document that it is with what it says itself."""

from __future__ import annotations

import re

from kustz_tpl.errors import Diagnostic, KeyPath, NotationError
from kustz_tpl.notation.mount import parse_mount
from kustz_tpl.schema.language import SCHEMA
from kustz_tpl.yaml_source.merge_patch import Layer, find_idle_nulls, merge_patch
from kustz_tpl.yaml_source.tree import NULL, Data, Document, Place, Scalar, show_path, to_boolean

WORKLOADS = "workloads"
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
_OWN: tuple[str, ...] = tuple(SCHEMA["service"]["schema"])
"""The keys of `service`."""
KEYS = (*_OWN, *_INHERITED_TOP, *_OWN_TOP)
"""The keys of an entry."""
_PART_OF = "app.kubernetes.io/part-of"
_ACCOUNT = "serviceAccount"
_OF_NEW_CLAIM = ("size", "class", "access")
_TAKEN_AWAY = Scalar("~", is_plain=True)
_NOTHING = "nothing to remove: nothing is inherited here"
_KEY_OF_MAIN = (
    r"(?<![\w.'])(?P<path>(?:service|containers|initContainers|dns|pod)(?:\.\w+)+)"
    r"(?P<is_set> already\b)?"
)


def inherit(document: Document, name: str) -> tuple[Document, list[Diagnostic]]:
    """Return the document of an entry: what it inherits with what it says put over it.

    The problems are what it takes away without inheriting it.
    """
    whole = Layer(document.data, document.places, document.key_places)
    at: KeyPath = (WORKLOADS, name)
    layer = _inherited(whole, name)
    idle: list[Diagnostic] = []
    for part in (
        whole.part(at, ("service",), _OWN),
        whole.part(at, (), (*_INHERITED_TOP, *_OWN_TOP)),
    ):
        idle += (
            Diagnostic.at(part.places[path], show_path(part.shown[path]), _NOTHING)
            for path in find_idle_nulls(layer.data, part.data)
            if not any(path[:end] in document.unsure for end in range(len(path) + 1))
        )
        layer = merge_patch(_without_replaced_variables(layer, part), part)
    layer = merge_patch(_identity(document, name), _of_shared_account(layer, document))
    lost = _unsure_nulls(document, name)
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


def name_own_keys(message: str, document: Document) -> str:
    """Return a message of the main workload's keys as one of the entry that a document is of.

    What the entry only inherits is named where it is set, unless it is to be written in the entry.
    """
    own = document.written_path(("service",))
    if own[0] != WORKLOADS:
        return message

    def name(found: re.Match[str]) -> str:
        path = tuple(found["path"].split("."))
        of_entry = path[1:] if path[0] == "service" else path
        is_set = bool(found["is_set"]) or path[0] in _INHERITED_TOP
        if is_set and not any(
            shown[:3] == (*own, of_entry[0]) for shown in document.shown.values()
        ):
            return found[0]
        return show_path((*own, *of_entry)) + (found["is_set"] or "")

    return re.sub(_KEY_OF_MAIN, name, message)


def _without_replaced_variables(base: Layer, patch: Layer) -> Layer:
    """Leave out the variables that the patch has in the other one of valueFrom and pairs."""
    lost: dict[str, Data] = {}
    for key, other in (("valueFrom", "pairs"), ("pairs", "valueFrom")):
        known = _mapping_at(base.data, "service", "envs", other)
        written = _mapping_at(patch.data, "service", "envs", key)
        if replaced := known.keys() & written.keys():
            lost[other] = dict.fromkeys(replaced, _TAKEN_AWAY)
    return merge_patch(base, Layer({"service": {"envs": lost}}, {}, {})) if lost else base


def _mapping_at(data: Data, *keys: str) -> dict[str, Data]:
    for key in keys:
        data = data.get(key, NULL) if isinstance(data, dict) else NULL
    return data if isinstance(data, dict) else {}


def _unsure_nulls(document: Document, name: str) -> dict[KeyPath, Place]:
    """Return where an entry has what is not known, which takes nothing away."""
    at: KeyPath = (WORKLOADS, name)
    written = (path for path in document.unsure if path[:2] == at and path[2:])
    return {
        (*(("service",) if path[2] in _OWN else ()), *path[2:]): document.place(path)
        for path in written
    }


def is_stateful_set(data: Data, path: tuple[str, ...]) -> bool:
    """Check whether the workload at a path is a StatefulSet."""
    return text_at(data, *path, "kind").lower() == "statefulset"


def text_at(data: Data, *keys: str) -> str:
    """Return the text of the scalar at a path, empty where there is none."""
    for key in keys:
        data = data.get(key, NULL) if isinstance(data, dict) else NULL
    return data.text if isinstance(data, Scalar) else ""


def _inherited(whole: Layer, name: str) -> Layer:
    """Return what the entry of a name takes over, and the Services that are for its pods."""
    service = whole.part(("service",), ("service",), _INHERITED)
    layer = merge_patch(Layer({}, {}, {}), whole.part((), (), (*_COMMON, *_INHERITED_TOP)))
    layer = merge_patch(layer, _with_shared_claims(service, whole.data, name))
    services = whole.data.get("services")
    for key, each in services.items() if isinstance(services, dict) else ():
        if text_at(each, "workload") == name:
            at = ("services", key)
            layer = merge_patch(layer, whole.part(at, at, ("ports", "annotations")))
    return layer


def _identity(document: Document, name: str) -> Layer:
    """Return what an entry has before all else: the names of its objects and its container.

    Where the image of `service` is wrong, that it is missing here too is not worth a word.
    """
    text = text_at(document.data, "name")
    at: KeyPath = (WORKLOADS, name)
    data: dict[str, Data] = {
        "name": Scalar(f"{text}-{name}", is_plain=False),
        "labels": {_PART_OF: Scalar(text, is_plain=False)},
        "service": {"name": Scalar(name, is_plain=False)},
    }
    paths: tuple[KeyPath, ...] = (
        ("name",),
        ("labels", _PART_OF),
        ("service",),
        ("service", "name"),
    )
    if ("service", "image") in document.unsure:
        data["service"] = {
            "name": Scalar(name, is_plain=False),
            "image": Scalar("x", is_plain=False),
        }
    shown: dict[KeyPath, KeyPath] = dict.fromkeys(paths, at)
    if ("name",) in document.unsure:
        shown |= dict.fromkeys(paths[:2], ("name",))
    places = dict.fromkeys(paths, document.key_place(at))
    return Layer(data, places, places, shown)


def _with_shared_claims(service: Layer, data: Data, name: str) -> Layer:
    """Return what is inherited of `service` with claims that already exist.

    Those of a StatefulSet's pods are left out; a StatefulSet mounts that of another kind.
    """
    of_main, of_entry = (is_stateful_set(data, path) for path in (("service",), (WORKLOADS, name)))
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
    """Return an entry that uses an account which exists without the annotations of the new one.

    Where making one is inherited, that is the application's.
    """
    account, at = layer.data.get(_ACCOUNT), (_ACCOUNT, "create")
    if not isinstance(account, dict):
        return layer
    created = account.get("create")
    is_made = isinstance(created, Scalar) and to_boolean(created)
    is_shared = is_made and layer.shown.get(at) == at
    if is_made and not is_shared:
        return layer
    moved: dict[KeyPath, KeyPath] = {}
    kept = {key: value for key, value in account.items() if key != "annotations"}
    if is_shared:
        del kept["create"]
    if is_shared and "name" not in kept:
        kept["name"] = Scalar(text_at(document.data, "name"), is_plain=False)
        moved[_ACCOUNT, "name"] = ("name",)
    annotations, shown = _own_annotations(layer, account.get("annotations"))
    if annotations:
        kept["annotations"] = annotations
        moved[_ACCOUNT, "annotations"] = shown
    return layer._replace(
        data={**layer.data, _ACCOUNT: kept},
        places={**layer.places, **{path: document.place(at) for path, at in moved.items()}},
        key_places={
            **layer.key_places,
            **{path: document.key_place(at) for path, at in moved.items()},
        },
        shown={**layer.shown, **moved},
    )


def _own_annotations(layer: Layer, data: Data | None) -> tuple[Data | None, KeyPath]:
    """Return the annotations that an entry writes itself, and where it does."""
    path: KeyPath = (_ACCOUNT, "annotations")
    if not isinstance(data, dict):
        shown = layer.shown.get(path, path)
        return (data, shown) if shown != path else (None, path)
    of_keys = {key: layer.shown.get((*path, key), path) for key in data}
    own = {key: data[key] for key, shown in of_keys.items() if shown[0] == WORKLOADS}
    return own, next((of_keys[key][:-1] for key in own), path)

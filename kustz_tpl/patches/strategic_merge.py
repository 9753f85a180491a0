"""Strategic merge patches, as kustomize's library merges them.

kustomize knows the merge keys of Kubernetes 1.21: an item of a patch is merged with the existing
item that has the same keys, and the items of the patch come first. Other lists are replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from kustz_tpl.errors import KeyPath, RefusedError
from kustz_tpl.messages import any_of
from kustz_tpl.yaml_source.tree import describe, show_path

_MISSING: Any = object()
_DIRECTIVE = "$patch"
_WORDS = ("delete", "replace", "merge")
_CUSTOM = "gateway.networking.k8s.io"
_Scalars = (str, int, float)

Data = Any
IsQuoted = Callable[[str], bool]


class UnknownMergeError(Exception):
    """The result of the patch in kustomize is not known."""


class _Keyed(NamedTuple):
    """Hold the merge keys of a list, and the lists inside its items.

    The key of a list of plain values is empty.
    """

    keys: tuple[str, ...]
    fields: Mapping[str, Any] = {}


_BY_NAME = _Keyed(("name",))
_META = {"finalizers": _Keyed(("",)), "ownerReferences": _Keyed(("uid",))}
_ENTRIES = {
    "env": _BY_NAME,
    "volumeMounts": _Keyed(("mountPath",)),
    "volumeDevices": _Keyed(("devicePath",)),
}
_CONTAINERS = _Keyed(("name",), {**_ENTRIES, "ports": _Keyed(("containerPort", "protocol"))})
_POD = {
    "containers": _CONTAINERS,
    "initContainers": _CONTAINERS,
    "ephemeralContainers": _Keyed(("name",), _ENTRIES),
    "volumes": _Keyed(("name",), {"ephemeral": {"volumeClaimTemplate": {"metadata": _META}}}),
    "imagePullSecrets": _BY_NAME,
    "hostAliases": _Keyed(("ip",)),
    "topologySpreadConstraints": _Keyed(("topologyKey", "whenUnsatisfiable")),
}
_TEMPLATE = {"template": {"metadata": _META, "spec": _POD}}
_WORKLOAD = {"metadata": _META, "spec": _TEMPLATE}
_PLAIN_KINDS = (
    *("v1 ConfigMap", "v1 Secret", "v1 PersistentVolumeClaim"),
    *("networking.k8s.io/v1 Ingress", "networking.k8s.io/v1 NetworkPolicy"),
    *("autoscaling/v1 HorizontalPodAutoscaler", "policy/v1 PodDisruptionBudget"),
    *("rbac.authorization.k8s.io/v1 ClusterRole", "rbac.authorization.k8s.io/v1 Role"),
    *(
        "rbac.authorization.k8s.io/v1 ClusterRoleBinding",
        "rbac.authorization.k8s.io/v1 RoleBinding",
    ),
)
KINDS: Mapping[str, Mapping[str, Any]] = {
    **{each: {"metadata": _META} for each in _PLAIN_KINDS},
    "autoscaling/v2 HorizontalPodAutoscaler": {},  # newer than kustomize's Kubernetes
    "v1 ServiceAccount": {"metadata": _META, "secrets": _BY_NAME},
    "v1 Service": {"metadata": _META, "spec": {"ports": _Keyed(("port", "protocol"))}},
    "v1 Pod": {"metadata": _META, "spec": _POD},
    "apps/v1 DaemonSet": _WORKLOAD,
    "apps/v1 Deployment": _WORKLOAD,
    "apps/v1 StatefulSet": _WORKLOAD,
    "batch/v1 Job": _WORKLOAD,
    "batch/v1 CronJob": {"metadata": _META, "spec": {"jobTemplate": _WORKLOAD}},
}
"""The lists of each kind that are merged."""


class _At(NamedTuple):
    """Hold where a merge is: the path, the lists that are merged there, and `is_quoted`."""

    path: KeyPath
    lists: Any
    is_quoted: IsQuoted

    def under(self, step: str) -> _At:
        fields = self.lists if isinstance(self.lists, Mapping) else {}
        return self._replace(path=(*self.path, step), lists=fields.get(step))


def merge(
    old: dict[str, Data], new: dict[str, Data], is_quoted: IsQuoted
) -> dict[str, Data] | None:
    """Return an object after a patch, None if it is deleted; both are changed in place.

    `is_quoted` says whether a string of the object is quoted; a number that replaces it is then
    quoted too.

    Raises RefusedError for what kustomize refuses, and UnknownMergeError.
    """
    group, _, _ = old["apiVersion"].rpartition("/")
    is_own = "." not in group or (group.endswith(".k8s.io") and group != _CUSTOM)
    if is_own and _lists_of(old) is None:
        raise UnknownMergeError
    merged = _value(old, new, _At((), None, is_quoted))
    return None if merged is _MISSING else old  # it does not replace a whole object


def find_quotes(node: Node, text: str) -> bool:
    """Check whether a string of a document is written with quotes.

    Raises UnknownMergeError where it is written in both ways.
    """
    styles, todo = set(), [node]
    while todo:
        each = todo.pop()
        if isinstance(each, ScalarNode) and each.value == text:
            styles.add(bool(each.style))
        elif isinstance(each, MappingNode):
            todo += [value for _, value in each.value]
        elif isinstance(each, SequenceNode):
            todo += each.value
    return styles.pop() if len(styles) == 1 else unknown_quotes(text)


def unknown_quotes(_text: str) -> bool:
    """Raise UnknownMergeError."""
    raise UnknownMergeError


def _lists_of(value: Data) -> Mapping[str, Any] | None:
    is_object = isinstance(value, dict)
    return KINDS.get(f"{value.get('apiVersion')} {value.get('kind')}") if is_object else None


def _value(old: Data, new: Data, at: _At) -> Data:
    """Return the merged value; None if the patch has null."""
    first = new if _is_empty(old) else old
    for kind, name in ((dict, "a mapping"), (list, "a list"), (_Scalars, "a single value")):
        if isinstance(first, kind) and not (_is_empty(new) or isinstance(new, kind)):
            where = show_path(at.path)
            raise RefusedError(f"expected {name} at {where}, got {describe(new)}")
    if isinstance(first, dict) or _is_empty(first):
        lists = at.lists if at.lists is not None else _lists_of(old) or _lists_of(new)
        return _mapping(old, new, at._replace(lists=lists))
    if isinstance(first, list) and isinstance(at.lists, _Keyed):
        return _list(old, new, at)
    if new is _MISSING:
        return old
    becomes_string = isinstance(old, str) and not isinstance(new, (str, list, type(None)))
    return to_text(new) if becomes_string and at.is_quoted(old) else new


def _mapping(old: Data, new: Data, at: _At) -> Data:
    if _is_empty(old):
        if _is_empty(new):
            return old if new is _MISSING else None
        if new.get(_DIRECTIVE) in _WORDS and new.pop(_DIRECTIVE) == "delete":
            return _MISSING
        old = new
    elif new is None:
        return _MISSING
    elif new is not _MISSING and _DIRECTIVE in new:
        word = _checked(new.pop(_DIRECTIVE), at)
        if word == "delete":
            return _MISSING
        old = new if word == "replace" else old
    for key in sorted({*old, *(() if new is _MISSING else new)}):
        patch = _MISSING if new is _MISSING else new.get(key, _MISSING)
        value = _value(old.get(key, _MISSING), patch, at.under(key))
        if value is _MISSING or (value is None and patch is not _MISSING):
            old.pop(key, None)
        else:
            old[key] = value
    return old


def _list(old: Data, new: Data, at: _At) -> Data:
    """Merge two lists; as in kustomize, the last of two equal items of one list wins."""
    if _is_empty(old):
        old = new
    elif new is None:
        return _MISSING
    elif new is not _MISSING:
        found = next((each for each in new if isinstance(each, dict) and _DIRECTIVE in each), {})
        word = _checked(found[_DIRECTIVE], at) if len(found) == 1 else "merge"
        if len(found) == 1:
            _put(new, _MISSING, (_DIRECTIVE,), [word])
        if word == "delete":
            return _MISSING
        old = new if word == "replace" else old
    patch = [] if new is _MISSING else new
    kind = dict if all(at.lists.keys) else _Scalars
    if not all(isinstance(each, kind) for each in (*old, *patch)):
        wrong = [each for each in old if isinstance(each, _Scalars)] if kind is dict else []
        if wrong:
            where = show_path(at.path)
            raise RefusedError(f"expected mappings in the list {where}, got {describe(wrong[0])}")
        raise UnknownMergeError
    if kind is dict:
        return _items((old, patch), at)
    both = ([{"": each} for each in old], [{"": each} for each in patch])
    return [each[""] for each in _items(both, at)]


def _items(both: tuple[list[Data], list[Data]], at: _At) -> list[Data]:
    """Merge the items of two lists in place, those of the patch first."""
    old, new = both
    everything = list(dict.fromkeys(_texts(each, at.lists.keys) for each in (*new, *old)))
    _align(everything)
    merged: list[Data] = []
    keys: Sequence[str] = at.lists.keys
    for own in everything:
        keys, texts = _used(everything, own, at.lists.keys)
        found = [_find(items, *_used([texts], texts, keys)) for items in both]
        value = _value(found[0], found[1], at._replace(lists=at.lists.fields))
        if _is_empty(value) or value == {}:
            _put(old, _MISSING, keys, texts)
        else:
            _put(merged, value, keys, texts)
    for each in old:
        texts = [to_text(each[key]) for key in keys if key in each]
        merged += [each] * (len(keys) - len(texts))
        if len(keys) > 1:
            _put(merged, _MISSING, keys, texts)
        _put(merged, each, keys, texts)
    return merged


def _put(items: list[Data], item: Data, keys: Sequence[str], texts: Sequence[str]) -> None:
    """Replace the items that have the values by an item, or append it; or remove these items.

    As in kustomize, all other items are dropped if there are no values.
    """
    kept, is_found = [], False
    for each in items:
        pairs = zip(keys, texts, strict=False)
        is_match = bool(texts) and all(_has(each, key, text) for key, text in pairs)
        is_found = is_found or is_match
        if is_match:
            kept += [] if item is _MISSING else [item]
        elif texts and each:
            kept.append(each)
    items[:] = kept if item is _MISSING or is_found else [*kept, item]


def _has(item: Data, key: str, text: str) -> bool:
    return isinstance(item, dict) and key in item and text in ("", to_text(item[key]))


def _find(items: Iterable[dict[str, Data]], keys: Sequence[str], texts: Sequence[str]) -> Data:
    for each in items:
        if all(key in each for key in keys) and _texts(each, keys) == tuple(texts):
            return each
    return _MISSING


def _align(everything: list[tuple[str, ...]]) -> None:
    """Treat items as the same if they differ only in a key that one of them lacks."""
    for index, one in enumerate(everything):
        for number, other in enumerate(everything):
            pairs = list(zip(one, other, strict=True))
            if any(a == b for a, b in pairs) and all(a == b or "" in (a, b) for a, b in pairs):
                everything[index] = everything[number] = tuple(a or b for a, b in pairs)


def _used(
    everything: Sequence[Sequence[str]], own: Sequence[str], keys: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Return the keys that any item has, and an item's own values of them."""
    used = [i for i, _ in enumerate(keys) if any(each[i] for each in everything)]
    used = used or list(range(len(keys)))
    return [keys[i] for i in used], [own[i] for i in used]


def _texts(item: Mapping[str, Data], keys: Sequence[str]) -> tuple[str, ...]:
    return tuple(to_text(item.get(key)) for key in keys)


def to_text(value: Data) -> str:
    """Return a value as kustomize compares it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if _is_empty(value) or isinstance(value, (dict, list)) else str(value)


def _is_empty(value: Data) -> bool:
    return value is None or value is _MISSING


def _checked(word: Data, at: _At) -> str:
    if word not in _WORDS:
        where = show_path((*at.path, _DIRECTIVE))
        raise RefusedError(f"expected {any_of(_WORDS)} at {where}, got {describe(word)}")
    return str(word)

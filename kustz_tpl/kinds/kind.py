"""What a module of a kind of object says about it, and how it reads an object."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias, TypeVar

from kustz_tpl.errors import Diagnostic, KeyPath
from kustz_tpl.notation.choices import parse_kube_version

T = TypeVar("T")

Config: TypeAlias = Mapping[str, Any]
Object: TypeAlias = Mapping[str, Any]
Filter: TypeAlias = Callable[..., Any]
Rule: TypeAlias = Callable[[Config], Iterable[Diagnostic]]
Comparison: TypeAlias = Callable[[Object, Object], Iterator[str]]
"""Yields what breaks when one object replaces another; all scalars of both are strings."""

WITH_REPLICAS = ("Deployment", "StatefulSet")
"""The kinds of workload that run a number of pods."""
JOBS = ("CronJob", "Job")
"""The kinds of workload whose pods run to their end."""


class PassThrough(NamedTuple):
    """Describe where Kubernetes' own fields are written, and which the language sets.

    The fields of `type` at `path` of the config go to `part` of the object, or of its pod's spec
    where it `is_in_pod`; of a list, to the item with the name of the `container`. They come
    before the field `before`, else last. `owned` are the paths that may not be written, with the
    message; `shared` those that the language sets in part, with the key that does.
    """

    path: KeyPath
    type: str
    part: tuple[str, ...]
    owned: Mapping[KeyPath, str] = {}
    shared: Mapping[KeyPath, str] = {}
    container: str = ""
    is_in_pod: bool = False
    before: str = ""


class Kind(NamedTuple):
    """Hold all that is particular to one kind of object.

    `keys` are those of kustz.yml whose strings are in the object. `template` is the file that its
    template makes, `needs` the variable without which the built-in
    template renders blank. The template of one that `is_of_workload` is rendered for each
    workload. `generator` is the key of kustomization.yml that kustomize makes it from. Of a kind
    that `has_many`, an application has any number. `pod_spec` is where an object has its pod's
    spec. An object of the kind `twin` and the same name replaces
    one without a loss; `describe_loss` says what else goes with one, `hosts`
    returns those that it routes requests of.
    """

    name: str
    keys: tuple[str, ...] = ()
    template: str = ""
    needs: tuple[str, ...] = ()
    filters: Mapping[str, Filter] = {}
    rules: tuple[Rule, ...] = ()
    pass_through: tuple[PassThrough, ...] = ()
    breaking_changes: tuple[Comparison, ...] = ()
    pod_spec: tuple[str, ...] = ()
    generator: str = ""
    has_many: bool = False
    is_of_workload: bool = False
    twin: str = ""
    describe_loss: Callable[[Object], str] = lambda _: ""
    hosts: Callable[[Object], tuple[str, ...]] = lambda _: ()


def parsed(parse: Callable[[str], T], value: T | str) -> T:
    """Return a value of a notation as it is, else what the text means.

    Rules pass values, templates and the user's own filters texts.
    """
    return value if hasattr(value, "_fields") else parse(value)  # type: ignore[arg-type,return-value]


def is_older_than(config: Config, minor: int) -> bool:
    """Check whether a config is also for a Kubernetes before `1.<minor>`."""
    written = config["kubeVersion"]
    return written is not None and parse_kube_version(written).minor < minor


def combine(first: Mapping[str, Any], *others: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entries of all maps; the later wins, a key keeps its first place."""
    entries = dict(first)
    for other in others:
        entries.update(other)
    return entries


def present(entries: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entries that hold something."""
    return {key: value for key, value in entries.items() if value not in (None, [], {})}


def value_at(value: object, *keys: str | int) -> Any:  # noqa: ANN401 - whatever a manifest holds
    """Return what is at a path of an object, None where nothing is."""
    for key in keys:
        if isinstance(value, list):
            value = value[key] if isinstance(key, int) and key < len(value) else None
        else:
            value = value.get(key) if isinstance(value, dict) else None
    return value


def string_at(value: object, *keys: str) -> str:
    """Return the string at a path of an object, empty where there is none."""
    found = value_at(value, *keys)
    return found if isinstance(found, str) else ""


def mappings_at(value: object, *keys: str) -> list[Object]:
    """Return the mappings of the list at a path of an object."""
    found = value_at(value, *keys)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []

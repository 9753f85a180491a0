"""The containers next to the main one: their names, and what only a sidecar may have."""

from __future__ import annotations

from collections.abc import Iterator

from kustz_tpl.errors import Diagnostic, KeyPath, NotationError
from kustz_tpl.kinds.container import containers
from kustz_tpl.kinds.kind import Config, Rule, is_older_than, string_at
from kustz_tpl.messages import Shown, quoted

_FIELDS_OF_SIDECARS = ("livenessProbe", "readinessProbe", "startupProbe", "lifecycle")
_RUNS_TO_ITS_END = "expected none: it runs to its end; restartPolicy: Always makes it a sidecar"
_LISTS = ("initContainers", "containers")
_SIDECARS = 29
"""The Kubernetes 1.x from which an init container may be a sidecar."""


def check_container_names(config: Config) -> Iterator[Diagnostic]:
    """Find names that two containers of the pod have; what is written in `pod` comes last."""
    main, *further = containers(config)
    seen: dict[str, tuple[str, KeyPath]] = {main.name: ("containers", ("service", "name"))}
    for container in further:
        if container.name == main.name:
            message = "expected another name than the main container's"
            yield Diagnostic.about(container.path, message, is_about_key=True)
        elif container.name in seen:
            _, first = seen[container.name]
            yield _twice(container.name, container.path, first, is_about_key=True)
        seen.setdefault(container.name, (str(container.path[0]), container.path))
    for path, name in _raw_names(config):
        written_in, first = seen.setdefault(name, (str(path[1]), path))
        # The join with the manifest finds those of one list, a template's own containers too.
        is_joined = first[0] != "pod" and written_in == path[1]
        if first != path and not is_joined:
            yield _twice(name, path, first)


def check_sidecars(config: Config) -> Iterator[Diagnostic]:
    """Find what a container that runs to its end cannot have, and sidecars for an old cluster."""
    for name, entry in config["initContainers"].items():
        if entry is None:
            continue
        path: KeyPath = ("initContainers", name)
        policy = (*path, "restartPolicy")
        if entry["restartPolicy"] is None:
            for where in _only_of_sidecars(path, entry):
                depends_on = (policy,)
                yield Diagnostic.about(
                    where, _RUNS_TO_ITS_END, is_about_key=True, depends_on=depends_on
                )
        elif is_older_than(config, _SIDECARS):
            expected = f"expected Kubernetes 1.{_SIDECARS} or newer for Always"
            message = f"{expected}; write kubeVersion: 1.{_SIDECARS}"
            yield Diagnostic.about(policy, message, depends_on=(("kubeVersion",),))


RULES: tuple[Rule, ...] = (check_container_names, check_sidecars)


def _only_of_sidecars(path: KeyPath, entry: Config) -> Iterator[KeyPath]:
    """Yield the paths of what is written and no container that runs to its end may have."""
    if any(entry["probes"].values()):
        yield (*path, "probes")
    if entry["ports"]:
        yield (*path, "ports")
    if any(entry["lifecycle"].values()):
        yield (*path, "lifecycle")
    for field in (field for field in _FIELDS_OF_SIDECARS if field in entry["container"]):
        yield (*path, "container", field)


def _twice(name: str, path: KeyPath, other: KeyPath, *, is_about_key: bool = False) -> Diagnostic:
    error = NotationError("unique container names", Shown(f"{quoted(name)} twice"))
    return Diagnostic.about(path, error, other=other, is_about_key=is_about_key)


def _raw_names(config: Config) -> Iterator[tuple[KeyPath, str]]:
    """Yield the names of the containers in `pod` with their paths."""
    for key in _LISTS:
        written = config["pod"].get(key)
        for index, each in enumerate(written if isinstance(written, list) else ()):
            if name := string_at(each, "name"):
                yield ("pod", key, index, "name"), name

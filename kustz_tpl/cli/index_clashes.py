"""Finds objects that two applications of an index have, on which kustomize fails."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kustz_tpl.errors import Diagnostic
from kustz_tpl.kustomize.objects import Built
from kustz_tpl.resource import Identity, identify

_MESSAGE = "several applications of the index have this object"


def in_index(built: Iterable[Built]) -> dict[Identity, Diagnostic]:
    """Return built objects, each with the problem to report if the index has it twice."""
    about = Diagnostic.about(("metadata", "name"), _MESSAGE)
    return {identify(each.document): each.place(about) for each in built}


def find_clashes(
    applications: Iterable[tuple[str, Mapping[Identity, Diagnostic]]],
) -> Iterator[Diagnostic]:
    """Yield the objects that two applications have; `applications` are configs and their objects."""
    owners: dict[Identity, str] = {}
    for config, objects in applications:
        for name, problem in objects.items():
            owner = owners.setdefault(name, config)
            if owner != config:
                yield problem._replace(hint=f"remove it here or from {owner}")

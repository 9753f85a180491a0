"""Finds what keeps kustomize from building an index: an object that two applications have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kustz_tpl.build.checks import check_build
from kustz_tpl.build.kustomize import Kustomize
from kustz_tpl.errors import Diagnostic
from kustz_tpl.pipeline import Generated
from kustz_tpl.resource import Identity, identify

_MESSAGE = "several applications of the index have this object"


def build_all(generated: Generated, kustomize: Kustomize) -> dict[Identity, Diagnostic]:
    """Return the objects that kustomize builds, each with the problem that it would be in an index.

    Raises InputError with all that is wrong with them.
    """
    about = Diagnostic.about(("metadata", "name"), _MESSAGE)
    built = check_build(generated, kustomize)
    return {identify(each.document): each.place(about) for each in built}


def find_clashes(
    applications: Iterable[tuple[str, Mapping[Identity, Diagnostic]]],
) -> Iterator[Diagnostic]:
    """Yield the objects that two applications have; each comes with its config."""
    owners: dict[Identity, str] = {}
    for config, objects in applications:
        for name, problem in objects.items():
            owner = owners.setdefault(name, config)
            if owner != config:
                yield problem._replace(hint=f"remove it here or from {owner}")

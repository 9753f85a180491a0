"""The objects that kustomize builds of an application, each with what it was before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from kustz_tpl.application import Application
from kustz_tpl.errors import Diagnostic, ProgramError
from kustz_tpl.finished_objects import place_built
from kustz_tpl.kinds.kind import value_at
from kustz_tpl.located_objects import Located
from kustz_tpl.resource import Identity, identify
from kustz_tpl.yaml_source.loader import load_mappings
from kustz_tpl.yaml_source.marked import read_marked

ORIGIN = "config.kubernetes.io/origin"
"""The annotation of a built object that names its file, with `buildMetadata: [originAnnotations]`."""
_MOST_NODES = 1_000_000
_HASH = r"-[0-9a-z]{10}"


class Built(NamedTuple):
    """Hold an object as kustomize built it, and as it was before: None if it was not generated."""

    document: dict[str, Any]
    original: Located | None
    made: Application

    @property
    def name(self) -> Identity:
        """Return the identity before the build, else the built one."""
        return identify(self.original.document if self.original else self.document)

    def place(self, finding: Diagnostic) -> Diagnostic:
        """Return a finding at the place where its field is written.

        The subject of the finding has the path in the built object, and the message.
        """
        assert self.original  # noqa: S101 - an object without one ends the build
        return place_built(self.made, self.original, self.document, finding)


def read_built(
    printed: bytes, originals: Mapping[Identity, Located], made: Application
) -> list[Built]:
    """Return the objects of a build, each with what it was before; raises ProgramError for others."""
    marked = read_marked(printed.decode(errors="replace"), _MOST_NODES)
    documents = [each.data for each in marked]
    if not all(map(_is_object, documents)) or (printed.strip() and not documents):
        raise ProgramError("kustomize did not print Kubernetes objects")
    left = dict(originals)
    found: dict[int, Located] = {}
    files = [_take_origin(each) for each in documents]
    for match in (_of_name, _of_hashed_name, _of_file, _of_kind):
        for index, document in enumerate(documents):
            if index not in found:
                name = match(identify(document), files[index], left)
                found |= {index: left.pop(name)} if name else {}
    return [Built(each, found.get(index), made) for index, each in enumerate(documents)]


def _is_object(document: Any) -> bool:  # noqa: ANN401 - whatever was printed
    annotations = value_at(document, "metadata", "annotations") or {}
    return bool(identify(document).name) and isinstance(annotations, dict)


def _take_origin(document: dict[str, Any]) -> str:
    """Remove the annotation with the origin of an object, and return its file."""
    metadata = document["metadata"]
    annotations = metadata.get("annotations") or {}
    origin = next(iter(load_mappings(str(annotations.pop(ORIGIN, "")).encode())), {})
    if not annotations:
        metadata.pop("annotations", None)
    return str(origin.get("path", ""))


def _of_name(name: Identity, _file: str, left: Iterable[Identity]) -> Identity | None:
    alike = [each for each in left if each[:2] == name[:2] and each.name == name.name]
    alike.sort(key=lambda each: each.namespace != name.namespace)
    return next(iter(alike), None)


def _of_hashed_name(name: Identity, file: str, left: Mapping[Identity, Located]) -> Identity | None:
    return next(
        (
            each
            for each in left
            if not file and not left[each].file and each.kind == name.kind
            if re.fullmatch(re.escape(each.name) + _HASH, name.name)
        ),
        None,
    )


def _of_file(name: Identity, file: str, left: Mapping[Identity, Located]) -> Identity | None:
    """Return the object of a file that a patch or a kustomization of the user's has renamed."""
    alike = [each for each in left if file and left[each].file == file]
    alike.sort(key=lambda each: (each.kind == name.kind, each.name in name.name, len(each.name)))
    return alike[-1] if alike else None


def _of_kind(name: Identity, _file: str, left: Iterable[Identity]) -> Identity | None:
    """Return the only renamed object of a kind, whose patch has removed the annotation."""
    alike = [each for each in left if each[:2] == name[:2]]
    return alike[0] if len(alike) == 1 else None

"""The further Services of an application, each as a mapping."""

from __future__ import annotations

from kustz_tpl.errors import KeyPath
from kustz_tpl.yaml_source.tree import Data, Document

_KEY = "services"
_PORTS = "ports"


def with_mappings(document: Document) -> Document:
    """Return the document with the list of a Service's ports as the `ports` of a mapping."""
    services = document.data.get(_KEY)
    if not isinstance(services, dict):
        return document
    listed = {name for name, each in services.items() if isinstance(each, list)}
    if not listed:
        return document

    def moved(path: KeyPath) -> KeyPath:
        is_of_list = len(path) > 1 and path[0] == _KEY and path[1] in listed
        return (*path[:2], _PORTS, *path[2:]) if is_of_list else path

    mappings: dict[str, Data] = {
        name: {_PORTS: each} if isinstance(each, list) else each for name, each in services.items()
    }
    return document._replace(
        data={**document.data, _KEY: mappings},
        places=document.places | {moved(path): place for path, place in document.places.items()},
        unsure=document.unsure | {moved(path) for path in document.unsure},
        shown={**document.shown, **{(_KEY, name, _PORTS): (_KEY, name) for name in listed}},
    )

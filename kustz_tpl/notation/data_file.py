"""A file of a ConfigMap or Secret: `[key=]path`."""

from __future__ import annotations

import re
from typing import NamedTuple

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.names import parse_data_key

_ABSOLUTE = r"[/\\]|[A-Za-z]:[/\\]"


class DataFile(NamedTuple):
    """Name a file and the key its content gets."""

    key: str
    path: str


def parse_data_path(text: str) -> str:
    """Read the path of a file, relative to the folder of the kustz.yml.

    Examples: `web.env`, `../shared/web.env`. Refused: an absolute path (it works on one machine
    only), an empty one.
    """
    if re.match(_ABSOLUTE, text):
        raise NotationError("a relative path", text)
    if not text or "\0" in text:
        raise NotationError("a path", text)
    return text


def parse_data_file(text: str) -> DataFile:
    """Read `[key=]path`; the key is by default the path's base name.

    Examples: `tls.crt`, `.dockerconfigjson=docker-config.json`. Refused: a key that Kubernetes
    refuses, an absolute path, a second `=`.
    """
    if text.count("=") > 1:
        raise NotationError("key=path with one '='", text)
    key, equals, path = text.rpartition("=")
    parse_data_path(path)
    if equals:
        return DataFile(parse_data_key(key, within=text), path)
    return DataFile(_base_name(path), path)


def _base_name(path: str) -> str:
    name = path.rpartition("/")[2]
    try:
        return parse_data_key(name)
    except NotationError:
        raise NotationError(
            "a path whose last part can be a key", name, within=path, hint="write key=path"
        ) from None

"""Finds the entries of a docker config that the kubelet uses for an image.

Source: pkg/credentialprovider/keyring.go of Kubernetes 1.36.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from kustz_tpl.notation.image import Image

HUB = "docker.io"
HUB_INDEX = "index.docker.io"

_SCHEMES = ("http://", "https://")
_API_PATHS = ("/v1/", "/v2/")
# What Go's net/url takes in a host; everything beyond ASCII too.
_HOST = r"(?:[0-9A-Fa-f:.]+|[^\x00-\x20#%/:?@\\^`{|}\x7f]*)"


class Key(NamedTuple):
    """Hold what the kubelet makes of an entry's name: host without port, port, path."""

    host: str
    port: str
    path: str

    def __str__(self) -> str:
        """Return the form that the kubelet sorts by."""
        return f"{self.host}{':' if self.port else ''}{self.port}{self.path}"


def kubelet_key(server: str) -> Key | None:
    """Return what the kubelet makes of an entry's name, None if it skips the entry.

    Scheme, query and user are dropped, and a path that starts with `/v1/` or `/v2/` loses that.
    """
    scheme = next((each for each in _SCHEMES if server.startswith(each)), "")
    before = re.split("[?#]", server.removeprefix(scheme))[0]
    authority, slash, rest = before.partition("/")
    path = slash + rest
    host, port = _split_port(authority.rpartition("@")[2])
    if not re.fullmatch(_HOST, host) or port.strip("0123456789"):
        return None
    if path.startswith(_API_PATHS):
        path = path[len(_API_PATHS[0]) - 1 :]
    return Key(host, port, "" if path == "/" else path)


def used_servers(servers: Iterable[str], image: Image) -> list[str]:
    """Return the entries that the kubelet tries for an image, in its order."""
    keys = [(key, server) for server in servers if (key := kubelet_key(server))]
    keys.sort(key=lambda pair: str(pair[0]).encode(), reverse=True)
    target = repository(image)
    matched = [server for key, server in keys if _matches(key, target)]
    if matched or target.host != HUB:
        return matched
    return [server for key, server in keys if key == Key(HUB_INDEX, "", "")]


def covers(server: str, image: Image) -> bool:
    """Check whether an entry alone matches an image."""
    return bool(used_servers([server], image))


def repository(image: Image) -> Key:
    """Return an image's name as the kubelet looks it up: with its registry, without its tag."""
    host = HUB if image.host in (None, HUB_INDEX) else str(image.host)
    path = f"library/{image.path}" if host == HUB and "/" not in image.path else image.path
    return Key(*_split_port(host), f"/{path}")


def is_glob(host: str) -> bool:
    """Check whether every label of a host can match something."""
    return all(_translate(label) is not None for label in host.split("."))


def _matches(key: Key, target: Key) -> bool:
    labels, target_labels = key.host.split("."), target.host.split(".")
    return (
        key.port == target.port
        and len(labels) == len(target_labels)
        and target.path.startswith(key.path)
        and all(map(_matches_label, labels, target_labels))
    )


def _matches_label(glob: str, label: str) -> bool:
    """Match one label of a host as Go's filepath.Match does."""
    if not set(glob) & set("*["):
        return glob == label
    pattern = _translate(glob)
    return pattern is not None and re.fullmatch(pattern, label, re.DOTALL) is not None


def _translate(glob: str) -> str | None:
    """Return a glob as a regular expression, None if it is malformed and matches nothing."""
    pattern, rest = "", glob
    while rest:
        if rest[0] == "*":
            pattern, rest = f"{pattern}.*", rest.lstrip("*")
        elif rest[0] == "[":
            found = re.match(r"\[((?:[^]\\-](?:-[^]\\-])?)+)\]", rest)
            if found is None or not all(a <= b for a, b in re.findall("(.)-(.)", found[1])):
                return None
            inner = re.sub(r"([\[&~|])", r"\\\1", found[1])
            pattern, rest = f"{pattern}[{inner}]", rest[found.end() :]
        else:
            pattern, rest = pattern + re.escape(rest[0]), rest[1:]
    return pattern


def _split_port(authority: str) -> tuple[str, str]:
    """Split host and port; brackets go with the port, as Go's net.SplitHostPort has it."""
    host, colon, port = authority.rpartition(":")
    if not colon or "]" in port:
        return authority, ""
    if host.startswith("[") and host.endswith("]"):
        return host[1:-1], port
    return host, port

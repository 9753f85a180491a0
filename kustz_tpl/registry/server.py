"""A registry as a docker config names it: `[https://]host[:port][/path]`."""

from __future__ import annotations

import re

from kustz_tpl.errors import NotationError
from kustz_tpl.registry.kubelet_keyring import HUB, HUB_INDEX, Key, is_glob, kubelet_key

DOCKER_HUB = "https://index.docker.io/v1/"
"""The name that `docker login` and `kubectl create secret docker-registry` give Docker Hub."""

_HUB_HOSTS = {HUB, HUB_INDEX, "hub.docker.com", "registry-1.docker.io", "registry.hub.docker.com"}
_HUB_PATHS = {"", "/v1", "/v2"}
_PATH_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_PATH = rf"(?:/{_PATH_PART})*(?:(?:\.|__?|-+)|/)?"
_LABEL = r"[-A-Za-z0-9*\[\]]+"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*|[0-9A-Fa-f:]+"


def parse_server(text: str) -> str:
    """Parse the registry that an account is for: `[https://]host[:port][/path]`.

    A `*` in the host matches one label or a part of it; a path covers every image whose path
    begins so. The names of Docker Hub become the one that Docker writes.

    Examples: `registry.example.com:5000`, `ghcr.io/team`. Refused: what the kubelet never finds
    an image for, such as a tag, `host/v2` without a slash at its end, a user name.
    """
    server = canonical_server(text)
    if "@" in text:
        # what is before it may be a password
        raise NotationError("a registry without a user name before its host")
    if fault := server_fault(server):
        raise NotationError("a registry such as registry.example.com", text, hint=fault)
    return server


def canonical_server(text: str) -> str:
    """Return the names of Docker Hub in one form, any other name unchanged."""
    key = kubelet_key(text)
    if key and key.host in _HUB_HOSTS and not key.port and key.path.rstrip("/") in _HUB_PATHS:
        return DOCKER_HUB
    return text


def server_fault(server: str) -> str | None:
    """Return the fix for a name that can never match an image, None if it can match one."""
    key = kubelet_key(server)
    if key is None or not re.fullmatch(_HOST, key.host) or not is_glob(key.host):
        return "write host or host:port"
    if key.path in ("/v1", "/v2") and key.host not in _HUB_HOSTS:
        return f"write {_host(key)}, or {_host(key)}{key.path}/"
    if key.host in _HUB_HOSTS and key not in (Key(HUB_INDEX, "", ""), Key(HUB, "", key.path)):
        hub = canonical_server(server)
        return f"write {hub if hub == DOCKER_HUB else HUB + key.path}"
    if not re.fullmatch(_PATH, key.path):
        return "write a path of lower-case letters without a tag, or none"
    return None


def shown_server(server: str) -> str:
    """Return a name for a message: without the part before an `@`, and on one line."""
    text = server.rpartition("@")[2]
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _host(key: Key) -> str:
    return f"{key.host}{':' if key.port else ''}{key.port}"

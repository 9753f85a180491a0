"""What the API server wants in a Secret of a known type."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

Content = Mapping[str, bytes]

DOCKER_KEYS = {
    "kubernetes.io/dockerconfigjson": ".dockerconfigjson",
    "kubernetes.io/dockercfg": ".dockercfg",
}


def check_secret(secret_type: str, content: Content) -> Iterator[str]:
    """Yield what is wrong with the keys and contents, never a value of them."""
    check = _CHECKS.get(secret_type)
    if check is not None:
        yield from check(secret_type, content)


def _check_docker(secret_type: str, content: Content) -> Iterator[str]:
    key = DOCKER_KEYS[secret_type]
    if key not in content:
        yield f"expected the key {key} for the type {secret_type}"


def _check_tls(secret_type: str, content: Content) -> Iterator[str]:
    for key in ("tls.crt", "tls.key"):
        if key not in content:
            yield f"expected the key {key} for the type {secret_type}"


def _check_basic(secret_type: str, content: Content) -> Iterator[str]:
    if not content.keys() & {"username", "password"}:
        yield f"expected the key username or password for the type {secret_type}"


def _check_ssh(secret_type: str, content: Content) -> Iterator[str]:
    if not content.get("ssh-privatekey"):
        yield f"expected the key ssh-privatekey, with content, for the type {secret_type}"


_CHECKS: dict[str, Callable[[str, Content], Iterator[str]]] = {
    "kubernetes.io/dockerconfigjson": _check_docker,
    "kubernetes.io/dockercfg": _check_docker,
    "kubernetes.io/tls": _check_tls,
    "kubernetes.io/basic-auth": _check_basic,
    "kubernetes.io/ssh-auth": _check_ssh,
}

"""An image reference: `[host[:port]/]path[:tag][@digest]`."""

from __future__ import annotations

import re
from typing import NamedTuple

from kustz_tpl.errors import NotationError
from kustz_tpl.notation import cached

_DOMAIN_PART = r"[A-Za-z0-9](?:[-A-Za-z0-9]*[A-Za-z0-9])?"
_HOST = rf"(?:{_DOMAIN_PART}(?:\.{_DOMAIN_PART})*|\[[0-9A-Fa-f:]+\])(?::[1-9][0-9]{{0,4}})?"
_PATH_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_PATH = rf"{_PATH_PART}(?:/{_PATH_PART})*"
_TAG = r"[A-Za-z0-9_][-A-Za-z0-9_.]{0,127}"
_DIGEST = r"sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}"
_HASH_LENGTH = 64
_LONGEST_NAME = 255
_DEFAULT_HOSTS = ("docker.io/library", "docker.io")  # without and with a / in the path


class Image(NamedTuple):
    """Hold the parts of an image reference as written."""

    host: str | None
    path: str
    tag: str | None
    digest: str | None
    text: str = ""


@cached
def parse_image(text: str) -> Image:
    """Read `[host[:port]/]path[:tag][@digest]`.

    As in Docker, the first part is a host if it contains `.` or `:` or is `localhost`.

    Examples: `nginx:alpine`, `registry.example.com:5000/team/web:1.10@sha256:…`. Refused:
    upper-case letters or spaces in the path, a name over 255 characters, a tag over 128, a
    digest that is not `sha256:` and 64 hexadecimal digits.
    """
    rest, at, digest = text.partition("@")
    if at and not re.fullmatch(_DIGEST, digest):
        raise NotationError("sha256: and 64 hexadecimal digits after the '@'", digest, within=text)
    first, slash, name = rest.partition("/")
    has_host = slash and (first == "localhost" or "." in first or ":" in first)
    host = first if has_host else None
    path, colon, tag = (name if has_host else rest).partition(":")
    if colon and not re.fullmatch(_TAG, tag):
        raise NotationError(
            "a tag of letters, digits, '_', '-' and '.' after the ':' (at most 128)",
            tag,
            within=text,
        )
    _check_host(host, text)
    _check_path(path, text)
    whole = f"{host or _DEFAULT_HOSTS['/' in path]}/{path}"
    if len(whole) > _LONGEST_NAME:
        raise NotationError(f"an image name of at most {_LONGEST_NAME} characters", whole)
    return Image(host, path, tag if colon else None, digest if at else None, text)


def _check_host(host: str | None, text: str) -> None:
    if host is None or re.fullmatch(_HOST, host):
        return
    hint = "leave out the scheme" if host in {"http:", "https:"} else None
    raise NotationError("a host or host:port before the first '/'", host, within=text, hint=hint)


def _check_path(path: str, text: str) -> None:
    if len(path) == _HASH_LENGTH and not path.strip("0123456789abcdef"):
        raise NotationError("a name, not the bare hash of an image", text)
    if re.fullmatch(_PATH, path):
        return
    lower = path.lower()
    is_near = lower != path and path.isascii() and re.fullmatch(_PATH, lower)
    raise NotationError(
        "an image path of lower-case letters and digits with '.', '_', '-' or '/' between them",
        path,
        within=text,
        hint=f"did you mean {lower}?" if is_near and len(lower) < _LONGEST_NAME else None,
    )

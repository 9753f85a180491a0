"""A mount: what is mounted at a path of a container, `scheme://name[/part][?parameters]`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from kustz_tpl.errors import NotationError
from kustz_tpl.notation import cached
from kustz_tpl.notation.choices import choose, parse_pull_policy
from kustz_tpl.notation.image import parse_image
from kustz_tpl.notation.keys import parse_key_reference
from kustz_tpl.notation.names import is_dns_subdomain, parse_dns_label, parse_dns_subdomain
from kustz_tpl.notation.quantity import Quantity, check_bytes, parse_quantity
from kustz_tpl.notation.url import check_repeated, parse_line, parse_parameters

Part = str | None
Options = dict[str, Any]

_EXPECTED = (
    "a volume such as configmap://NAME, secret://NAME/KEY, pvc://NAME?size=1Gi or emptydir://"
)
HOST_TYPES = (
    "DirectoryOrCreate",
    "Directory",
    "FileOrCreate",
    "File",
    "Socket",
    "CharDevice",
    "BlockDevice",
)
_ACCESS_MODES = {
    "RWO": "ReadWriteOnce",
    "ROX": "ReadOnlyMany",
    "RWX": "ReadWriteMany",
    "RWOP": "ReadWriteOncePod",
}
_ALONE = "ReadWriteOncePod"
_MODE = r"(?:0o?)?(?P<digits>[0-7]{3})"
_SECONDS = range(600, 2**32 + 1)
_SECONDS_DIGITS = r"[1-9][0-9]{0,9}"
_HUGE_PAGES = r"(?i:hugepages)(?:-(?P<size>.+))?"
_DRIVER_LIMIT = 63
_OF_A_NEW_CLAIM = ("class", "access")


class Mount(NamedTuple):
    """Hold what is mounted.

    `name` is the name of an object, a volume or a driver, a server, a path of the node, an image or
    a file; `part` is a key, or a path in the volume. `options` are the parameters except
    `readOnly`, sorted by name; for a CSI driver they are its attributes.
    """

    scheme: str
    name: str
    part: str | None = None
    read_only: bool | None = None
    options: tuple[tuple[str, Any], ...] = ()
    text: str = ""

    def option(self, name: str) -> Any:  # noqa: ANN401 - each has a type of its own
        """Return the value of a parameter, None if it is missing."""
        return dict(self.options).get(name)


def parse_mount_path(text: str) -> str:
    """Read the path in the container at which something is mounted.

    Examples: `/data`, `/etc/shop/features.toml`. Refused: a relative path, `/`, a `..` part, a `:`,
    control characters. The API server accepts them, but the kubelet does not.
    """
    if not text.startswith("/"):
        raise NotationError("an absolute path", text)
    if not text.strip("/"):
        raise NotationError("a path below /", text)
    if ".." in text.split("/") or ":" in text or not text.isprintable():
        raise NotationError("a path without '..', ':' and control characters", text)
    return text


@cached
def parse_mount(text: str) -> Mount:
    """Read `scheme://name[/part][?name=value&…]`.

    | form | parameters |
    |---|---|
    | `configmap://NAME[/KEY]`, `secret://NAME[/KEY]` | `mode`, `optional`, `readOnly` |
    | `pvc://NAME[/PATH]` | `readOnly`, `size`; with `size` also `class` and `access` |
    | `emptydir://[NAME[/PATH]]` | `medium`, `sizeLimit` |
    | `hostpath:///PATH` | `type`, `readOnly` |
    | `nfs://SERVER/PATH` | `readOnly` |
    | `csi://DRIVER` | `readOnly`; any other parameter is a volume attribute |
    | `image://REFERENCE` | `pullPolicy` |
    | `token://FILE` | `audience`, `expirationSeconds` |
    | `volume://NAME[/PATH]` | `readOnly` |

    The scheme may be in any case; the values of parameters are percent-decoded.

    Examples: `configmap://shop-settings`, `pvc://shop-data?size=10Gi&class=fast&access=RWX`.
    Refused: another scheme, a parameter that is unknown, repeated or without `=`, a `..` in a
    path, `class` or `access` without `size`, a mode that is not octal, a token that expires
    in less than 600 seconds, a `medium` that the kubelet does not support.
    """
    line = parse_line(text, tuple(_FORMS), _EXPECTED)
    form = _FORMS[line.scheme]
    name, part = form.read(line.rest, text)
    parameters = parse_parameters(line.query, form.parameters, text, is_open=form.is_open)
    check_repeated((each for each, _ in parameters), text)
    written = dict(parameters)
    read_only = _parse_flag(written.pop("readOnly"), text) if "readOnly" in written else None
    options: Options = {
        key: value if form.is_open else _PARAMETERS[key](value, text)
        for key, value in sorted(written.items())
    }
    if line.scheme == "pvc":
        _check_new_claim(written, text)
    return Mount(line.scheme, name, part, read_only, tuple(options.items()), text)


def _check_new_claim(written: dict[str, str], text: str) -> None:
    for name in _OF_A_NEW_CLAIM:
        if name in written and "size" not in written:
            expected = f"{name} only with size: without size, the claim must exist"
            raise NotationError(expected, f"{name}={written[name]}", text)


def _parse_keyed(rest: str, text: str) -> tuple[str, Part]:
    name, slash, key = rest.partition("/")
    parse_dns_subdomain(name, within=text)
    return name, parse_key_reference(key, within=text) if slash else None


def _parse_claim(rest: str, text: str) -> tuple[str, Part]:
    name, slash, path = rest.partition("/")
    parse_dns_subdomain(name, within=text)
    return name, _inner_path(path, text) if slash else None


def _parse_volume(rest: str, text: str) -> tuple[str, Part]:
    name, slash, path = rest.partition("/")
    if slash and not name:
        raise NotationError("a name before the path", rest, text)
    parse_dns_label(name, within=text)
    return name, _inner_path(path, text) if slash else None


def _parse_node_path(rest: str, text: str) -> tuple[str, Part]:
    if not rest.startswith("/"):
        raise NotationError("an absolute path after hostpath://, so three slashes", rest, text)
    if ".." in rest.split("/"):
        raise NotationError("a path without '..'", rest, text)
    return rest, None


def _parse_export(rest: str, text: str) -> tuple[str, Part]:
    server, slash, path = rest.partition("/")
    if not server or " " in server or not slash:
        raise NotationError("a server and a path such as nfs://nas.example.com/export", rest, text)
    return server, f"/{path}"


def _parse_driver(rest: str, text: str) -> tuple[str, Part]:
    if len(rest) > _DRIVER_LIMIT or not rest.isascii() or not is_dns_subdomain(rest.lower()):
        expected = f"the name of a CSI driver (at most {_DRIVER_LIMIT} characters)"
        raise NotationError(expected, rest, text)
    return rest, None


def _parse_image(rest: str, text: str) -> tuple[str, Part]:
    try:
        parse_image(rest)
    except NotationError as error:
        raise NotationError(error.expected, error.got, text, error.hint) from None
    return rest, None


def _parse_token_file(rest: str, text: str) -> tuple[str, Part]:
    try:
        return parse_key_reference(rest), None
    except NotationError:
        raise NotationError("a file name such as token", rest, text) from None


def _inner_path(path: str, text: str) -> str:
    if not path or path.startswith("/") or ".." in path.split("/"):
        raise NotationError("a path within the volume, without '..'", path, text)
    return path


def _parse_flag(value: str, text: str) -> bool:
    if value not in ("true", "false"):
        raise NotationError("true or false", value, text)
    return value == "true"


def _parse_mode(value: str, text: str) -> int:
    found = re.fullmatch(_MODE, value)
    if not found:
        raise NotationError("an octal mode such as 0440", value, text)
    return int(found["digits"], 8)


def _parse_size(value: str, text: str) -> Quantity:
    size = _parse_bytes(value, text)
    if not size.value:
        raise NotationError("a size above 0", value, text)
    return size


def _parse_bytes(value: str, text: str) -> Quantity:
    size = parse_quantity(value, within=text)
    check_bytes(size, text)
    return size


def _parse_access(value: str, text: str) -> tuple[str, ...]:
    words = tuple(_parse_access_mode(each, text) for each in value.split(","))
    if _ALONE in words and len(words) > 1:
        raise NotationError("RWOP alone", value, text)
    if len(set(words)) < len(words):
        raise NotationError("unique access modes", value, text)
    return words


def _parse_access_mode(word: str, text: str) -> str:
    for short, long in _ACCESS_MODES.items():
        if word.lower() in (short.lower(), long.lower()):
            return long
    return choose(word, tuple(_ACCESS_MODES), text)


def _parse_medium(value: str, text: str) -> str:
    if value.lower() == "memory":
        return "Memory"
    found = re.fullmatch(_HUGE_PAGES, value)
    if not found:
        raise NotationError("Memory or HugePages-SIZE", value, text)
    return f"HugePages-{_parse_size(found['size'], text).text}" if found["size"] else "HugePages"


def _parse_audience(value: str, text: str) -> str:
    if not value:
        raise NotationError("an audience such as vault", value, text)
    return value


def _parse_seconds(value: str, text: str) -> int:
    if not re.fullmatch(_SECONDS_DIGITS, value) or int(value) not in _SECONDS:
        raise NotationError(f"at least {_SECONDS[0]} seconds (at most 2^32)", value, text)
    return int(value)


class _Form(NamedTuple):
    """Hold how the part of a mount before the `?` is read, and which parameters may follow."""

    read: Callable[[str, str], tuple[str, Part]]
    parameters: tuple[str, ...]
    is_open: bool = False


_PARAMETERS: dict[str, Callable[[str, str], object]] = {
    "access": _parse_access,
    "audience": _parse_audience,
    "class": lambda value, text: parse_dns_subdomain(value, within=text) if value else "",
    "expirationSeconds": _parse_seconds,
    "medium": _parse_medium,
    "mode": _parse_mode,
    "optional": _parse_flag,
    "pullPolicy": lambda value, text: parse_pull_policy(value, within=text),
    "size": _parse_size,
    "sizeLimit": _parse_bytes,
    "type": lambda value, text: choose(value, HOST_TYPES, text),
}
_FORMS = {
    "configmap": _Form(_parse_keyed, ("mode", "optional", "readOnly")),
    "secret": _Form(_parse_keyed, ("mode", "optional", "readOnly")),
    "pvc": _Form(_parse_claim, ("size", "class", "access", "readOnly")),
    "emptydir": _Form(
        lambda rest, text: _parse_volume(rest, text) if rest else ("", None),
        ("medium", "sizeLimit"),
    ),
    "hostpath": _Form(_parse_node_path, ("type", "readOnly")),
    "nfs": _Form(_parse_export, ("readOnly",)),
    "csi": _Form(_parse_driver, ("readOnly",), is_open=True),
    "image": _Form(_parse_image, ("pullPolicy",)),
    "token": _Form(_parse_token_file, ("audience", "expirationSeconds")),
    "volume": _Form(_parse_volume, ("readOnly",)),
}

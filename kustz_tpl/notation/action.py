"""An action: a URL, a command line, or a list of strings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from kustz_tpl.errors import NotationError
from kustz_tpl.messages import any_of, closest
from kustz_tpl.notation.names import is_ipv6, parse_port_name
from kustz_tpl.notation.port import parse_port_number
from kustz_tpl.notation.url import Url, parse_url, scheme_of

_PIECE = r"""(?xs)
      (?P<blank> [ \t\n]+ )
    | (?P<continued> \\\n )
    | \\ (?P<escaped> . )
    | ' (?P<single> [^']* ) '
    | " (?P<double> (?: \\. | [^"\\] )* ) "
    | (?P<plain> [^ \t\n\\'"]+ )
    """
_ESCAPE_IN_QUOTES = r'\\(?:\n|([$`"\\]))'
_UNFINISHED = {
    "'": "a closing '",
    '"': 'a closing "',
    "\\": "a character after the last '\\'",
}


def split_words(text: str) -> tuple[str, ...]:
    r"""Split a command line by the quoting rules of a POSIX shell, and nothing else.

    Quotes and `\` quote; variables, globs, comments and operators are ordinary text.

    Examples: `cat /tmp/healthy`, `sh -c 'test -f /tmp/a && test -f /tmp/b'`. Refused: an unclosed
    quote, a `\` at the end.
    """
    words: list[str] = []
    word: str | None = None
    place, pattern = 0, re.compile(_PIECE)
    while place < len(text):
        found = pattern.match(text, place)
        if not found:
            raise NotationError(_UNFINISHED[text[place]], text[place:], within=text)
        place = found.end()
        if found["blank"]:
            words += [] if word is None else [word]
            word = None
        elif not found["continued"]:
            piece = found[found.lastgroup or 0]
            if found["double"] is not None:
                piece = re.sub(_ESCAPE_IN_QUOTES, r"\1", piece)
            word = (word or "") + piece
    return tuple(words if word is None else [*words, word])


_DEFAULT_PORTS = {"http": 80, "https": 443}
_SCHEMES = (*_DEFAULT_PORTS, "tcp", "grpc")
_FORMS = {
    "http": "http://[host][:port][/path]",
    "https": "https://[host][:port][/path]",
    "tcp": "tcp://[host]:port",
    "grpc": "grpc://:port[/service]",
}
_MISSING_SLASHES = rf"(?P<scheme>(?i:{'|'.join(_SCHEMES)})):(?!//)(?P<port>[0-9]+(?=/|\Z))?"
_HOST = r"[A-Za-z0-9_](?:[-A-Za-z0-9_.]{0,252})"
_AUTHORITY = r"(?:\[(?P<ipv6>[^]]*)\]|(?P<host>[^:\[\]]*))(?::(?P<port>(?s:.*)))?"


class HttpGet(NamedTuple):
    """Request a path with its query; without a host, from the pod itself."""

    scheme: Literal["HTTP", "HTTPS"]
    host: str | None
    port: int | str
    path: str
    text: str = ""


class TcpSocket(NamedTuple):
    """Open a connection; without a host, to the pod itself."""

    host: str | None
    port: int | str
    text: str = ""


class Grpc(NamedTuple):
    """Call the gRPC health service, for the whole server or for one of its services."""

    port: int
    service: str | None
    text: str = ""


class Exec(NamedTuple):
    """Run a command in the container, without a shell."""

    command: tuple[str, ...]
    text: str | tuple[str, ...] = ""


Action = HttpGet | TcpSocket | Grpc | Exec


def parse_action(action: str | Sequence[str]) -> Action:
    """Read the action of a probe; the port of http, https and tcp may be a port name.

    `http://[host][:port][/path][?query]`, `https://…`, `tcp://[host]:port`,
    `grpc://:port[/service]`, or a command. The default ports of `http` and `https` are 80 and 443,
    the default path is `/`. The scheme may be in any case; write an IPv6 host in brackets. A port
    is a number or the name of a container port; with `grpc` it must be a number. A command is a
    list of strings, or a command line that is split into words like in a POSIX shell.

    Examples: `http://:http/healthy?full=1`, `cat /tmp/healthy`. Refused: another scheme, a
    fragment, a user name, a port without `:`, `tcp` and `grpc` without a port, an empty command, an
    unclosed quote.
    """
    return _parse_action(action, _SCHEMES)


def parse_lifecycle_action(action: str | Sequence[str]) -> HttpGet | Exec:
    """Read what a container does after it starts or before it stops.

    The forms are those of a probe, except `tcp://` and `grpc://`.

    Examples: `sleep 10`, `http://:8080/drain`. Refused: what a probe refuses, `tcp://` (it would do
    nothing) and `grpc://` (Kubernetes does not support it).
    """
    parsed = _parse_action(action, _LIFECYCLE_SCHEMES)
    assert isinstance(parsed, HttpGet | Exec)  # noqa: S101 - of these schemes
    return parsed


_LIFECYCLE_SCHEMES = tuple(_DEFAULT_PORTS)


def _parse_action(action: str | Sequence[str], schemes: tuple[str, ...]) -> Action:
    if isinstance(action, str):
        return _parse_text(action, schemes)
    return _checked_exec(tuple(action), " ".join(action))._replace(text=tuple(action))


@lru_cache
def _parse_text(action: str, schemes: tuple[str, ...]) -> Action:
    """Read a string once, as a check, rules and a filter all need what it means."""
    if action.strip().startswith("://"):
        raise NotationError(f"{any_of(schemes)} before '://'", "", within=action)
    if scheme_of(action.strip()) is not None:
        return _parse_url_action(action, schemes)
    if found := re.match(_MISSING_SLASHES, action.strip()):
        hint = (
            _as_port(found["scheme"], found["port"]) or f"write {_FORMS[found['scheme'].lower()]}"
        )
        raise NotationError("'//' after the scheme", action, hint=hint)
    return _checked_exec(split_words(action), action)


def _checked_exec(command: tuple[str, ...], text: str) -> Exec:
    if not command or not command[0]:
        raise NotationError("a URL or a command", text)
    return Exec(command, text)


def _parse_url_action(text: str, schemes: tuple[str, ...]) -> Action:
    url = parse_url(text)
    if url.scheme not in schemes:
        hint = closest(url.scheme, schemes)
        raise NotationError(f"{any_of(schemes)} before '://'", url.scheme, text, hint)
    if url.scheme == "tcp" and (url.path not in {"", "/"} or url.query is not None):
        raise NotationError("neither path nor query in tcp://host:port", text)
    if url.scheme == "grpc" and url.query is not None:
        raise NotationError("no query in grpc://:port/service", text)
    has_names = url.scheme != "grpc"
    host, port = _parse_authority(url, text, has_names=has_names)
    if url.scheme == "tcp":
        return TcpSocket(host, port, text)
    if url.scheme == "grpc":
        if host:
            raise NotationError("no host in grpc://:port/service", host, within=text)
        return Grpc(int(port), url.path.removeprefix("/") or None, text)
    query = "" if url.query is None else f"?{url.query}"
    scheme: Literal["HTTP", "HTTPS"] = "HTTP" if url.scheme == "http" else "HTTPS"
    return HttpGet(scheme, host, port, (url.path or "/") + query, text)


def _parse_authority(url: Url, text: str, *, has_names: bool) -> tuple[str | None, int | str]:
    found = re.fullmatch(_AUTHORITY, url.authority)
    if not found:
        raise NotationError("host:port, an IPv6 host in brackets", url.authority, within=text)
    host = _parse_host(found["ipv6"], found["host"], text)
    port = found["port"]
    if port is None and (hint := _as_port(url.scheme, host)):
        raise NotationError("a ':' before the port", host or "", within=text, hint=hint)
    if port is None and url.scheme in _DEFAULT_PORTS:
        return host, _DEFAULT_PORTS[url.scheme]
    if port is None:
        raise NotationError("a port", text, hint=f"write {url.scheme}://:PORT")
    if has_names and re.search("[A-Za-z]", port):
        return host, parse_port_name(port, within=text)
    return host, parse_port_number(port, within=text)


def _as_port(scheme: str, number: str | None) -> str | None:
    """Return the hint for a port that is written in place of a host."""
    return f"write {scheme}://:{number}" if number and number.isdecimal() else None


def _parse_host(ipv6: str | None, host: str, text: str) -> str | None:
    if ipv6 is None and (not host or re.fullmatch(_HOST, host)):
        return host or None
    if ipv6 is not None and is_ipv6(ipv6):
        return ipv6
    expected = "a host name or IPv4 address" if ipv6 is None else "an IPv6 address in brackets"
    raise NotationError(expected, host if ipv6 is None else ipv6, within=text)

"""An action: a URL, a command line, or the words of a command."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from kustz_tpl.errors import NotationError
from kustz_tpl.messages import closest
from kustz_tpl.notation.port import parse_port_number
from kustz_tpl.notation.url import Url, is_ipv6, parse_url, scheme_of

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
    "'": "a closing ' for the one here",
    '"': 'a closing " for the one here',
    "\\": "a character after the last '\\'",
}


def split_words(text: str) -> tuple[str, ...]:
    r"""Split a command line by the quoting rules of a POSIX shell, and by nothing else.

    Quotes and `\` quote; variables, globs, comments and operators are ordinary text.

    Examples: `cat /tmp/healthy`, `sh -c 'test -f /tmp/a && test -f /tmp/b'`. Refused: a quote
    without its end, a `\` at the end.
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
            word = (word or "") + _meaning(found)
    return tuple(words if word is None else [*words, word])


def _meaning(found: re.Match[str]) -> str:
    if found["double"] is not None:
        return re.sub(_ESCAPE_IN_QUOTES, r"\1", found["double"])
    return found[found.lastgroup or 0]


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
    """Ask for a path, query included; no host is the pod itself."""

    scheme: Literal["HTTP", "HTTPS"]
    host: str | None
    port: int
    path: str


class TcpSocket(NamedTuple):
    """Open a connection; no host is the pod itself."""

    host: str | None
    port: int


class Grpc(NamedTuple):
    """Ask the gRPC health service, for the whole server or one of its services."""

    port: int
    service: str | None


class Exec(NamedTuple):
    """Run a command in the container, without a shell."""

    command: tuple[str, ...]


Action = HttpGet | TcpSocket | Grpc | Exec


def parse_action(action: str | Sequence[str]) -> Action:
    """Read what a probe does.

    `http://[host][:port][/path][?query]` or `https://…` (ports 80 and 443, path `/`),
    `tcp://[host]:port`, `grpc://:port[/service]`, a list of words, or a command line that is
    split as a POSIX shell splits words. The scheme may be in any case, an IPv6 host stands in
    brackets.

    Examples: `http://:8080/healthy?full=1`, `cat /tmp/healthy`. Refused: another scheme, a
    fragment, a user name, a port without its `:`, a missing port of tcp and grpc, an empty
    command, an open quote.
    """
    if not isinstance(action, str):
        return _checked_exec(tuple(action), " ".join(action))
    if action.strip().startswith("://"):
        raise NotationError("http, https, tcp or grpc before '://'", "", within=action)
    scheme = scheme_of(action.strip())
    if scheme is not None:
        return _parse_url_action(action)
    if found := re.match(_MISSING_SLASHES, action.strip()):
        hint = (
            _as_port(found["scheme"], found["port"]) or f"write {_FORMS[found['scheme'].lower()]}"
        )
        raise NotationError("'//' after the scheme", action, hint=hint)
    return _checked_exec(split_words(action), action)


def _checked_exec(command: tuple[str, ...], text: str) -> Exec:
    if not command or not command[0]:
        raise NotationError("a URL or a command", text)
    return Exec(command)


def _parse_url_action(text: str) -> Action:
    url = parse_url(text)
    match url.scheme:
        case "http":
            return _parse_http("HTTP", url, text)
        case "https":
            return _parse_http("HTTPS", url, text)
        case "tcp":
            return _parse_tcp(url, text)
        case "grpc":
            return _parse_grpc(url, text)
    hint = closest(url.scheme, _SCHEMES)
    raise NotationError("http, https, tcp or grpc before '://'", url.scheme, within=text, hint=hint)


def _parse_http(scheme: Literal["HTTP", "HTTPS"], url: Url, text: str) -> HttpGet:
    host, port = _parse_authority(url, text)
    query = "" if url.query is None else f"?{url.query}"
    return HttpGet(scheme, host, port, (url.path or "/") + query)


def _parse_tcp(url: Url, text: str) -> TcpSocket:
    if url.path not in {"", "/"} or url.query is not None:
        raise NotationError("neither path nor query in tcp://host:port", text)
    return TcpSocket(*_parse_authority(url, text))


def _parse_grpc(url: Url, text: str) -> Grpc:
    if url.query is not None:
        raise NotationError("no query in grpc://:port/service", text)
    host, port = _parse_authority(url, text)
    if host:
        raise NotationError("no host in grpc://:port/service", host, within=text)
    return Grpc(port, url.path.removeprefix("/") or None)


def _parse_authority(url: Url, text: str) -> tuple[str | None, int]:
    found = re.fullmatch(_AUTHORITY, url.authority)
    if not found:
        raise NotationError("host:port, an IPv6 host in brackets", url.authority, within=text)
    host = _parse_host(found["ipv6"], found["host"], text)
    if found["port"] is None and (hint := _as_port(url.scheme, host)):
        raise NotationError("a ':' before the port", host or "", within=text, hint=hint)
    if found["port"] is None and url.scheme in _DEFAULT_PORTS:
        return host, _DEFAULT_PORTS[url.scheme]
    if found["port"] is None:
        raise NotationError("a port", text, hint=f"write {url.scheme}://:PORT")
    return host, parse_port_number(found["port"], within=text)


def _as_port(scheme: str, number: str | None) -> str | None:
    """Return the hint for a port that stands where a host would."""
    return f"write {scheme}://:{number}" if number and number.isdecimal() else None


def _parse_host(ipv6: str | None, host: str, text: str) -> str | None:
    if ipv6 is None and (not host or re.fullmatch(_HOST, host)):
        return host or None
    if ipv6 is not None and is_ipv6(ipv6):
        return ipv6
    expected = "a host name or IPv4 address" if ipv6 is None else "an IPv6 address in brackets"
    raise NotationError(expected, host if ipv6 is None else ipv6, within=text)

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.action import (
    Action,
    Exec,
    Grpc,
    HttpGet,
    TcpSocket,
    parse_action,
    parse_lifecycle_action,
)

PORT = "expected a port from 1 to 65535, got "
SCHEME = "expected http, https, tcp or grpc before '://', got "
BLANK = "expected no space or control character in the URL, got "


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("http://:8080/healthy", HttpGet("HTTP", None, 8080, "/healthy")),
        ("http://", HttpGet("HTTP", None, 80, "/")),
        ("https://", HttpGet("HTTPS", None, 443, "/")),
        ("http:///a", HttpGet("HTTP", None, 80, "/a")),
        ("http://web", HttpGet("HTTP", "web", 80, "/")),
        ("https://web.example.com:8443", HttpGet("HTTPS", "web.example.com", 8443, "/")),
        ("http://:80?full=1", HttpGet("HTTP", None, 80, "/?full=1")),
        ("http://:80/a?b=c&d=e?f", HttpGet("HTTP", None, 80, "/a?b=c&d=e?f")),
        ("http://:80/?", HttpGet("HTTP", None, 80, "/?")),
        ("http://:80/a%20b//c/../*", HttpGet("HTTP", None, 80, "/a%20b//c/../*")),
        ("http://:80/größe", HttpGet("HTTP", None, 80, "/größe")),
        ("http://:80/a@b:c", HttpGet("HTTP", None, 80, "/a@b:c")),
        ("http://:80/?next=http://a/b", HttpGet("HTTP", None, 80, "/?next=http://a/b")),
        ("HTTP://WEB:80/A", HttpGet("HTTP", "WEB", 80, "/A")),
        ("HttpS://[::1]/", HttpGet("HTTPS", "::1", 443, "/")),
        ("http://[2001:db8::1]:8080", HttpGet("HTTP", "2001:db8::1", 8080, "/")),
        ("tcp://:8080", TcpSocket(None, 8080)),
        ("tcp://0.0.0.0:8080", TcpSocket("0.0.0.0", 8080)),
        ("tcp://my_db:5432/", TcpSocket("my_db", 5432)),
        ("TCP://[::1]:1", TcpSocket("::1", 1)),
        ("grpc://:9000", Grpc(9000, None)),
        ("grpc://:9000/", Grpc(9000, None)),
        ("gRPC://:9000/shop.Health", Grpc(9000, "shop.Health")),
        ("grpc://:9000/a/b", Grpc(9000, "a/b")),
        ("cat /tmp/healthy", Exec(("cat", "/tmp/healthy"))),
        ("curl -f http://localhost/", Exec(("curl", "-f", "http://localhost/"))),
        ("pg_isready  -U 'app user'", Exec(("pg_isready", "-U", "app user"))),
        ("./http:x", Exec(("./http:x",))),
        ("httpx:8080", Exec(("httpx:8080",))),
    ],
)
def test_parse_action(text: str, action: Action) -> None:
    assert parse_action(text) == action._replace(text=text)


@pytest.mark.parametrize(
    "words", [["cat"], ["sh", "-c", "a && b", ""], ["http://:80"], ["a b", "'"], ["größe"]]
)
def test_a_list_is_a_command_as_it_stands(words: list[str]) -> None:
    assert parse_action(words) == Exec(tuple(words), tuple(words))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a URL or a command, got ''"),
        (" \n", r"expected a URL or a command, got ' \n'"),
        ("''", "expected a URL or a command, got ''''"),
        ("'' a", "expected a URL or a command, got ''' a'"),
        ("sh -c 'true", "expected a closing ', got ''true' in 'sh -c 'true'"),
        ("htp://:8080", SCHEME + "'htp' in 'htp://:8080'; did you mean http?"),
        ("ftp://:21", SCHEME + "'ftp' in 'ftp://:21'; did you mean tcp?"),
        ("udp://:53", SCHEME + "'udp' in 'udp://:53'"),
        ("unix:///run/x", SCHEME + "'unix' in 'unix:///run/x'"),
        ("http:8080/x", "expected '//' after the scheme, got 'http:8080/x'; write http://:8080"),
        ("tcp:/:80", "expected '//' after the scheme, got 'tcp:/:80'; write tcp://[host]:port"),
        (" http://:80", "expected scheme://host/path, got ' http://:80'"),
        ("http://:80/a b", BLANK + "'http://:80/a b'; write %20"),
        ("http://:80/a\tb", BLANK + r"'http://:80/a\tb'"),
        ("http://:80/\n", BLANK + r"'http://:80/\n'"),
        ("http://:80/a\u200bb", BLANK + r"'http://:80/a\u200bb'"),
        (
            "http://:80/%zz",
            (
                "expected two hexadecimal digits after the '%', got '%zz' in"
                " 'http://:80/%zz'; write %25 for a '%'"
            ),
        ),
        (
            "http://:80/%",
            (
                "expected two hexadecimal digits after the '%', got '%' in"
                " 'http://:80/%'; write %25 for a '%'"
            ),
        ),
        (
            "http://:80/x#y",
            "expected no fragment in the URL, got '#y' in 'http://:80/x#y'; write %23",
        ),
        ("http://:80/#", "expected no fragment in the URL, got '#' in 'http://:80/#'; write %23"),
        ("http://me:secret@web/", "expected no user name in the URL, got one"),
        ("tcp://me@web:1", "expected no user name in the URL, got one"),
        ("http://:99999/", PORT + "'99999' in 'http://:99999/'"),
        ("http://:0/", PORT + "'0' in 'http://:0/'"),
        ("http://:/", PORT + "'' in 'http://:/'"),
        ("http://:٣/", PORT + "'٣' in 'http://:٣/'"),
        ("http://::1:80/", PORT + "':1:80' in 'http://::1:80/'"),
        ("http://-web/", "expected a host name or IPv4 address, got '-web' in 'http://-web/'"),
        (
            "http://8080/",
            "expected a ':' before the port, got '8080' in 'http://8080/'; write http://:8080",
        ),
        (
            "tcp://8080",
            "expected a ':' before the port, got '8080' in 'tcp://8080'; write tcp://:8080",
        ),
        ("http://größe/", "expected a host name or IPv4 address, got 'größe' in 'http://größe/'"),
        ("http://a%20b/", "expected a host name or IPv4 address, got 'a%20b' in 'http://a%20b/'"),
        ("http://[web]/", "expected an IPv6 address in brackets, got 'web' in 'http://[web]/'"),
        (
            "http://[fe80::1%25eth0]/",
            (
                "expected an IPv6 address in brackets, got 'fe80::1%25eth0'"
                " in 'http://[fe80::1%25eth0]/'"
            ),
        ),
        ("http://[]/", "expected an IPv6 address in brackets, got '' in 'http://[]/'"),
        (
            "http://[::1/",
            ("expected host:port, an IPv6 host in brackets, got '[::1' in 'http://[::1/'"),
        ),
        (
            "http://[::1]80/",
            ("expected host:port, an IPv6 host in brackets, got '[::1]80' in 'http://[::1]80/'"),
        ),
        ("tcp://", "expected a port, got 'tcp://'; write tcp://:PORT"),
        ("tcp://web", "expected a port, got 'tcp://web'; write tcp://:PORT"),
        ("tcp://:80/x", "expected neither path nor query in tcp://host:port, got 'tcp://:80/x'"),
        ("tcp://:80?x", "expected neither path nor query in tcp://host:port, got 'tcp://:80?x'"),
        ("grpc://", "expected a port, got 'grpc://'; write grpc://:PORT"),
        (
            "grpc://web:80",
            ("expected no host in grpc://:port/service, got 'web' in 'grpc://web:80'"),
        ),
        ("grpc://:80/a?b", "expected no query in grpc://:port/service, got 'grpc://:80/a?b'"),
    ],
)
def test_parse_action_refuses(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_action(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "expected a URL or a command, got ''"),
        ([""], "expected a URL or a command, got ''"),
        (["", "a"], "expected a URL or a command, got ' a'"),
    ],
)
def test_an_empty_command_is_refused(words: list[str], message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_action(words)
    assert str(caught.value) == message


SAFE = "abcXYZ019-._~!$&'()*+,;=:@/"


@given(
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(["", "web", "10.9.8.7", "[::1]", "[2001:db8::7]"]),
    st.integers(1, 65535) | st.none(),
    st.text(alphabet=SAFE),
    st.text(alphabet=SAFE + "?") | st.none(),
)
def test_urls_are_read_as_the_standard_library_reads_them(
    scheme: str, host: str, port: int | None, path: str, query: str | None
) -> None:
    authority = host if port is None else f"{host}:{port}"
    text = f"{scheme}://{authority}/{path}" + ("" if query is None else f"?{query}")
    action, url = parse_action(text), urlsplit(text)
    assert isinstance(action, HttpGet)
    assert (action.host, action.scheme) == (url.hostname, url.scheme.upper())
    assert action.port == (url.port or {"http": 80, "https": 443}[url.scheme])
    assert action.path == url.path + ("" if query is None else f"?{url.query}")


@given(st.text())
def test_a_text_without_a_scheme_is_a_command_or_refused(text: str) -> None:
    try:
        action = parse_action(text)
    except NotationError:
        return
    assert "://" in text or isinstance(action, Exec)


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("http://:http/healthz", HttpGet("HTTP", None, "http", "/healthz")),
        ("https://web:8443", HttpGet("HTTPS", "web", 8443, "/")),
        ("tcp://:pg", TcpSocket(None, "pg")),
        ("grpc://:9000", Grpc(9000, None)),
        ("cat /tmp/a", Exec(("cat", "/tmp/a"))),
    ],
)
def test_an_action_may_name_a_port(text: str, action: Action) -> None:
    assert parse_action(text) == action._replace(text=text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("grpc://:http", "expected a port from 1 to 65535, got 'http' in 'grpc://:http'"),
        ("http://:0", "expected a port from 1 to 65535, got '0' in 'http://:0'"),
        (
            "http://:Http/",
            (
                "expected a port name of lower-case letters, digits and single '-' between them"
                " (at most 15, one of them a letter), got 'Http' in 'http://:Http/'"
            ),
        ),
        ("tcp://pg", "expected a port, got 'tcp://pg'; write tcp://:PORT"),
    ],
)
def test_an_action_with_another_port_is_refused(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_action(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("action", "parsed"),
    [
        ("sleep 10", Exec(("sleep", "10"), "sleep 10")),
        (["sleep", "10"], Exec(("sleep", "10"), ("sleep", "10"))),
        ("http://:http/drain", HttpGet("HTTP", None, "http", "/drain", "http://:http/drain")),
    ],
)
def test_parse_lifecycle_action(action: str | list[str], parsed: Action) -> None:
    assert parse_lifecycle_action(action) == parsed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tcp://:80", "expected http or https before '://', got 'tcp' in 'tcp://:80'"),
        ("grpc://:80", "expected http or https before '://', got 'grpc' in 'grpc://:80'"),
        ("://:80", "expected http or https before '://', got '' in '://:80'"),
        ("", "expected a URL or a command, got ''"),
    ],
)
def test_parse_lifecycle_action_refuses(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_lifecycle_action(text)
    assert str(caught.value) == message

"""What a rule of an Ingress always meant, and what it always refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.route import Backend, PathType, RouteRule, parse_route_rule

HOST = (
    "expected a host such as www.example.com or *.example.com (lower-case letters, digits, '-')"
    ", got "
)
BAD_PATH = "expected a path without '//', '/./', '/../' and '%2f', got "
BAD_END = "expected a path that does not end in '/.' or '/..', got "
STAR = "expected a '*' only at the end of the path, got "
PARAMETER = (
    "expected the parameters tls, svc, redirect, rewrite, set, header, timeout and type only, got "
)
SERVICE = (
    "expected a Service name of lower-case letters, digits and '-'"
    " (at most 63, the first a letter, the last a letter or digit), got "
)
SECRET = (
    "expected a name of lower-case letters, digits, '-' and '.'"
    " (at most 253, the first and the last of each part a letter or digit), got "
)
PORT_NAME = (
    "expected a port name of lower-case letters, digits and single '-' between them"
    " (at most 15, one of them a letter), got "
)


def rule_of(  # noqa: PLR0913, PLR0917 - all that a rule of an Ingress is
    scheme: str,
    host: str,
    path: str,
    path_type: PathType,
    tls: str | None = None,
    service: str | None = None,
    port: int | str | None = None,
    text: str = "",
) -> RouteRule:
    backends = (Backend(service, port),) if service else ()
    return RouteRule(scheme, host, path, path_type, tls, backends, text=text)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("http://a.example.com/*", rule_of("http", "a.example.com", "/", "Prefix")),
        ("http://a.example.com", rule_of("http", "a.example.com", "/", "Prefix")),
        ("http://a.example.com/", rule_of("http", "a.example.com", "/", "Exact")),
        ("https://a.b/api*", rule_of("https", "a.b", "/api", "Prefix")),
        ("https://a.b/api/*", rule_of("https", "a.b", "/api/", "Prefix")),
        ("http://a.b/api/", rule_of("http", "a.b", "/api/", "Exact")),
        ("HTTPS://a.b/API", rule_of("https", "a.b", "/API", "Exact")),
        ("http://*.a.b/", rule_of("http", "*.a.b", "/", "Exact")),
        ("http://localhost/", rule_of("http", "localhost", "/", "Exact")),
        ("http://a.b?tls=c", rule_of("http", "a.b", "/", "Prefix", "c")),
        ("http://a.b/x?tls=c.d", rule_of("http", "a.b", "/x", "Exact", "c.d")),
        ("http://a.b/?svc=web", rule_of("http", "a.b", "/", "Exact", None, "web")),
        ("http://a.b/?svc=web:8080", rule_of("http", "a.b", "/", "Exact", None, "web", 8080)),
        ("http://a.b/?svc=web:http", rule_of("http", "a.b", "/", "Exact", None, "web", "http")),
        ("http://a.b/?svc=web%3A80", rule_of("http", "a.b", "/", "Exact", None, "web", 80)),
        (
            "http://a.b/ping?tls=star-a-b&svc=web:8080",
            rule_of("http", "a.b", "/ping", "Exact", "star-a-b", "web", 8080),
        ),
        (
            "http://a.b/all*?svc=web&tls=c",
            rule_of("http", "a.b", "/all", "Prefix", "c", "web"),
        ),
        ("http://a.b/a%20b%2Bc", rule_of("http", "a.b", "/a%20b%2Bc", "Exact")),
        ("http://a.b/größe", rule_of("http", "a.b", "/größe", "Exact")),
        ("http://a.b/..a/.b/c..", rule_of("http", "a.b", "/..a/.b/c..", "Exact")),
        ("http://a.b/x@y:z", rule_of("http", "a.b", "/x@y:z", "Exact")),
        ("http://a.b/(x|y)+$", rule_of("http", "a.b", "/(x|y)+$", "Exact")),
    ],
)
def test_parse_route_rule(text: str, rule: RouteRule) -> None:
    assert parse_route_rule(text) == rule._replace(text=text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected scheme://host/path, got ''"),
        ("a.b/", "expected scheme://host/path, got 'a.b/'"),
        ("//a.b/", "expected scheme://host/path, got '//a.b/'"),
        (" http://a.b/", "expected scheme://host/path, got ' http://a.b/'"),
        ("ftp://a.b/", "expected http or https before '://', got 'ftp' in 'ftp://a.b/'"),
        (
            "htps://a.b/",
            (
                "expected http or https before '://', got 'htps' in 'htps://a.b/'"
                "; did you mean https?"
            ),
        ),
        ("tcp://a.b/", "expected http or https before '://', got 'tcp' in 'tcp://a.b/'"),
        ("http:///x", HOST + "'' in 'http:///x'"),
        ("http://", HOST + "'' in 'http://'"),
        (
            "http://10.9.8.7/",
            ("expected a host name, not an IP address, got '10.9.8.7' in 'http://10.9.8.7/'"),
        ),
        (
            "http://[::1]/",
            "expected a host name, not an IP address, got '[::1]' in 'http://[::1]/'",
        ),
        ("http://A.b/", HOST + "'A.b' in 'http://A.b/'; did you mean a.b?"),
        ("http://a_b/", HOST + "'a_b' in 'http://a_b/'"),
        ("http://a.b./", HOST + "'a.b.' in 'http://a.b./'; did you mean a.b?"),
        ("http://**/", HOST + "'**' in 'http://**/'"),
        ("http://a.*.b/", HOST + "'a.*.b' in 'http://a.*.b/'"),
        ("http://a*/", HOST + "'a*' in 'http://a*/'"),
        ("http://größe.de/", HOST + "'größe.de' in 'http://größe.de/'"),
        (
            "http://a.b:8080/",
            (
                "expected no port in the URL, got 'a.b:8080' in 'http://a.b:8080/'"
                "; write ?svc=NAME:PORT"
            ),
        ),
        ("http://me@a.b/", "expected no user name in the URL, got one"),
        ("http://me:secret@a.b:80/ x", "expected no user name in the URL, got one"),
        (
            "http://a.b/#top",
            "expected no fragment in the URL, got '#top' in 'http://a.b/#top'; write %23",
        ),
        (
            "http://a.b/a b",
            ("expected no space or control character in the URL, got 'http://a.b/a b'; write %20"),
        ),
        (
            "http://a.b/\0",
            (
                r"expected no space or control character in the URL, got"
                r" 'http://a.b/\x00'"
            ),
        ),
        (
            "http://a.b/\n",
            (
                "expected no space or control character in the URL, got"
                r" 'http://a.b/\n'"
            ),
        ),
        (
            "http://a.b/%2x",
            (
                "expected two hexadecimal digits after the '%', got '%2x' in"
                " 'http://a.b/%2x'; write %25 for a '%'"
            ),
        ),
        ("http://a.b//x", BAD_PATH + "'//x' in 'http://a.b//x'"),
        ("http://a.b/a/./b", BAD_PATH + "'/a/./b' in 'http://a.b/a/./b'"),
        ("http://a.b/a/../b*", BAD_PATH + "'/a/../b' in 'http://a.b/a/../b*'"),
        ("http://a.b/a%2fb", BAD_PATH + "'/a%2fb' in 'http://a.b/a%2fb'"),
        ("http://a.b/a%2Fb", BAD_PATH + "'/a%2Fb' in 'http://a.b/a%2Fb'"),
        ("http://a.b/a//*", BAD_PATH + "'/a//' in 'http://a.b/a//*'"),
        ("http://a.b/..", BAD_END + "'/..' in 'http://a.b/..'"),
        ("http://a.b/a/.*", BAD_END + "'/a/.' in 'http://a.b/a/.*'"),
        ("http://a.b/*/c", STAR + "'/*/c' in 'http://a.b/*/c'"),
        ("http://a.b/a**", STAR + "'/a*' in 'http://a.b/a**'"),
        ("http://a.b/?", PARAMETER + "'' in 'http://a.b/?'"),
        ("http://a.b/?x=1", PARAMETER + "'x' in 'http://a.b/?x=1'"),
        ("http://a.b/?TLS=a", PARAMETER + "'TLS' in 'http://a.b/?TLS=a'; did you mean tls?"),
        ("http://a.b/?tsl=a", PARAMETER + "'tsl' in 'http://a.b/?tsl=a'; did you mean tls?"),
        ("http://a.b/?tls=a&", PARAMETER + "'' in 'http://a.b/?tls=a&'"),
        (
            "http://a.b/?tls=a&tls=b",
            "expected unique parameters, got 'tls' in 'http://a.b/?tls=a&tls=b'",
        ),
        ("http://a.b/?tls", "expected name=value, got 'tls' in 'http://a.b/?tls'"),
        ("http://a.b/?tls=", SECRET + "'' in 'http://a.b/?tls='"),
        ("http://a.b/?tls=A_b", SECRET + "'A_b' in 'http://a.b/?tls=A_b'; did you mean a-b?"),
        ("http://a.b/?svc=", SERVICE + "'' in 'http://a.b/?svc='"),
        ("http://a.b/?svc=:80", SERVICE + "'' in 'http://a.b/?svc=:80'"),
        ("http://a.b/?svc=1-", SERVICE + "'1-' in 'http://a.b/?svc=1-'"),
        ("http://a.b/?svc=a.b", SERVICE + "'a.b' in 'http://a.b/?svc=a.b'"),
        (
            "http://a.b/?svc=a:0",
            "expected a port from 1 to 65535, got '0' in 'http://a.b/?svc=a:0'",
        ),
        (
            "http://a.b/?svc=a:99999",
            "expected a port from 1 to 65535, got '99999' in 'http://a.b/?svc=a:99999'",
        ),
        ("http://a.b/?svc=a:", PORT_NAME + "'' in 'http://a.b/?svc=a:'"),
        ("http://a.b/?svc=a:b:c", PORT_NAME + "'b:c' in 'http://a.b/?svc=a:b:c'"),
        ("http://a.b/?svc=a:%D9%A3", PORT_NAME + "'٣' in 'http://a.b/?svc=a:%D9%A3'"),
    ],
)
def test_parse_route_rule_refuses(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_route_rule(text)
    assert str(caught.value) == message


PATHS = st.text(alphabet="ab.%/20fF*-", max_size=10).map("/".__add__)


@given(PATHS)
def test_paths_are_those_of_the_api_server(path: str) -> None:
    kubernetes_path = path.removesuffix("*")
    is_accepted = (
        not re.search(r"//|/\./|/\.\./|%2f|%2F", kubernetes_path)
        and not kubernetes_path.endswith(("/.", "/.."))
        and "*" not in kubernetes_path
        and not re.search(r"%(?![0-9a-fA-F]{2})", path)
    )
    try:
        rule = parse_route_rule(f"http://a.b{path}")
    except NotationError:
        assert not is_accepted
        return
    assert is_accepted
    assert (rule.path, rule.path_type == "Prefix") == (kubernetes_path, path.endswith("*"))


NAMES = st.from_regex(r"[a-z]([-a-z0-9]{0,8}[a-z0-9])?", fullmatch=True)


@given(NAMES, NAMES | st.none(), NAMES | st.none(), st.integers(1, 65535) | st.none())
def test_a_written_rule_reads_back(
    host: str, tls: str | None, service: str | None, port: int | None
) -> None:
    svc = service and (service if port is None else f"{service}:{port}")
    query = "&".join(f"{name}={value}" for name, value in (("svc", svc), ("tls", tls)) if value)
    text = f"https://{host}/x" + (f"?{query}" if query else "")
    rule = parse_route_rule(text)
    expected_port = port if service else None
    assert rule == rule_of("https", host, "/x", "Exact", tls, service, expected_port, text)

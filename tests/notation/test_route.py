from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.choices import RouteKind
from kustz_tpl.notation.route import (
    Backend,
    Gateway,
    Header,
    Redirect,
    RouteRule,
    check_route_rule,
    parse_gateway,
    parse_route_rule,
)

A = "https://a.example.com/*"
PARAMETERS = (
    "expected the parameters tls, svc, redirect, rewrite, set, header, timeout and type only, got "
)


def rule(**fields: Any) -> RouteRule:  # noqa: ANN401 - as RouteRule
    return RouteRule("https", "a.example.com", "/", "Prefix")._replace(**fields)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (A, rule()),
        ("https://a.example.com", rule()),
        (
            "HTTP://*.example.com/a",
            rule(scheme="http", host="*.example.com", path="/a", path_type="Exact"),
        ),
        ("http://*/api/*", rule(scheme="http", host=None, path="/api/")),
        ("http://*", rule(scheme="http", host=None)),
        (f"{A}?tls=cert&svc=web:http", rule(tls="cert", backends=(Backend("web", "http"),))),
        (
            f"{A}?svc=web@90&svc=canary:80@10",
            rule(backends=(Backend("web", None, 90), Backend("canary", 80, 10))),
        ),
        (f"{A}?svc=web@0", rule(backends=(Backend("web", None, 0),))),
        (f"{A}?redirect=https", rule(redirect=Redirect("https"))),
        (f"{A}?redirect=/new", rule(redirect=Redirect(path="/new"))),
        (
            f"{A}?redirect=http://b.example.com:8080/x/y",
            rule(redirect=Redirect("http", "b.example.com", 8080, "/x/y")),
        ),
        (f"{A}?redirect=https://b", rule(redirect=Redirect("https", "b"))),
        (f"{A}?rewrite=/&timeout=1h30m", rule(rewrite="/", timeout="1h30m")),
        (
            f"{A}?header=X-Canary:always&set=X-A:b%20c:d&set=X-B:%26",
            rule(
                match_headers=(Header("X-Canary", "always"),),
                set_headers=(Header("X-A", "b c:d"), Header("X-B", "&")),
            ),
        ),
        (
            "https://a.example.com/a(/|$)(.*)?type=implementationspecific",
            rule(path="/a(/|$)(.*)", path_type="ImplementationSpecific"),
        ),
        (
            "https://a.example.com/a*?type=ImplementationSpecific",
            rule(path="/a*", path_type="ImplementationSpecific"),
        ),
        (
            "https://a.example.com?type=ImplementationSpecific",
            rule(path_type="ImplementationSpecific"),
        ),
    ],
)
def test_parse_route_rule(text: str, expected: RouteRule) -> None:
    assert parse_route_rule(text) == expected._replace(text=text)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("svc=a&svc=b", "expected a weight for each svc, as in svc=web@90, got {whole}"),
        ("svc=a@1&svc=b", "expected a weight for each svc, as in svc=web@90, got {whole}"),
        ("svc=a@1000001", "expected a weight from 0 to 1000000, got '1000001' in {whole}"),
        ("svc=a@", "expected a weight from 0 to 1000000, got '' in {whole}"),
        ("svc=a:0", "expected a port from 1 to 65535, got '0' in {whole}"),
        ("redirect=https&svc=a", "expected no svc and no rewrite with redirect, got {whole}"),
        ("redirect=https&rewrite=/", "expected no svc and no rewrite with redirect, got {whole}"),
        ("redirect=ftp://b", "expected https, a path or a URL, got 'ftp://b' in {whole}"),
        ("redirect=http", "expected https, a path or a URL, got 'http' in {whole}"),
        ("redirect=https://*.b", "expected one host, got '*.b' in {whole}"),
        ("redirect=https://b:x", "expected a port from 1 to 65535, got 'x' in {whole}"),
        ("redirect=/a?b", "expected a path, got '/a?b' in {whole}"),
        ("rewrite=v2", "expected a path, got 'v2' in {whole}"),
        ("timeout=1.5s", "expected a duration such as 30s or 500ms, got '1.5s' in {whole}"),
        ("timeout=0s", "expected a duration such as 30s or 500ms, got '0s' in {whole}"),
        ("timeout=1d", "expected a duration such as 30s or 500ms, got '1d' in {whole}"),
        ("set=prod", "expected NAME:VALUE, got 'prod' in {whole}"),
        ("set=X-A:", "expected NAME:VALUE, got 'X-A:' in {whole}"),
        (
            "set=X_Env:prod",
            (
                "expected a header name of letters, digits and '-', got 'X_Env' in {whole}"
                "; did you mean X-Env?"
            ),
        ),
        ("header=A:b&header=a:c", "expected unique headers, got 'a' in {whole}"),
        (
            "set=A:%0D%0AB",
            "expected no control character in a parameter, got 'A:%0D%0AB' in {whole}",
        ),
        ("tls=a&tls=b", "expected unique parameters, got 'tls' in {whole}"),
        ("tls", "expected name=value, got 'tls' in {whole}"),
        ("host=b", PARAMETERS + "'host' in {whole}"),
        ("", PARAMETERS + "'' in {whole}"),
        ("rewirte=/", PARAMETERS + "'rewirte' in {whole}; did you mean rewrite?"),
        ("type=Prefix", "expected ImplementationSpecific, got 'Prefix' in {whole}"),
    ],
)
def test_a_parameter_of_a_rule_is_refused(query: str, message: str) -> None:
    text = f"https://a.b/*?{query}"
    with pytest.raises(NotationError) as caught:
        parse_route_rule(text)
    assert str(caught.value) == message.format(whole=f"'{text}'")


@pytest.mark.parametrize("name", ["svc", "set", "header"])
def test_a_parameter_is_there_at_most_sixteen_times(name: str) -> None:
    value = "a{}@1" if name == "svc" else "A{}:b"

    def text(count: int) -> str:
        return A + "?" + "&".join(f"{name}={value.format(index)}" for index in range(count))

    parse_route_rule(text(16))
    with pytest.raises(NotationError, match=f"^expected at most 16 times {name}, got 17 in "):
        parse_route_rule(text(17))


@pytest.mark.parametrize("part", ["path", "name", "value"])
def test_what_is_too_long_for_a_route_is_refused(part: str) -> None:
    most = {"path": 1024 - 1, "name": 256, "value": 4096}[part]

    def text(length: int) -> str:
        long = "a" * length
        return (
            A
            + {"path": f"?rewrite=/{long}", "name": f"?set={long}:b", "value": f"?set=A:{long}"}[
                part
            ]
        )

    parse_route_rule(text(most))
    with pytest.raises(NotationError, match="of at most "):
        parse_route_rule(text(most + 1))


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        *(("Ingress", query) for query in ("", "tls=a&svc=b:80", "redirect=https")),
        ("Ingress", "type=ImplementationSpecific"),
        *(
            (kind, query)
            for kind in ("HTTPRoute", "VirtualService")
            for query in ("", "svc=a@1&svc=b@2", "rewrite=/&set=A:b&header=A:b&timeout=1s")
        ),
    ],
)
def test_a_rule_fits_a_kind(kind: RouteKind, query: str) -> None:
    check_route_rule(parse_route_rule(f"{A}{'?' if query else ''}{query}"), kind)


ANNOTATION = "for an Ingress: use an annotation of its controller; or write ingress.kind: HTTPRoute"


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("Ingress", f"{A}?rewrite=/", f"expected no rewrite {ANNOTATION}"),
        ("Ingress", f"{A}?set=A:b", f"expected no set {ANNOTATION}"),
        ("Ingress", f"{A}?header=A:b", f"expected no header {ANNOTATION}"),
        ("Ingress", f"{A}?timeout=1s", f"expected no timeout {ANNOTATION}"),
        (
            "Ingress",
            f"{A}?svc=a@1",
            "expected one svc without a weight for an Ingress; or write ingress.kind: HTTPRoute",
        ),
        (
            "HTTPRoute",
            f"{A}?type=ImplementationSpecific",
            "expected no type=ImplementationSpecific for an HTTPRoute",
        ),
        (
            "VirtualService",
            f"{A}?type=ImplementationSpecific",
            "expected no type=ImplementationSpecific for a VirtualService",
        ),
        (
            "VirtualService",
            f"{A}?svc=a@0&svc=b@0",
            f"expected a weight above 0, got '{A}?svc=a@0&svc=b@0'",
        ),
        (
            "HTTPRoute",
            f"https://a.example.com/{'a' * 1024}",
            (
                f"expected a path of at most 1024 characters, got '/{'a' * 39}…' (1025 characters)"
                f" in 'https://a.example.com/{'a' * 18}…' (1046 characters)"
            ),
        ),
        (
            "HTTPRoute",
            "https://a.example.com/a|b",
            (
                "expected a path of letters, digits, -._~!$&'()*+,;=:@/ and %41 for others"
                ", got '/a|b' in 'https://a.example.com/a|b'"
            ),
        ),
    ],
)
def test_a_rule_does_not_fit_a_kind(kind: RouteKind, text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        check_route_rule(parse_route_rule(text), kind)
    assert str(caught.value) == message


HOSTS = st.from_regex(r"(\*\.)?[a-z]{1,5}(\.[a-z]{1,3}){0,2}", fullmatch=True) | st.just("*")
PATHS = st.from_regex(r"(/[a-zA-Z0-9_~-]{1,4}){0,3}(/?\*)?", fullmatch=True)
SERVICES = st.from_regex(r"[a-z]([-a-z0-9]{0,5}[a-z0-9])?", fullmatch=True)
BACKENDS = st.builds(Backend, SERVICES, st.integers(1, 65535) | st.none(), st.integers(0, 10**6))
HEADERS = st.dictionaries(
    st.from_regex(r"[A-Z][-A-Za-z0-9]{0,6}", fullmatch=True),
    st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=8),
    max_size=2,
).filter(lambda headers: len({name.lower() for name in headers}) == len(headers))


def encoded(value: str) -> str:
    return "".join(f"%{byte:02X}" for byte in value.encode())


@given(HOSTS, PATHS, st.lists(BACKENDS, max_size=3), HEADERS)
def test_a_written_rule_reads_back(
    host: str, path: str, backends: list[Backend], headers: dict[str, str]
) -> None:
    written = [
        f"svc={each.service}{f':{each.port}' if each.port else ''}@{each.weight}"
        for each in backends
    ]
    written += [f"set={name}:{encoded(value)}" for name, value in headers.items()]
    url = f"http://{host}{path if path.startswith('/') or not path else '/' + path}"
    parsed = parse_route_rule(url + (f"?{'&'.join(written)}" if written else ""))
    assert parsed.host == (None if host == "*" else host)
    assert parsed.backends == tuple(backends)
    assert parsed.set_headers == tuple(Header(*each) for each in headers.items())


@pytest.mark.parametrize(
    ("text", "gateway"),
    [
        ("public", Gateway("public")),
        ("infra/public", Gateway("public", "infra")),
        ("infra/public.a:https", Gateway("public.a", "infra", "https")),
        ("public:https", Gateway("public", None, "https")),
    ],
)
def test_parse_gateway(text: str, gateway: Gateway) -> None:
    assert parse_gateway(text) == gateway._replace(text=text)


SUBDOMAIN = (
    "expected a name of lower-case letters, digits, '-' and '.'"
    " (at most 253, the first and the last of each part a letter or digit), got "
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", SUBDOMAIN + "''"),
        ("infra/", SUBDOMAIN + "'' in 'infra/'"),
        ("public:", SUBDOMAIN + "'' in 'public:'"),
        ("public:Https", SUBDOMAIN + "'Https' in 'public:Https'; did you mean https?"),
        ("infra/public/https", "expected [NAMESPACE/]NAME[:LISTENER], got 'infra/public/https'"),
        (
            "Infra/public",
            (
                "expected a name of lower-case letters, digits and '-' (at most 63, the first and"
                " the last a letter or digit), got 'Infra' in 'Infra/public'; did you mean infra?"
            ),
        ),
    ],
)
def test_parse_gateway_refuses(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_gateway(text)
    assert str(caught.value) == message


@given(SERVICES | st.none(), SERVICES, SERVICES | st.none())
def test_a_written_gateway_reads_back(
    namespace: str | None, name: str, listener: str | None
) -> None:
    text = (f"{namespace}/" if namespace else "") + name + (f":{listener}" if listener else "")
    assert parse_gateway(text) == Gateway(name, namespace, listener, text)

"""The same rules send a request to the same place, whatever kind of object they become."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from profiles import one_in
from route_matchers import (
    Answer,
    Request,
    route_by_http_route,
    route_by_ingress,
    route_by_virtual_service,
)

from kustz_tpl.pipeline import Generator
from kustz_tpl.source import Source

HOSTS = ("a.example.com", "b.example.com", "*.example.com", "*")
REQUESTED = ("a.example.com", "b.example.com", "c.example.com", "example.org")
PARTS = ("a", "ab", "b", "a%20b")
HEADERS = ("X-A:1", "X-A:2", "X-B:1")
FILES = ("ingress.yml", "httproute.yml", "virtualservice.yml")
MATCHERS = dict(
    zip(FILES, (route_by_ingress, route_by_http_route, route_by_virtual_service), strict=True)
)
GENERATOR = Generator()

Objects = dict[str, list[Any]]


def a_path(random: Random, most: int) -> str:
    parts = random.choices(PARTS, k=random.randint(0, most))
    return "/" + "/".join(parts) + random.choice(("", "/") if parts else ("",))


def a_rule(random: Random, number: int, *, is_route: bool) -> tuple[object, str]:
    """Return a rule, and what no two rules of a set have in common."""
    host, path = random.choice(HOSTS), a_path(random, 3) + random.choice(("", "*"))
    parameters = [f"svc=s{number}:{number + 1}"]
    headers: list[str] = []
    if is_route:
        headers = random.sample(("X-A:1", "X-B:1"), random.choice((0, 0, 1, 2)))
        parameters += [f"header={each}" for each in headers]
        if random.random() < 0.3:
            parameters.append("rewrite=" + a_path(random, 2).replace("%", "%25"))
    text = f"https://{host}{path}?{'&'.join(parameters)}"
    return (host, path, frozenset(headers)), text


def a_rule_set(random: Random, *, is_route: bool) -> list[str]:
    """Return rules; those of routes alone have headers and rewrites."""
    count = random.choice((1, 3, 8, 40))
    return list(dict(a_rule(random, each, is_route=is_route) for each in range(count)).values())


def a_request(random: Random, rules: list[str]) -> Request:
    """Return a request, mostly one near to a rule."""
    path = a_path(random, 4)
    if random.random() < 0.7:
        known = random.choice(rules).partition("?")[0].split("/", 3)[3].rstrip("*")
        path = "/" + (
            known + random.choice(("", "", "/", path)).removeprefix("/" * known.endswith("/"))
        )
    headers = dict(each.lower().split(":") for each in random.sample(HEADERS, random.randint(0, 2)))
    return Request(random.choice(REQUESTED), path, headers)


def generated(rules: list[str], *, is_route: bool) -> Objects:
    """Return the objects of each file that kustz-tpl makes of the rules."""
    kinds = "[HTTPRoute, VirtualService]" if is_route else "[Ingress, HTTPRoute, VirtualService]"
    lines = "".join(f"    - {each}\n" for each in rules)
    text = (
        "name: shop\nservice: {image: nginx}\n"
        f"ingress:\n  kind: {kinds}\n  gateways: public\n  rules:\n{lines}"
    )
    files = GENERATOR.generate(Source("kustz.yml", text.encode(), Path())).files
    found = {name: files[name].content for name in FILES if name in files}
    return {name: list(yaml.safe_load_all(content)) for name, content in found.items()}


def answers(objects: Objects, request: Request) -> dict[str, Answer | None]:
    return {name: MATCHERS[name](found, request) for name, found in objects.items()}


def check_rule_set(seed: int) -> int:
    """Check twenty requests of a set of rules; return how many of them a rule takes."""
    random = Random(seed)
    is_route = random.random() < 0.5
    rules = a_rule_set(random, is_route=is_route)
    objects = generated(rules, is_route=is_route)
    assert len(objects) == 3 - is_route
    taken = 0
    for _ in range(20):
        request = a_request(random, rules)
        found = answers(objects, request)
        assert len(set(found.values())) == 1, (rules, request, found)
        taken += None not in found.values()
    return taken


@one_in(2)
@given(st.integers(0, 10**9))
def test_every_kind_sends_a_request_to_the_same_backend(seed: int) -> None:
    check_rule_set(seed)


@pytest.mark.slow
def test_ten_thousand_requests() -> None:
    assert sum(map(check_rule_set, range(500))) > 3_000


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "all"),
        ("/a", "exact"),
        ("/a/", "below"),
        ("/a/b/c", "below"),
        ("/ab", "all"),
        ("/a/b", "longer"),
    ],
)
def test_the_most_specific_rule_takes_a_request(path: str, name: str) -> None:
    rules = [
        f"https://a.example.com{each}?svc={service}:80"
        for each, service in (("/*", "all"), ("/a/*", "below"), ("/a/b", "longer"), ("/a", "exact"))
    ]
    found = answers(generated(rules, is_route=False), Request("a.example.com", path, {}))
    assert found == dict.fromkeys(FILES, Answer(name, 80, path))

"""What a real API server said about single values, against what the parsers say.

tests/data/extract_verdicts.py made the data.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kustz_tpl.errors import NotationError
from kustz_tpl.notation import CHECKS
from kustz_tpl.notation.port import parse_port, parse_port_number
from kustz_tpl.notation.quantity import check_resource, parse_resource
from kustz_tpl.notation.route import parse_route_rule

DATA = Path(__file__).parent.parent / "data" / "apiserver-verdicts.json"
VERDICTS: list[tuple[str, str, str]] = [tuple(each) for each in json.loads(DATA.read_text("utf-8"))]

# What that server, a 1.36, takes and we refuse on purpose.
STRICTER = {
    # A Service's name starts with a letter up to 1.35.
    *(("service_name", name) for name in ("1a", "123")),
    # A URL has no blank, and a `*` means a prefix.
    *(("path", path) for path in ("/a b", "/a(/|$)(.*)")),
    # The URL of an Ingress rule has a host.
    ("host", ""),
    # Only what follows a prefix may end so.
    ("dns_subdomain", "c-"),
    # The server trims it.
    ("quantity", "1Gi "),
    # To the server both say that there is none.
    ("port_number", "0"),
    ("port_name", ""),
}


def read_external_name(text: str) -> str | None:
    return parse_port(f"@{text}").external_name


def read_path(text: str) -> str:
    return parse_route_rule(f"http://www.example.com{text}").path


def read_port_number(text: str) -> str:
    return str(parse_port_number(text))


def read_quantity(text: str) -> str:
    resource = parse_resource(text)
    check_resource("cpu", resource)
    assert resource.limit is not None
    return resource.limit.text


def read_resource_name(text: str) -> str:
    check_resource(text, parse_resource("2Mi"))
    return text


PARSERS: dict[str, Callable[[str], object]] = {
    **CHECKS,
    "external_name": read_external_name,
    "path": read_path,
    "port_number": read_port_number,
    "quantity": read_quantity,
    "resource_name": read_resource_name,
}


def is_taken_as_it_stands(notation: str, value: str) -> bool:
    try:
        return PARSERS[notation](value) == value
    except NotationError:
        return False


@pytest.mark.parametrize(
    ("notation", "value"), [each[:2] for each in VERDICTS if each[2] == "refuse"]
)
def test_what_the_server_refuses_is_refused(notation: str, value: str) -> None:
    assert not is_taken_as_it_stands(notation, value)


@pytest.mark.parametrize(
    ("notation", "value"), [each[:2] for each in VERDICTS if each[2] == "accept"]
)
def test_what_the_server_takes_is_taken_or_listed_above(notation: str, value: str) -> None:
    assert is_taken_as_it_stands(notation, value) == ((notation, value) not in STRICTER)


def test_the_data_holds_what_is_listed_above() -> None:
    assert {
        (notation, value) for notation, value, verdict in VERDICTS if verdict == "accept"
    } >= STRICTER
    assert len(VERDICTS) > 150

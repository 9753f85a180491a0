"""Where only some words will do, the message names every one of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from kustz_tpl.document import read
from kustz_tpl.document.tree import Path, show_path
from kustz_tpl.errors import NotationError
from kustz_tpl.notation import CHECKS
from kustz_tpl.notation.choices import DnsPolicy, PullPolicy
from kustz_tpl.notation.port import Protocol
from kustz_tpl.registry.language import BACKENDS
from kustz_tpl.schema import SCHEMA, is_secret, normalise

PROTOCOLS = tuple(word.lower() for word in get_args(Protocol))
# A text with a wrong word, and the words that will do in its place.
WORDS: dict[str, list[tuple[str, tuple[str, ...]]]] = {
    "action": [("x://:80", ("http", "https", "tcp", "grpc"))],
    "dns_policy": [("x", get_args(DnsPolicy))],
    "env_source": [("a:x", ("true", "false"))],
    "ingress_rule": [
        ("x://a.example.com/", ("http", "https")),
        ("http://a.example.com/?x=1", ("tls", "svc")),
    ],
    "port": [("x://80", PROTOCOLS)],
    "pull_policy": [("x", get_args(PullPolicy))],
    "resource": [],  # of a name any with a domain will do
}
# Notations of texts without end, none of which has a word in it that must be one of a few.
FREE = {
    "age_recipient",
    "annotation_key",
    "data_file",
    "data_key",
    "data_path",
    "dns_label",
    "dns_option",
    "dns_subdomain",
    "duration",
    "env_name",
    "header_name",
    "host",
    "image",
    "label_key",
    "label_value",
    "nameserver",
    "port_name",
    "quantity",
    "search",
    "service_name",
    "variable",
}
MAPS_OF_FEW = 4


def walk(rules: dict[str, Any], path: Path = ()) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield the rules of every place of the language; a list has one item."""
    if path:
        yield path, rules
    inner = rules.get("schema", {})
    if rules.get("type") == "list":
        yield from walk(inner, (*path, 0)) if inner else ()
    else:
        for key, each in inner.items():
            yield from walk(each, (*path, key))


PLACES = dict(walk({"schema": SCHEMA}))


def message(path: Path, value: object) -> str:
    """Return what is said of a value at a path."""
    for step in reversed(path):
        value = {step: value} if isinstance(step, str) else [value]
    _, document = normalise(read(json.dumps(value).encode(), "f.yml", is_secret))
    (found,) = [each.message for each in document.problems if each.path == show_path(path)]
    return found


def places(**rules: object) -> list[Path]:
    found = [path for path, each in PLACES.items() if rules.items() <= each.items()]
    assert found
    return found


def test_every_notation_is_sorted() -> None:
    assert set(WORDS) | FREE == set(CHECKS)
    assert not set(WORDS) & FREE


@pytest.mark.parametrize("notation", WORDS)
def test_words_of_a_notation(notation: str) -> None:
    for text, words in WORDS[notation]:
        with pytest.raises(NotationError) as caught:
            CHECKS[notation](text)
        assert_named(words, str(caught.value))


def test_words_of_the_schema() -> None:
    limited = {path: rules["allowed"] for path, rules in PLACES.items() if "allowed" in rules}
    assert len(limited) > 5
    for path, words in limited.items():
        assert_named(words, message(path, "wrong"))


def test_booleans() -> None:
    for path in places(type="boolean"):
        assert message(path, "maybe").startswith("expected true or false, got ")


def test_backends() -> None:
    for path in places(type="backend"):
        for wrong in ("vault", "", 3, ["file"], None):
            assert_named(BACKENDS, message(path, wrong))
        assert_named(BACKENDS, message((*path, "vault"), {}))


def test_keys_of_small_maps() -> None:
    for path, rules in PLACES.items():
        keys = rules.get("schema", {}) if rules.get("type") == "dict" else {}
        if 0 < len(keys) <= MAPS_OF_FEW:
            assert_named(tuple(keys), message((*path, "0"), 1))


def assert_named(words: tuple[str, ...], said: str) -> None:
    got = said.find(", got ")
    assert all(word in said[: got if got >= 0 else None] for word in words), said

"""Where only some words will do, the message names every one of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, get_args

import pytest

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.notation import CHECKS
from kustz_tpl.notation.choices import DnsPolicy, PullPolicy, RestartPolicy, RouteKind, WorkloadKind
from kustz_tpl.notation.port import Protocol
from kustz_tpl.registry.backend import BACKENDS
from kustz_tpl.schema import SCHEMA, is_secret, normalise
from kustz_tpl.yaml_source import read
from kustz_tpl.yaml_source.tree import show_path

PROTOCOLS = tuple(word.lower() for word in get_args(Protocol))
# A text with a wrong word, and the words that will do in its place.
WORDS: dict[str, list[tuple[str, Sequence[str]]]] = {
    "action": [("x://:80", ("http", "https", "tcp", "grpc"))],
    "container_port": [("x://80", PROTOCOLS)],
    "dns_policy": [("x", get_args(DnsPolicy))],
    "env_source": [("a:x", ("true", "false"))],
    "lifecycle_action": [("x://:80", ("http", "https"))],
    "mount": [
        (
            "x://a",
            [
                "configmap",
                "secret",
                "pvc",
                "emptydir",
                "hostpath",
                "nfs",
                "csi",
                "image",
                "token",
                "volume",
            ],
        ),
        ("secret://a?x=1", ("mode", "optional", "readOnly")),
        ("pvc://a?x=1", ("size", "class", "access", "readOnly")),
        ("emptydir://?x=1", ("medium", "sizeLimit")),
        ("hostpath:///a?x=1", ("type", "readOnly")),
        ("image://a?x=1", ("pullPolicy",)),
        ("token://a?x=1", ("audience", "expirationSeconds")),
        ("image://a?pullPolicy=x", get_args(PullPolicy)),
        ("pvc://a?size=1&access=x", ("RWO", "ROX", "RWX", "RWOP")),
        ("emptydir://?medium=x", ("Memory", "HugePages")),
    ],
    "port": [("x://80", PROTOCOLS), ("a=x://80", PROTOCOLS)],
    "pull_policy": [("x", get_args(PullPolicy))],
    "resource": [],  # of a name any with a domain will do
    "restart_policy": [("x", get_args(RestartPolicy))],
    "rollout": [("x", ("Recreate", "OnDelete", "maxSurge", "maxUnavailable"))],
    "route_kind": [("x", get_args(RouteKind))],
    "route_rule": [
        ("x://a.example.com/", ("http", "https")),
        (
            "http://a.example.com/?x=1",
            ["tls", "svc", "redirect", "rewrite", "set", "header", "timeout", "type"],
        ),
        ("http://a.example.com/?type=x", ("ImplementationSpecific",)),
    ],
    "schedule": [
        (
            "@x",
            [
                "@yearly",
                "@annually",
                "@monthly",
                "@weekly",
                "@daily",
                "@midnight",
                "@hourly",
                "@every",
            ],
        ),
    ],
    "security": [
        ("x", ["restricted", "readOnlyRootFilesystem", "runAsUser", "runAsGroup", "fsGroup"])
    ],
    "spread": [("x", ("zone", "host", "region")), ("zone:x", ("required", "preferred"))],
    "toleration": [("a:x", ("NoSchedule", "PreferNoSchedule", "NoExecute"))],
    "variable_source": [
        ("x://a", ("secret", "configmap", "field", "resource")),
        ("resource://limits.x", ("cpu", "memory", "ephemeral-storage", "hugepages")),
        ("resource://limits.cpu?x=1", ("container", "divisor")),
    ],
    "workload_kind": [("x", get_args(WorkloadKind))],
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
    "disruption_budget",
    "dns_subdomain",
    "duration",
    "env_name",
    "environment",
    "gateway",
    "header_name",
    "host",
    "image",
    "kube_version",
    "label_key",
    "label_value",
    "mount_path",
    "nameserver",
    "port_name",
    "quantity",
    "replicas",
    "search",
    "secret_key",
    "service_name",
    "variable",
}
MAPS_OF_FEW = 4


def walk(rules: dict[str, Any], path: KeyPath = ()) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
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


def message(path: KeyPath, value: object) -> str:
    """Return what is said of a value at a path."""
    for step in reversed(path):
        value = {step: value} if isinstance(step, str) else [value]
    _, document = normalise(read(json.dumps(value).encode(), "f.yml", is_secret))
    (found,) = [each.text for each in document.diagnostics if each.path == show_path(path)]
    return found


def places(**rules: object) -> list[KeyPath]:
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


def assert_named(words: Sequence[str], said: str) -> None:
    got = said.find(", got ")
    assert all(word in said[: got if got >= 0 else None] for word in words), said

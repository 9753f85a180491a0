"""Strategies for data that is mostly valid, and invalid here and there."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from kustz_tpl.schema import SCHEMA
from kustz_tpl.yaml_source.tree import Scalar

WORDS = [
    *("a", "b", "app", "a/b", "1", "3", "1/2", "true", "None", "k=v", "~", "Always", "sh -c x"),
    *(
        "80",
        "80:81",
        "!80",
        "#80",
        "@a.b",
        "%30000:80:80",
        "udp://80",
        "nginx",
        "a:true",
        "10.0.0.1",
    ),
    *("http://a.b/", "http://a.b/x*?tls=c", "https://a.b/?svc=a:80", "tcp://:80", "grpc://:80"),
    *("configmap://a/b", "pvc://a?size=1", "emptydir://", "volume://a", "hostpath:///a/b"),
    *("kubernetes.io/tls", "ndots:2", "Opaque", "sops", "file", "example.com/x"),
]
LEAVES = st.one_of(st.text(max_size=6), st.sampled_from(WORDS)).map(
    lambda text: Scalar(text, is_plain=True)
)
KEYS = st.sampled_from(
    ["a", "app", "cpu", "memory", "hugepages-2Mi", "A b", "a/b", "env", "remote"]
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=5,
)


def shaped(rules: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for data that mostly follows the rules of a schema."""
    inner = rules.get("schema")
    if inner is None:
        return st.one_of(
            LEAVES,
            st.lists(LEAVES, max_size=3),
            st.dictionaries(KEYS, LEAVES, max_size=3),
            ANYTHING,
        )
    if rules.get("type") == "list":
        return st.one_of(st.lists(shaped(inner), max_size=3), ANYTHING)
    return st.one_of(keyed(inner), ANYTHING)


def keyed(schema: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for mappings with the keys of a schema, and others."""
    known = st.fixed_dictionaries(
        {}, optional={key: shaped(rules) for key, rules in schema.items()}
    )
    others = st.dictionaries(st.text(max_size=3), ANYTHING, max_size=1)
    return st.tuples(others, known).map(lambda pair: {**pair[0], **pair[1]})


TOP = {key: shaped(rules) for key, rules in SCHEMA.items()}
CONFIGS = st.lists(st.sampled_from(sorted(TOP)), max_size=3, unique=True).flatmap(
    lambda keys: st.fixed_dictionaries({key: TOP[key] for key in keys})
)

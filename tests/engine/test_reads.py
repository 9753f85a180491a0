"""What templates read of a context is noted."""

from __future__ import annotations

import pytest

from kustz_tpl.engine import ANY, DictLoader, Engine, watch

CONTEXT = {"a": {"b": 1, "c": {"d": 2}}, "each": {"x": {"k": 1}, "y": {"k": 2, "m": 3}}, "n": 4}
PATHS = [("a", "b"), ("a", "c", "d"), ("each", ANY, "k"), ("each", ANY, "m")]


@pytest.mark.parametrize(
    ("page", "read"),
    [
        ("p: 1", []),
        ("p: {{ a.b }}", [("a", "b")]),
        ("p: {{ a['b'] }}", [("a", "b")]),
        ("p: {{ a | attr('b') is undefined }}", []),
        ("p: {{ a.get('b') }}", [("a", "b")]),
        ("{% set x = a %}p: {{ x.b }}", [("a", "b")]),
        ("p: {% if false %}{{ a.b }}{% endif %}", []),
        ("p: {{ a.c.d }}", [("a", "c", "d")]),
        ("p: {{ a }}", [("a", "b"), ("a", "c", "d")]),
        (
            "{% for key, value in a.items() %}\n{{ key }}: {{ value }}\n{% endfor %}",
            [("a", "b"), ("a", "c", "d")],
        ),
        ("p: {{ each.x.k }}", [("each", ANY, "k")]),
        ("p:\n{% for x in each.values() %}\n- {{ x.k }}\n{% endfor %}", [("each", ANY, "k")]),
        ("{% macro m(x) %}{{ x.b }}{% endmacro %}p: {{ m(a) }}", [("a", "b")]),
    ],
)
def test_what_a_page_reads_is_noted(page: str, read: list[tuple[str, ...]]) -> None:
    watched = watch(CONTEXT, PATHS)
    Engine(DictLoader({"page": page + "\n"})).render_tree("page", watched.context)
    assert [path for path in PATHS if watched.is_read(path)] == read


def test_watching_changes_no_page_and_no_context() -> None:
    before = repr(CONTEXT)
    pages = {"page": "a: {{ a }}\nk: {{ each.y.k + n }}\nm: {{ each.x.m is defined }}\n"}
    engine = Engine(DictLoader(pages))
    watched = watch(CONTEXT, PATHS)
    assert engine.render_tree("page", watched.context) == engine.render_tree("page", CONTEXT)
    assert repr(CONTEXT) == before


def test_the_names_that_a_page_takes_from_the_context_are_those_of_its_blocks_that_run() -> None:
    pages = {
        "parent": "{% block x %}\np: {{ n }}\n{% endblock %}\n",
        "page": '{% extends "parent" %}\n{% block x %}\np: {{ a.b }}\n{% endblock %}\n',
    }
    engine = Engine(DictLoader(pages))
    assert engine.render_tree("parent", CONTEXT).names == {"n"}
    assert engine.render_tree("page", CONTEXT).names == {"a"}

"""An outline tells what a template is made of without rendering it."""

from __future__ import annotations

import pytest

from kustz_tpl.engine import TemplateError
from kustz_tpl.engine.outline import outline

TEMPLATE = """\
{% extends "kustz/deployment.yml.j2" %}
{% block outer %}
a: {{ service.ports[0] }}
b: {{ service['image'] | unknown(name) }}
{% block inner %}{{ super() }}{{ loop }}{% endblock %}
{% endblock %}
{% if values.on %}
{% block other %}{{ sources.env.items() }}{% set x = labels %}{{ x.y }}{% endblock %}
{% endif %}
{{ values[name] }}{{ 'a'.upper() }}{{ namespace() }}{{ annotations.a[1].b }}
"""


def test_the_outline_of_a_template() -> None:
    found = outline(TEMPLATE, "page.yml.j2")
    assert found.parent == "kustz/deployment.yml.j2"
    assert found.blocks == {"outer": 2, "inner": 5, "other": 8}
    assert found.fills == {"outer": 2, "other": 8}
    assert set(found.names) >= {"service.image", "sources.env", "values.on", "labels", "name"}
    assert not set(found.names) & {"x", "loop", "super", "namespace", "x.y"}


@pytest.mark.parametrize(
    "text",
    [
        "{% block a %}{% endblock %}",
        "{% extends layout %}{% block a %}{% endblock %}",
        "{% if x %}{% extends 'b' %}{% endif %}{% block a %}{% endblock %}",
        "{% block a %}{% endblock %}{% extends 'b' %}",
        "{% extends 'b' %}{% block a %}{% endblock %}{% block c %}{{ self.a() }}{% endblock %}",
    ],
)
def test_a_block_that_has_a_place_anyway_fills_none(text: str) -> None:
    assert "a" not in outline(text, "page").fills


def test_a_template_without_a_parent() -> None:
    assert outline("a: {{ name }}\n", "page").parent is None
    assert outline("{% extends layout %}", "page").parent is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\n{% if %}", "page:2: Expected an expression, got 'end of statement block'"),
        ("a\n{# b", "page:2: Missing end of comment tag"),
        ("a\n{{ " + "9" * 5000, "page:2: a number of too many digits"),
        ("{{ " + "(" * 100_000, "page: nested too deep"),
    ],
)
def test_a_template_that_is_no_jinja(text: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        outline(text, "page")
    assert str(caught.value) == message

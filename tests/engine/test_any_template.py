"""Whatever a template is made of: data without a trace of the engine, or an error with its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import PAGE, Pages, assert_separate, is_same, read
from values import Data

from kustz_tpl.engine import Limits, TemplateError, Tree, write_yaml

pytestmark = pytest.mark.hypothesis

CONTEXT = {"map": {"x": 1}, "list": [1, {"y": "z"}], "text": "a\n b", "n": 5, "none": None}
PIECES = [
    *" \n\t:-?|>'\"{}[],&*!%#a1",
    *("\n", "\n  ", "\n    ", "- ", "? ", ": ", "a: ", "b:", "c: 1\n", "- 1\n", "k:\n  ", "---\n"),
    *(
        "|\n  ",
        ">\n  ",
        "|-\n    x\n",
        "&x ",
        "*x",
        "<<: ",
        "!!str ",
        "# c\n",
        "  # d",
        "\r\n",
        "é",
        "😀",
    ),
    *(
        '"',
        '"\\uE0030\\uE004"',
        '"\\ue003*1\\ue004": 0\n',
        '"\\x7f',
        "\\N",
        "&x {{ map }}\n",
        ": *x\n",
    ),
    *("{{ s }}\n", "{{ s }}\n  ", "{{ m('<<') }}\n", "{{ m(list) ~ n }}", "{{ s | int }}"),
    *(
        "{{ map }}",
        "{{ list }}",
        "{{ text }}",
        "{{ n }}",
        "{{ none }}",
        "{{ nope }}",
        "{{ [] }}",
        "{{ {} }}",
    ),
    *(
        "{{ m(n) }}",
        "{{ m(map) }}",
        "{{ s }}",
        "{{ self.b0() }}",
        "{{- n }}",
        "{{ n -}}",
        "{{ caller() }}",
    ),
    *(
        "{% include '_map' %}",
        "{% include '_list' %}",
        "{% include '_text' %}",
        "{% include '_blank' %}",
    ),
    *("{% include '_bad' %}", "{%- include '_map' -%}", "{% include 'page.yml.j2' %}"),
    *("{% if n %}", "{% if none %}", "{%- if n -%}", "{% else %}", "{% endif %}", "{%- endif -%}"),
    *("{% for i in list %}", "{% for i in [] %}", "{% endfor %}", "{% break %}", "{% continue %}"),
    *("{% macro m(y) %}", "{% macro m(y) -%}", "{{ y }}", "{% endmacro %}", "{%- endmacro %}"),
    *("{% set s %}", "{% set s -%}", "{% endset %}", "{% set n = 6 %}", "{% set n = 7 -%}"),
    *(
        "{% call m(1) %}",
        "{% call m(1) -%}",
        "{% endcall %}",
        "{% raw %}",
        "{% endraw %}",
        "{# c #}",
        "{#- c\n#}",
    ),
    *(
        "{% block b0 %}",
        "{% block b1 -%}",
        "{% endblock %}",
        "{%- endblock -%}",
        "{% extends '_base' %}",
    ),
    *(
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "{{ n",
        "| upper }}",
        "{% with q = n %}",
        "{% endwith %}",
    ),
]
OTHERS = {
    "_map": "p: 1\nq:\n  - {{ n }}\n",
    "_list": "  - 1\n  - {{ map }}\n",
    "_text": "plain {{ n }}\n  more\n",
    "_blank": "\n{# c #}\n",
    "_bad": "p: [\n",
    "_base": "base: 1\n  \nk:\n    {% block b0 %}\n    d: 1\n    {% endblock %}\n",
}
MARKS = "\ue000\ue001\ue002\ue003\ue004"


def balanced(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return templates with pairs of tags around others."""
    pairs = [
        ("{% if n %}", "{% endif %}"),
        ("{% for i in list %}\n", "{% endfor %}\n"),
        ("{% block b0 %}", "{% endblock %}"),
        ("{%- block b1 -%}\n", "\n{%- endblock -%}"),
        ("{% macro m(y) -%}\n", "{%- endmacro %}\n"),
        ("{% set s %}", "{% endset %}"),
        ("{% call m(map) %}\n", "{% endcall %}"),
        ("{% raw %}", "{% endraw %}"),
        ("[", "]"),
        ("{", " }"),
        ("'", "'"),
        ('"', '"'),
    ]
    return st.tuples(st.sampled_from(pairs), inner).map(lambda pair: pair[1].join(pair[0]))


pieces = st.sampled_from(PIECES)
templates = st.lists(
    st.recursive(
        pieces, lambda inner: balanced(st.lists(inner, max_size=4).map("".join)), max_leaves=6
    ),
    max_size=12,
).map("".join)
LIMITS = Limits(text_characters=1 << 16)


@given(templates)
def test_any_template_gives_data_or_an_error_with_its_place(template: str) -> None:
    files = {PAGE: template, **OTHERS}
    tree = rendered(files)
    if isinstance(tree, TemplateError):
        source = files[tree.template]
        assert 0 <= tree.line <= source.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
        assert not set(str(tree)) & set(MARKS)
    else:
        text = write_yaml(tree.documents, tree.comments)
        assert not set(text) & set(MARKS)
        assert_separate(tree.documents)
        assert all(is_same(read(write_yaml([document])), document) for document in tree.documents)


@given(templates, st.sampled_from([" ", "        "]))
def test_a_template_means_the_same_below_any_column(template: str, indent: str) -> None:
    alone = outcome({"_i": template, PAGE: "k:\n  {% include '_i' %}\n", **OTHERS})
    deeper = outcome({"_i": template, PAGE: f"k:\n{indent}{{% include '_i' %}}\n", **OTHERS})
    assert is_same(alone, deeper)


def rendered(files: dict[str, str]) -> Tree | TemplateError:
    try:
        return Pages(files, limits=LIMITS).render(**CONTEXT)
    except TemplateError as error:
        return error


def outcome(files: dict[str, str]) -> Data:
    tree = rendered(files)
    return tree.documents if isinstance(tree, Tree) else str(tree)

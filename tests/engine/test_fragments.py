"""Captured text, includes and blocks take their place at their tag's column, whatever it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import PAGE, Pages, Templates, is_same, render
from values import Data

from kustz_tpl.engine import write_json, write_yaml

CONTEXT = {"map": {"x": 1, "y": [2]}, "list": [1, {"a": "b"}], "none": None, "text": "a\nb"}

CASES: dict[str, tuple[Templates, Data]] = {
    # the column of the tag counts, not that of the text
    "a block's text at any column": (
        "a:\n  {% block b %}\n          c: 1\n          d:\n            - 2\n  {% endblock %}\n  e: 3\n",
        {"a": {"c": 1, "d": [2], "e": 3}},
    ),
    "a block on one line": ("a: {% block b %}c: 1{% endblock %}\nd: 2\n", {"a": {"c": 1}, "d": 2}),
    "a block behind a dash": (
        "- {% block b %}\n      c: 1\n      d: 2\n  {% endblock %}\n\n  e: 3\n- f\n",
        [{"c": 1, "d": 2, "e": 3}, "f"],
    ),
    "a blank block behind a dash": ("- {% block b %}{% endblock %}\n\n  e: 3\n", [{"e": 3}]),
    "a blank block alone behind a dash": ("- {% block b %}{% endblock %}\n- 1\n", [None, 1]),
    "blocks in blocks": (
        (
            "a:\n  {% block b %}\n c:\n   {% block d %}\n        e: 1\n   {% endblock %}\n   f: 2\n"
            "  {% endblock %}\n"
        ),
        {"a": {"c": {"e": 1, "f": 2}}},
    ),
    "two blocks on a line": (
        "a:\n  {% block b %}{% endblock %}{% block c %}d: 1{% endblock %}\n  e: 2\n",
        {"a": {"d": 1, "e": 2}},
    ),
    "blank blocks on a line": (
        "a: 1\n  {% block b %}{% endblock %} {% block c %}{% endblock %}\nd: 2\n",
        {"a": 1, "d": 2},
    ),
    "a blank block as a value": ("a: {% block b %}{% endblock %}\nc: 1\n", {"a": None, "c": 1}),
    "a blank block below a key": ("a:\n  {% block b %}{% endblock %}\nc: 1\n", {"a": None, "c": 1}),
    "a blank block among items": ("- 1\n{% block b %}\n\n{% endblock %}\n- 2\n", [1, 2]),
    "a blank block in a text": ('a: "x{% block b %}{% endblock %}y"\n', {"a": "xy"}),
    "a block of a comment": (
        "a:\n  {% block b %}\n# why\n  {% endblock %}\n  c: 1\n",
        {"a": {"c": 1}},
    ),
    "a block of a comment behind a dash": (
        "- {% block b %}# why{% endblock %}\n\n  c: 1\n",
        [{"c": 1}],
    ),
    "tags with minus": (
        "a:\n  {%- block b -%}\n  c: 1\n  d: 2\n  {%- endblock -%}\ne: 3\n",
        {"a": {"c": 1, "d": 2}, "e": 3},
    ),
    "a macro with minus": (
        "{%- macro m(x) -%}\n    c: {{ x }}\n    d: |\n      e\n{%- endmacro -%}\na:\n  {{ m(1) }}\n",
        {"a": {"c": 1, "d": "e\n"}},
    ),
    "a set block with minus": (
        "{% set x -%}\n    - 1\n    - 2\n{%- endset %}\na: {{ x }}\n",
        {"a": [1, 2]},
    ),
    "a call with minus": (
        (
            "{% macro m() %}\na:\n    {{ caller() }}\n{% endmacro %}\n"
            "{% call m() -%}\n   - 1\n   - 2\n{%- endcall %}\n"
        ),
        {"a": [1, 2]},
    ),
    "an assignment with minus": (
        "a: 1\n{% set x = 'y' -%}\n\n   b: {{ x }}\n",
        {"a": 1, "b": "y"},
    ),
    "a template without a line break at its end": (
        {PAGE: "a:\n  {% include '_i' %}\n  {% include '_i2' %}", "_i": "b: 1", "_i2": "c: 2"},
        {"a": {"b": 1, "c": 2}},
    ),
    "an included document": (
        {PAGE: "a:\n  {% include '_i' %}\n", "_i": "---\nb: 1\n...\n"},
        {"a": {"b": 1}},
    ),
    "an include of items among items": (
        {PAGE: "a:\n  - 1\n  {% include '_i' %}\n  - 4\n", "_i": "  - 2\n  - 3\n"},
        {"a": [1, 2, 3, 4]},
    ),
    "an include with carriage returns": (
        {PAGE: "a:\r\n  {% include '_i' %}\r\n  d: 1\r\n", "_i": "b: 1\r\nc: |\r\n  x\r\n"},
        {"a": {"b": 1, "c": "x\n", "d": 1}},
    ),
    "an include with a byte order mark": (
        {PAGE: "a:\n  {% include '_i' %}\n", "_i": "\ufeffb: 1\n"},
        {"a": {"b": 1}},
    ),
    # blanks around tags that share their line
    "an if on one line keeps its column": (
        "a:\n  b:\n    {% if map %}{{ map }}{% endif %}\n    c: 1\n",
        {"a": {"b": {"x": 1, "y": [2], "c": 1}}},
    ),
    "an if on one line that is false": (
        "a:\n  b: 1\n      {% if none %}c: 1{% endif %}\n  d: |\n    e\n        {% if none %}f{% endif %}\n    g\n",
        {"a": {"b": 1, "d": "e\ng\n"}},
    ),
    "an include in an if on one line": (
        {PAGE: "a:\n  {% if map %}{% include '_i' %}{% endif %}\n  c: 1\n", "_i": "b: 1\n"},
        {"a": {"b": 1, "c": 1}},
    ),
    "a comment before a key": (
        "a:\n  {# c #}b: 1\n  d: 2{# e #}\n  f: 3\n",
        {"a": {"b": 1, "d": 2, "f": 3}},
    ),
    "raw before a key": (
        "a:\n  {% raw %}b{% endraw %}: '{% raw %}{{{% endraw %}'\n  c: 1\n",
        {"a": {"b": "{{", "c": 1}},
    ),
    "an assignment before a key": (
        "a:\n  {% set n = 1 %}b: {{ n }}\n  c: 2\n",
        {"a": {"b": 1, "c": 2}},
    ),
    "a loop with its items' indentation": (
        "a:\n  {% for n in [1, 2] %}\n  - {{ n }}\n  {% endfor %}\nb: 1\n",
        {"a": [1, 2], "b": 1},
    ),
    # joining
    "a mapping before and after keys": (
        "b: 1\n{{ map }}\nc: 2\n",
        {"b": 1, "x": 1, "y": [2], "c": 2},
    ),
    "an empty mapping": ("b: 1\n{{ {} }}\nc: 2\n", {"b": 1, "c": 2}),
    "an empty mapping alone": ("a:\n  {{ {} }}\nb: 1\n", {"a": {}, "b": 1}),
    "an empty list": ("- 1\n{{ [] }}\n- 2\n", [1, 2]),
    "an empty list alone": ("a:\n  {{ [] }}\n", {"a": []}),
    "a generator": ("a:\n  {{ map.items() }}\n  - 1\n", {"a": [["x", 1], ["y", [2]], 1]}),
    "a list in an item": ("- {{ list }}\n- 1\n", [[1, {"a": "b"}], 1]),
    "a list that joins an item's list": ("- {{ list }}\n  - 2\n", [[1, {"a": "b"}, 2]]),
    "a mapping with a comment": ("{{ map }}   # why\na: 1\n", {"x": 1, "y": [2], "a": 1}),
    "no comment without a blank": ("a: x{{ 1 }}#no\n", {"a": "x1#no"}),
    "a mapping in a macro in a macro": (
        (
            "{% macro i() %}\n     {{ map }}\n{% endmacro %}\n{% macro o() %}\nb: 1\n{{ i() }}\n{% endmacro %}\n"
            "a:\n  {{ o() }}\n  c: 2\n"
        ),
        {"a": {"b": 1, "x": 1, "y": [2], "c": 2}},
    ),
    "a fragment as an argument": (
        (
            "{% macro box(body) %}\nbox:\n  {{ body }}\n{% endmacro %}\n{% macro m() %}\n   a: 1\n{% endmacro %}\n"
            "{{ box(m()) }}\n"
        ),
        {"box": {"a": 1}},
    ),
    "a fragment chosen": (
        "{% macro m() %}\n{% endmacro %}\na: {{ m() or 'none' }}\nb: {{ 1 if m() else 2 }}\n",
        {"a": "none", "b": 2},
    ),
    "a macro of a blank include": (
        {
            PAGE: "{% macro m() %}{% include '_i' %}{% endmacro %}\na: {{ m() or 'none' }}\n",
            "_i": "\n",
        },
        {"a": "none"},
    ),
    "a fragment printed twice": (
        "{% set x %}\na: 1\n{% endset %}\n- {{ x }}\n- b:\n    {{ x }}\n    c: 2\n",
        [{"a": 1}, {"b": {"a": 1, "c": 2}}],
    ),
    "fragments of fragments, made and dropped": (
        "".join(
            f"{{% set x{n} %}}\n{{% call m({n}) %}}\nk{n}: {n}\n{{% endcall %}}\n{{% endset %}}\n"
            for n in range(30)
        ).join(("{% macro m(n) %}\n{{ caller() }}\n{% endmacro %}\n", ""))
        + "".join(f"{{{{ x{n} }}}}\n" for n in range(30)),
        {f"k{n}": n for n in range(30)},
    ),
    "a loop on one line": (
        {
            PAGE: "l:\n  {% for n in [1, 2] %}{% include '_i' %}{% endfor %}\nm: 1\n",
            "_i": "- n: {{ n }}\n  o: p\n",
        },
        {"l": [{"n": 1, "o": "p"}, {"n": 2, "o": "p"}], "m": 1},
    ),
    "a loop of macros behind a key": (
        (
            "{% macro m(n) %}\nk{{ n }}: {{ n }}\n{% endmacro %}\n"
            "a: {% for n in [1, 2, 3] %}{{ m(n) }} {% endfor %}# why\nb: 1\n"
        ),
        {"a": {"k1": 1, "k2": 2, "k3": 3}, "b": 1},
    ),
    "a loop of macros behind a dash": (
        (
            "{% macro m(n) %}\nk{{ n }}: {{ n }}\n{% endmacro %}\n"
            "- {% for n in [1, 2] %}{{ m(n) }}{% endfor %}\n\n  c: 3\n"
        ),
        [{"k1": 1, "k2": 2, "c": 3}],
    ),
    "a loop of macros in a literal": (
        (
            "{% macro m(n) %}\n- {{ n }}\n{% endmacro %}\n"
            "a: |\n    {% for n in [1, 2] %}{{ m(n) }}{% endfor %}\n    c\n"
        ),
        {"a": "- 1\n- 2\nc\n"},
    ),
    "texts on one line stay a text": (
        "{% macro m(n) %}x{{ n }}{% endmacro %}\na: {{ m(1) }}{{ m(2) }}\nb: {{ m(1) }} {{ m(2) }}\n",
        {"a": "x1x2", "b": "x1 x2"},
    ),
    # literal blocks
    "an include keeps its column in a literal": (
        {
            PAGE: "a: |\n  if x; then\n    {% include 'run.sh' %}\n  fi\n",
            "run.sh": "# run\necho '{{ 1 }}'\n\n  deeper\n",
        },
        {"a": "if x; then\n  # run\n  echo '1'\n\n    deeper\nfi\n"},
    ),
    "a fragment behind text in a literal": (
        "{% set x %}\nb: 1\nc: 2\n{% endset %}\na: |\n  - {{ x }}\n  - d\n",
        {"a": "- b: 1\n  c: 2\n- d\n"},
    ),
    "a value keeps its lines in a literal": ("a: |\n    {{ text }}\n    c\n", {"a": "a\nb\nc\n"}),
    "a fragment of yaml in a literal of yaml": (
        (
            "{% macro m() %}\nx: {{ map.x }}\n{% block b %}\n   y: |\n     z\n{% endblock %}\n{% endmacro %}\n"
            "data:\n  app.yml: |\n    k:\n      {{ m() }}\n"
        ),
        {"data": {"app.yml": "k:\n  x: 1\n  y: |\n    z\n"}},
    ),
    "a blank include in a literal": (
        {PAGE: "a: |\n  b\n  {% include '_i' %}\n  c\n", "_i": " \n"},
        {"a": "b\nc\n"},
    ),
    "an empty line of a literal stays": ("a: |\n  b\n\n  {{ 1 }}\n\n  c\n", {"a": "b\n\n1\n\nc\n"}),
    "two fragments on a line of a literal": (
        "{% set x %}\n1\n2\n{% endset %}\na: |\n  {{ x }}{{ x }}\n",
        {"a": "1\n21\n 2\n"},
    ),
    # text around fragments
    "captured text in a text": (
        "{% macro m() %}\n  x  \n{% endmacro %}\na: <{{ m() }}>\nb: '<{{ m() }}>'\n",
        {"a": "<x>", "b": "<x>"},
    ),
    "captured text is yaml": (
        "{% set x %}{{ 80 }}{% endset %}\na: {{ x }}\nb: '{{ x }}'\nc: x{{ x }}\nd: yes{{ x }}\n",
        {"a": 80, "b": "80", "c": "x80", "d": "yes80"},
    ),
    "captured text as a key": ("{% set x %}80{% endset %}\n{{ x }}: 1\n", {"80": 1}),
    # flow style, which is JSON's
    "alone in flow style": (
        '{\n  "a": [\n    1,\n    {{ list }}\n  ],\n  "b": {\n    {{ map }}\n  },\n  "c":\n    {{ map }}\n}\n',
        {"a": [1, [1, {"a": "b"}]], "b": {"x": 1, "y": [2]}, "c": {"x": 1, "y": [2]}},
    ),
    "a trailing comma": (
        '{"a": [1, {% for i in [2, 3] %}{{ i }}, {% endfor %}],}\n',
        {"a": [1, 2, 3]},
    ),
    "half a list": ("a: [1,{% if true %}\n  2, 3{% else %}4{% endif %}]\n", {"a": [1, 2, 3]}),
    "alone before a comma on the next line": ("[\n  {{ list }}\n  , 2\n]\n", [[1, {"a": "b"}], 2]),
    "a fragment alone in flow style": (
        "{% set x %}\n- 1\n- 2\n{% endset %}\n[\n  {{ x }}\n]\n",
        [[1, 2]],
    ),
    "a blank fragment in flow style": ("[\n  1,\n  {% block b %}{% endblock %}\n]\n", [1]),
    # anchors, merges, tags, documents
    "anchors": (
        "a: &x {{ map }}\nb: *x\nc: &y\n  {{ map }}\nd: *y\n",
        {k: {"x": 1, "y": [2]} for k in "abcd"},
    ),
    "an anchor of a key": ("&k a: 1\nb: *k\n", {"a": 1, "b": "a"}),
    "an alias of a number as key and value": (
        "a: &n {{ 80 }}\n*n : b\nc: *n\n",
        {"a": 80, "80": "b", "c": 80},
    ),
    "a merge is no alias": (
        "base: &base {a: 1, b: 2}\nk:\n  z: 0\n  <<: *base\n  b: 3\nl:\n  <<: [{a: 9}, *base]\n",
        {"base": {"a": 1, "b": 2}, "k": {"z": 0, "a": 1, "b": 3}, "l": {"a": 9, "b": 2}},
    ),
    "merges of placeholders": (
        "<<: {{ map }}\na: 1\n<<: {b: 2, x: 3}\n",
        {"x": 1, "y": [2], "a": 1, "b": 2},
    ),
    "a quoted merge sign as a value": ("a: <<\nb: '<<'\n", {"a": "<<", "b": "<<"}),
    "tags of text": (
        "a: !!str 80\nb: ! 80\nc: !!str {{ 80 }}\n",
        {"a": "80", "b": "80", "c": "80"},
    ),
    "an explicit key of several lines": ("? |\n  a\n  {{ 1 }}\n: b\n", {"a\n1\n": "b"}),
    "empty key": ("'': a\n", {"": "a"}),
    "written keys stay text": (
        "1: a\ntrue: b\n~: c\n0x10: d\nyes: e\n1.50: f\n",
        {"1": "a", "true": "b", "~": "c", "0x10": "d", "yes": "e", "1.50": "f"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_fragment(name: str) -> None:
    templates, expected = CASES[name]
    tree = render(templates, **CONTEXT)
    assert is_same(tree, expected)
    assert write_yaml([tree]) == write_yaml([expected])  # in the same order, too


@pytest.mark.parametrize(
    ("template", "documents"),
    [
        ("", []),
        ("\n# a\n\n", []),
        ("---\n---\n", []),
        ("{% if false %}\na: 1\n{% endif %}\n", []),
        ("{% block b %}{% endblock %}", []),
        (
            "a: 1\n---\n{{ map }}\n---\n{% block b %}c: 1{% endblock %}\n",
            [{"a": 1}, CONTEXT["map"], {"c": 1}],
        ),
        ("a: 1\n...\n---\nb: 1\n", [{"a": 1}, {"b": 1}]),
        ("%YAML 1.1\n---\na: 1\n", [{"a": 1}]),
        ("{{ list }}\n", [CONTEXT["list"]]),
        ("{{ text }}", ["a\nb"]),
        ("text", ["text"]),
        ("null\n", []),
    ],
)
def test_documents(template: str, documents: list[Data]) -> None:
    assert Pages(template).render(**CONTEXT).documents == documents


@pytest.mark.parametrize(
    ("template", "comments"),
    [
        ("# a\n\n  # b\nc: 1 # d\n# e\n", ["# a", "# b"]),
        ("{# a #}\n# {{ text }}\n# b\nc: 1\n", ["# b"]),
        ("---\n# a\nb: 1\n", ["# a"]),
        ("{% block b %}\n# a\n{% endblock %}\n# b\nc: 1\n", ["# a", "# b"]),
        ("# a\n", ["# a"]),
        ("{% if true %}\n# a\n{% endif %}\na: '\n# b'\n", ["# a"]),
    ],
)
def test_comments_before_the_first_key_are_kept(template: str, comments: list[str]) -> None:
    assert Pages(template).render(**CONTEXT).comments == comments


def test_a_json_template() -> None:
    template = (
        '{\n  "kind": "List",\n  "items": [\n    {% for n in list %}\n    {"n": {{ n }}},\n'
        "    {% endfor %}\n  ]\n}\n"
    )
    tree = render(template, **CONTEXT)
    assert write_json(tree) == (
        '{\n  "kind": "List",\n  "items": [\n    {\n      "n": 1\n    },\n    {\n      "n": {\n'
        '        "a": "b"\n      }\n    }\n  ]\n}\n'
    )


BODIES = {
    "a: 1\nb: 2\n": {"a": 1, "b": 2},
    "- a\n- b: 1\n  c: 2\n": ["a", {"b": 1, "c": 2}],
    "a:\n  - b\n  - c: |\n      d\n\n      e\n": {"a": ["b", {"c": "d\n\ne\n"}]},
}


styles = st.fixed_dictionaries(
    {
        "tag": st.sampled_from(["block x", "call m()", "include"]),
        "minus": st.sampled_from(["", "-"]),
        "tag_column": st.integers(1, 9),
        "column": st.integers(0, 9),
        "end": st.sampled_from(["", "\n"]),
    }
)


@pytest.mark.hypothesis
@given(st.sampled_from(sorted(BODIES)), styles)
def test_indentation_never_matters(body: str, style: dict[str, Data]) -> None:
    lines = body.splitlines(keepends=True)
    inner = "".join(" " * style["column"] + line if line.strip() else line for line in lines)
    assert render(styled(inner, **style)) == {"k": BODIES[body]}


def styled(inner: str, tag: str, minus: str, tag_column: int, end: str, **_: Data) -> Templates:
    """Return templates that put a text below `k` by a tag at some column."""
    indent = " " * tag_column
    if tag == "include":
        return {PAGE: f"k:\n{indent}{{%{minus} include '_i' {minus}%}}{end}", "_i": inner}
    name, _, _ = tag.partition(" ")
    opening, closing = f"{{%{minus} {tag} {minus}%}}", f"{{%{minus} end{name} {minus}%}}"
    macro = "{% macro m() %}\n      {{ caller() }}\n{% endmacro %}\n"
    return f"{macro}k:\n{indent}{opening}\n{inner}{closing}{end}"


LICENCE = "# a licence\n# of two lines\n"
LEADING: dict[str, tuple[Templates, list[str]]] = {
    "before an opening line": (LICENCE + "---\na: 1\n", ["# a licence", "# of two lines"]),
    "behind an opening line": ("---\n" + LICENCE + "\na: 1\n", ["# a licence", "# of two lines"]),
    "on both sides of it": ("# a\n---\n# b\na: 1\n", ["# a", "# b"]),
    "in a leading include of comments": (
        {PAGE: "{% include '_i' %}\n# b\na: 1\n", "_i": LICENCE},
        ["# a licence", "# of two lines", "# b"],
    ),
    "in a leading include of keys": (
        {PAGE: "# a\n{% include '_i' %}\n# lost\nb: 1\n", "_i": "# b\na: 1\n# lost\n"},
        ["# a", "# b"],
    ),
    "in a leading include of items": (
        {PAGE: "{% include '_i' %}\n", "_i": "---\n# b\n- 1\n"},
        ["# b"],
    ),
    "in an include of an include": (
        {PAGE: "{% include '_i' %}\na: 1\n", "_i": "# a\n{% include '_j' %}\n", "_j": "# b\n"},
        ["# a", "# b"],
    ),
    "in a leading block": (
        {
            PAGE: "{% extends '_b' %}{% block head %}\n# c\n{{ super() }}\n{% endblock %}",
            "_b": "# a\n{% block head %}\n# b\n{% endblock %}\na: 1\n",
        },
        ["# a", "# c", "# b"],
    ),
    "with a value": ("# {{ 1 }}\n# b\na: 1\n", ["# b"]),
    "of a second document": ("# a\na: 1\n---\n# lost\nb: 1\n", ["# a"]),
    "behind a key": ("a: 1 # lost\n# lost\nb: 1\n", []),
    "behind an empty document": ("---\n---\n# lost\na: 1\n", []),
}


@pytest.mark.parametrize("name", LEADING)
def test_leading_comments_are_kept_wherever_they_are_written(name: str) -> None:
    templates, comments = LEADING[name]
    assert Pages(templates).render().comments == comments

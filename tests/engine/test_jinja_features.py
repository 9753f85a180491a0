"""Every feature of Jinja's template designer manual works in a page, or is removed with a message.

The order is the manual's.
"""

from __future__ import annotations

import pytest
from jinja2.defaults import DEFAULT_FILTERS, DEFAULT_NAMESPACE, DEFAULT_TESTS
from pages import PAGE, Pages, Templates, is_same, render
from values import Data

from kustz_tpl.engine import TemplateError
from kustz_tpl.engine.parts import ONLY_PRINTED
from kustz_tpl.engine.removed import REMOVED_FILTERS, REMOVED_GLOBALS, REMOVED_TAGS, REMOVED_TESTS

CONTEXT = {
    "name": "Web Shop",
    "numbers": [3, 1, 2],
    "map": {"b": 1, "a": {"c": "d"}, "items": 5},
    "people": [
        {"name": "Ada", "team": "x", "age": 36},
        {"name": "bob", "team": "y", "age": 5},
        {"name": "Cyd", "team": "x", "age": 5},
    ],
    "none": None,
}

# One or more expressions for each, with what they give.
FILTERS: dict[str, list[tuple[str, Data]]] = {
    "abs": [("-5 | abs", 5)],
    "attr": [("'a' | attr('upper') is callable", True)],
    "batch": [("numbers | batch(2, 0)", [[3, 1], [2, 0]])],
    "capitalize": [("'wEB' | capitalize", "Web")],
    "center": [("'a' | center(3)", " a ")],
    "count": [("numbers | count", 3)],
    "d": [("nope | d('x')", "x")],
    "default": [("nope | default('x')", "x"), ("'' | default('x', true)", "x")],
    "dictsort": [
        ("{'b': 1, 'a': 2} | dictsort", [["a", 2], ["b", 1]]),
        ("{'b': 1, 'a': 2} | dictsort(false, 'value', true)", [["a", 2], ["b", 1]]),
    ],
    "filesizeformat": [("13000 | filesizeformat", "13.0 kB")],
    "first": [("numbers | first", 3)],
    "float": [("'1.5' | float", 1.5), ("'x' | float(2.5)", 2.5)],
    "format": [("'%s-%d' | format('a', 5)", "a-5")],
    "groupby": [
        ("people | groupby('team') | map('first')", ["x", "y"]),
        ("(people | groupby('team') | first).list | length", 2),
        ("people | groupby('age') | first", [5, [CONTEXT["people"][1], CONTEXT["people"][2]]]),
    ],
    "indent": [("'a\nb' | indent(2)", "a\n  b"), ("'a\nb' | indent('> ', true)", "> a\n> b")],
    "int": [("'42' | int", 42), ("'x' | int(7)", 7), ("'ff' | int(base=16)", 255)],
    "items": [("{'a': 1} | items", [["a", 1]])],
    "join": [("numbers | join('-')", "3-1-2"), ("people | join(',', 'name')", "Ada,bob,Cyd")],
    "last": [("numbers | last", 2)],
    "length": [("'abc' | length", 3)],
    "list": [("'abc' | list", ["a", "b", "c"])],
    "lower": [("'ABC' | lower", "abc")],
    "map": [
        ("people | map(attribute='name')", ["Ada", "bob", "Cyd"]),
        ("people | map(attribute='nope', default='x')", ["x", "x", "x"]),
        ("['a'] | map('upper')", ["A"]),
    ],
    "max": [("numbers | max", 3), ("people | max(attribute='age')", CONTEXT["people"][0])],
    "min": [("numbers | min", 1)],
    "reject": [("numbers | reject('odd')", [2])],
    "rejectattr": [("people | rejectattr('team', 'eq', 'x') | map(attribute='name')", ["bob"])],
    "replace": [("'aaa' | replace('a', 'b', 2)", "bba")],
    "reverse": [("numbers | reverse", [2, 1, 3]), ("'abc' | reverse", "cba")],
    "round": [("42.55 | round", 43.0), ("42.55 | round(1, 'floor')", 42.5)],
    "select": [("numbers | select('odd')", [3, 1]), ("[0, 1] | select", [1])],
    "selectattr": [("people | selectattr('age', 'gt', 9) | map(attribute='name')", ["Ada"])],
    "slice": [("numbers | slice(2)", [[3, 1], [2]])],
    "sort": [
        ("numbers | sort", [1, 2, 3]),
        ("people | sort(attribute='age,name') | map(attribute='name')", ["bob", "Cyd", "Ada"]),
        ("['b', 'A'] | sort(true, case_sensitive=true)", ["b", "A"]),
    ],
    "string": [("5 | string", "5")],
    "sum": [
        ("numbers | sum", 6),
        ("people | sum(attribute='age')", 46),
        ("[[1], [2]] | sum(start=[])", [1, 2]),
        ("people | sum('age', 10)", 56),
    ],
    "title": [("'a bc' | title", "A Bc")],
    "trim": [("'  a ' | trim", "a"), ("'xax' | trim('x')", "a")],
    "truncate": [("'foo bar baz' | truncate(9, true, '..', 0)", "foo bar..")],
    "unique": [("['a', 'A', 'b'] | unique", ["a", "b"])],
    "upper": [("'abc' | upper", "ABC")],
    "urlencode": [("'a b/ü' | urlencode", "a%20b/%C3%BC"), ("{'q': 'a b'} | urlencode", "q=a+b")],
    "wordcount": [("'a bc d' | wordcount", 3)],
    "wordwrap": [("'a bc d' | wordwrap(4)", "a bc\nd")],
}

TESTS: dict[str, tuple[str, str]] = {
    "!=": ("1 is !=(2)", "1 is !=(1)"),
    "<": ("1 is <(2)", "2 is <(1)"),
    "<=": ("1 is <=(1)", "2 is <=(1)"),
    "==": ("1 is ==(1)", "1 is ==(2)"),
    ">": ("2 is >(1)", "1 is >(1)"),
    ">=": ("1 is >=(1)", "1 is >=(2)"),
    "boolean": ("true is boolean", "1 is boolean"),
    "callable": ("dict is callable", "1 is callable"),
    "defined": ("name is defined", "nope is defined"),
    "divisibleby": ("6 is divisibleby 3", "7 is divisibleby(3)"),
    "eq": ("1 is eq 1", "1 is eq 2"),
    "equalto": ("1 is equalto 1", "1 is equalto 2"),
    "even": ("2 is even", "1 is even"),
    "false": ("false is false", "0 is false"),
    "filter": ("'upper' is filter", "'safe' is filter"),
    "float": ("1.0 is float", "1 is float"),
    "ge": ("1 is ge 1", "1 is ge 2"),
    "greaterthan": ("2 is greaterthan 1", "1 is greaterthan 1"),
    "gt": ("2 is gt 1", "1 is gt 1"),
    "in": ("1 is in [1]", "2 is in [1]"),
    "integer": ("1 is integer", "true is integer"),
    "iterable": ("[] is iterable", "1 is iterable"),
    "le": ("1 is le 1", "2 is le 1"),
    "lessthan": ("1 is lessthan 2", "1 is lessthan 1"),
    "lower": ("'a' is lower", "'A' is lower"),
    "lt": ("1 is lt 2", "1 is lt 1"),
    "mapping": ("{} is mapping", "[] is mapping"),
    "ne": ("1 is ne 2", "1 is ne 1"),
    "none": ("none is none", "0 is none"),
    "number": ("1 is number", "'1' is number"),
    "odd": ("1 is odd", "2 is odd"),
    "sameas": ("true is sameas true", "1 is sameas true"),
    "sequence": ("[] is sequence", "1 is sequence"),
    "string": ("'' is string", "1 is string"),
    "test": ("'odd' is test", "'escaped' is test"),
    "true": ("true is true", "1 is true"),
    "undefined": ("nope is undefined", "name is undefined"),
    "upper": ("'A' is upper", "'a' is upper"),
}

GLOBALS: dict[str, list[tuple[str, Data]]] = {
    "range": [("range(3)", [0, 1, 2]), ("range(5, 0, -2)", [5, 3, 1])],
    "dict": [("dict(a=1, **{'b': 2})", {"a": 1, "b": 2})],
    "cycler": [("cycler('a', 'b').next()", "a"), ("cycler('a', 'b').current", "a")],
    "joiner": [("joiner('|')()", "")],
    "namespace": [("namespace(a=1).a", 1)],
}

EXPRESSIONS: list[tuple[str, Data]] = [
    # variables
    ("map.a.c", "d"),
    ("map['a']['c']", "d"),
    ("numbers[0]", 3),
    ("numbers[-1]", 2),
    ("numbers[1:]", [1, 2]),
    ("numbers[::2]", [3, 2]),
    ("numbers.0", 3),
    ("map['items']", 5),
    ("name[0]", "W"),
    # literals
    ('"Hello \\"World\\""', 'Hello "World"'),
    ("'a' 'b'", "ab"),
    ("'\\u00e9\\n\\t'", "é\n\t"),
    ("42", 42),
    ("123_456", 123456),
    ("0x1F", 31),
    ("0o17", 15),
    ("0b11", 3),
    ("42.23", 42.23),
    ("42.1e2", 4210.0),
    ("123_456.789", 123456.789),
    ("['list', 1, [true]]", ["list", 1, [True]]),
    ("('tuple', 1)", ["tuple", 1]),
    ("('one',)", ["one"]),
    ("()", []),
    ("1, 2", [1, 2]),
    ("{'dict': 'of', 1: {'a': none}}", {"dict": "of", "1": {"a": None}}),
    ("true", True),
    ("False", False),
    ("[none, None]", [None, None]),
    # math
    ("1 + 1", 2),
    ("'a' + 'b'", "ab"),
    ("[1] + [2]", [1, 2]),
    ("3 - 2", 1),
    ("1 / 2", 0.5),
    ("20 // 7", 2),
    ("11 % 7", 4),
    ("2 * 2", 4),
    ("'=' * 5", "====="),
    ("2 ** 3", 8),
    ("2 ** 3 ** 2", 64),
    ("-5 + +3", -2),
    ("(1 + 2) * 3", 9),
    # comparisons
    ("1 == 1.0", True),
    ("1 != 1", False),
    ("1 < 2 <= 2", True),
    ("2 > 3", False),
    ("2 >= 2", True),
    # logic
    ("true and 5", 5),
    ("'' or 'x'", "x"),
    ("not 1", False),
    ("nope is not defined", True),
    ("4 not in numbers", True),
    # other operators
    ("'a' in map", True),
    ("3 in numbers and 'eb' in name", True),
    ("'a' ~ 1 ~ true ~ 1.5", "a1true1.5"),
    ("name.upper()", "WEB SHOP"),
    ("name.split(maxsplit=1)", ["Web", "Shop"]),
    ("map.get('nope', 'x')", "x"),
    ("map.keys()", ["b", "a", "items"]),
    ("map.b.bit_length()", 1),
    ("map.values() | first", 1),
    ("{'x': 1}.items()", [["x", 1]]),
    # conditions
    ("'a' if true else 'b'", "a"),
    ("'a' if nope is defined else 'b'", "b"),
    ("('a' if false) is defined", False),
    # methods of Python
    ("'web'.capitalize()", "Web"),
    ("'Hello, %s!' % name", "Hello, Web Shop!"),
    ("'Hello, {}!'.format(name)", "Hello, Web Shop!"),
    ("'{0[b]} {x!r:>5}'.format(map, x='a')", "1   'a'"),
    ("'{a}'.format_map({'a': 1})", "1"),
]


@pytest.mark.parametrize(("expression", "expected"), EXPRESSIONS, ids=str)
def test_expression(expression: str, expected: Data) -> None:
    assert is_same(render(f"k: {{{{ {expression} }}}}\n", **CONTEXT), {"k": expected})


@pytest.mark.parametrize("name", FILTERS)
def test_filter(name: str) -> None:
    for expression, expected in FILTERS[name]:
        assert f"| {name}" in expression or f"'{name}'" in expression
        assert is_same(render(f"k: {{{{ {expression} }}}}\n", **CONTEXT), {"k": expected})


@pytest.mark.parametrize("name", TESTS)
def test_test(name: str) -> None:
    for expression, expected in zip(TESTS[name], (True, False), strict=True):
        if not name.isalpha():  # only a filter may name it
            assert render(
                f"k: {{{{ [{expression[0]}] | select('{name}', {expression[-2]}) }}}}\n"
            ) == {"k": [int(expression[0])] if expected else []}
            continue
        assert render(f"k: {{{{ {expression} }}}}\n", **CONTEXT) == {"k": expected}
        assert render(f"k: {{{{ not ({expression}) }}}}\n", **CONTEXT) == {"k": not expected}


@pytest.mark.parametrize("name", GLOBALS)
def test_global(name: str) -> None:
    for expression, expected in GLOBALS[name]:
        assert render(f"k: {{{{ {expression} }}}}\n") == {"k": expected}


def test_nothing_of_jinja_is_left_out() -> None:
    assert {*FILTERS, *REMOVED_FILTERS} == set(DEFAULT_FILTERS)
    assert {*TESTS, *REMOVED_TESTS} == set(DEFAULT_TESTS)
    assert {*GLOBALS, *REMOVED_GLOBALS} == set(DEFAULT_NAMESPACE)
    assert not set(FILTERS) & set(REMOVED_FILTERS)
    assert not set(TESTS) & set(REMOVED_TESTS)


PAGES: dict[str, tuple[Templates, Data]] = {
    # comments
    "comment": ("{# k: 1 #}a: 1 {# {{ nope }} #}\n{#- of\nlines #}\nb: 2\n", {"a": 1, "b": 2}),
    # whitespace control
    "tags vanish with their lines": (
        "a:\n  {% if true %}\n  b: 1\n  {% endif %}\n  c: 2\n",
        {"a": {"b": 1, "c": 2}},
    ),
    "minus": ("a: [{% for n in numbers -%}\n  {{ n }},\n{%- endfor %}]\n", {"a": [3, 1, 2]}),
    "minus of a print": ("a:   {{- 'x' -}}   \n", "a:x"),
    "plus": ("a: |\n  x{%+ if true +%}\n  y\n  {%- endif %}\n", {"a": "x\ny\n"}),
    "tags at the end of a line": (
        "a: x{% if true %}:y{% endif %}\nb: {% if false %}1{% else %}2{% endif %}\nc: 3 {# d #}\ne: 4\n",
        {"a": "x:y", "b": 2, "c": 3, "e": 4},
    ),
    "minus in front of tags that are alone": (
        (
            "a:\n  b: 1\n  {%- for n in numbers %}\n  {%- if n > 1 %}\n  c{{ n }}: {{ n }}\n"
            "  {%- endif %}\n  {%- endfor %}\nd: 1\n"
        ),
        {"a": {"b": 1, "c3": 3, "c2": 2}, "d": 1},
    ),
    "line break at the end": ("a: |\n  x\n", {"a": "x\n"}),
    # escaping
    "braces": ("a: \"{{ '{{' }} x }}\"\n", {"a": "{{ x }}"}),
    "raw": (
        "a: '{% raw %}{{ x }} {% y %} {# z #}{% endraw %}'\n",
        {"a": "{{ x }} {% y %} {# z #}"},
    ),
    "raw with minus": ("a: '{% raw -%}  {{ x }}  {%- endraw %}'\n", {"a": "{{ x }}"}),
    # line statements are off: they would be YAML's comments
    "line statements": ("# for n in numbers\na: 1\n## b\n# endfor\n", {"a": 1}),
    # inheritance
    "extends": (
        {
            PAGE: "{% extends '_base' %}\n{% block b %}\nb: child\n{% endblock %}\nlost: 1\n",
            "_base": "a: 1\n{% block b %}\nb: base\n{% endblock %}\n{% block c %}c: 3{% endblock %}\n",
        },
        {"a": 1, "b": "child", "c": 3},
    ),
    "extends from a folder": (
        {PAGE: "{% extends 'in/base' %}", "in/base": "a: 1\n"},
        {"a": 1},
    ),
    "extends on a condition": (
        {
            PAGE: "{% extends layout if layout is defined else '_base' %}",
            "_base": "a: 1\n",
        },
        {"a": 1},
    ),
    "one of several extends": (
        {
            PAGE: "{% if nope is defined %}{% extends '_a' %}{% else %}{% extends '_b' %}{% endif %}",
            "_a": "a: 1\n",
            "_b": "b: 1\n",
        },
        {"b": 1},
    ),
    "no parent after all": (
        {PAGE: "{% if false %}{% extends '_a' %}{% endif %}\na: 2\n", "_a": "a: 1\n"},
        {"a": 2},
    ),
    "block printed again": (
        "a: {% block t %}x{% endblock %}\nb: {{ self.t() }}\n",
        {"a": "x", "b": "x"},
    ),
    "super": (
        {
            PAGE: "{% extends '_base' %}{% block b %}\n{{ super() }}\n- 2\n{% endblock %}",
            "_base": "a:\n  {% block b %}\n  - 1\n  {% endblock %}\n",
        },
        {"a": [1, 2]},
    ),
    "super of super": (
        {
            PAGE: "{% extends '_b' %}{% block x %}\n{{ super.super() }}\n- 3\n{% endblock %}",
            "_b": "{% extends '_a' %}{% block x %}\n{{ super() }}\n- 2\n{% endblock %}",
            "_a": "{% block x %}- 1\n{% endblock %}",
        },
        [1, 3],
    ),
    "three generations": (
        {
            PAGE: "{% extends '_b' %}{% block x %}\n      {{ super() }}\n      - 3\n{% endblock %}",
            "_b": "{% extends '_a' %}{% block x %}\n{{ super() }}\n- 2\n{% endblock %}",
            "_a": "l:\n  {% block x %}\n     - 1\n  {% endblock %}\nm: 1\n",
        },
        {"l": [1, 2, 3], "m": 1},
    ),
    "named end": ("{% block o %}{% block i %}a: 1{% endblock i %}{% endblock o %}\n", {"a": 1}),
    "scoped block": (
        "{% for n in numbers %}\n{% block b scoped %}\n- {{ n }}\n{% endblock %}\n{% endfor %}\n",
        [3, 1, 2],
    ),
    "required block": (
        {
            PAGE: "{% extends '_base' %}{% block b %}a: 1{% endblock %}",
            "_base": "{% block b scoped required %}\n{# a #}\n{% endblock %}\n",
        },
        {"a": 1},
    ),
    "block in an if": ("{% if true %}{% block b %}a: 1{% endblock %}{% endif %}\n", {"a": 1}),
    # for
    "for": ("{% for p in people %}\n- {{ p.name }}\n{% endfor %}\n", ["Ada", "bob", "Cyd"]),
    "for of two": (
        "{% for k, v in {'a': 1}.items() %}\n{{ k }}: {{ v }}\n{% endfor %}\n",
        {"a": 1},
    ),
    "for of a sorted dict": (
        "{% for k, v in {'b': 1, 'a': 2} | dictsort %}\n- {{ k }}{{ v }}\n{% endfor %}\n",
        ["a2", "b1"],
    ),
    "loop": (
        (
            "{% for n in numbers %}\n- [{{ loop.index }}, {{ loop.index0 }}, {{ loop.revindex }}, "
            "{{ loop.revindex0 }}, {{ loop.first }}, {{ loop.last }}, {{ loop.length }}, "
            "{{ loop.depth }}, {{ loop.depth0 }}]\n{% endfor %}\n"
        ),
        [
            [1, 0, 3, 2, True, False, 3, 1, 0],
            [2, 1, 2, 1, False, False, 3, 1, 0],
            [3, 2, 1, 0, False, True, 3, 1, 0],
        ],
    ),
    "loop.cycle": (
        "{% for n in numbers %}\n- {{ loop.cycle('odd', 'even') }}\n{% endfor %}\n",
        ["odd", "even", "odd"],
    ),
    "loop.previtem": (
        (
            "{% for n in numbers %}\n- {{ loop.previtem | default(0) }}{{ loop.nextitem | d(0) }}\n"
            "{% endfor %}\n"
        ),
        ["01", "32", "10"],
    ),
    "loop.changed": (
        (
            "{% for p in people %}\n{% if loop.changed(p.team) %}\n- {{ p.team }}\n{% endif %}\n"
            "{% endfor %}\n"
        ),
        ["x", "y", "x"],
    ),
    "for with a filter": (
        "{% for n in numbers if n > 1 %}\n- {{ loop.index }}{{ n }}\n{% endfor %}\n",
        ["13", "22"],
    ),
    "for else": ("{% for n in [] %}\n- 1\n{% else %}\n- none\n{% endfor %}\n", ["none"]),
    "recursive for": (
        (
            "{% for e in tree recursive %}\n- name: {{ e.name }}\n  {% if e.children %}\n  children:\n"
            "    {{ loop(e.children) }}\n  {% endif %}\n{% endfor %}\n"
        ),
        [
            {"name": "a", "children": [{"name": "b", "children": [{"name": "c"}]}, {"name": "d"}]},
            {"name": "e"},
        ],
    ),
    "outer loop": (
        (
            "{% for a in [1, 2] %}\n{% set outer = loop %}\n{% for b in [3] %}\n"
            "- {{ outer.index }}{{ b }}\n{% endfor %}\n{% endfor %}\n"
        ),
        ["13", "23"],
    ),
    "a set in a loop ends with it": (
        "{% set x = 1 %}{% for n in numbers %}{% set x = 2 %}{% endfor %}a: {{ x }}\n",
        {"a": 1},
    ),
    "break and continue": (
        (
            "{% for n in range(9) %}\n{% if n is odd %}\n{% continue %}\n{% endif %}\n"
            "{% if n > 5 %}{% break %}{% endif %}\n- {{ n }}\n{% endfor %}\n"
        ),
        [0, 2, 4],
    ),
    # if
    "if": (
        "a: {% if false %}1{% elif nope is defined %}2{% elif name %}3{% else %}4{% endif %}\n",
        {"a": 3},
    ),
    # macros
    "macro": (
        (
            "{% macro port(number, protocol='TCP') %}\n- port: {{ number }}\n  protocol: {{ protocol }}\n"
            "{% endmacro %}\nports:\n  {{ port(80) }}\n  {{ port(53, protocol='UDP') }}\n"
        ),
        {"ports": [{"port": 80, "protocol": "TCP"}, {"port": 53, "protocol": "UDP"}]},
    ),
    "varargs and kwargs": (
        (
            "{% macro m(a) %}\n- {{ a }}\n- {{ varargs }}\n- {{ kwargs }}\n{% endmacro %}\n"
            "{{ m(1, 2, 3, b=4) }}\n"
        ),
        [1, [2, 3], {"b": 4}],
    ),
    "what a macro tells of itself": (
        (
            "{% macro m(a, b=1) %}{{ varargs }}{{ caller() }}{% endmacro %}\n"
            "- {{ m.name }}\n- {{ m.arguments }}\n- {{ m.catch_kwargs }}\n- {{ m.catch_varargs }}\n"
            "- {{ m.caller }}\n"
        ),
        ["m", ["a", "b"], False, True, True],
    ),
    "a child's macro": (
        {
            PAGE: "{% extends '_base' %}{% macro m() %}child{% endmacro %}"
            "{% block b %}a: {{ m() }}{% endblock %}",
            "_base": "{% macro m() %}base{% endmacro %}{% block b %}{% endblock %}\n",
        },
        {"a": "base"},
    ),
    # call
    "call": (
        (
            "{% macro dialog(title) %}\ntitle: {{ title }}\ncontents:\n  {{ caller() }}\n{% endmacro %}\n"
            "{% call dialog('Hi') %}\n      - a\n      - b\n{% endcall %}\n"
        ),
        {"title": "Hi", "contents": ["a", "b"]},
    ),
    "call with arguments": (
        (
            "{% macro each(list) %}\n{% for e in list %}\n- {{ caller(e, more=1) }}\n{% endfor %}\n"
            "{% endmacro %}\nl:\n  {% call(p, more) each(people) %}\n  name: {{ p.name }}\n"
            "  more: {{ more }}\n  {% endcall %}\n"
        ),
        {"l": [{"name": name, "more": 1} for name in ("Ada", "bob", "Cyd")]},
    ),
    # assignments
    "set": ("{% set a, b = [1, 2] %}\nk: {{ a }}{{ b }}\n", {"k": "12"}),
    "namespace": (
        (
            "{% set n = namespace({'found': 0}, sum=0) %}\n{% for i in numbers %}\n"
            "{% set n.sum = n.sum + i %}\n{% endfor %}\nk: {{ n.sum }}{{ n.found }}\n"
        ),
        {"k": "60"},
    ),
    "block assignment": (
        "{% set ports %}\n    - 80\n    - {{ map.b }}\n{% endset %}\na: {{ ports }}\nb:\n  {{ ports }}\n",
        {"a": [80, 1], "b": [80, 1]},
    ),
    "block assignment to a namespace": (
        "{% set n = namespace() %}{% set n.x %}a: 1{% endset %}\nk: {{ n.x }}\n",
        {"k": {"a": 1}},
    ),
    # include
    "include": (
        {PAGE: "a:\n  {% include '_i' %}\nc: 1\n", "_i": "- {{ name }}\n"},
        {"a": ["Web Shop"], "c": 1},
    ),
    "include without context": (
        {PAGE: "{% include '_i' without context %}\n", "_i": "a: {{ name is defined }}\n"},
        {"a": False},
    ),
    "include with context of a loop": (
        {
            PAGE: "{% for n in numbers %}\n{% include '_i' with context %}\n{% endfor %}\n",
            "_i": "- {{ n }}",
        },
        [3, 1, 2],
    ),
    "include ignore missing": (
        {
            PAGE: "a: 1\n{% include 'nope' ignore missing %}\n{% include ['no'] ignore missing with context %}\n"
        },
        {"a": 1},
    ),
    "include the first of a list": (
        {PAGE: "{% include ['nope', '_i'] %}\n", "_i": "a: 1\n"},
        {"a": 1},
    ),
    "include by a variable": ({PAGE: "{% include '%s' % which %}\n", "_i": "a: 1\n"}, {"a": 1}),
    "include of what extends": (
        {
            PAGE: "a:\n  {% include '_child' %}\n",
            "_child": "{% extends '_base' %}{% block b %}c: 2{% endblock %}",
            "_base": "b: 1\n{% block b %}{% endblock %}\n",
        },
        {"a": {"b": 1, "c": 2}},
    ),
    # import
    "import": (
        {
            PAGE: "{% import '_m' as m %}\na: {{ m.f(1) }}\nb: {{ m.v }}\n",
            "_m": "{% macro f(x) %}{{ x }}{% endmacro %}{% set v = [2] %}",
        },
        {"a": 1, "b": [2]},
    ),
    "from import": (
        {
            PAGE: "{% from '_m' import f as g, h %}\na: {{ g() }}\nb: {{ h() }}\n",
            "_m": "{% macro f() %}1{% endmacro %}{% macro h() %}2{% endmacro %}",
        },
        {"a": 1, "b": 2},
    ),
    "import with context": (
        {
            PAGE: "{% from '_m' import f with context %}\na: {{ f() }}\n",
            "_m": "{% macro f() %}{{ name }}{% endmacro %}",
        },
        {"a": "Web Shop"},
    ),
    # globals
    "cycler": (
        (
            "{% set c = cycler('a', 'b') %}\n- {{ c.next() }}{{ c.next() }}{{ c.next() }}\n"
            "{% set _ = c.reset() %}\n- {{ c.current }}\n"
        ),
        ["aba", "a"],
    ),
    "joiner": (
        "{% set j = joiner(', ') %}\na: \"{% for n in numbers %}{{ j() }}{{ n }}{% endfor %}\"\n",
        {"a": "3, 1, 2"},
    ),
    # with
    "with": (
        (
            "{% with a = 1, b = 2 %}\n{% set c = 3 %}\nk: {{ a }}{{ b }}{{ c }}\n{% endwith %}\n"
            "l: {{ a is defined }}\n{% with %}{% endwith %}\n"
        ),
        {"k": "123", "l": False},
    ),
}

TREE = [
    {"name": "a", "children": [{"name": "b", "children": [{"name": "c"}]}, {"name": "d"}]},
    {"name": "e"},
]


@pytest.mark.parametrize("name", PAGES)
def test_statement(name: str) -> None:
    templates, expected = PAGES[name]
    tree = strip_empty(TREE)
    assert is_same(render(templates, **CONTEXT, tree=tree, which="_i"), expected)


def strip_empty(tree: Data) -> Data:
    return [{"children": [], **entry, **children(entry)} for entry in tree]


def children(entry: Data) -> Data:
    return {"children": strip_empty(entry["children"])} if "children" in entry else {}


REFUSED: dict[str, tuple[Templates, int, str]] = {
    "filter block": ("a: 1\n{% filter upper %}b{% endfilter %}\n", 2, "the tag filter is removed"),
    "autoescape": (
        "{% autoescape false %}a: 1{% endautoescape %}",
        1,
        "the tag autoescape is removed",
    ),
    "trans": ("a: 1\n\n{% trans %}b{% endtrans %}", 3, "the tag trans is removed"),
    "do": ("{% do numbers.append(1) %}", 1, "the tag do is removed"),
    "debug": ("{% debug %}", 1, "the tag debug is removed"),
    "gettext": ("a: {{ _('b') }}", 1, "'_' is undefined"),
    "set block with a filter": (
        "{% set x | upper %}\na\n{% endset %}\nb: {{ x }}\n",
        1,
        ONLY_PRINTED,
    ),
    "unscoped block": (
        "{% for n in numbers %}{% block b %}{{ n }}{% endblock %}{% endfor %}",
        1,
        "'n' is undefined",
    ),
    "required block": (
        "a: 1\n{% block b required %}{% endblock %}",
        2,
        "required block 'b' not found",
    ),
    "two blocks of a name": (
        "{% block b %}{% endblock %}\n{% block b %}{% endblock %}",
        2,
        "block 'b' defined twice",
    ),
    "end of another name": (
        "{% block b %}{% endblock c %}",
        1,
        "expected token 'end of statement block', got 'c'",
    ),
    "private macro": (
        {PAGE: "{% from '_m' import _f %}", "_m": "{% macro _f() %}{% endmacro %}"},
        1,
        "names starting with an underline can not be imported",
    ),
    "missing macro": (
        {PAGE: "a: 1\n{% from '_m' import f %}\nb: {{ f() }}", "_m": "a: 1"},
        3,
        "the template '_m' (imported on line 2 in 'page.yml.j2') does not export the requested name 'f'",
    ),
    "attribute of no namespace": (
        "{% set map.a = 1 %}",
        1,
        "cannot assign attribute on non-namespace object",
    ),
    "condition without else": (
        "a: {{ 1 if false }}",
        1,
        (
            "the inline if-expression on line 1 in 'page.yml.j2' evaluated to false and no else section "
            "was defined"
        ),
    ),
    "break out of a call": (
        (
            "{% macro m() %}{{ caller() }}{% endmacro %}\n"
            "{% for n in numbers %}\n{% call m() %}{% break %}{% endcall %}\n{% endfor %}"
        ),
        3,
        "'break' outside loop",
    ),
    "break out of an include's line": (
        "{% for n in numbers %}\n{% call m() %}{% endcall %}\n{% endfor %}{% continue %}",
        3,
        "'continue' not properly in loop",
    ),
    "missing include": ("a: 1\n{% include 'nope' %}", 2, "no template nope"),
    "missing includes": ("{% include ['no', 'pe'] %}", 1, "no template no or pe"),
    "unknown tag": ("{% nope %}", 1, "encountered unknown tag 'nope'"),
    "unknown filter": ("a: {{ 1 | nope }}", 1, "no filter named 'nope'"),
    "mistyped filter": ("a: {{ 1 | rond }}", 1, "no filter named 'rond'; did you mean round?"),
    "removed filter": (
        "a: {{ 1 | tojson }}",
        1,
        "the filter tojson is removed; print the value itself, it stays whole",
    ),
    "mistyped test": ("a: {{ 1 is defind }}", 1, "no test named 'defind'; did you mean defined?"),
    "mistyped template": (
        {PAGE: "a: 1\n{% include '_prts.j2' %}", "_parts.j2": "b: 1"},
        2,
        "no template _prts.j2; did you mean _parts.j2?",
    ),
    "nearly the page itself": ("{% include 'pge.yml.j2' %}", 1, "no template pge.yml.j2"),
    "unclosed if": (
        "a: 1\n{% for n in numbers %}\n{% if n %}\nb: 1\n",
        4,
        "expected {% endif %} for {% if %}, got the end of the template",
    ),
    "include of nothing": ("{% include [] %}", 1, "no template in an empty list"),
    "unknown test": ("a: {{ 1 is xyz }}", 1, "no test named 'xyz'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_removed_or_wrong_is_refused(name: str) -> None:
    templates, line, message = REFUSED[name]
    with pytest.raises(TemplateError) as caught:
        Pages(templates).render(**CONTEXT)
    assert (caught.value.template, caught.value.line, caught.value.message) == (PAGE, line, message)


@pytest.mark.parametrize("name", REMOVED_FILTERS)
def test_a_removed_filter_is_unknown(name: str) -> None:
    with pytest.raises(TemplateError) as caught:
        Pages(f"a: 1\nb: {{{{ 'x' | {name} }}}}\n").render()
    assert str(caught.value).startswith(f"{PAGE}:2: the filter {name} is removed")


@pytest.mark.parametrize("name", REMOVED_TESTS)
def test_a_removed_test_is_unknown(name: str) -> None:
    with pytest.raises(TemplateError) as caught:
        Pages(f"a: 1\nb: {{{{ 'x' is {name} }}}}\n").render()
    assert str(caught.value) == f"{PAGE}:2: no test named '{name}'"


@pytest.mark.parametrize("name", REMOVED_GLOBALS)
def test_a_removed_global_is_undefined(name: str) -> None:
    with pytest.raises(TemplateError) as caught:
        Pages(f"a: 1\nb: {{{{ {name}() }}}}\n").render()
    assert str(caught.value) == f"{PAGE}:2: '{name}' is undefined"


@pytest.mark.parametrize("name", sorted(REMOVED_TAGS))
def test_a_removed_tag_is_named(name: str) -> None:
    with pytest.raises(TemplateError) as caught:
        Pages(f"a: 1\n{{%- {name} x -%}}\n").render()
    assert str(caught.value) == f"{PAGE}:2: the tag {name} is removed"

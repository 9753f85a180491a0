"""The places in a template where a value can be printed, and the tree that each one gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pages import PAGE, Pages
from values import Data, as_data, as_text


@dataclass(frozen=True)
class Place:
    """A template that prints `x` on a given line, and the tree that it gives."""

    name: str
    template: str
    tree: Callable[[Data], Data]
    line: int = 1
    others: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name

    def pages(self) -> Pages:
        return Pages({PAGE: self.template, **self.others})


def _value(name: str, template: str, line: int = 1, **others: str) -> Place:
    """Return a place where `k` gets the value with its type."""
    return Place(name, template, lambda x: {"k": as_data(x)}, line, others)


VALUES = (
    _value("value", "k: {{ x }}\n"),
    _value("no line break at the end", "k: {{ x }}"),
    _value("carriage returns", "# a\r\nk: {{ x }}\r\n", 2),
    _value("byte order mark", "\ufeffk: {{ x }}\n"),
    _value("below its key", "k:\n  {{ x }}\n", 2),
    _value("far below its key", "k:\n\n       {{ x }}   # why\n\n\n", 3),
    _value("expression of several lines", "k: {{\n  x\n  if true else\n  0\n}}\n"),
    _value("blanks cut", "k:\n {{ x -}}   \n\n", 2),
    _value("flow mapping", "{k: {{ x }}}\n"),
    _value("json", '{"k":{{ x }}}\n'),
    _value("json below its key", '{\n  "k":\n    {{ x }}\n}\n', 3),
    _value("explicit value", "? k\n: {{ x }}\n", 2),
    _value("second document", "---\n# nothing\n---\nk: {{ x }}\n", 4),
    _value("default filter", "k: {{ nothing | default(x) }}\n"),
    _value("loop", "{% for each in [x] %}\nk: {{ each }}\n{% endfor %}\n", 2),
    _value("set", "{% set y = x %}\nk: {{ y }}\n", 2),
    _value("with", "{% with y = x %}\n  k: {{ y }}\n{% endwith %}\n", 2),
    _value("namespace", "{% set n = namespace(y=x) %}\nk: {{ n.y }}\n", 2),
    _value("set block", "{% set y %}\n      k: {{ x }}\n{% endset %}\n{{ y }}\n", 2),
    _value("value of a set block", "{% set y %}{{ x }}{% endset %}\nk: {{ y }}\n"),
    _value("macro", "{% macro m(y) -%}\n  k: {{ y }}\n{%- endmacro %}\n{{ m(x) }}\n", 2),
    _value("value of a macro", "{% macro m(y) %}{{ y }}{% endmacro %}\nk: {{ m(x) }}\n"),
    _value(
        "call",
        "{% macro m() %}\nk:\n  {{ caller() }}\n{% endmacro %}\n{% call m() %}{{ x }}{% endcall %}\n",
        5,
    ),
    _value(
        "call with arguments",
        "{% macro m(y) %}\n{{ caller(y) }}\n{% endmacro %}\n"
        "{% call(z) m(x) %}\n   k: {{ z }}\n{% endcall %}\n",
        5,
    ),
    _value("include", "k:\n  {% include '_part' %}\n", _part="{{ x }}\n"),
    _value("included pair", "{% include '_part' %}\n", 3, _part="\n\n   k: {{ x }}\n"),
    _value(
        "import",
        "{% from '_part' import m %}\nk:\n  {{ m(x) }}\n",
        _part="{% macro m(y) %}{{ y }}{% endmacro %}",
    ),
    _value(
        "import with context",
        "{% import '_part' as p with context %}\nk: {{ p.y }}\n",
        2,
        _part="{% set y = x %}",
    ),
    _value("block", "{% block b %}\n    k: {{ x }}\n{% endblock %}\n", 2),
    _value("block with blanks cut", "{% block b -%}\n    k: {{ x }}\n{%- endblock -%}\n", 2),
    _value(
        "block overridden at another indentation",
        "{% extends '_base' %}\n{% block b %}\nk: {{ x }}\n{% endblock %}\n",
        3,
        _base="  {% block b %}\n        k: 0\n  {% endblock %}\n",
    ),
    _value(
        "block overridden deeper",
        "{% extends '_base' %}\n{% block b %}\n         {{ x }}\n{% endblock %}\n",
        3,
        _base="k:\n  {% block b %}0{% endblock %}\n",
    ),
    _value(
        "super",
        "{% extends '_base' %}\n{% block b %}\n      {{ super() }}\n{% endblock %}\n",
        2,
        _base="{% block a %}{% endblock %}\n  {% block b %}k: {{ x }}{% endblock %}\n",
    ),
    _value(
        "self", "{% if false %}{% block b %}{{ x }}{% endblock %}{% endif %}\nk: {{ self.b() }}\n"
    ),
    _value(
        "recursive loop",
        "{% for each in [[x]] recursive %}\n{% if loop.depth == 2 %}\nk: {{ each }}\n"
        "{% else %}\n{{ loop(each) }}\n{% endif %}\n{% endfor %}\n",
        3,
    ),
)


def _list(
    name: str, template: str, line: int, tree: Callable[[Data], Data], **others: str
) -> Place:
    return Place(name, template, tree, line, others)


ITEMS = (
    _list("item", "- a\n- {{ x }}\n- b\n", 2, lambda x: ["a", as_data(x), "b"]),
    _list("only item", "- {{ x }}\n", 1, lambda x: [as_data(x)]),
    _list("item of an item", "- - {{ x }}\n  - a\n", 1, lambda x: [[as_data(x), "a"]]),
    _list("flow item", "[a, {{ x }}, b]\n", 1, lambda x: ["a", as_data(x), "b"]),
    _list("alone in a flow list", "[\n  1,\n  {{ x }}\n]\n", 3, lambda x: [1, as_data(x)]),
    _list("flow items", "[{{ x }},{{ x }}]\n", 1, lambda x: [as_data(x), as_data(x)]),
    _list(
        "items of a loop",
        "{% for y in [x, 1, x] %}\n- {{ y }}\n{% endfor %}\n",
        2,
        lambda x: [as_data(x), 1, as_data(x)],
    ),
    _list("alias", "- &a {{ x }}\n- *a\n", 1, lambda x: [as_data(x), as_data(x)]),
    _list(
        "fragment in a flow list",
        "{% set y %}\n- {{ x }}\n{% endset %}\n[\n  {{ y }}\n  , 2]\n",
        2,
        lambda x: [[as_data(x)], 2],
    ),
    _list(
        "fragment printed twice",
        "{% set y %}\n- {{ x }}\n- 1\n{% endset %}\n- {{ y }}\n- {{ y }}\n",
        2,
        lambda x: [[as_data(x), 1], [as_data(x), 1]],
    ),
)


def _text(
    name: str, template: str, tree: Callable[[str], Data], line: int = 1, **others: str
) -> Place:
    """Return a place where the value is spliced into a longer string of `k`."""
    return Place(name, template, lambda x: {"k": tree(as_text(x))}, line, others)


def _framed(text: str) -> str:
    return f"a {text} b"


TEXTS = (
    _text("double quotes", 'k: "{{ x }}"\n', str),
    _text("single quotes", "k: '{{ x }}'\n", str),
    _text("in double quotes", 'k: "a {{ x }} b"\n', _framed),
    _text("in single quotes", "k: 'a {{ x }} b'\n", _framed),
    _text(
        "in double quotes of several lines", 'k: "a\n\n  {{ x }}\n  b"\n', lambda x: f"a\n{x} b", 3
    ),
    _text("in flow", "{k: a {{ x }} b}\n", _framed),
    _text("plain", "k: --name={{ x }}\n", lambda x: f"--name={x}"),
    _text("plain in front", "k: {{ x }}-b\n", lambda x: f"{x}-b"),
    _text("plain twice", "k: {{ x }}{{ x }}\n", lambda x: f"{x}{x}"),
    _text("plain beside other scripts", "k: é{{ x }}日😀{{ x }}ü\n", lambda x: f"é{x}日😀{x}ü"),
    _text("plain of several lines", "k: a\n  {{ x }}\n  b\n", _framed, 2),
    _text("image reference", "k: r.io/{{ x }}:{{ x }}\n", lambda x: f"r.io/{x}:{x}"),
    _text("tagged as text", "k: !!str {{ x }}\n", str),
    _text("tagged as no plain", "k: ! {{ x }}\n", str),
    _text("literal", "k: |\n  a {{ x }} b\n", lambda x: f"a {x} b\n", 2),
    _text("literal line", "k: |\n  a\n  {{ x }}\n  b\n", lambda x: f"a\n{x}\nb\n", 3),
    _text("literal line stripped", "k: |-\n  {{ x }}\n", str, 2),
    _text("literal item line", "k: |\n  - {{ x }}\n    b\n", lambda x: f"- {x}\n  b\n", 2),
    _text("literal json", "k: |\n  {\n    {{ x }}\n  }\n", lambda x: f"{{\n  {x}\n}}\n", 3),
    _text("folded", "k: >\n  a\n  {{ x }}\n  b\n", lambda x: f"a {x} b\n", 3),
    _text(
        "macro in a text",
        '{% macro m(y) %}<{{ y }}>{% endmacro %}\nk: "{{ m(x) }}"\n',
        lambda x: f"<{x}>",
    ),
    _text(
        "macro in a literal",
        "{% macro m(y) -%}\n      if\n        {{ y }}\n      fi\n{%- endmacro %}\n"
        "k: |\n  a\n    {{ m(x) }}\n  b\n",
        lambda x: f"a\n  if\n    {x}\n  fi\nb\n",
        3,
    ),
    _text(
        "include in a literal",
        "k: |\n  a\n   {% include '_part' %}\n\n  b\n",
        lambda x: f"a\n # b: c\n {x}: d\n\nb\n",
        2,
        _part="# b: c\n{{ x }}: d\n",
    ),
    _text(
        "block in a literal",
        "{% extends '_base' %}\n{% block b %}\n{{ x }}\n  {{ super() }}\n{% endblock %}\n",
        lambda x: f"a\n {x}\n   c\n b\n",
        3,
        _base="k: |\n  a\n   {% block b %}\n          c\n   {% endblock %}\n   b\n",
    ),
)

KEYS = (
    Place("key", "{{ x }}: v\n", lambda x: {as_text(x): "v"}),
    Place("key of a list's item", "- {{ x }}: v\n", lambda x: [{as_text(x): "v"}]),
    Place("flow key", "{ {{ x }}: v}\n", lambda x: {as_text(x): "v"}),
    Place("explicit key", "? {{ x }}\n: v\n", lambda x: {as_text(x): "v"}),
)

QUOTED_KEYS = (
    Place("key in double quotes", '"{{ x }}": v\n', lambda x: {as_text(x): "v"}),
    Place("key in single quotes", "'{{ x }}': v\n", lambda x: {as_text(x): "v"}),
    Place(
        "macro as key",
        "{% macro m(y) %}{{ y }}{% endmacro %}{{ m(x) }}: v\n",
        lambda x: {as_text(x): "v"},
    ),
)

LONGER_KEYS = (
    Place("part of a key", "a{{ x }}b: v\n", lambda x: {f"a{as_text(x)}b": "v"}),
    Place("key of two", "{{ x }}/{{ x }}: v\n", lambda x: {f"{as_text(x)}/{as_text(x)}": "v"}),
)


def _around(x: dict[str, Data]) -> dict[str, Data]:
    return {"\x00a": 1, **as_data(x), "\x00b": 2}


_A, _B = '"\\0a": 1\n', '"\\0b": 2\n'
MAPS = (
    Place("alone among keys", f"{_A}{{{{ x }}}}\n{_B}", _around, 2),
    Place("alone before a comment", f"{_A}{{{{ x }}}} # why\n{_B}", _around, 2),
    Place("alone below a key", "k:\n  {{ x }}\n", lambda x: {"k": as_data(x)}, 2),
    Place(
        "alone behind a dash",
        f"- {{{{ x }}}}\n\n  # why\n  {_B}",
        lambda x: [{**as_data(x), "\x00b": 2}],
    ),
    Place(
        "alone behind dashes",
        f"- -   {{{{ x }}}}\n      {_B}",
        lambda x: [[{**as_data(x), "\x00b": 2}]],
    ),
    Place(
        "alone in a flow mapping",
        '{\n  "\\0a": 1,\n  {{ x }}\n}\n',
        lambda x: {"\x00a": 1, **as_data(x)},
        3,
    ),
    Place("merged", f"<<: {{{{ x }}}}\n{_A}", lambda x: {**as_data(x), "\x00a": 1}),
    Place(
        "macro among keys",
        f"{{% macro m(y) %}}\n      {{{{ y }}}}\n{{% endmacro %}}\n{_A}{{{{ m(x) }}}}\n{_B}",
        _around,
        2,
    ),
    Place(
        "include among keys", f"{_A}{{% include '_part' %}}\n{_B}", _around, 1, {"_part": "{{ x }}"}
    ),
    Place(
        "block among keys",
        "{% extends '_base' %}\n{% block b %}{{ x }}{% endblock %}",
        _around,
        2,
        {"_base": f"{_A}{{% block b %}}{{% endblock %}}\n{_B}"},
    ),
)

LISTS = (
    Place("alone among items", "- 1\n{{ x }}\n- 2\n", lambda x: [1, *as_data(x), 2], 2),
    Place("alone below a key", "k:\n  {{ x }}\n", lambda x: {"k": as_data(x)}, 2),
    Place(
        "at a key's column",
        "k:\n- 1\n{{ x }}\nl: 1\n",
        lambda x: {"k": [1, *as_data(x)], "l": 1},
        3,
    ),
    Place("alone behind a dash", "- {{ x }}\n  - 2\n", lambda x: [[*as_data(x), 2]]),
    Place(
        "loop among items",
        "- 1\n{% for y in [x, x] %}\n{{ y }}\n{% endfor %}\n",
        lambda x: [1, *as_data(x), *as_data(x)],
        3,
    ),
    Place(
        "set block among items",
        "{% set y %}\n  {{ x }}\n{% endset %}\n- 1\n{{ y }}\n- 2\n",
        lambda x: [1, *as_data(x), 2],
        2,
    ),
)

COMMENTS = (
    Place("comment", "k: 1 # {{ x }}\n", lambda _: {"k": 1}),
    Place("comment of its own line", "k: 1\n# a {{ x }} b\n", lambda _: {"k": 1}, 2),
    Place("comment in front", "# {{ x }}\nk: 1\n", lambda _: {"k": 1}),
)

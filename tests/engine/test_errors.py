"""An error says what is wrong, in which template and line, with its expression and its page."""

from __future__ import annotations

import threading

import pytest
from pages import PAGE, Pages, Templates
from values import Data

from kustz_tpl.engine import TemplateError
from kustz_tpl.engine.environment import UNINDENTED

NO_VALUE = "no value (null); default(x, true) or a test says what to do"
INSIDE = "a mapping or a list cannot stand inside a longer text"
CAPTURED = (
    "text captured by a macro, block, call or set block may only be printed; "
    "for a value to compute with, write {% set x = value %}"
)
CONTEXT = {
    "name": "web",
    "none": None,
    "list": [1],
    "map": {"a": 1},
    "big": 2**63,
    "joiner": None,
    "nothing": None,
}

Case = tuple[Templates, str]

VALUES: dict[str, Case] = {
    "none": ("a: 1\nb: {{ none }}\n", "page.yml.j2:2: {{ none }}: " + NO_VALUE),
    "none in a text": ('b: "a {{ none }}"\n', "page.yml.j2:1: {{ none }}: " + NO_VALUE),
    "none alone": ("a: 1\n{{ none }}\nb: 1\n", "page.yml.j2:2: {{ none }}: " + NO_VALUE),
    "undefined": ("a: 1\n\nb: {{ nope }}\n", "page.yml.j2:3: 'nope' is undefined"),
    "undefined key": ("a: {{ map.b.c }}\n", "page.yml.j2:1: no key 'b'"),
    "near key": (
        "a: {{ {'image': 1}.imaeg }}\n",
        "page.yml.j2:1: no key 'imaeg'; did you mean image?",
    ),
    "undefined index": ("a: {{ list[5] }}\n", "page.yml.j2:1: list object has no element 5"),
    "undefined in a list": (
        "a: {{ [1, nope] }}\n",
        "page.yml.j2:1: {{ [1, nope] }}: 'nope' is undefined",
    ),
    "structure in a text": ("a: x-{{ map }}\n", "page.yml.j2:1: {{ map }}: " + INSIDE),
    "structure in a literal": ("a: |\n  b\n  {{ list }}\n", "page.yml.j2:3: {{ list }}: " + INSIDE),
    "captured structure in a text": (
        "{% macro m() %}b: 1{% endmacro %}\n\na: x-{{ m() }}\n",
        "page.yml.j2:3: " + INSIDE,
    ),
    "captured structures in a text": (
        "{% macro m() %}- 1{% endmacro %}\n\na: {{ m() }}{{ name }}\n",
        "page.yml.j2:3: " + INSIDE,
    ),
    "a region that is a structure in a text": (
        {PAGE: "a: x {% include '_i' %}\n", "_i": "b: 1\n"},
        "page.yml.j2:1: " + INSIDE,
    ),
    "captured structure as a key": (
        "{% macro m() %}b: 1{% endmacro %}\n{{ m() }}: 1\n",
        "page.yml.j2:2: a mapping or a list cannot be a key",
    ),
    "surrogate": (
        "a: {{ '\\ud800' }}\n",
        "page.yml.j2:1: {{ '\\ud800' }}: the lone surrogate U+D800 is no character",
    ),
    "refused": (
        "a: {{ ['x\\x85'] }}\n",
        "page.yml.j2:1: {{ ['x\\x85'] }}: U+0085 is not supported: kustomize turns it into a space",
    ),
    "refused in the template itself": (
        'a: 1\nb: "\\x7f"\n',
        "page.yml.j2:2: U+007F is not supported: kustomize refuses it",
    ),
    "big integer": ("a: {{ big }}\n", "page.yml.j2:1: {{ big }}: an integer of more than 64 bits"),
    "big integer in the template itself": (
        "a: 9223372036854775808\n",
        "page.yml.j2:1: an integer of more than 64 bits",
    ),
    "infinity": (
        "a: {{ 1e308 * 10 }}\n",
        "page.yml.j2:1: {{ 1e308 * 10 }}: a number beyond 1.8e308",
    ),
    "infinity as it is written": (
        "a: 1\nb: {{ -1e400 }}\n",
        "page.yml.j2:2: {{ -1e400 }}: a number beyond 1.8e308",
    ),
    "not a number": (
        "a: {{ 1e400 - 1e400 }}\n",
        "page.yml.j2:1: {{ 1e400 - 1e400 }}: nan is no number in JSON",
    ),
    "digits without end": (
        "a: 1\nb: {{ " + "9" * 5000 + " }}\n",
        "page.yml.j2:2: a number of too many digits",
    ),
    "object": (
        "a: {{ range }}\n",
        "page.yml.j2:1: {{ range }}: only plain data may be printed, this is a function",
    ),
    "method in place of a key": (
        "a: {{ {'items': 1}.items }}\n",
        "page.yml.j2:1: {{ {'items': 1}.items }}: this is the method items; write ['items'] for the key",
    ),
    "deep value": (
        (
            "{% set n = namespace(x=1) %}{% for i in range(101) %}{% set n.x = [n.x] %}{% endfor %}\n"
            "a: {{ n.x }}\n"
        ),
        "page.yml.j2:2: {{ n.x }}: nested deeper than 100 levels",
    ),
    "boolean key in a value": (
        "a: {{ {true: 1} }}\n",
        "page.yml.j2:1: {{ {true: 1} }}: a key must be a string or a number",
    ),
    "keys alike in a value": (
        "a: {{ {1: 2, '1': 3} }}\n",
        "page.yml.j2:1: {{ {1: 2, '1': 3} }}: two keys that are written alike",
    ),
    "merge key in a value": (
        "a: {{ {'<<': 1} }}\n",
        "page.yml.j2:1: {{ {'<<': 1} }}: the key << cannot be carried: readers take it for a merge",
    ),
    "long key in a value": (
        "a: {{ {'k' * 1001: 1} }}\n",
        "page.yml.j2:1: {{ {'k' * 1001: 1} }}: a key may have 1000 characters at most",
    ),
    "captured text joined": (
        "{% macro m() %}x{% endmacro %}\na: {{ m() ~ 'y' }}\n",
        "page.yml.j2:2: {{ m() ~ 'y' }}: " + CAPTURED,
    ),
    "captured text compared": (
        "{% set x %}x{% endset %}\na: {{ x == 'x' }}\n",
        "page.yml.j2:2: {{ x == 'x' }}: " + CAPTURED,
    ),
    "captured text measured": (
        "{% set x %}x{% endset %}\na: {{ x | length }}\n",
        "page.yml.j2:2: {{ x | length }}: " + CAPTURED,
    ),
    "captured text as a key": (
        "{% set x %}x{% endset %}\na: {{ {x: 1} }}\n",
        "page.yml.j2:2: {{ {x: 1} }}: " + CAPTURED,
    ),
    "captured text iterated": (
        "{% set x %}x{% endset %}\n{% for y in x %}{% endfor %}\n",
        "page.yml.j2:2: " + CAPTURED,
    ),
    "captured text filtered": (
        "{% set x %}x{% endset %}\na: {{ x | upper }}\n",
        "page.yml.j2:2: {{ x | upper }}: " + CAPTURED,
    ),
    "captured text in data": (
        "{% set x %}x{% endset %}\na: {{ [x] }}\n",
        "page.yml.j2:2: {{ [x] }}: " + CAPTURED,
    ),
    "called what is no macro": (
        "a: 1\n{% call dict() %}x{% endcall %}\n",
        "page.yml.j2:2: only plain data may be printed, this is a Macro",
    ),
    "wrong type": (
        "a: {{ 1 + 'a' }}\n",
        "page.yml.j2:1: unsupported operand type(s) for +: 'int' and 'str'",
    ),
    "division": ("a: 1\nb: {{ 1 / 0 }}\n", "page.yml.j2:2: division by zero"),
    "no message": ("a: {{ cycler() }}\n", "page.yml.j2:1: at least one item has to be provided"),
    "range": (
        "a: {{ range(10**9) }}\n",
        "page.yml.j2:1: range too big. The sandbox blocks ranges larger than MAX_RANGE (100000)",
    ),
}

ITSELF = "print the value itself: {{ x }}"

HABITS: dict[str, Case] = {
    "indent of a map": (
        "a:\n  {{ map | indent(4) }}\n",
        "page.yml.j2:2: {{ map | indent(4) }}: " + UNINDENTED,
    ),
    "indent of a list": (
        "a: {{ list | indent }}\n",
        "page.yml.j2:1: {{ list | indent }}: " + UNINDENTED,
    ),
    "indent of captured text": (
        "{% macro labels() %}b: 1{% endmacro %}\na:\n  {{ labels() | indent(4) }}\n",
        "page.yml.j2:3: {{ labels() | indent(4) }}: " + UNINDENTED,
    ),
    "to_nice_yaml": (
        "a: {{ map | to_nice_yaml }}\n",
        f"page.yml.j2:1: no filter named 'to_nice_yaml'; {ITSELF}",
    ),
    "toYaml": ("a: {{ map | toYaml }}\n", f"page.yml.j2:1: no filter named 'toYaml'; {ITSELF}"),
    "toYaml as a function": (
        "a: {{ toYaml(map) }}\n",
        f"page.yml.j2:1: 'toYaml' is undefined; {ITSELF}",
    ),
    "nindent": (
        "a: {{ map | nindent(4) }}\n",
        f"page.yml.j2:1: no filter named 'nindent'; {ITSELF}",
    ),
    "quote": ("a: {{ name | quote }}\n", f"page.yml.j2:1: no filter named 'quote'; {ITSELF}"),
    "ternary": (
        "a: {{ name | ternary('a', 'b') }}\n",
        "page.yml.j2:1: no filter named 'ternary'; write {{ a if x else b }}",
    ),
    "required": (
        "a: {{ required('x', name) }}\n",
        "page.yml.j2:1: 'required' is undefined; without it too, a missing value is an error",
    ),
    "a dot before a name": (
        "a: {{ .Values.name }}\n",
        "page.yml.j2:1: unexpected '.'; a name has no dot before it: {{ values.x }}",
    ),
    "a name of the context that hides a function": (
        "a: {{ joiner() }}\n",
        "page.yml.j2:1: joiner is a value of the context here, not Jinja's function joiner()",
    ),
    "a text that is called": (
        "a: {{ name() }}\n",
        "page.yml.j2:1: a text cannot be called; print it without (): {{ x }}",
    ),
    "a key that is not there and a method that is": (
        "a: {{ map['items'] }}\n",
        "page.yml.j2:1: no key 'items'",
    ),
    "a loop over a method": (
        "{% for x in map.items %}{% endfor %}\n",
        "page.yml.j2:1: this is the method items; write items(), or ['items'] for the key",
    ),
    "a loop over nothing": (
        "{% for x in nothing %}{% endfor %}\n",
        "page.yml.j2:1: expected a list, a map or a text to loop over, got no value (null)",
    ),
    "a loop over a map's entries": (
        "{% for key, value in {'abc': 1} %}{% endfor %}\n",
        (
            "page.yml.j2:1: too many values to unpack (expected 2); "
            "for the entries of a map, write x.items()"
        ),
    ),
}

PAGES: dict[str, Case] = {
    "duplicate key": ("a: 1\nb: 1\na: 2\n", 'page.yml.j2:3: the key "a" is already there'),
    "duplicate printed key": (
        "web: 1\n{{ name }}: 2\n",
        'page.yml.j2:2: the key "web" is already there',
    ),
    "duplicate of a loop": (
        "k:\n{% for i in [1, 2] %}\n  {{ name }}: 1\n{% endfor %}\n",
        'page.yml.j2:3: the key "web" is already there',
    ),
    "duplicate of a mapping that joins": (
        "a: 2\n\n{{ map }}\n",
        'page.yml.j2:3: the key "a" is already there',
    ),
    "boolean key": ("{{ true }}: 1\n", "page.yml.j2:1: a key must be a string or a number"),
    "none as key": ("{{ none }}: 1\n", "page.yml.j2:1: {{ none }}: " + NO_VALUE),
    "list as key": ("{{ list }}: 1\n", "page.yml.j2:1: a key must be a string or a number"),
    "alias of a list as key": (
        "a: &a [1]\n*a : 1\n",
        "page.yml.j2:2: a key must be a string or a number",
    ),
    "mapping as key": ("? {a: 1}\n: 1\n", "page.yml.j2:1: a mapping or a list cannot be a key"),
    "long key": (
        "a: 1\n? " + "k" * 1001 + "\n: 1\n",
        "page.yml.j2:2: a key may have 1000 characters at most",
    ),
    "long key of escapes": (
        '? "' + "\\u2028" * 200 + '"\n: 1\n',
        "page.yml.j2:1: a key may have 1000 characters at most",
    ),
    "quoted merge key": (
        '"<<": 1\n',
        "page.yml.j2:1: the key << cannot be carried: readers take it for a merge",
    ),
    "merge of no mapping": (
        "a: 1\n<<: 1\n",
        "page.yml.j2:2: << takes a mapping or a list of mappings",
    ),
    "unknown alias": ("a: *b\n", "page.yml.j2:1: no anchor b before this alias"),
    "alias of another document": (
        "a: &a 1\n---\nb: *a\n",
        "page.yml.j2:3: no anchor a before this alias",
    ),
    "unknown tag": ("a: !x 1\n", "page.yml.j2:1: the tag !x is not known here"),
    "unknown tag of a collection": (
        "a: 1\nb: !!set {c}\n",
        "page.yml.j2:2: the tag tag:yaml.org,2002:set is not known here",
    ),
    "unknown tag of a key": (
        "!!int 1: a\n",
        "page.yml.j2:1: the tag tag:yaml.org,2002:int is not known here",
    ),
    "text behind a mapping that joins": (
        "{{ map }}\n    more\n",
        "page.yml.j2:1: nothing may follow a mapping that joins its siblings",
    ),
    "a list among a flow mapping's keys": (
        '{\n  "a": 1,\n  {{ list }}\n}\n',
        "page.yml.j2:3: a list cannot join the keys of a mapping",
    ),
    "a text alone among keys": (
        "a: 1\n{{ name }}\nb: 1\n",
        "page.yml.j2:2: only a mapping or a list may stand alone among keys or items",
    ),
    "a text alone among items": (
        "- 1\n{{ name }}\n",
        "page.yml.j2:2: only a mapping or a list may stand alone among keys or items",
    ),
    "two documents in a fragment": (
        "{% macro m() %}\na: 1\n---\nb: 1\n{% endmacro %}\nk:\n  {{ m() }}\n",
        "page.yml.j2:2: a fragment of several documents",
    ),
    "a deep page": (
        "a: 1\nb:\n  " + "[" * 100 + "]" * 100,
        "page.yml.j2:3: nested deeper than 100 levels",
    ),
    "deep fragments": (
        "{% set y %}x{% endset %}" + "{% set y %}" + "- " * 60 + "{{ y }}{% endset %}"
        "{% set y %}" + "- " * 60 + "{{ y }}{% endset %}a: {{ y }}\n",
        "page.yml.j2: nested deeper than 100 levels",
    ),
    "an empty tag": ("a: 1\n{% %}", "page.yml.j2:2: tag name expected"),
    "an open comment at the end": ("a: 1\n{#-", "page.yml.j2:2: missing end of comment tag"),
    "an open raw text at the end": (
        "a: 1\n{% raw %}",
        "page.yml.j2:2: missing end of raw directive",
    ),
    "an open tag": (
        "a: 1\n{% if true %}\n{% for i in list %}\n{% endfor %}\n",
        "page.yml.j2:4: expected {% endif %} for {% if %}, got the end of the template",
    ),
}

NO_YAML: dict[str, Case] = {
    "an open bracket": (
        "a: 1\nb: [x,\nc: {{ name }}\n",
        (
            "page.yml.j2:3: no YAML: did not find expected ',' or ']', "
            "while parsing a flow sequence that begins on line 2\n"
            "  a: 1\n  b: [x,\n> c: {{ … }}"
        ),
    ),
    "an open quote": (
        'a: 1\nb: "x\nc: 2\nd: 3\n',
        (
            "page.yml.j2:4: no YAML: found unexpected end of stream, "
            "while scanning a quoted scalar that begins on line 2\n"
            '  b: "x\n  c: 2\n> d: 3'
        ),
    ),
    "no line break at the end": (
        "a: 1\nb: {",
        "page.yml.j2:2: no YAML: did not find expected node content\n  a: 1\n> b: {",
    ),
    "a tab": (
        "a:\n\tb: 1\n",
        "page.yml.j2:2: no YAML: found character that cannot start any token\n  a:\n> \tb: 1",
    ),
    "indentation": (
        "a:\n   b: 1\n  c: 2\nd: 3\ne: 4\nf: 5\n",
        (
            "page.yml.j2:3: no YAML: did not find expected key, "
            "while parsing a block mapping that begins on line 1\n"
            "  a:\n     b: 1\n>   c: 2\n  d: 3\n  e: 4"
        ),
    ),
    "two colons": (
        "{# one\ntwo #}\na: b: c\n",
        "page.yml.j2:3: no YAML: mapping values are not allowed in this context\n> a: b: c",
    ),
    "a value never shows": (
        "a: {{ name }}: {{ name }}\n",
        "page.yml.j2:1: no YAML: mapping values are not allowed in this context\n> a: {{ … }}: {{ … }}",
    ),
}

ELSEWHERE: dict[str, Case] = {
    "in an included file": (
        {PAGE: "a: 1\n{% include '_i' %}\n", "_i": "b: 1\n\nc: {{ none }}\n"},
        "_i:3: {{ none }}: " + NO_VALUE,
    ),
    "in an included file that is no YAML": (
        {PAGE: "a: 1\nk:\n  {% include '_i' %}\n", "_i": "b: 1\nc: [\n"},
        "_i:2: no YAML: did not find expected node content\n  b: 1\n> c: [",
    ),
    "in an included file's expression": (
        {PAGE: "{% include '_i' %}\n", "_i": "b: 1\nc: {{ 1 / 0 }}\n"},
        "_i:2: division by zero",
    ),
    "in an included file's tag": (
        {PAGE: "a: 1\n{% include '_i' %}\n", "_i": "b: 1\n{% if %}\n"},
        "_i:2: expected an expression, got 'end of statement block'",
    ),
    "a duplicate of an included file": (
        {PAGE: "b: 1\n\n{% include '_i' %}\n", "_i": "\n\n\nb: 1\n"},
        '_i:4: the key "b" is already there',
    ),
    "in an imported macro": (
        {
            PAGE: "{% from '_m' import m %}\na:\n  {{ m(map) }}\n",
            "_m": "{% macro m(x) %}\n\nb: {{ x }}\nc: x{{ x }}\n{% endmacro %}",
        },
        "_m:4: {{ x }}: " + INSIDE,
    ),
    "in what an imported macro is given": (
        {
            PAGE: "{% from '_m' import m %}\na:\n  {{ m(nope) }}\n",
            "_m": "{% macro m(x) %}{{ x.y }}{% endmacro %}",
        },
        "_m:1: 'nope' is undefined",
    ),
    "in an overridden block": (
        {
            PAGE: "{% extends '_base' %}\n{% block b %}\nc: 1\nd: {{ none }}\n{% endblock %}\n",
            "_base": "a: 1\n{% block b %}{% endblock %}\n",
        },
        "page.yml.j2:4: {{ none }}: " + NO_VALUE,
    ),
    "a duplicate in an overridden block": (
        {
            PAGE: "{% extends '_base' %}\n{% block b %}\nc: 1\nc: 2\n{% endblock %}\n",
            "_base": "a: 1\nk:\n  {% block b %}{% endblock %}\n",
        },
        'page.yml.j2:4: the key "c" is already there',
    ),
    "a duplicate of the base": (
        {
            PAGE: "{% extends '_base' %}\n{% block b %}\na: 2\n{% endblock %}\n",
            "_base": "a: 1\n\n{% block b %}{% endblock %}\n",
        },
        'page.yml.j2:3: the key "a" is already there',
    ),
    "a list in a block among keys": (
        {
            PAGE: "{% extends '_base' %}\n{% block b %}\n\n- 1\n{% endblock %}\n",
            "_base": "a:\n  {% block b %}{% endblock %}\n  c: 1\n",
        },
        "page.yml.j2:4: a list cannot join the keys of a mapping",
    ),
    "a list in the last block among keys": (
        {
            PAGE: "{% extends '_base' %}\n{% block b %}\n- 1\n{% endblock %}\n",
            "_base": "a:\n  c: 1\n  {% block b %}{% endblock %}\n",
        },
        "page.yml.j2:3: a list cannot join the keys of a mapping",
    ),
    "a mapping in a block among items": (
        {
            PAGE: "{% extends '_base' %}\n{% block b %}\nc: 1\n{% endblock %}\n",
            "_base": "a:\n- 1\n- 2\nd:\n  - 1\n  {% block b %}{% endblock %}\n",
        },
        "page.yml.j2:3: a mapping cannot join the items of a list",
    ),
    "a mapping in the first block among items": (
        {
            PAGE: "{% extends '_base' %}\n{% block b %}\nc: 1\n{% endblock %}\n",
            "_base": "d:\n  {% block b %}{% endblock %}\n  - 1\n",
        },
        "page.yml.j2:3: a mapping cannot join the items of a list",
    ),
    "a text in a block before a key": (
        {
            PAGE: "{% extends '_base' %}\n{% block b %}\nx\n{% endblock %}\n",
            "_base": "a:\n  {% block b %}{% endblock %}\n  c: 1\n",
        },
        "page.yml.j2:3: only a mapping or a list may stand alone among keys or items",
    ),
    "a text in the last block among keys": (
        {
            PAGE: "{% extends '_base' %}\n{% block b %}\nx\n{% endblock %}\n",
            "_base": "a:\n  c: 1\n  {% block b %}{% endblock %}\n",
        },
        "page.yml.j2:3: only a mapping or a list may stand alone among keys or items",
    ),
    "a list in a block of a block among keys": (
        {
            PAGE: "{% extends '_base' %}\n{% block c %}\n- 1\n{% endblock %}\n",
            "_base": "a:\n  {% block b %}\n  {% block c %}{% endblock %}\n  {% endblock %}\n  d: 1\n",
        },
        "page.yml.j2:3: a list cannot join the keys of a mapping",
    ),
    "a list of super among keys": (
        {
            PAGE: "{% extends '_base' %}\n{% block b %}\n{{ super() }}\n- 1\n{% endblock %}\n",
            "_base": "a:\n  {% block b %}\n  c: 1\n  {% endblock %}\n",
        },
        "page.yml.j2:3: a mapping cannot join the items of a list",
    ),
    "in super": (
        {
            PAGE: "{% extends '_base' %}\n{% block b %}\n{{ super() }}\n{% endblock %}\n",
            "_base": "a: 1\n{% block b %}\nb: {{ none }}{% endblock %}\n",
        },
        "_base:3: {{ none }}: " + NO_VALUE,
    ),
    "in a call block": (
        (
            "{% macro m() %}\nk: {{ caller() }}\n{% endmacro %}\n{% call m() %}\n  a: 1\n  b: {{ none }}\n"
            "{% endcall %}\n"
        ),
        "page.yml.j2:6: {{ none }}: " + NO_VALUE,
    ),
    "in the second of two prints": (
        "a: {{ name }} {{ none }}\n",
        "page.yml.j2:1: {{ none }}: " + NO_VALUE,
    ),
    "behind a block on its line": (
        "[ {{ name }}, {% block b %}{{ name }}{% endblock %}, {{ none }} ]\n",
        "page.yml.j2:1: {{ none }}: " + NO_VALUE,
    ),
    "in an expression of several lines": (
        "a: 1\nb: {{\n  none\n  | default(\n    none\n  )\n}}\n",
        "page.yml.j2:2: {{ none | default( none ) }}: " + NO_VALUE,
    ),
    "in a failing expression of several lines": (
        "a: 1\nb: {{\n  1\n  /\n  0\n}}\n",
        "page.yml.j2:2: division by zero",
    ),
    "in a long expression": (
        "a: {{ [" + "1, " * 50 + "none][50] }}\n",
        "page.yml.j2:1: {{ [" + "1, " * 26 + "… }}: " + NO_VALUE,
    ),
    "behind a comment of several lines": (
        "a: 1\n{# b\nc\n#}\nd: {{ none }}\n",
        "page.yml.j2:5: {{ none }}: " + NO_VALUE,
    ),
    "behind raw": (
        "a: '{% raw %}\n{{\n{% endraw %}'\nd: {{ none }}\n",
        "page.yml.j2:4: {{ none }}: " + NO_VALUE,
    ),
    "behind a set block": (
        "{% set x %}\na\nb\n{% endset %}\nc: 1\nc: 2\n",
        'page.yml.j2:6: the key "c" is already there',
    ),
    "behind a blank block": (
        "{% block a %}{% endblock %}\nb: 1\n{% block c %}{% endblock %}\n\nb: 2\n",
        'page.yml.j2:5: the key "b" is already there',
    ),
    "in a file with carriage returns": (
        "a: 1\r\nb: 1\r\nb: {{ name }}\r\n",
        'page.yml.j2:3: the key "b" is already there',
    ),
    "break in an include": (
        {
            PAGE: "a: 1\n{% for i in list %}\n{% include '_i' %}\n{% endfor %}",
            "_i": "\n{% break %}",
        },
        "_i:2: 'break' outside loop",
    ),
    "break out of a block": (
        "{% for i in list %}\n{% call m() %}\n{% endcall %}\n{% endfor %}",
        "page.yml.j2:2: 'm' is undefined",
    ),
    "no template": ({"other": "a: 1"}, "page.yml.j2: no template page.yml.j2"),
    "a folder": ({f"{PAGE}/a": "a: 1"}, "page.yml.j2: no template page.yml.j2"),
    "the whole page": (
        "{% for i in range(99999) %}" + "x" * 100 + "{% endfor %}",
        "page.yml.j2: renders more than 8388608 characters",
    ),
}

ALL = {**VALUES, **HABITS, **PAGES, **NO_YAML, **ELSEWHERE}


@pytest.mark.parametrize("name", ALL)
def test_error(name: str) -> None:
    templates, message = ALL[name]
    with pytest.raises(TemplateError) as caught:
        Pages(templates).render(**CONTEXT)
    assert str(caught.value) == message


def test_the_parts_of_an_error() -> None:
    error = TemplateError("is wrong", "a.j2", 3, expression="x", excerpt="> a")
    assert (error.message, error.template, error.line) == ("is wrong", "a.j2", 3)
    assert (error.expression, error.excerpt) == ("x", "> a")
    assert str(error) == "a.j2:3: {{ x }}: is wrong\n> a"
    assert str(TemplateError("is wrong", "a.j2")) == "a.j2: is wrong"


def fails(_value: Data) -> Data:
    raise KeyError


def test_a_filter_that_fails_is_the_templates_fault() -> None:
    pages = Pages("a: 1\nb: {{ 1 | fails }}\n", filters={"fails": fails})
    with pytest.raises(TemplateError) as caught:
        pages.render()
    assert str(caught.value) == f"{PAGE}:2: failed with KeyError"


def test_a_fault_of_the_program_keeps_its_traceback() -> None:
    def refuse(_text: str) -> str | None:
        raise LookupError

    with pytest.raises(LookupError):
        Pages("a: {{ 'é' }}\n", refuse=refuse).render()


@pytest.mark.parametrize("change", [None, "a: 1\n", "{% if\n", b"\xff"])
def test_a_template_that_changed_since_has_no_expression(change: str | bytes | None) -> None:
    pages = Pages("a: {{ x }}\n")
    pages.render(x=1)
    (pages.path / PAGE).unlink()
    if change is not None:
        (pages.path / PAGE).write_bytes(change.encode() if isinstance(change, str) else change)
    with pytest.raises(TemplateError) as caught:
        pages.render(x=None)
    assert str(caught.value) == f"{PAGE}:1: {NO_VALUE}"


def test_errors_are_the_same_in_a_thread() -> None:
    found: list[str] = []

    def work() -> None:
        for template in (
            "a: {{ none }}\n",
            "a: [\n",
            "{{ 1 +\n}}",
            "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        ):
            try:
                Pages(template).render(none=None)
            except TemplateError as error:
                found.append(error.message)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [
        NO_VALUE,
        "no YAML: did not find expected node content",
        "unexpected 'end of print statement'",
        "macros, blocks or loops nested deeper than 60 levels",
    ]

"""A value never changes what a template means: not its kind, its place, or another part of it."""

from __future__ import annotations

import re

import pytest
from captures import CAPTURES, DEPTHS
from hypothesis import example, given
from hypothesis import strategies as st
from jinja2.defaults import DEFAULT_FILTERS, DEFAULT_TESTS
from pages import PAGE, Pages, assert_separate, build_resource, is_same, read_as_go, render
from values import Data, as_data, as_text, is_lost, keys, lists, maps, scalars

from kustz_tpl.engine import TemplateError, write_json
from kustz_tpl.engine.environment import UNINDENTED
from kustz_tpl.engine.parts import ONLY_PRINTED, RESERVED
from kustz_tpl.engine.removed import REMOVED_FILTERS, REMOVED_TESTS

LONG = "k" * 1001
MERGE = "the key << cannot be carried: readers take it for a merge"
AGAIN = 'the key "a" is already there'
TOO_LONG = "a key may have 1000 characters at most"
NO_KEYS = "a list cannot join the keys of a mapping"
ALONE = "only a mapping or a list may stand alone among keys or items"

# A body, what it means for a harmless key, and the key that is in it already.
BODIES = {
    "list": ("- {{ x }}: 1\n- z\n", lambda x: [{x: 1}, "z"]),
    "list of a pair": ("- a: 1\n  {{ x }}: 1\n- z\n", lambda x: [{"a": 1, x: 1}, "z"]),
    "map": ("a: 1\n{{ x }}: 1\n", lambda x: {"a": 1, x: 1}),
    "map behind comments": ("# {{ x }}\n\na: 1\nb:\n  - a: 1\n    {{ x }}: 2\n", None),
}


def fault(templates: dict[str, str] | str, /, **context: Data) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        Pages(templates).render(**context)
    return caught.value


def below(tree: Data, depth: int) -> Data:
    for _ in range(depth):
        tree = {"k": tree}
    return tree


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("capture", CAPTURES)
@pytest.mark.parametrize("body", BODIES)
def test_a_faulty_key_never_changes_what_a_fragment_is(capture: str, body: str, depth: int) -> None:
    text, tree = BODIES[body]
    templates = CAPTURES[capture].templates(text, depth)
    if tree:
        assert is_same(render(templates, x="b"), below(tree("b"), depth))
    faults = {"<<": MERGE, LONG: TOO_LONG} | ({} if body == "list" else {"a": AGAIN})
    for key, message in faults.items():
        error = fault(templates, x=key)
        assert error.message == message
        lines = templates[error.template].splitlines()
        assert re.fullmatch(r" *(- )?{{ x }}: \d", lines[error.line - 1])


@pytest.mark.parametrize("capture", CAPTURES)
@pytest.mark.parametrize("body", ["- {{ x }}\n- [1, {y: z}]\n", "a: {{ x }}\nb: [1, {y: z}]\n"])
def test_a_fragment_printed_again_is_a_copy(capture: str, body: str) -> None:
    if capture in ("block", "super", "loop"):
        body = f"{{% set again %}}\n{body}{{% endset %}}\na:\n  {{{{ again }}}}\nb:\n  {{{{ again }}}}\n"
        templates = CAPTURES[capture].templates(body, 1)
    else:
        templates = CAPTURES[capture].templates(body, 1, is_again=True)
    tree = render(templates, x={"c": [1]})
    assert is_same(*(tree if "l" in tree else tree["k"]).values())
    assert_separate(tree)


@pytest.mark.parametrize(
    "template",
    [
        "a: &l {{ x }}\nb: *l\nc: {d: *l}\n",
        "a: &l\n  - &m {{ x }}\n  - *m\nb: *l\nc: *l\n",
        "a: &l {b: &m {c: 1}, d: *m}\ne:\n  <<: *l\nf:\n  <<: [*l, {g: *m}]\n",
        "{% set s %}\n- {{ x }}\n{% endset %}\n- {{ s }}\n{{ s }}\n{{ s }}\n- {{ [x, x] }}\n",
        "{% set s %}\na: {{ x }}\n{% endset %}\na: [{{ s }}, {{ s }}]\nb:\n  {{ s }}\n  c: {{ s }}\n",
        "- &a {}\n- *a\n- &b []\n- *b\n",
        "{{ x }}\n---\n{{ x }}\n",
    ],
)
def test_an_alias_is_a_copy(template: str) -> None:
    inner = {"f": {"g": [1]}}
    for document in Pages(template).render(x={"d": inner, "e": inner}).documents:
        assert_separate(document)


# What each makes of the text of a scalar.
TO_TEXT = {
    "x ~ '/'": lambda text: f"{text}/",
    "'/' ~ x": lambda text: f"/{text}",
    "'%s/' % x": lambda text: f"{text}/",
    "'%s-%s' % ('a', x)": lambda text: f"a-{text}",
    "'%(k)s/' % {'k': x, 'l': none}": lambda text: f"{text}/",
    "'%s/' | format(x)": lambda text: f"{text}/",
    "'%(k)s/' | format(k=x)": lambda text: f"{text}/",
    "'{}/'.format(x)": lambda text: f"{text}/",
    "'{!s}/'.format(x)": lambda text: f"{text}/",
    "'{k}/'.format(k=x)": lambda text: f"{text}/",
    "'{k[0]}/'.format(k=[x])": lambda text: f"{text}/",
    "'{k}/'.format_map({'k': x})": lambda text: f"{text}/",
    "['a', x] | join('/')": lambda text: f"a/{text}",
    "['a', 'b'] | join(x)": lambda text: f"a{text}b",
    "[{'k': x}] | join('/', attribute='k')": str,
    "[x] | map('string') | first": str,
    "x | string": str,
    "x | lower": str.lower,
    "x | upper": str.upper,
    "x | capitalize": str.capitalize,
    "x | trim": str.strip,
    "x | center(9)": lambda text: text.center(9),
    "x | replace('e', 'E')": lambda text: text.replace("e", "E"),
    "'a-b' | replace('-', x)": lambda text: f"a{text}b",
    "x | truncate(999)": lambda text: text if len(text) <= 999 else None,
    "x is lower": str.islower,
    "x is upper": str.isupper,
    "x | title": None,
    "x | indent": None,
    "x | wordcount": None,
    "x | wordwrap": None,
    "x | urlencode": None,
    "'a' | replace(x, 'b')": None,
    "x | int": None,
    "x | float": None,
    "x | abs": None,
    "x | round": None,
    "x | filesizeformat": None,
}
PAGES_TO_TEXT = {expression: Pages(f"k:\n- {{{{ {expression} }}}}\n") for expression in TO_TEXT}


@pytest.mark.hypothesis
@given(scalars | maps | lists, st.sampled_from(sorted(TO_TEXT)))
@example(2796203, "'%s/' % x")
def test_only_a_scalar_becomes_text_and_as_yaml_writes_it(x: Data, expression: str) -> None:
    page, oracle = PAGES_TO_TEXT[expression], TO_TEXT[expression]
    if x is None or isinstance(x, (dict, list)):
        if x is not None and expression == "x | urlencode":
            return  # a query of pairs
        with pytest.raises(TemplateError) as caught:
            page.render(x=x)
        assert (caught.value.template, caught.value.line) == (PAGE, 2)
        assert caught.value.expression == expression
    elif oracle and not is_lost(x):
        expected = oracle(as_text(x))
        if expected is not None and not is_lost(expected):
            assert page.render(x=x).documents == [{"k": [expected]}]


def test_a_query_takes_scalars_only() -> None:
    page = Pages("k: {{ x | urlencode }}\n")
    assert page.render(x={"a": True, "b": "c d"}).documents == [{"k": "a=true&b=c+d"}]
    for x in ({"a": None}, {"a": [1]}, [["a", None]]):
        assert fault("k: {{ x | urlencode }}\n", x=x).expression == "x | urlencode"


# Where an expression has captured text, and what it is called there.
CAPTURED = {
    "macro": ("{% macro m() %}80{% endmacro %}\n- {{ USE }}\n", "m()"),
    "set": ("{% set s %}80{% endset %}\n- {{ USE }}\n", "s"),
    "namespace": ("{% set n = namespace() %}{% set n.s %}80{% endset %}\n- {{ USE }}\n", "n.s"),
    "call": (
        "{% macro m() %}\n- {{ USE }}\n{% endmacro %}\n{% call m() %}80{% endcall %}\n",
        "caller()",
    ),
    "self": ("- {% block b %}80{% endblock %}\n\n- {{ USE }}\n", "self.b()"),
    "import": ("{% import '_i' as i with context %}\n- {{ USE }}\n", "i.s"),
    "super": ("{% extends '_base' %}{% block b %}\n- {{ USE }}\n{% endblock %}\n", "super()"),
    "loop": (
        (
            "{% for y in [[1]] recursive %}\n{% if loop.depth == 1 %}\n- {{ USE }}\n"
            "{% else %}\n80\n{% endif %}\n{% endfor %}\n"
        ),
        "loop(y)",
    ),
}
OTHERS = {"_i": "{% set s %}80{% endset %}\n", "_base": "{% block b %}80{% endblock %}\n"}
USES = [
    *(f"X | {name}" for name in DEFAULT_FILTERS if name not in REMOVED_FILTERS),
    *(
        f"X is {name}"
        for name in DEFAULT_TESTS
        if name not in (*REMOVED_TESTS, "defined", "undefined") and name.isalpha()
    ),
    *("X ~ 1", "1 ~ X", "X == 80", "80 != X", "X < 1", "1 >= X", "X in [80]", "X in []"),
    *("X in '80'", "X not in [1]", "80 in X", "X + 1", "1 + X", "'a' + X", "[1] + X", "X - 1"),
    *("1 - X", "X * 2", "'a' * X", "X / 2", "X // 2", "X % 2", "2 % X", "'%s' % X", "X ** 2"),
    *("-X", "+X", "X[0]", "X[0:1]", "X.upper()", "X()", "{X: 1}", "{80: 1}[X]", "[1][X]"),
    *("[X] | join", "[X] | map('upper') | list", "[X] | select('string') | list"),
    *("'a'.replace('a', X)", "'{}'.format(X)", "range(X)", "1 is sameas X", "1 is eq X"),
    *("'a' | replace('a', X)", "'%s' | format(X)", "[X] | sum", "[X, 1] | sort", "[X, 1] | max"),
]


@pytest.mark.parametrize("name", CAPTURED)
def test_captured_text_may_only_be_printed(name: str) -> None:
    template, captured = CAPTURED[name]
    for use in USES:
        expression = use.replace("X", captured)
        error = fault({PAGE: template.replace("USE", expression), **OTHERS})
        message = UNINDENTED if use == "X | indent" else ONLY_PRINTED
        assert (expression, error.message) == (expression, message)
        assert error.expression == expression
        lines = template.splitlines()
        assert lines[error.line - 1] == "- {{ USE }}"


@pytest.mark.parametrize("name", CAPTURED)
def test_captured_text_may_be_passed_on(name: str) -> None:
    template, captured = CAPTURED[name]
    box = "{% macro box(y) %}[{{ y }}]{% endmacro %}"
    for use, expected in {
        "X": 80,
        "box(X)": [80],
        "X is defined": True,
        "X or 1": 80,
        "1 if X else 2": 1,
        "nope | default(X)": 80,
    }.items():
        text = template.replace("{{ USE }}", box + "{{ " + use.replace("X", captured) + " }}")
        assert render({PAGE: text, **OTHERS})[-1] == expected


ESCAPES = ("\\uE003{}\\uE004", "\\ue003*{}\\ue004", "\\U0000e003-{}\\U0000E004", "\\uE002{}")


@pytest.mark.parametrize("escape", ESCAPES)
@pytest.mark.parametrize("capture", CAPTURES)
@pytest.mark.parametrize(
    "body",
    ['- "{}"\n', '- a: "x {{{{ x }}}}\n    {}"\n', '"{}": 0\n', '["{}"]\n', '- x\n- "{}": 1\n'],
)
def test_an_escape_makes_no_placeholder(escape: str, capture: str, body: str) -> None:
    for number in (0, 7):
        text = body.format(escape.format(number))
        templates = CAPTURES[capture].templates(text, 2)
        error = fault(templates, x="secret")
        assert error.message == RESERVED
        assert escape.format(number) in templates[error.template].splitlines()[error.line - 1]


def test_what_looks_like_an_escape_is_text() -> None:
    text = "\\uE0030\\uE004"
    template = f"a: '{text}'\nb: {text}\nc: |-\n  {text}\nd: \"\\{text}\"\ne: {{{{ x }}}}\n"
    tree = render(template.replace('"\\\\uE0030\\uE004"', '"\\\\uE0030\\\\uE004"'), x="\ue003")
    assert tree == {**dict.fromkeys("abcd", text), "e": "\ue003"}


@pytest.mark.parametrize("escape", ["\\N", "\\x7f", "\\x80", "\\x9f", "\\uFFFE", "\\uffff"])
@pytest.mark.parametrize("capture", CAPTURES)
@pytest.mark.parametrize(
    "body", ['- "{} x{{{{ x }}}}"\n', 'a: "{{{{ x }}}}{}"\n', '"{}{{{{ x }}}}": 1\n', '- ["{}"]\n']
)
def test_text_of_a_template_is_refused_as_a_value_is(escape: str, capture: str, body: str) -> None:
    templates = CAPTURES[capture].templates(body.format(escape), 2)
    error = fault(templates, x="v")
    assert re.fullmatch(r"U\+[0-9A-F]{4} is not supported: kustomize .*", error.message)
    assert escape in templates[error.template].splitlines()[error.line - 1]


# What a line of nothing but {{ x }} means, for a map, for a list and for a text.
MAP, LIST = {"x": 1}, [1, 2]
PLACES: dict[str, tuple[Data, Data, Data]] = {
    "k:\n  {{ x }}\n": ({"k": MAP}, {"k": LIST}, {"k": "t"}),
    "k:\n  {{ x }}\nl: 1\n": ({"k": MAP, "l": 1}, {"k": LIST, "l": 1}, {"k": "t", "l": 1}),
    "{{ x }}\n": (MAP, LIST, "t"),
    "k: a\n{{ x }}\n": ({"k": "a", **MAP}, None, None),
    "k:\n{{ x }}\n": ({"k": None, **MAP}, NO_KEYS, None),
    "k:\n{{ x }}\nl: 1\n": ({"k": None, **MAP, "l": 1}, NO_KEYS, ALONE),
    "- k:\n  {{ x }}\n": ([{"k": None, **MAP}], NO_KEYS, None),
    "j: &a\nk: &b\n{{ x }}\n": ({"j": None, "k": None, **MAP}, NO_KEYS, None),
    "k:\n- 1\n{{ x }}\nl: 1\n": (
        "a mapping cannot join the items of a list",
        {"k": [1, *LIST], "l": 1},
        ALONE,
    ),
    "k: &a\n- 1\n{{ x }}\n": (
        "a mapping cannot join the items of a list",
        {"k": [1, *LIST]},
        ALONE,
    ),
    "k:\n{{ x }}\n- 1\n": (None, {"k": [*LIST, 1]}, None),
    "{{ x }}\n- 1\n": (None, [*LIST, 1], ALONE),
    "k:\n  {{ x }}\n  - 1\n": (None, {"k": [*LIST, 1]}, ALONE),
    "k:\n  {{ x }}\n  {{ [] }}\n": (None, {"k": LIST}, ALONE),
    "k:\n  {{ x }}\n  {{ x }}\n": (AGAIN.replace("a", "x", 1), {"k": LIST * 2}, ALONE),
    "[\n  1,\n  {{ x }}\n]\n": ([1, MAP], [1, LIST], [1, "t"]),
    "[{{ x }}\n, {{ x }}\n]\n": ([MAP, MAP], [LIST, LIST], ["t", "t"]),
    "[\n  {{ x }}\n  , 1]\n": ([MAP, 1], [LIST, 1], ["t", 1]),
    "{a: 1,\n  {{ x }}\n}\n": ({"a": 1, **MAP}, NO_KEYS, ALONE),
    '{"a":\n  {{ x }}\n}\n': ({"a": MAP}, {"a": LIST}, {"a": "t"}),
    "k: a\n  {{ x }}\n": (None, None, {"k": "a t"}),
}


@pytest.mark.parametrize("template", PLACES, ids=repr)
@pytest.mark.parametrize("way", ["{{ x }}", "{{ m(x) }}", "{% block b %}{{ x }}{% endblock %}"])
def test_the_place_alone_says_what_a_line_means(template: str, way: str) -> None:
    for x, expected in zip((MAP, LIST, "t"), PLACES[template], strict=True):
        line = template[: template.index("{{ x }}")].count("\n") + 1
        text = template.replace("{{ x }}", way, 1)
        text = "{% macro m(y) %}{{ y }}{% endmacro %}" + text
        if expected is None or (isinstance(expected, str) and x != "t"):
            error = fault(text, x=x)
            assert expected in (None, error.message) or AGAIN[-20:] in error.message
            assert error.line >= line
        elif expected == ALONE:
            assert fault(text, x=x).line == line
        else:
            assert is_same(render(text, x=x), expected)


@pytest.mark.parametrize("text", ["- {{ x }}\n", "{% for y in [x] %}\n- {{ y }}\n{% endfor %}\n"])
def test_a_fragment_is_placed_as_if_it_were_written_there(text: str) -> None:
    block = f"k:\n{{% block b %}}\n{text}{{% endblock %}}\n"
    tree = render(block + "{% block c %}\nl: 1\n{% endblock %}\n", x=1)
    assert tree == {"k": [1], "l": 1}


FRAGMENTS = Pages(
    "{% macro m(key) %}\n    - {{ key }}: 1\n    - z\n{% endmacro %}\n"
    "{% set a %}\n{{ m(x) }}\n{% endset %}\nk:\n  - l:\n      {{ a }}\n      {{ m(y) }}\n  - {{ a }}\n"
)


@pytest.mark.hypothesis
@given(keys | st.sampled_from(("<<", LONG)), keys | st.sampled_from(("<<", LONG)))
def test_fragments_of_faulty_values_in_a_row(x: Data, y: Data) -> None:
    if any(is_lost(key) or is_lost({key: 1}) or key == LONG for key in (x, y)):
        with pytest.raises(TemplateError) as caught:
            FRAGMENTS.render(x=x, y=y)
        assert caught.value.line == 2
        assert "longer text" not in caught.value.message
        return
    (tree,) = FRAGMENTS.render(x=x, y=y).documents
    a, b = ([as_data({key: 1}), "z"] for key in (x, y))
    assert is_same(tree, {"k": [{"l": [*a, *b]}, a]})
    assert_separate(tree)


HEAD = {"apiVersion": "example.com/v1", "kind": "Carried", "metadata": {"name": "carried"}}


def carried_json(spec: Data) -> Data:
    """Return what kustomize makes of the `spec` of a resource that we write as JSON."""
    run = build_resource(write_json({**HEAD, "spec": spec}))
    assert run.returncode == 0, run.stderr[:2000]
    return read_as_go(run.stdout)["spec"]


def test_kustomize_reads_every_character_in_json() -> None:
    every = [chr(code) for code in range(0x110000) if not is_lost(chr(code))]
    texts = ["".join(every[at : at + 4096]) for at in range(0, len(every), 4096)]
    assert carried_json(texts) == texts
    keys = {"".join(every[at : at + 64]): at for at in range(0, len(every), 64)}
    assert carried_json(keys) == keys


def test_kustomize_reads_the_longest_key_in_json() -> None:
    page = Pages("{{ x }}: 1\n")
    # The characters of the longer one of its escapes, in YAML and in JSON.
    for character, size in {"a": 1, "\x01": 6, "\u2028": 6, "\U000e0100": 10}.items():
        key = character * (998 // size)  # and two quotes
        (tree,) = page.render(x=key).documents
        assert carried_json(tree) == {key: 1}
        assert fault("{{ x }}: 1\n", x=character * 1001).message == TOO_LONG


@pytest.mark.hypothesis
@given(st.lists(scalars | maps | lists, min_size=50, max_size=50))
def test_kustomize_reads_what_a_json_page_prints(values: list[Data]) -> None:
    page = Pages('{\n  "a": [\n    {% for y in x %}\n    {{ y }},\n    {% endfor %}\n  ]\n}\n')
    printed = [value for value in values if value is not None and not is_lost(value)]
    (tree,) = page.render(x=printed).documents
    assert is_same(tree, carried_json(tree))

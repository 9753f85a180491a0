"""Tags take no more blanks than Jinja's `trim_blocks` takes, and no less where they are alone.

The oracle is plain Jinja with `trim_blocks`, without the blanks of a line of nothing but tags:
whatever it renders whole, the engine reads as the same data, with a minus at any side of a tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import jinja2
import pytest
import yaml
from hypothesis import assume, event, given
from hypothesis import strategies as st
from pages import PAGE, Pages, Templates, render
from values import Data

CALLS = "{% macro m() %}\n{{ caller() }}\n{% endmacro %}\n"

PAGES: dict[str, tuple[Templates, Data]] = {
    "keys behind a minus": (
        "a:\n  {% for x in [1, 2] -%}\n  k{{ x }}: 1\n  {% endfor %}\n",
        {"a": {"k1": 1, "k2": 1}},
    ),
    "a key behind keys behind a minus": (
        "a:\n  {% for x in [1, 2] -%}\n  k{{ x }}: 1\n  {% endfor %}\n  c: 2\n",
        {"a": {"k1": 1, "k2": 1, "c": 2}},
    ),
    "a minus on both ends": (
        "a:\n  {% for x in [1, 2] -%}\n  k{{ x }}: 1\n  {% endfor -%}\n  c: 2\n",
        {"a": {"k1": 1, "k2": 1, "c": 2}},
    ),
    "keys on the line of their loop": (
        "a:\n  {% for x in [1, 2] %}k{{ x }}: 1\n  {% endfor %}\n  c: 2\n",
        {"a": {"k1": 1, "k2": 1, "c": 2}},
    ),
    "no keys behind a minus": (
        "a: 1\n{% for x in [] -%}\n  k{{ x }}: 1\n{% endfor %}\nc: 2\n",
        {"a": 1, "c": 2},
    ),
    "the first of two branches": (
        "a:\n  {% if true -%}\n  b: 1\n  {% else -%}\n  b: 2\n  {% endif %}\n  c: 3\n",
        {"a": {"b": 1, "c": 3}},
    ),
    "the second of two branches": (
        "a:\n  {% if false -%}\n  b: 1\n  {% else -%}\n  b: 2\n  {% endif %}\n  c: 3\n",
        {"a": {"b": 2, "c": 3}},
    ),
    "a branch without a minus": (
        "a:\n  {% if false -%}\n  b: 1\n  {% else %}\n  b: 2\n  {% endif %}\n  c: 3\n",
        {"a": {"b": 2, "c": 3}},
    ),
    "tags inside one another": (
        (
            "a:\n  {% for x in [1, 2] -%}\n  {% if x > 1 -%}\n  k{{ x }}: 1\n  {% endif -%}\n"
            "  {% endfor %}\n  c: 2\n"
        ),
        {"a": {"k2": 1, "c": 2}},
    ),
    "tags on one line": (
        "a:\n  {% if true %}  {% if true %}\n  b: 1\n  {% endif %}  {% endif %}\n  c: 3\n",
        {"a": {"b": 1, "c": 3}},
    ),
    "assignments on one line": ("{% set a = 1 %} {% set b = 2 %}\nk: 1\nl: 2\n", {"k": 1, "l": 2}),
    "blanks behind a tag": (
        "a: |\n  x\n  {% if true %}  \n  y\n  {% endif %}\t\n  z\n",
        {"a": "x\ny\nz\n"},
    ),
    "a minus behind a block": (
        (
            "a:\n  {% block b %}\n  c: 1\n  {% endblock %}\n  {%- if true %}\n  d: 1\n  {%- endif %}\n"
            "  e: 1\n"
        ),
        {"a": {"c": 1, "d": 1, "e": 1}},
    ),
    "a minus behind an include": (
        {
            PAGE: "a:\n  {% include '_i' %}\n  {%- if true %}\n  d: 1\n  {%- endif %}\n  e: 1\n",
            "_i": "c: 1\n",
        },
        {"a": {"c": 1, "d": 1, "e": 1}},
    ),
    "a minus behind a call": (
        (
            CALLS + "a:\n  {% call m() %}\n  c: 1\n  {% endcall %}\n  {%- if true %}\n  d: 1\n"
            "  {%- endif %}\n  e: 1\n"
        ),
        {"a": {"c": 1, "d": 1, "e": 1}},
    ),
    "a minus of a comment behind a block": (
        "a:\n  {% block b %}\n  c: 1\n  {% endblock %}\n  {#- d -#}\n  e: 1\n",
        {"a": {"c": 1, "e": 1}},
    ),
    "a minus between text and an include": (
        {PAGE: "a: \"x  {%- include '_i' -%}  y\"\n", "_i": "c"},
        {"a": "xcy"},
    ),
    "keys on the line of their block": (
        "a:\n  {% block b -%} c: 1\n  d: 2\n  {% endblock %}\n  e: 3\n",
        {"a": {"c": 1, "d": 2, "e": 3}},
    ),
    "a block in a block with keys on its line": (
        (
            "- {% block b -%} c: 1\n  {% block d %}\n  d: 2\n  {% endblock %}\n"
            "  {% endblock %}\n- e\n"
        ),
        [{"c": 1, "d": 2}, "e"],
    ),
    "keys that minuses put on the line of their block": (
        (
            "a:\n  {% block b %}\n  {#- c -#}\n  c: 1\n  {% block d %}\n  d: 2\n  {% endblock %}\n"
            "  e: 3\n  {% endblock %}\n"
        ),
        {"a": {"c": 1, "d": 2, "e": 3}},
    ),
    "keys that a minus leaves behind the line of their block": (
        "a:\n  {% block b %}\n  {#- c #}\n  c: 1\n  d: 2\n  {% endblock %}\n",
        {"a": {"c": 1, "d": 2}},
    ),
    "items on the line of their block": (
        "a:\n  {% block b %}- 1\n  - 2\n  {% endblock %}\n",
        {"a": [1, 2]},
    ),
    "items on the line of their block behind tags": (
        (
            "a:\n  {% if true -%}  {% block b -%}  {% if true -%} - 1\n  - 2\n"
            "  {% endif %}{% endblock %}\n  {% endif %}\n"
        ),
        {"a": [1, 2]},
    ),
    "lines of a text on the line of their block": (
        "a: |\n  x\n  - {% block b -%} y\n      z\n    {% endblock %}\n  x\n",
        {"a": "x\n- y\n    z\nx\n"},
    ),
    "keys on the line of an overriding block": (
        {
            PAGE: "{% extends '_base' %}\n{% block b -%} c: 1\nd: 2\n{% endblock %}\n",
            "_base": "a:\n  {% block b %}{% endblock %}\n  e: 3\n",
        },
        {"a": {"c": 1, "d": 2, "e": 3}},
    ),
    "a minus of a block on its own line": (
        "a:\n  {%- block b -%}\n  c: 1\n  {%- endblock -%}\n\nd: 1\n",
        {"a": {"c": 1}, "d": 1},
    ),
}


@pytest.mark.parametrize("name", PAGES)
def test_keys_stay_below_their_parent(name: str) -> None:
    templates, expected = PAGES[name]
    assert render(templates) == expected


REGION_LINES = {
    "block": "{% block b %}\n{i}c: 1\n{i}{% endblock %}",
    "include": "{% include '_i' %}",
    "call": "{% call m() %}\n{i}c: 1\n{i}{% endcall %}",
}
TAG_LINES = {
    "if": "{%- if true %}\n{i}d: 1\n{i}{%- endif %}",
    "for": "{%- for x in [1] %}\n{i}d: {{ x }}\n{i}{%- endfor %}",
    "with": "{%- with x = 1 %}\n{i}d: {{ x }}\n{i}{%- endwith %}",
    "set": "{%- set x = 1 %}\n{i}d: {{ x }}",
    "minus on both sides": "{%- if true -%}\n{i}d: 1\n{i}{%- endif %}",
    "comment": "{#- x #}\n{i}d: 1",
}


@pytest.mark.parametrize("indent", [0, 2, 6])
@pytest.mark.parametrize("tag", TAG_LINES)
@pytest.mark.parametrize("region", REGION_LINES)
def test_a_minus_behind_a_region(region: str, tag: str, indent: int) -> None:
    lines = f"{{i}}{REGION_LINES[region]}\n{{i}}{TAG_LINES[tag]}\n{{i}}e: 1\n"
    text = f"{CALLS}{'a:' if indent else ''}\n" + lines.replace("{i}", " " * indent)
    keys = {"c": 1, "d": 1, "e": 1}
    assert render({PAGE: text, "_i": "c: 1\n"}) == ({"a": keys} if indent else keys)


class Written:
    """A template in the making: lines of keys, and tags that are alone or share their lines."""

    def __init__(self, draw: st.DrawFn, *, is_alone: bool) -> None:
        self._draw = draw
        self._keys = 0
        self._minuses = [""] if is_alone else ["", "", "-"]
        self._ends = ["\n"] if is_alone else ["\n", "\n", "\n", "", " "]
        self._columns = range(12) if is_alone else range(1)
        # The line of a region is its own, and its column counts: plain Jinja knows of neither.
        self._kinds = KINDS if is_alone else KINDS + REGIONS

    def tag(self, text: str, sign: str = "%") -> str:
        before, after = (self._draw(st.sampled_from(self._minuses)) for _ in range(2))
        return f"{{{sign}{before} {text} {after}{sign}}}"

    def lines(self, column: int, depth: int) -> Iterator[str]:
        for _ in range(self._draw(st.integers(1, 3))):
            yield from getattr(
                self, self._draw(st.sampled_from(self._kinds if depth else KINDS[:2]))
            )(column, depth)

    def key(self, column: int, _depth: int) -> Iterator[str]:
        self._keys += 1
        print_of_it = self._draw(st.sampled_from([f"v{self._keys}", "{{ v }}"]))
        yield f"{' ' * column}k{self._keys}{self.suffix()}: {print_of_it}{self.end()}"

    def plain_key(self, column: int) -> Iterator[str]:
        self._keys += 1
        yield f"{' ' * column}k{self._keys}: v{self._keys}\n"

    def comment(self, column: int, _depth: int) -> Iterator[str]:
        yield f"{self.indent(column)}{self.tag('c', '#')}{self.end()}"

    def parent(self, column: int, depth: int) -> Iterator[str]:
        self._keys += 1
        yield f"{' ' * column}k{self._keys}{self.suffix()}:{self.end()}"
        yield from self.lines(column + 2, depth - 1)

    def condition(self, column: int, depth: int) -> Iterator[str]:
        yield from self.pair(f"if {self._draw(st.sampled_from(['yes', 'no']))}", column, depth)

    def branches(self, column: int, depth: int) -> Iterator[str]:
        yield from self.opening(f"if {self._draw(st.sampled_from(['yes', 'no']))}", column)
        yield from self.lines(column, depth - 1)
        yield from self.opening("else", column)
        yield from self.lines(column, depth - 1)
        yield from self.opening("endif", column)

    def loop(self, column: int, depth: int) -> Iterator[str]:
        loops = self._draw(st.sampled_from(["for i in [1]", "for i in [1, 2]", "for i in []"]))
        yield from self.pair(loops, column, depth)

    def block(self, column: int, depth: int) -> Iterator[str]:
        self._keys += 1
        after, before = (self._draw(st.sampled_from(self._minuses)) for _ in range(2))
        yield from self.plain_key(column)
        yield f"{' ' * column}{{% block b{self._keys} scoped {after}%}}{self.end()}"
        yield from self.lines(column, depth - 1)
        yield f"{' ' * column}{{%{before} endblock %}}\n"
        yield from self.plain_key(column)

    def include(self, column: int, _depth: int) -> Iterator[str]:
        name = self._draw(st.sampled_from(["_key", "_blank"]))
        yield from self.plain_key(column)
        yield f"{' ' * column}{{% include '{name}' %}}\n"
        yield from self.plain_key(column)

    def pair(self, text: str, column: int, depth: int) -> Iterator[str]:
        yield from self.opening(text, column)
        yield from self.lines(column, depth - 1)
        yield from self.opening(f"end{text.split(maxsplit=1)[0]}", column)

    def opening(self, text: str, column: int) -> Iterator[str]:
        yield f"{self.indent(column)}{self.tag(text)}{self.end()}"

    def indent(self, column: int) -> str:
        return " " * self._draw(st.sampled_from([column, column, *self._columns]))

    def suffix(self) -> str:
        return self._draw(st.sampled_from(["", "{{ i }}"]))

    def end(self) -> str:
        return self._draw(st.sampled_from(self._ends))


KINDS = (
    "key",
    "key",
    "comment",
    "parent",
    "condition",
    "branches",
    "loop",
)
REGIONS = ("block", "include")
OTHERS = {"_key": "i{{ i }}: {{ v }}\n", "_blank": "\n"}
CONTEXT = {"v": "v0", "i": 0, "yes": True, "no": False}


@st.composite
def written(draw: st.DrawFn, *, is_alone: bool) -> str:
    return "".join(Written(draw, is_alone=is_alone).lines(0, 3))


@pytest.mark.hypothesis
@given(written(is_alone=False))
def test_what_jinja_with_trim_blocks_renders_whole_is_read_as_the_same(template: str) -> None:
    expected = data_of(trimmed(template))
    assume(expected is not None)
    plain = data_of(plain_page(template, trim_blocks=True))
    event("as plain Jinja has it" if plain == expected else "but for the blanks of lone tags")
    event(f"{len(re.findall('-[%#]}|{[%#]-', template)) // 4 * 4} minuses or more")
    assert read(template) == expected


@pytest.mark.hypothesis
@given(written(is_alone=True))
def test_a_tag_alone_on_its_line_moves_no_key(template: str) -> None:
    expected = data_of(plain_page(template, trim_blocks=True, lstrip_blocks=True))
    assume(expected is not None)
    assert read(template) == expected


collections = st.recursive(
    st.sampled_from(["v1", "v2"]),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(st.sampled_from(["k1", "k2", "k3"]), inner, min_size=1)
    ),
    max_leaves=8,
).filter(lambda data: not isinstance(data, str))


@pytest.mark.hypothesis
@given(collections, st.sampled_from(["", "- ", "a:\n  ", "a:\n - - "]), st.data())
def test_text_on_the_line_of_its_block_is_where_it_would_be_without(
    data: Data, before: str, drawn: st.DataObject
) -> None:
    lines = yaml.safe_dump(data).splitlines()
    column = len(before.rpartition("\n")[2])
    first = drawn.draw(st.sampled_from(["{% block b %}", "{% block b -%} ", "{%+ block b -%}  "]))
    inner = drawn.draw(st.integers(1, len(lines)))  # a block in it begins above this line
    is_whole = inner < len(lines) and lines[inner][0] == lines[0][0]
    tags = [" " * column + each for each in ("{% block c %}", "{% endblock %}")] if is_whole else []
    written = [*lines[:inner], *tags[:1], *lines[inner:], *tags[1:]]
    rest = [line if line in tags else " " * column + line for line in written[1:]]
    end = " " * column + "{% endblock %}"
    template = f"{before}{first}" + "\n".join([written[0], *rest, end]) + "\n"
    whole = before + f"\n{' ' * column}".join(lines)
    assert Pages(template).render().documents == [yaml.safe_load(whole)]


def trimmed(template: str) -> str:
    """Return what plain Jinja with `trim_blocks` makes of a page, without the lines of lone tags."""
    marked = re.sub("({[%#])(?!-)", "<\\1", re.sub("(?<!-)([%#]})", "\\1>", template))
    page = re.sub("(?m)^[ <>]*[<>][ <>]*(\n|\\Z)", "", plain_page(marked))
    return re.sub("<|>\n?", "", page)


class Strict(yaml.CSafeLoader):
    """Refuse a key that is already there."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Data:  # noqa: FBT001, FBT002
        made = super().construct_mapping(node, deep)
        if len(made) < len(node.value):
            raise yaml.YAMLError
        return made


def read(template: str) -> Data:
    documents = Pages({PAGE: template, **OTHERS}).render(**CONTEXT).documents
    return documents[0] if documents else {}


def plain_page(template: str, **settings: bool) -> str:
    loader = jinja2.DictLoader({PAGE: template, **OTHERS})
    environment = jinja2.Environment(loader=loader, keep_trailing_newline=True, **settings)
    return environment.get_template(PAGE).render(CONTEXT)


def data_of(page: str) -> Data:
    """Return what a page is as YAML, None where a key is not as it was written."""
    try:
        data = yaml.load(page, Strict) or {}
    except yaml.YAMLError:
        return None
    return data if is_whole(data) else None


def is_whole(data: Data) -> bool:
    """Check whether every key has one word, or keys below it."""
    if isinstance(data, dict):
        return all(re.fullmatch(r"[ik]\d+", key) and is_whole(item) for key, item in data.items())
    return data is None or (isinstance(data, str) and data[0] == "v" and data[1:].isdigit())

"""One scalar of a YAML file is changed, and no other byte."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml
from hypothesis import assume, event, given
from hypothesis import strategies as st

from kustz_tpl.errors import InputError, KeyPath
from kustz_tpl.yaml_source import Scalar, read
from kustz_tpl.yaml_source.editing import Change, edit
from kustz_tpl.yaml_source.tree import parse_path

TAKEN_AWAY = None
NULLS = {"", "~", "null", "Null", "NULL"}


def scalar(text: str) -> Scalar:
    return Scalar(text, is_plain=text == "~" or text not in NULLS)


def changed(text: str, path: str, value: str | None) -> str:
    """Return a text with another value at a path, or the problem."""
    content = text.encode()
    wanted = None if value is None else scalar(value)
    try:
        document = read(content, "f.yml")
        return edit(content, document, Change(parse_path(path), wanted)).decode()
    except InputError as error:
        return str(error)


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ("a: x", "y", "a: y"),
        ("a: x # c\n", "y", "a: y # c\n"),
        ("a: 'x'\n", "y", "a: 'y'\n"),
        ("a: 'x'\n", "it's", "a: 'it''s'\n"),
        ("a: 'x'\n", "y\nz", 'a: "y\\nz"\n'),
        ('a: "x"\n', 'y"\\', 'a: "y\\"\\\\"\n'),
        ("a: x\n", "", 'a: ""\n'),
        ("a: x\n", "null", 'a: "null"\n'),
        ("a: x\n", "y: z", 'a: "y: z"\n'),
        ("a: x\n", "y #z", 'a: "y #z"\n'),
        ("a: x\n", "*y", 'a: "*y"\n'),
        ("a: x\n", "- y", 'a: "- y"\n'),
        ("a: x\n", " y ", 'a: " y "\n'),
        ("a: x\n", "1.10", "a: 1.10\n"),
        ("a: x\n", "true", "a: true\n"),
        ("a: x\n", "80:8080", "a: 80:8080\n"),
        ("a: x\n", "nginx:1.29@sha256:0", "a: nginx:1.29@sha256:0\n"),
        ("a: x\n", "\x85\u2028\ufeff", 'a: "\\x85\\u2028\\ufeff"\n'),
        ("a: x\n", "é 😀", "a: é 😀\n"),
        ("{a: x, b: y}\n", "z, w", '{a: "z, w", b: y}\n'),
        ("a:\n", "y", "a: y\n"),
        ("a: # c\n", "y", "a: y # c\n"),
        ("a: ~\n", "y", "a: y\n"),
        ("{a: , b: c}", "y", "{a: y, b: c}"),
        ("a: one\n  two # c\nb: c\n", "y", "a: y # c\nb: c\n"),
        ("a: &x y # c\n", "z", "a: &x z # c\n"),
        ("\ufeffa: x\r\nb: c\r\n", "y", "\ufeffa: y\r\nb: c\r\n"),
        ("? a\n: x\n", "y", "? a\n: y\n"),
        ("a: x\n", "~", "a: ~\n"),
        ("a: 'x'\n", "~", "a: ~\n"),
    ],
)
def test_a_scalar_keeps_what_is_around_it(before: str, value: str, after: str) -> None:
    assert changed(before, "a", value) == after


@pytest.mark.parametrize(
    ("before", "path", "after"),
    [
        ("", "a", "a: v\n"),
        ("# c", "a", "# c\na: v"),
        ("# c\r\n", "a", "# c\r\na: v\r\n"),
        ("---\n", "a.b", "---\na:\n  b: v\n"),
        ("{}", "a.b[0]", "{a: {b: [v]}}"),
        ("~", "a", "{a: v}"),
        ("a: 1", "b", "a: 1\nb: v"),
        ("a: 1\r\n", "b", "a: 1\r\nb: v\r\n"),
        ("a:\n    b: 1 # c\n    # d\ne: 2\n", "a.v", "a:\n    b: 1 # c\n    v: v\n    # d\ne: 2\n"),
        ("a:\n    b: 1\n", "a.c.d", "a:\n    b: 1\n    c:\n        d: v\n"),
        ("a:\n  # b: 1\nc: 2\n", "a.b", "a:\n  b: v\n  # b: 1\nc: 2\n"),
        ("a: ~ # c\n", "a.b", "a: {b: v} # c\n"),
        ("a: {}\n", "a.b", "a: {b: v}\n"),
        ("a: {b: 1}\n", "a.c", "a: {b: 1, c: v}\n"),
        ("a: {b: [1]}\n", "a.b[1]", "a: {b: [1, v]}\n"),
        ("a: {\n  b: 1,\n}\n", "a.c", "a: {\n  b: 1, c: v,\n}\n"),
        ("a: [1] # c\n", "a[1]", "a: [1, v] # c\n"),
        ("a: []\n", "a[0]", "a: [v]\n"),
        ("a:\n", "a[0].b", "a:\n  - b: v\n"),
        ("a:\n- 1\nb: 2\n", "a[1]", "a:\n- 1\n- v\nb: 2\n"),
        (
            "a:\n  - b: 1\n    c:\n  - d: 1\n",
            "a[0].c.e",
            "a:\n  - b: 1\n    c:\n      e: v\n  - d: 1\n",
        ),
        ("a:\n  - 1\n  -\n", "a[1].b", "a:\n  - 1\n  -\n    b: v\n"),
        ("a:\n  b: |\n    x\n\n\nc: 1\n", "a.d", "a:\n  b: |\n    x\n  d: v\n\n\nc: 1\n"),
        ("a:\n  b: |+\n    x\n\n\nc: 1\n", "a.d", "a:\n  b: |+\n    x\n\n\n  d: v\nc: 1\n"),
        ("a: |-\n  x", "d", "a: |-\n  x\nd: v"),
        ("a: {}\n", "a.x\\.y/z", "a: {x.y/z: v}\n"),
        ("a: {}\n", "a.x y", 'a: {"x y": v}\n'),
        ("a: {}\n", "a.null", 'a: {"null": v}\n'),
        ("a: {}\n", "a.<<", 'a: {"<<": v}\n'),
        ("a: 1\n...\n", "b", "a: 1\nb: v\n...\n"),
        ("a: &x\n  b: 1\n", "a.c", "a: &x\n  b: 1\n  c: v\n"),
    ],
)
def test_a_missing_key_follows_the_style_of_its_map(before: str, path: str, after: str) -> None:
    assert changed(before, path, "v") == after


@pytest.mark.parametrize(
    ("before", "path", "after"),
    [
        ("a: 1 # c\nb: 2\n", "a", "b: 2\n"),
        ("# c\na: 1\n# d\nb: 2", "b", "# c\na: 1\n# d"),
        ("a: 1\r\nb: 2", "b", "a: 1"),
        ("a: |+\n  x\nb: 2", "b", "a: |+\n  x\n"),
        ("a: 1\n", "b", "a: 1\n"),
        ("a: 1\n", "a", ""),
        ("a:\n  b: one\n    two\n  c: 3\n", "a.b", "a:\n  c: 3\n"),
        ("a:\n  b: 1\nc: 2\n", "a.b", "a:\nc: 2\n"),
        ("a:\n- 1\n- 2 # c\n- 3\n", "a[1]", "a:\n- 1\n- 3\n"),
        ("a:\n  - &x 1\n  - 2\n", "a[0]", "a:\n  - 2\n"),
        ("a: [1, 2, 3]\n", "a[0]", "a: [2, 3]\n"),
        ("a: [1, 2, 3]\n", "a[2]", "a: [1, 2]\n"),
        ("a: {b: 1}\n", "a.b", "a: {}\n"),
        ("a:\n  - b: 1\n    c: 2\n", "a[0].b", "a:\n  - c: 2\n"),
        ("a:\n  - b: 1\n    c: 2\n", "a[0].c", "a:\n  - b: 1\n"),
        ("a:\n", "a", ""),
    ],
)
def test_what_is_taken_away_goes_with_its_line(before: str, path: str, after: str) -> None:
    assert changed(before, path, TAKEN_AWAY) == after


BY_HAND = "cannot be changed on its own; edit the file"


@pytest.mark.parametrize(
    ("text", "path", "value", "refusal"),
    [
        ("a: &x 1\nb: *x\n", "b", "2", "f.yml:2:4: b: comes from an anchor at line 1; set it there"),
        ("a: &x {c: 1}\nb: *x\n", "b.c", "2", "f.yml:2:4: b.c: comes from an anchor at line 1; set it there"),
        ("a: &x\n  c: 1\nb:\n  <<: *x\n", "b.c", "2", "f.yml:4:3: b.c: comes from an anchor at line 2; set it there"),
        ("a: &x\n  c: {d: 1}\nb:\n  <<: [*x]\n", "b.c.e", "2", "f.yml:4:3: b.c.e: comes from an anchor at line 2; set it there"),
        ("a: &x 1\nb: *x\n", "a", "2", "f.yml:1:7: a: *x at line 2 repeats it; edit the file"),
        ("a: &x {c: 1}\nb: *x\n", "a.d", "2", "f.yml:1:7: a.d: *x at line 2 repeats it; edit the file"),
        ("a: &x\n  c: 1\nb:\n  <<: *x\n", "a.c", "2", "f.yml:2:6: a.c: *x at line 4 repeats it; edit the file"),
        ("a: |\n  x\n", "a", "2", "f.yml:1:4: a: expected a value on one line, got a block scalar; edit the file"),
        ("a: >-\n  x\n", "a", None, "f.yml:1:4: a: expected a value on one line, got a block scalar; edit the file"),
        ("a: {b: 1}\n", "a", "2", "f.yml:1:4: a: expected a single value, got a mapping; set one of its keys"),
        ("a:\n  - 1\n", "a", "2", "f.yml:2:3: a: expected a single value, got a list; set one of its items"),
        ("a:\n  - 1\n", "a", None, "f.yml:2:3: a: expected a single value, got a list; edit the file"),
        ("a: [1]\n", "a[2]", "2", "f.yml:1:4: a[2]: expected a position up to 1 in a, got 2"),
        ("a: 1\n", "a.b", "2", "f.yml:1:4: a.b: expected a mapping at a, got '1'"),
        ("a: 1\n", "a[0]", "2", "f.yml:1:4: a[0]: expected a list at a, got '1'"),
        ("a:\n  - b: 1\n", "a[0].b", None, f"f.yml:2:8: a[0].b: {BY_HAND}"),
        ("a: [1, # c\n  2]\n", "a[1]", None, f"f.yml:2:3: a[1]: {BY_HAND}"),
        ("a: {<<: {b: 1}}\n", "a.b", "2", "f.yml:1:5: a.b: comes from an anchor at line 1; set it there"),
        ("a: {b}\n", "a.b", "1", f"f.yml:1:6: a.b: {BY_HAND}"),
        ("a: |\n  x", "b", "1", f"f.yml:1:1: b: {BY_HAND}"),
        ("---\n...\n", "a", "1", f"f.yml:1:1: a: {BY_HAND}"),
        ("a: 1\na: 2\n", "a", "3", "f.yml:2:1: expected unique keys, got 'a' twice; the first is at line 1"),
        ("a: [\n", "a", "3", "f.yml:2:1: expected a value, got the end of the file"),
    ],
)  # fmt: skip
def test_refused(text: str, path: str, value: str | None, refusal: str) -> None:
    assert changed(text, path, value) == refusal


def test_a_path_without_end() -> None:
    path = ".".join("a" * 5000)
    assert changed("", path, "1").endswith(": expected a path of at most 100 keys, got 5000")


def test_a_secret_is_not_shown() -> None:
    content = b"secrets: hunter2\n"
    document = read(content, "f.yml", lambda key: key == "secrets")
    with pytest.raises(InputError) as error:
        edit(content, document, Change(("secrets", "a"), scalar("x")))
    assert "hunter2" not in str(error.value)


KEYS = ("a", "b", "image", "x.y/z", "a b", "é", "80", "null", "true")
PLAIN = ("v", "nginx:1.29", "a b", "1", "~", "null", "true", "é😀", "a#b", "80:8080", "-x", "")
TEXTS = ("it's", 'say "x"', "", "null", "a: b", " x ", "# no", "\\", "*a", "a\nb", "é😀", "[a]")
WANTED = (
    st.sampled_from((*PLAIN, *TEXTS, "- a", "? a", "{a", "a, b", "a]", "%a", "@a", "`a", "|", ">"))
    | st.sampled_from(("---", "...", "<<", "a\n---\n", "a:", "\t", "a\tb", "\x07", "\x85", "\ufeff"))
    | st.text(max_size=8)
)  # fmt: skip
COMMENTS = ("# c", "#", "# a: b", "# 'é", "#- x")


class Writer:
    """Write a random file in every style, with anchors that are used further down."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self.draw = draw
        self.lines: list[str] = []
        self.anchors: list[str] = []
        self.map_anchors: list[str] = []

    def one_of(self, *words: Any) -> Any:  # noqa: ANN401
        return self.draw(st.sampled_from(words))

    def seldom(self) -> bool:
        return self.one_of(*range(6)) == 0

    def comment(self, indent: int) -> None:
        if self.seldom():
            blank = " " * self.one_of(0, indent, indent + 2)
            self.lines.append(self.one_of("", blank + self.one_of(*COMMENTS)))

    def tail(self) -> str:
        return self.one_of("", "", "", " ", f"  {self.one_of(*COMMENTS)}")

    def scalar(self) -> str:
        plain, single = self.one_of(*PLAIN), self.one_of(*TEXTS).replace("\n", " ")
        double = yaml.dump(self.one_of(*TEXTS), default_style='"', allow_unicode=True)[:-1]
        return self.one_of(plain, plain, "'" + single.replace("'", "''") + "'", double)

    def flow(self, depth: int) -> str:
        kind = self.one_of("scalar", "scalar", "map", "list") if depth else "scalar"
        if kind == "scalar":
            return self.scalar() or "''"
        gap, end = self.one_of("", " "), self.one_of("", "", ",")
        size = range(self.one_of(0, 1, 2, 3))
        items = [self.flow(depth - 1) for _ in size]
        if kind == "list":
            return f"[{gap}{', '.join(items)}{end if items else ''}{gap}]"
        keys = self.draw(st.permutations(KEYS))
        entries = [f"{key}: {item}" for key, item in zip(keys, items, strict=False)]
        return f"{{{gap}{', '.join(entries)}{end if items else ''}{gap}}}"

    def value(self, start: str, indent: int, depth: int) -> None:
        """Write a value behind what begins its line: a key or a dash."""
        kinds = ["scalar"] * 4 + ["flow", "block scalar", "folded", "alias"]
        kind = self.one_of(*kinds, *(["map", "map", "list"] if depth else []))
        anchor = ""
        if self.seldom() and kind != "alias":
            anchor = f" &{self.one_of(*'pqrs')}"
        if kind == "scalar":
            self.lines.append(f"{start}{anchor} {self.scalar()}{self.tail()}")
        elif kind == "flow":
            self.lines.append(f"{start}{anchor} {self.flow(2)}{self.tail()}")
        elif kind == "alias":
            value = f"*{self.one_of(*self.anchors)}" if self.anchors else "x"
            self.lines.append(f"{start} {value}{self.tail()}")
        elif kind == "block scalar":
            self.block_scalar(start + anchor, indent)
        elif kind == "folded":
            self.lines += [f"{start}{anchor} one", f"{' ' * (indent + 2)}two{self.tail()}"]
        else:
            self.lines.append(f"{start}{anchor}{self.tail()}")
            if kind == "map":
                self.block_map(indent + self.one_of(1, 2, 2, 4), depth - 1)
            else:
                self.block_list(indent + self.one_of(0, 2) * (not start.endswith("-")) + 2 * start.endswith("-"), depth - 1)  # fmt: skip
        if anchor:
            self.anchors.append(anchor[2:])
            if kind == "map":
                self.map_anchors.append(anchor[2:])

    def block_scalar(self, start: str, indent: int) -> None:
        self.lines.append(f"{start} {self.one_of('|', '>')}{self.one_of('', '-', '+')}")
        for _ in range(self.one_of(1, 2)):
            self.lines.append(" " * (indent + 2) + self.one_of("x", "# no comment", "a: b"))
        self.lines += [""] * self.one_of(0, 0, 1, 2)

    def block_map(self, indent: int, depth: int) -> None:
        for key in self.draw(st.permutations(KEYS))[: self.one_of(1, 2, 3)]:
            self.comment(indent)
            shown = self.one_of(key, key, f'"{key}"')
            self.value(f"{' ' * indent}{shown}:", indent, depth)
        if self.map_anchors and self.seldom():
            self.lines.append(f"{' ' * indent}<<: *{self.one_of(*self.map_anchors)}")

    def block_list(self, indent: int, depth: int) -> None:
        for _ in range(self.one_of(1, 2, 3)):
            self.comment(indent)
            if depth and self.seldom():
                at = len(self.lines)
                self.block_map(indent + 2, depth - 1)
                self.lines[at] = f"{' ' * indent}- {self.lines[at].lstrip()}"
            else:
                self.value(f"{' ' * indent}-", indent, depth)

    def text(self) -> str:
        self.lines += self.one_of([], [], ["---"], ["# top"])
        self.block_map(0, 3)
        self.comment(0)
        eol = self.one_of("\n", "\n", "\r\n")
        return self.one_of("", "\ufeff") + eol.join(self.lines) + self.one_of(eol, eol, "")


@st.composite
def files(draw: Callable[[st.SearchStrategy[Any]], Any]) -> str:
    return Writer(draw).text()


Leaf = tuple[str, bool]
"""The text of a scalar, and whether it is plain."""


def loaded(text: str) -> tuple[Any, dict[KeyPath, yaml.Node], set[KeyPath]]:
    """Read a text with PyYAML's own reader: its data, its own nodes, and paths that are shared."""
    root = yaml.compose(text.removeprefix("\ufeff"), Loader=yaml.SafeLoader)
    nodes: dict[KeyPath, yaml.Node] = {}
    data = collected(root, (), nodes) if root else {}
    known = {id(each): each for each in walk(root)}.values() if root else []
    uses = Counter(id(each) for node in known for each in inner(node))
    shared = {path for path, node in nodes.items() if uses[id(node)] > 1 or is_merged(path, nodes)}
    return data, nodes, shared


def is_merged(path: KeyPath, nodes: dict[KeyPath, yaml.Node]) -> bool:
    """Check whether the last key of a path is one that `<<` adds."""
    owner = nodes[path[:-1]]
    is_map = isinstance(owner, yaml.MappingNode) and path
    return bool(is_map) and path[-1] not in {key.value for key, _ in owner.value}


def walk(node: yaml.Node) -> Iterator[yaml.Node]:
    yield node
    for each in inner(node):
        yield from walk(each)


def inner(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.ScalarNode):
        return []
    is_list = isinstance(node, yaml.SequenceNode)
    return node.value if is_list else [value for _, value in node.value]


def collected(node: yaml.Node, path: KeyPath, nodes: dict[KeyPath, yaml.Node]) -> Any:  # noqa: ANN401
    nodes[path] = node
    if isinstance(node, yaml.ScalarNode):
        return node.value, not node.style
    if isinstance(node, yaml.SequenceNode):
        return [collected(each, (*path, at), nodes) for at, each in enumerate(node.value)]
    return {key.value: collected(value, (*path, key.value), nodes) for key, value in merged(node)}


def merged(node: yaml.Node) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    own = {key.value for key, _ in node.value}
    for key, value in node.value:
        if key.value == "<<" and not key.style:
            yield from (each for each in merged(value) if each[0].value not in own)
        else:
            yield key, value


def with_leaf(data: Any, path: KeyPath, leaf: Leaf | None) -> Any:  # noqa: ANN401
    """Return data with another leaf at a path; without the leaf, what is there goes."""
    if not path:
        return leaf
    step, rest = path[0], path[1:]
    if data is None or (isinstance(data, tuple) and data[1] and data[0] in NULLS):
        data = [] if isinstance(step, int) else {}
    if isinstance(data, list):
        items = [*data, None] if step == len(data) else list(data)
        items[step] = with_leaf(items[step], rest, leaf)
        return [each for each in items if each is not None]
    copy = {**data, step: with_leaf(data.get(step), rest, leaf)}
    return {key: each for key, each in copy.items() if each is not None}


def without_empty(data: Any) -> Any:  # noqa: ANN401
    """Return data in which an empty map or list and null are one: a section without lines."""
    if isinstance(data, dict):
        return {key: without_empty(each) for key, each in data.items()} or None
    if isinstance(data, list):
        return [without_empty(each) for each in data] or None
    return None if data[1] and data[0] in NULLS else data


def further(node: yaml.Node) -> list[KeyPath]:
    """Return how a path may go on at a node; seldom as it may not."""
    if isinstance(node, yaml.MappingNode):
        return [("new",), ("new", "x y"), ("new", 0), ("new", 0, "a", "b"), (), (0,)]
    if isinstance(node, yaml.SequenceNode):
        size = len(node.value)
        return [(size,), (size, "a"), (size, 0), (), (size + 1,), ("new",)]
    if node.style or node.value not in NULLS:
        return [()] * 10 + [(0,), ("new",)]
    return [(), ("new",), ("new", "x y"), (0,), (0, "a")]


def is_plainly_written(
    path: KeyPath, nodes: dict[KeyPath, yaml.Node], shared: set[KeyPath]
) -> bool:
    """Check whether a path has a scalar on one line that is written once, where it is read."""
    node = nodes.get(path)
    is_single = isinstance(node, yaml.ScalarNode) and node.style not in {"|", ">"}
    return is_single and not any(path[:end] in shared for end in range(len(path) + 1))


@given(files(), WANTED | st.none(), st.data())
def test_a_random_edit_changes_its_path_alone(
    text: str, value: str | None, data: st.DataObject
) -> None:
    content = text.encode()
    try:
        document = read(content, "f.yml")
        before, nodes, shared = loaded(text)
    except (InputError, yaml.YAMLError):
        assume(False)  # noqa: FBT003
    assume(not document.diagnostics)
    path = data.draw(st.sampled_from(sorted(nodes, key=str)))
    path += data.draw(st.sampled_from(further(nodes[path])))
    assume(path and isinstance(path[0], str))
    wanted = None if value is None else scalar(value)
    try:
        after = edit(content, document, Change(path, wanted)).decode()
    except InputError as error:
        event("refused")
        after = str(error)
    if after.startswith("f.yml:"):
        assert value is None or not is_plainly_written(path, nodes, shared)
        return
    event("made")
    read_again, *_ = loaded(after)
    check_data(before, read_again, path, wanted)
    deepest = next(nodes[path[:end]] for end in range(len(path), -1, -1) if path[:end] in nodes)
    check_bytes(text, after, deepest, wanted)


def check_data(before: Any, after: Any, path: KeyPath, wanted: Scalar | None) -> None:  # noqa: ANN401
    if wanted is None and after == before:
        return  # there was nothing
    if wanted is None:
        expected = with_leaf(before, path, None)
        assert without_empty(after) == without_empty(expected)
        return
    leaf = after
    for step in path:
        leaf = leaf[step]
    is_null = leaf[1] and leaf[0] in NULLS
    assert is_null == wanted.is_null
    assert is_null or leaf[0] == wanted.text
    assert after == with_leaf(before, path, leaf)


def check_bytes(before: str, after: str, node: yaml.Node | None, wanted: Scalar | None) -> None:
    """Check that one part of the text is another, and where that part is."""
    assert ("\r\n" in before) <= (after.count("\n") == after.count("\r\n"))
    assert after.startswith("\ufeff") == before.startswith("\ufeff")
    # The last line that is left may be an empty one.
    assert wanted is None or not before.strip() or after.endswith("\n") == before.endswith("\n")
    if wanted is None:
        assert is_insertion(after, before)
    elif isinstance(node, yaml.ScalarNode) and (node.value or node.style):
        bom = before.startswith("\ufeff")
        assert after.startswith(before[: node.start_mark.index + bom])
        assert after.endswith(before[node.end_mark.index + bom :])
    else:
        assert is_insertion(before, after)


def is_insertion(shorter: str, longer: str) -> bool:
    """Check whether a text is another with one part more."""
    more = len(longer) - len(shorter)
    same = next((at for at, c in enumerate(shorter) if longer[at : at + 1] != c), len(shorter))
    return more >= 0 and any(shorter[at:] == longer[at + more :] for at in range(same, -1, -1))

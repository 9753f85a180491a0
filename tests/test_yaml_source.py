from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from kustz_tpl.errors import Diagnostic, InputError, KeyPath, NotationError
from kustz_tpl.yaml_source import Document, override, read
from kustz_tpl.yaml_source.tree import Data, Place, Scalar, describe, parse_path, show_path

KIB = 1024


def diagnostics(text: str | bytes) -> list[str]:
    return [str(problem) for problem in found(text)]


def found(text: str | bytes, *secret_keys: str) -> tuple[Diagnostic, ...]:
    """Return the problems of a text, whether something can be read in spite of them or not."""
    data = text if isinstance(text, bytes) else text.encode()
    try:
        return read(data, "f.yml", secret_keys.__contains__).diagnostics
    except InputError as error:
        return error.diagnostics


def load(text: str | bytes) -> Document:
    document = read(text if isinstance(text, bytes) else text.encode(), "f.yml")
    assert not document.diagnostics
    return document


def plain(data: Data) -> Any:  # noqa: ANN401
    """Return data with every scalar as its text."""
    if isinstance(data, dict):
        return {key: plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [plain(item) for item in data]
    return data.text


def at(line: int, column: int) -> Place:
    return Place("f.yml", line, column)


@pytest.mark.parametrize(
    ("typed", "text", "is_plain"),
    [
        ("1.10", "1.10", True),
        ("010", "010", True),
        ("0x1F", "0x1F", True),
        ("1e3", "1e3", True),
        ("yes", "yes", True),
        ("12:30:45", "12:30:45", True),
        ("2001-01-01", "2001-01-01", True),
        ("=", "=", True),
        ("~", "~", True),
        ("null", "null", True),
        ("", "", True),
        ('""', "", False),
        ("'null'", "null", False),
        ('"a\\tb\\u00e9\\x85"', "a\tbé\x85", False),
        ("'it''s'", "it's", False),
        ("|\n  one\n   two\n", "one\n two\n", False),
        (">-\n  one\n  two\n", "one two", False),
        ("one\n  two", "one two", True),
        ("a#b # comment", "a#b", True),
    ],
)
def test_scalar_keeps_its_text(typed: str, text: str, is_plain: bool) -> None:  # noqa: FBT001
    assert load(f"a: {typed}").data == {"a": Scalar(text, is_plain=is_plain)}


@pytest.mark.parametrize(
    "text", ["", "\n", "# comment\n", "---\n", "---\n...\n", "~", "null", "{}", "\ufeff"]
)
def test_nothing_is_an_empty_map(text: str) -> None:
    document = load(text)
    assert document.data == {}
    assert document.places[()] == at(1, 1)


def test_null_is_told_from_a_word() -> None:
    data = load("a:\nb: ~\nc: 'null'\nd: nil\n").data
    assert [isinstance(x, Scalar) and x.is_null for x in data.values()] == [
        True,
        True,
        False,
        False,
    ]


def test_places() -> None:
    document = load("# comment\na: 1\nbé:\n  - x\n  - {c: 'y', \"d\": [z]}\n")
    assert document.places == {
        (): at(1, 1),
        ("a",): at(2, 4),
        ("bé",): at(4, 3),
        ("bé", 0): at(4, 5),
        ("bé", 1): at(5, 5),
        ("bé", 1, "c"): at(5, 9),
        ("bé", 1, "d"): at(5, 19),
        ("bé", 1, "d", 0): at(5, 20),
    }
    assert document.key_places == {
        ("a",): at(2, 1),
        ("bé",): at(3, 1),
        ("bé", 1, "c"): at(5, 6),
        ("bé", 1, "d"): at(5, 14),
    }


def test_columns_count_characters() -> None:
    assert load("'😀é': x").places["😀é",] == at(1, 7)


def test_place_of_what_was_not_written_is_that_of_what_is_around_it() -> None:
    document = load("a:\n  b: 1\n")
    assert document.place(("a", "c", "d")) == at(2, 3)
    assert document.place(("x",)) == at(1, 1)
    assert document.key_place(("a", "c")) == at(2, 3)
    assert document.key_place(("a", "b")) == at(2, 3)


def test_byte_order_mark_and_line_ends() -> None:
    document = load("\ufeffa: b\r\nc: |\r\n  x\r\n  y\r\n")
    assert plain(document.data) == {"a": "b", "c": "x\ny\n"}
    assert document.places["a",] == at(1, 4)
    assert document.key_places["c",] == at(2, 1)


def test_aliases_repeat_and_are_placed_where_they_stand() -> None:
    document = load("a: &x\n  k: v\nb: *x\n? *x2\n: 1\n".replace("? *x2\n: 1\n", ""))
    assert plain(document.data) == {"a": {"k": "v"}, "b": {"k": "v"}}
    assert document.data["a"] is not document.data["b"]
    assert document.places["b",] == at(3, 4)
    assert document.places["b", "k"] == at(2, 6)


def test_alias_as_a_key() -> None:
    assert plain(load("a: &x k\n*x : v\n").data) == {"a": "k", "k": "v"}


def test_anchor_may_be_set_again() -> None:
    assert plain(load("a: &x 1\nb: *x\nc: &x 2\nd: *x\n").data) == {
        "a": "1",
        "b": "1",
        "c": "2",
        "d": "2",
    }


@pytest.mark.parametrize(
    ("text", "merged"),
    [
        ("a: {<<: {x: 1, y: 2}, y: 3}", {"x": "1", "y": "3"}),
        ("a: {y: 3, <<: {x: 1, y: 2}}", {"y": "3", "x": "1"}),
        ("a: {<<: [{x: 1}, {x: 2, y: 2}]}", {"x": "1", "y": "2"}),
        ("a: {<<: {<<: {x: 1}, y: 2}}", {"x": "1", "y": "2"}),
        ("a: {<<: []}", {}),
        ("a: {'<<': x}", {"<<": "x"}),
    ],
)
def test_merge(text: str, merged: dict[str, str]) -> None:
    data = plain(load(text).data)["a"]
    assert data == merged
    assert list(data) == list(merged)


def test_merged_keys_have_the_place_of_their_source() -> None:
    document = load("a: &a\n  x: 1\nb:\n  <<: *a\n  y: 2\n")
    assert document.places["b", "x"] == at(2, 6)
    assert document.key_places["b", "x"] == at(2, 3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3", ["f.yml:3:1: expected unique keys, got 'a' twice; the first is at line 1"]),
        (
            "x: {a: 1, 'a': 2, <<: {}, <<: {}}\nx: 1",
            [
                "f.yml:1:11: expected unique keys, got 'a' twice; the first is at line 1",
                "f.yml:1:27: expected one <<, got another; the first is at line 1; write <<: [*a, *b]",
                "f.yml:2:1: expected unique keys, got 'x' twice; the first is at line 1",
            ],
        ),
        ("a: 1\n---\nb: 1", ["f.yml:2:1: expected one document, got a second one"]),
        ("a: 1\n---\n", ["f.yml:2:1: expected one document, got a second one"]),
        (
            "a: !!str 1\nb: !x [!<y> 1]\nc: ! 1",
            [
                "f.yml:1:4: expected no tag, got '!!str'; put a string that starts with ! in quotes",
                "f.yml:2:4: expected no tag, got '!x'; put a string that starts with ! in quotes",
                "f.yml:2:8: expected no tag, got 'y'; put a string that starts with ! in quotes",
                "f.yml:3:4: expected no tag, got '!'; put a string that starts with ! in quotes",
            ],
        ),
        ("a: *x", ["f.yml:1:4: expected an anchor before its alias, got '*x'"]),
        ("a: &x [*x]", ["f.yml:1:8: expected an alias of something complete, got '*x' inside it"]),
        ("a: &x {<<: *x}", ["f.yml:1:12: expected an alias of something complete, got '*x' inside it"]),
        ("a: {<<: 1}", ["f.yml:1:9: expected a mapping or a list of mappings to merge, got a string"]),
        ("a: {<<: [{}, []]}", ["f.yml:1:14: expected a mapping or a list of mappings to merge, got a list"]),
        ("a: {<<: }", ["f.yml:1:9: expected a mapping or a list of mappings to merge, got null"]),
        ("{[a]: 1, {b: 2}: 3}", ["f.yml:1:2: expected a string as a key, got a list", "f.yml:1:10: expected a string as a key, got a mapping"]),
        ("# x\n- a", ["f.yml:2:1: expected a mapping, got a list"]),
        ("  some text", ["f.yml:1:3: expected a mapping, got a string"]),
        ("[" * 101, ["f.yml:1:101: expected at most 100 nested mappings and lists"]),
    ],
)  # fmt: skip
def test_refused(text: str, expected: list[str]) -> None:
    assert diagnostics(text) == expected


OPENS_AT_4 = "that opens at line 1, column 4"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 'b\nc: d\n", f"3:1: expected the closing quote of the string {OPENS_AT_4}, got the end of the file"),
        ('a: "b', f"1:6: expected the closing quote of the string {OPENS_AT_4}, got the end of the file"),
        ("a: 'b\n---\n", f"2:1: expected the closing quote of the string {OPENS_AT_4}, got a document mark"),
        ("a: [1\nb: c", f"2:2: expected ',' or ']' for the list {OPENS_AT_4}"),
        ("a: {b: c\nd: e", f"2:2: expected ',' or '}}' for the mapping {OPENS_AT_4}"),
        ("a:\n\tb: c", "2:1: expected spaces, got a tab; indent with spaces"),
        ("a:\n  b\n\tc: d", "3:1: expected spaces, got a tab; indent with spaces"),
        ("a: |\n\tb", "2:1: expected spaces, got a tab; indent with spaces"),
        ("a: b: c", "1:5: expected no second ':' here; put a string with ': ' in quotes and check the indentation"),
        ("a: b\n  c: d", "2:4: expected no second ':' here; put a string with ': ' in quotes and check the indentation"),
        ("a: @b", "1:4: expected a value, got '@'; put a string that starts like this in quotes"),
        ("a: `b", "1:4: expected a value, got '`'; put a string that starts like this in quotes"),
        ("a: %b", "1:4: expected a value, got '%'; put a string that starts like this in quotes"),
        ("a: ]", "1:4: expected a value, got ']'"),
        ("a: [b, }", "1:8: expected a value, got '}'"),
        ("a: 'b' c", "1:8: expected a key of the mapping that starts at line 1, column 1, got 'c'; check the indentation and quotes"),
        ("- a\nb: c", "2:1: expected '-', the next item of the list that starts at line 1, column 1; check the indentation"),
        ("a: - b", "1:4: expected no list item here; start a list on its own line"),
        ("'a' b", "1:5: expected the end of the document, got 'b'"),
        ('a: "\\q"', "1:5: expected a valid escape, got '\\q'; write \\\\ for a backslash"),
        ('a: "\\xZZ"', "1:7: expected a hexadecimal digit, got 'Z'"),
        ('a: "\\ud800"', "1:7: expected the code of a character, not one from D800 to DFFF or above 10FFFF; write the character itself"),
        ("a: *", "1:5: expected the name of an anchor, got the end of the file; put a string that starts with & or * in quotes"),
        ("a: &\nb: c", "1:5: expected the name of an anchor, got the end of the line; put a string that starts with & or * in quotes"),
        ("a: **.txt", "1:5: expected the name of an anchor, got '*'; put a string that starts with & or * in quotes"),
        ("a: | b", "1:6: expected the end of the line, got 'b'"),
        ("a: !e!x b", "1:4: expected no tag, got '!'"),
        ("%YAML 3.0\n---\na: b", "1:1: expected YAML 1.1 or 1.2, got another version"),
        ("%FOO", "1:5: expected YAML, got a fault: found unknown directive name"),
    ],
)  # fmt: skip
def test_syntax_error(text: str, expected: str) -> None:
    assert diagnostics(text)[-1] == f"f.yml:{expected}"


def test_a_syntax_error_comes_after_the_problems_before_it() -> None:
    assert diagnostics("a: 1\na: 2\nb: 'x") == [
        "f.yml:2:1: expected unique keys, got 'a' twice; the first is at line 1",
        "f.yml:3:6: expected the closing quote of the string that opens at line 3, column 4, got the end of the file",
    ]


@pytest.mark.parametrize(
    ("text", "data", "unsure"),
    [
        ("a: !x 1\nb: 2", {"a": "", "b": "2"}, {("a",)}),
        ("a: !x {b: [1]}", {"a": {"b": ["1"]}}, {("a",)}),
        ("!x a: 1", {"a": "1"}, set()),
        ("a: [1, !x 2]", {"a": ["1", ""]}, {("a", 1)}),
        ("a: &b !x 1\nc: *b", {"a": "", "c": ""}, {("a",), ("c",)}),
        ("--- !x 1", {}, {()}),
        ("--- !x\na: 1", {"a": "1"}, {()}),
        # of a key that is repeated, the first value stands; a section may go on in the others
        ("a: 1\na: 2", {"a": "1"}, set()),
        ("a:\na: 2", {"a": ""}, {("a",)}),
        ("a: !x 1\na: 2", {"a": ""}, {("a",)}),
        ("a: {b: 1}\na: {c: 2}", {"a": {"b": "1"}}, {("a",)}),
        ("x: &x [1]\na: *x\na: 2", {"x": ["1"], "a": ["1"]}, {("a",)}),
        ("a: *x", {"a": ""}, {("a",)}),
        ("a: &x [*x]", {"a": [""]}, {("a", 0)}),
        ("a: &x !y [*x]", {"a": [""]}, {("a",), ("a", 0)}),
        ("*x : 1", {}, {()}),
        ("a: {{ b }}", {"a": {}}, {("a",)}),
        ("a: {<<: 1, b: 2}", {"a": {"b": "2"}}, {("a",)}),
        ("a: {<<: !x 1}", {"a": {}}, {("a",)}),
        ("a: {<<: !x {b: 1}}", {"a": {"b": "1"}}, set()),
        ("a: {<<: *x}", {"a": {}}, {("a",)}),
        ("a: {<<: [*x, {b: 1}]}", {"a": {"b": "1"}}, {("a",)}),
        ("a: {<<: {b: 1}, <<: {c: 2}}", {"a": {"b": "1"}}, {("a",)}),
    ],
)
def test_what_can_be_read_in_spite_of_problems(text: str, data: Any, unsure: Any) -> None:  # noqa: ANN401
    document = read(text.encode(), "f.yml")
    assert document.diagnostics
    assert plain(document.data) == data
    assert document.unsure == unsure


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\n---\na: 1",
        "a: '",
        "a: b: c",
        "[1]",
        "some text",
        "a: " + "[" * 101,
        "a: [" + "x," * 100_001 + "]",
        bytes(1),
        b"a: \xff",
    ],
)
def test_what_leaves_nothing_to_go_on_with(text: str | bytes) -> None:
    with pytest.raises(InputError):
        read(text if isinstance(text, bytes) else text.encode(), "f.yml")


def test_problems_of_an_alias_are_named_once() -> None:
    text = "a: &a {<<: 1}\nb: [*a, *a]\n"
    assert diagnostics(text) == [
        "f.yml:1:12: expected a mapping or a list of mappings to merge, got a string"
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a: b\nc: \xff\n\xfe: \xfd", ["2:4: expected UTF-8, got the byte 0xFF", "3:1: expected UTF-8, got the byte 0xFE"]),
        ("ö: ".encode() + b"\xc3(", ["1:4: expected UTF-8, got the byte 0xC3"]),
        (b"\xed\xa0\x80", ["1:1: expected UTF-8, got the byte 0xED"]),
        (b"a: \x00\x01", ['1:4: expected no control character, got U+0000; write "\\u0000" in double quotes']),
        (b"a: \x7f", ['1:4: expected no control character, got U+007F; write "\\u007F" in double quotes']),
        ("a: \ufeff", ['1:4: expected no control character, got U+FEFF; write "\\uFEFF" in double quotes']),
        ("a: \uffff", ['1:4: expected no control character, got U+FFFF; write "\\uFFFF" in double quotes']),
        ("a: \x85", ['1:4: expected no line break that exists only in YAML, got U+0085; write "\\u0085" in double quotes']),
        ("a: \u2028", ['1:4: expected no line break that exists only in YAML, got U+2028; write "\\u2028" in double quotes']),
        ("a: b".encode("utf-16"), ["1:1: expected UTF-8, got UTF-16"]),
        ("a: b".encode("utf-32-be"), [f'1:{column}: expected no control character, got U+0000; write "\\u0000" in double quotes' for column in (1,)]),
    ],
)  # fmt: skip
def test_no_text(data: bytes | str, expected: list[str]) -> None:
    assert diagnostics(data) == [f"f.yml:{each}" for each in expected]


def test_at_most_ten_faulty_lines_are_reported() -> None:
    assert len(diagnostics(b"\x00\n" * 50)) == 10


def test_size() -> None:
    most = b"a: " + b"x" * (KIB * KIB - 3)
    assert isinstance(read(most, "f.yml").data["a"], Scalar)
    assert diagnostics(most + b"x") == ["f.yml: expected at most 1048576 bytes, got 1048577"]


def bomb(link: Callable[[int], str], base: str) -> str:
    return base + "".join(f"a{n}: &a{n} {link(n - 1)}\n" for n in range(1, 9))


@pytest.mark.parametrize(
    "text",
    [
        bomb(lambda n: f"[{', '.join([f'*a{n}'] * 10)}]", "a0: &a0 [x]\n"),
        bomb(lambda n: "{<<: [" + ", ".join([f"*a{n}"] * 10) + "]}", "a0: &a0 {x: y}\n"),
        bomb(lambda n: "{" + ", ".join(f"k{i}: *a{n}" for i in range(10)) + "}", "a0: &a0 {x: y}\n"),
    ],
)  # fmt: skip
def test_alias_bomb(text: str) -> None:
    (problem,) = diagnostics(text)
    assert problem.startswith("f.yml:6:")
    assert problem.endswith(": expected at most 100000 values, got more through aliases")


def test_nesting_through_aliases_and_merges_is_bounded() -> None:
    deep = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 200))
    assert "nested mappings and lists" in diagnostics(deep)[0]
    deep = "a0: &a0 {x: y}\n" + "".join(f"a{n}: &a{n} {{<<: *a{n - 1}}}\n" for n in range(1, 5000))
    assert "nested mappings and lists" in diagnostics(deep)[0]


def test_many_values() -> None:
    assert diagnostics("a: [" + "x," * 100_001 + "]") == [
        "f.yml:1:199999: expected at most 100000 values"
    ]


SECRET = "hunter2"


@pytest.mark.parametrize(
    "text",
    [
        f"a: !{SECRET} x",
        f"a: *{SECRET}",
        f"a: &{SECRET} [*{SECRET}]",
        f"a: {{<<: {SECRET}}}",
        f"a: {{{SECRET}: 1, {SECRET}: 2}}",
        f'a: "\\{SECRET}"',
        f'a: "{SECRET}',
        f"a: {SECRET}: {SECRET}",
        f"a: '{SECRET}' {SECRET}",
        f"a: \x00{SECRET}",
    ],
)
def test_what_is_secret_is_in_no_message(text: str) -> None:
    refused = found(text, "a")
    assert refused
    assert all(problem.is_secret and SECRET not in str(problem) for problem in refused)


def test_only_what_is_secret_is_hidden() -> None:
    refused = found("a: !x 1\nb: !y 1", "a")
    assert [problem.is_secret for problem in refused] == [True, False]
    assert str(refused[0]) == "f.yml:1:4: expected no tag"


# Layers


BASE = "a:\n  b: [1, {c: 2}]\n  d: {e: 3}\n"


@pytest.mark.parametrize(
    ("path", "value", "data"),
    [
        ("a.b[0]", "9", {"a": {"b": ["9", {"c": "2"}], "d": {"e": "3"}}}),
        ("a.b[2]", "9", {"a": {"b": ["1", {"c": "2"}, "9"], "d": {"e": "3"}}}),
        ("a.b[1].c", "9", {"a": {"b": ["1", {"c": "9"}], "d": {"e": "3"}}}),
        ("a.d", "{f: 4}", {"a": {"b": ["1", {"c": "2"}], "d": {"f": "4"}}}),
        ("a", "[]", {"a": []}),
        ("x.y[0].z", "a: b", {"a": {"b": ["1", {"c": "2"}], "d": {"e": "3"}}, "x": {"y": [{"z": {"a": "b"}}]}}),
        ("a.d.e", "", {"a": {"b": ["1", {"c": "2"}], "d": {"e": ""}}}),
        ("a.d.e", "1.10", {"a": {"b": ["1", {"c": "2"}], "d": {"e": "1.10"}}}),
        (r"a.x\.y\[0", "1", {"a": {"b": ["1", {"c": "2"}], "d": {"e": "3"}, "x.y[0": "1"}}),
    ],
)  # fmt: skip
def test_override(path: str, value: str, data: object) -> None:
    document = load(BASE)
    layered = override(document, path, value, "--set p")
    assert plain(layered.data) == data
    assert plain(document.data) == plain(load(BASE).data)


def test_override_fills_what_is_empty() -> None:
    assert plain(override(load("a:\n"), "a.b[0]", "1", "--set").data) == {"a": {"b": ["1"]}}


def test_override_names_the_flag_in_places() -> None:
    layered = override(load(BASE), "a.b[1]", "{x: [y]}", "--set p")
    flag = Place("--set p", 0, 0)
    assert layered.place(("a", "b", 1)) == flag
    assert layered.place(("a", "b", 1, "x", 0)) == flag
    assert layered.key_place(("a", "b", 1, "x")) == flag
    assert ("a", "b", 1, "c") not in layered.places
    assert layered.place(("a", "b")) == at(2, 6)
    assert layered.file == "f.yml"
    assert override(load(BASE), "n.m", "1", "--set p").key_place(("n",)) == flag


def test_override_keeps_the_place_of_a_key_that_was_there() -> None:
    assert override(load(BASE), "a.d", "1", "--set p").key_place(("a", "d")) == at(3, 3)


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("a.b[3]", "1", "expected a position up to 2 in a.b, got 3"),
        ("a.b.c", "1", "expected a mapping at a.b, got a list"),
        ("a.d[0]", "1", "expected a list at a.d, got a mapping"),
        ("a.d.e.f", "1", "expected a mapping at a.d.e, got '3'"),
        ("a.d.e[0]", "1", "expected a list at a.d.e, got '3'"),
        ("", "1", "expected a path such as service.ports[0], got nothing"),
        ("a..b", "1", "expected a path such as service.ports[0], got 'a..b'"),
        (".a", "1", "expected a path such as service.ports[0], got '.a'"),
        ("a.", "1", "expected a path such as service.ports[0], got 'a.'"),
        ("[0]", "1", "expected a path such as service.ports[0], got '[0]'"),
        ("a[-1]", "1", "expected a path such as service.ports[0], got 'a[-1]'"),
        ("a[01]", "1", "expected a path such as service.ports[0], got 'a[01]'"),
        ("a[0", "1", "expected a path such as service.ports[0], got 'a[0'"),
        ("a[0]b", "1", "expected a path such as service.ports[0], got 'a[0]b'"),
        ("a\\", "1", "expected a path such as service.ports[0], got 'a\\'"),
        ("a", "'", "expected the closing quote of the string that opens at its start, got the end of the file"),
        ("a", "*x", "expected an anchor before its alias, got '*x'"),
        ("a", "{b: 1, b: 2}", "expected unique keys, got 'b' twice; it was written before"),
        ("a", "1\n---\n2", "expected one document, got a second one"),
        ("a", "\udcff", "expected UTF-8, got the byte 0xFF"),
        ("a", "\x00", 'expected no control character, got U+0000; write "\\u0000" in double quotes'),
    ],
)  # fmt: skip
def test_override_refused(path: str, value: str, expected: str) -> None:
    (problem,) = override(load(BASE), path, value, "--set p").diagnostics
    assert str(problem) == f"--set p: {expected}"


def test_a_long_path_is_refused() -> None:
    (problem,) = override(load(BASE), ".".join("a" * 101), "1", "--set p").diagnostics
    assert str(problem) == "--set p: expected a path of at most 100 keys, got 101"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b", f"!{SECRET} x"),
        ("a.b", f"*{SECRET}"),
        ("a.b.c", "1"),
        ("a.b[0]", "1"),
        ("a", f"'{SECRET}"),
    ],
)
def test_an_override_shows_nothing_secret(path: str, value: str) -> None:
    document = read(f"a: {{b: {SECRET}}}".encode(), "f.yml", {"a": True}.__contains__)
    refused = override(document, path, value, "--set p").diagnostics
    assert refused
    assert all(problem.is_secret and SECRET not in str(problem) for problem in refused)


@pytest.mark.parametrize("value", ["[", "!x 1", "*x", "1\n---\n2"])
def test_of_an_override_that_is_wrong_only_the_path_is_known(value: str) -> None:
    layered = override(load(BASE), "a.d", value, "--set p")
    assert plain(layered.data) == {"a": {"b": ["1", {"c": "2"}], "d": ""}}
    assert layered.is_unsure(("a", "d"))
    assert layered.is_unsure(("a", "d", "e"))
    assert not layered.is_unsure(("a", "b"))


def test_every_override_that_is_wrong_is_told() -> None:
    layered = override(override(load(BASE), "a.b.c", "1", "--set p"), "a", "[", "--set q")
    assert [problem.file for problem in layered.diagnostics] == ["--set p", "--set q"]


def test_an_override_makes_sure_what_it_replaces() -> None:
    document = read(b"a: {b: !x 1, c: !x 1}", "f.yml")
    layered = override(document, "a.b", "2", "--set p")
    assert not layered.is_unsure(("a", "b"))
    assert layered.is_unsure(("a", "c"))
    assert layered.diagnostics == document.diagnostics


# Paths


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("service", "ports", 1), "service.ports[1]"),
        (("labels", "example.com/a"), r"labels.example\.com/a"),
        (("a[0]", "b\\"), r"a\[0].b\\"),
        (("a\nb",), r"a\nb"),
        (("",), '""'),
        ((), ""),
    ],
)
def test_show_path(path: KeyPath, text: str) -> None:
    assert show_path(path) == text


STEPS = st.one_of(
    st.integers(0, 999),
    st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=8),
)


@given(st.text(st.characters(categories=["L", "P"]), min_size=1), st.lists(STEPS))
def test_a_shown_path_reads_back(first: str, more: list[str | int]) -> None:
    path: KeyPath = (first, *more)
    assert parse_path(show_path(path)) == path


@given(st.text())
def test_any_text_is_a_path_or_refused(text: str) -> None:
    try:
        path = parse_path(text)
    except NotationError:
        return
    assert all(step != "" for step in path)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "null"),
        (Scalar("~", is_plain=True), "null"),
        (Scalar("~", is_plain=False), "'~'"),
        ({}, "a mapping"),
        ([], "a list"),
        (3, "'3'"),
    ],
)
def test_describe(value: object, words: str) -> None:
    assert describe(value) == words


# Properties


YAMLISH = st.text(st.sampled_from("ab: -\n\t{}[],'\"|>&*!#?%@`\\<.~0é\u2028\x00\r"), max_size=40)
KEYS = st.text(st.sampled_from("ab.[\\é \n'\"~"), min_size=1, max_size=4)
TREES = st.recursive(
    st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.one_of(st.binary(), YAMLISH.map(str.encode)))
def test_any_bytes_are_a_document_or_refused(data: bytes) -> None:
    try:
        document = read(data, "f.yml")
    except InputError as error:
        refused = error.diagnostics
    else:
        refused = document.diagnostics
        assert isinstance(document.data, dict)
        assert bool(document.unsure) <= bool(refused)
        assert document.places.keys() - document.key_places.keys() >= {()}
    assert all(problem.file == "f.yml" and "\n" not in str(problem) for problem in refused)


@given(YAMLISH)
def test_a_document_is_what_pyyaml_reads(text: str) -> None:
    assume("<<" not in text)
    try:
        document = read(text.encode(), "f.yml")
        expected = yaml.load(text, Loader=yaml.BaseLoader)
    except (InputError, yaml.YAMLError):
        return
    if not document.diagnostics:
        assert plain(document.data) == (expected if isinstance(expected, dict) else {})


@given(st.dictionaries(st.text(max_size=4), TREES, max_size=3))
def test_what_pyyaml_writes_reads_back_with_a_place_for_everything(tree: dict[str, Any]) -> None:
    text = yaml.safe_dump(tree, allow_unicode=False, default_style='"', width=10)
    document = read(text.encode(), "f.yml")
    assert plain(document.data) == tree
    lines = text.splitlines()
    for path, place in document.places.items():
        assert 1 <= place.line <= len(lines) + 1, path
        assert 1 <= place.column <= len(lines[place.line - 1]) + 1, path


@given(st.lists(st.one_of(KEYS, st.integers(0, 1)), max_size=4), KEYS, TREES)
def test_an_override_reads_back(steps: list[str | int], first: str, value: Any) -> None:  # noqa: ANN401
    path = (first, *steps)
    document = load(BASE)
    text = yaml.safe_dump(value, default_style='"')
    layered = override(document, show_path(path).replace("\\n", "\n"), text, "--set")
    if layered.diagnostics:
        assert layered.data == document.data
        return
    data: Any = plain(layered.data)
    for step in path:
        data = data[step]
    assert data == value
    assert layered.place(path) == Place("--set", 0, 0)

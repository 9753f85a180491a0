"""The scalars that one reader or the other mistakes are written so that none of them can."""

from __future__ import annotations

import json
import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pages import build_resource, carried, is_same, read, read_as_go, render
from values import TRAPS, Data, data, is_lost, is_lost_text

from kustz_tpl.engine import quoted, write_json, write_yaml

CARRIED_TRAPS = [text for text in TRAPS if not is_lost_text(text)]
# Controls but tab and line break, Unicode's default ignorables but variation selectors, bidi.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ud800-\uf8ff\ufeff\uffa0\ufff0-\ufff8\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)


@pytest.mark.parametrize("text", CARRIED_TRAPS, ids=ascii)
def test_a_trap_reads_back_as_a_value(text: str) -> None:
    assert render("k: {{ x }}\n", x=text) == {"k": text}
    assert read(write_yaml([{"k": text}])) == {"k": text}
    assert read(write_yaml([[text, [text]]])) == [text, [text]]


@pytest.mark.parametrize("text", CARRIED_TRAPS, ids=ascii)
def test_a_trap_reads_back_as_a_key(text: str) -> None:
    if text != "<<":
        assert render("{{ x }}: v\n", x=text) == {text: "v"}
    assert read(write_yaml([{text: "v"}])) == {text: "v"}


def test_kustomize_reads_the_traps_back() -> None:
    traps = [{"k": text} for text in CARRIED_TRAPS]
    keys = [{text: "v"} for text in CARRIED_TRAPS if text != "<<"]
    assert carried(traps) == traps
    assert carried(keys) == keys


def test_kustomize_reads_the_traps_back_in_the_kustomization_itself() -> None:
    # Go's other parser reads it, the one of YAML 1.1.
    # What a transformer sets is written by a writer that fails on its own block after a tab.
    texts = [text for text in CARRIED_TRAPS if not re.match(r"\t[^\n]*\n", text)]
    annotations = {f"k{number}": text for number, text in enumerate(texts)}
    resource = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "carried"}}
    run = build_resource(write_yaml([resource]), write_yaml([{"commonAnnotations": annotations}]))
    assert run.returncode == 0, run.stderr
    assert read_as_go(run.stdout)["metadata"]["annotations"] == annotations


@pytest.mark.parametrize(
    "text",
    [
        "web",
        "a",
        "nginx:1.29",
        "registry.example.com:5000/team/app:1.2.3",
        "app@sha256:0123abcd",
        "https://example.com/a/b?c=d&e=f",
        "/var/lib/data",
        "/",
        "--verbose",
        "-x",
        "--log-level=debug",
        "KEY=value",
        "10m",
        "64Mi",
        "1Gi",
        "apps/v1",
        "app.kubernetes.io/name",
        "Some words of a sentence",
        "None",
        "nil",
        "don't",
        "a:b",
        "C:/x",
    ],
)
def test_a_plain_word_is_written_plain(text: str) -> None:
    assert write_yaml([{"k": text}]) == f"k: {text}\n"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", '""'),
        ("y", '"y"'),
        ("Off", '"Off"'),
        ("TRUE", '"TRUE"'),
        ("nUll", '"nUll"'),
        ("80", '"80"'),
        ("10.0.0.1", '"10.0.0.1"'),
        ("1:20", '"1:20"'),
        ("1e3", '"1e3"'),
        ("2001-01-01", '"2001-01-01"'),
        ("a: b", '"a: b"'),
        ("a:", '"a:"'),
        ("a #b", '"a #b"'),
        (" a", '" a"'),
        ("a ", '"a "'),
        ("a  b", '"a  b"'),
        ("-", '"-"'),
        ("- a", '"- a"'),
        ("---", '"---"'),
        ("*a", '"*a"'),
        ("{a}", '"{a}"'),
        ('say "hi"', '"say \\"hi\\""'),
        ("back\\slash", '"back\\\\slash"'),
        ("tab\there", '"tab\\there"'),
        ("return\r\n", '"return\\r\\n"'),
        ("\x00\x1b", '"\\x00\\x1b"'),
        ("\x85\xa0", '"\\x85\\xa0"'),
        ("\u2028\u202e\ufeff", '"\\u2028\\u202e\\ufeff"'),
        ("\U0010ffff", '"\\U0010ffff"'),
        ("grün 日本 😀", '"grün 日本 😀"'),
        ("\nfirst", '"\\nfirst"'),
        ("  first\nsecond", '"  first\\nsecond"'),
        ("\tfirst\nsecond", '"\\tfirst\\nsecond"'),
        ("blank at end \nb", '"blank at end \\nb"'),
        ("two at end\n\n", '"two at end\\n\\n"'),
        ("a\rb\nc", '"a\\rb\\nc"'),
    ],
)
def test_any_other_text_of_one_line_is_quoted(text: str, written: str) -> None:
    assert write_yaml([{"k": text}]) == f"k: {written}\n"
    assert write_yaml([{text: "v"}]) == f"{quoted(text)}: v\n"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a\nb\n", "k: |\n  a\n  b\n"),
        ("a\nb", "k: |-\n  a\n  b\n"),
        ('#!/bin/sh\n\nexec "$@"\n', 'k: |\n  #!/bin/sh\n\n  exec "$@"\n'),
        ("a:\n  b: 1\n\tc\n", "k: |\n  a:\n    b: 1\n  \tc\n"),
        ("---\n- 1\n", "k: |\n  ---\n  - 1\n"),
        ("grün\n😀\n", "k: |\n  grün\n  😀\n"),
    ],
)
def test_a_text_of_several_lines_is_a_literal_block(text: str, written: str) -> None:
    assert write_yaml([{"k": text}]) == written
    assert read(written) == {"k": text}


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "0"),
        (-1, "-1"),
        (2**63 - 1, "9223372036854775807"),
        (-(2**63), "-9223372036854775808"),
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.5, "1.5"),
        (1e16, "1.0e+16"),
        (1.5e300, "1.5e+300"),
        (1e-7, "1.0e-07"),
        (5e-324, "5.0e-324"),
        (123456789012345680.0, "1.2345678901234568e+17"),
    ],
)
def test_a_number_is_written_so_that_all_readers_see_one(number: Data, written: str) -> None:
    assert write_yaml([{"k": number}]) == f"k: {written}\n"
    assert is_same(read(write_yaml([number])), number)
    assert is_same(carried([number]), [number])


def test_words_and_empty_collections_are_written_as_yaml_has_them() -> None:
    tree = {"a": None, "b": True, "c": False, "d": {}, "e": [], "f": [{}, [], None, ["x"]]}
    text = "a: null\nb: true\nc: false\nd: {}\ne: []\nf:\n  - {}\n  - []\n  - null\n  - - x\n"
    assert write_yaml([tree]) == text
    assert read(text) == tree


def test_collections_are_written_in_block_style_in_their_order() -> None:
    tree = {"z": [{"b": 1, "a": {"d": ["1", 2]}}, [[{"c": "d\ne\n"}]]], "a b": {"k": ["x"]}}
    text = (
        'z:\n  - b: 1\n    a:\n      d:\n        - "1"\n        - 2\n'
        "  - - - c: |\n          d\n          e\na b:\n  k:\n    - x\n"
    )
    assert write_yaml([tree]) == text
    assert read(text) == tree


def test_documents_and_comments() -> None:
    assert write_yaml([]) == ""
    assert write_yaml([], ["# a"]) == "# a\n"
    assert write_yaml([{"a": 1}, ["b"], "c\nd\n"], ["# e"]) == (
        "# e\na: 1\n---\n- b\n---\n|\n  c\n  d\n"
    )


@pytest.mark.parametrize("size", [100_000, 1_000_000])
def test_a_long_text_is_not_folded(size: int) -> None:
    words = "word " * (size // 5) + "end"
    assert write_yaml([{"k": words}]) == f"k: {words}\n"
    assert carried([words]) == [words]


@pytest.mark.hypothesis
@given(data)
def test_what_is_written_reads_back_and_is_the_same_when_written_again(tree: Data) -> None:
    if is_lost(tree) or not has_text_keys(tree):
        return
    text = write_yaml([tree])
    again = read(text)
    assert is_same(again, tree)
    assert write_yaml([again]) == text
    assert not _HIDDEN.search(text)


@pytest.mark.hypothesis
@given(data)
def test_json_reads_back_in_every_parser(tree: Data) -> None:
    if is_lost(tree) or not has_text_keys(tree):
        return
    text = write_json(tree)
    assert is_same(json.loads(text), tree)
    # Go's YAML reader takes no pair of escapes for one character.
    assert all(found[0] > "\uffff" for found in _HIDDEN.finditer(text))


def has_text_keys(tree: Data) -> bool:
    if isinstance(tree, dict):
        return all(isinstance(key, str) for key in tree) and all(map(has_text_keys, tree.values()))
    return all(map(has_text_keys, tree)) if isinstance(tree, list) else True


@pytest.mark.hypothesis
@given(st.text())
def test_quoted_is_a_text_of_one_line_for_pyyaml_and_json(text: str) -> None:
    line = quoted(text)
    assert not _HIDDEN.search(line)
    assert "\n" not in line
    assert yaml.safe_load(line) == text


@pytest.mark.hypothesis
def test_texts_of_what_may_be_plain_read_back_in_python_and_go() -> None:
    letters = "aeknoxyzNOY0179-./@+=,%?&;()$~\"'_: miKMGT"
    seen: list[str] = []

    @given(st.lists(st.text(letters, max_size=12), min_size=10, max_size=10))
    def gather(texts: list[str]) -> None:
        assert read(write_yaml([texts])) == texts
        seen.extend(texts)

    gather()
    seen += ["1e999", "-1e999"]
    assert carried(seen) == seen
    assert carried([{text: 1} for text in seen]) == [{text: 1} for text in seen]

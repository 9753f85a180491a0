from __future__ import annotations

import base64
import itertools
import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kube import build
from yaml_text import is_text

from kustz_tpl.notation.dotenv import Line, parse_dotenv

EXPECTED = "expected key=value, the key of letters, digits, '-', '_' and '.'"

# Every file here is also read by the real kustomize, below.
ACCEPTED = [
    ("", []),
    ("\n \n\t\r\n", []),
    ("A=1", [("A", "1")]),
    ("A=1\nB=2\n", [("A", "1"), ("B", "2")]),
    ("A=1\r\nB=2\r\n", [("A", "1"), ("B", "2")]),
    ("A=1\r\r\n", [("A", "1\r")]),
    ("A=1\rB=2", [("A", "1\rB=2")]),
    ("A=1\r", [("A", "1")]),
    ("\ufeffA=1", [("A", "1")]),
    ("\ufeff# note\nA=1", [("A", "1")]),
    ("A=\ufeff1", [("A", "\ufeff1")]),
    ("# note\n  # note\nA=1 # no note", [("A", "1 # no note")]),
    ("A=", [("A", "")]),
    ("A", [("A", "")]),
    ("A=b=c==", [("A", "b=c==")]),
    ("A= b ", [("A", " b ")]),
    ("A=\tb\t", [("A", "\tb\t")]),
    ("A='b'\nB=\"c\"\nC='", [("A", "'b'"), ("B", '"c"'), ("C", "'")]),
    ("A=\\n$B${C}`d`", [("A", "\\n$B${C}`d`")]),
    (" \t\v\fA=1", [("A", "1")]),
    ("\x85\xa0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000A=1", [("A", "1")]),
    ("A=größe 東京 😀", [("A", "größe 東京 😀")]),
    ("A=\u2028b\x0bc\x0cd\x1ce\x85", [("A", "\u2028b\x0bc\x0cd\x1ce\x85")]),
    ("A=\0", [("A", "\0")]),
    ("export=1 \nexports", [("export", "1 "), ("exports", "")]),
    ("1a=a\n.b=c\n-=d\na.b-c_D=e", [("1a", "a"), (".b", "c"), ("-", "d"), ("a.b-c_D", "e")]),
    ("A=" + "x" * 60_000, [("A", "x" * 60_000)]),
]

# What kustomize makes of the first faulty line: a key that no server takes, or nothing at all.
REFUSED = [
    ("export A=1", "export A", "; remove the word export"),
    ("export\tA=1", "export\tA", "; remove the word export"),
    ("A =1", "A ", "; remove the space before '='"),
    ("A\t= 1", "A\t", "; remove the space before '='"),
    ("=1", None, ""),
    ("=", None, ""),
    ("A B=1", "A B", ""),
    ("A:1", "A:1", ""),
    ("'A'=1", "'A'", ""),
    ("größe=1", "größe", ""),
    ("\u200bA=1", "\u200bA", ""),
    ("\ufeff\ufeffA=1", "\ufeffA", ""),
    ("\x1cA=1", "\x1cA", ""),
    ("..A=1", "..A", ""),
    ("A/B=1", "A/B", ""),
]


@pytest.mark.parametrize(("text", "pairs"), ACCEPTED)
def test_parse_dotenv(text: str, pairs: list[tuple[str, str]]) -> None:
    assert [(each.key, each.value) for each in parse_dotenv(text).lines] == pairs


def test_lines_are_counted_from_one() -> None:
    assert parse_dotenv("\n# note\nA=1\r\n\nA=2").lines == (Line(3, "A", "1"), Line(5, "A", "2"))


def test_a_long_line_loses_nothing() -> None:
    # kustomize itself would drop it and everything behind it.
    text = f"A=1\nB={'x' * 70_000}\nC=3"
    assert parse_dotenv(text).lines == (
        Line(1, "A", "1"),
        Line(2, "B", "x" * 70_000),
        Line(3, "C", "3"),
    )


@pytest.mark.parametrize(("text", "key", "hint"), REFUSED)
def test_parse_dotenv_refuses(text: str, key: str | None, hint: str) -> None:
    del key
    assert told(text) == [f":1:1: {EXPECTED}{hint}"]


def told(text: str) -> list[str]:
    return [str(each) for each in parse_dotenv(text).diagnostics]


def test_every_fault_is_reported() -> None:
    text = "A=1\nexport B=2\n=3\nC=4"
    assert told(text) == [f":2:1: {EXPECTED}; remove the word export", f":3:1: {EXPECTED}"]
    assert parse_dotenv(text).lines == (Line(1, "A", "1"), Line(4, "C", "4"))


def test_a_key_that_is_no_text_is_refused() -> None:
    expected = "a key that kustomize reads as a string, not as a number, date or word such as true"
    assert told("1=a") == [f":1:1: expected {expected}"]


MARK = "q7Zq"


@given(st.text(alphabet="A= \n\t'#"), st.text(alphabet="A= \n\t'#"))
def test_nothing_of_a_file_shows(before: str, after: str) -> None:
    text = before + MARK + after
    assert MARK not in repr([each for each in parse_dotenv(text).lines if MARK in each.value])
    assert MARK not in repr(parse_dotenv(text).diagnostics)


def read_as_kustomize(content: bytes) -> list[tuple[str, str]]:
    """Work the pairs out in the plainest way, byte by byte as Go does it."""
    pairs = []
    lines = content.split(b"\n")
    for index, source in enumerate(lines[:-1] if lines[-1] == b"" else lines):
        line = source[:-1] if source.endswith(b"\r") else source
        text = line.decode()
        if index == 0 and text.startswith("\ufeff"):
            text = text[1:]
        while text and text[0] in GO_BLANKS:
            text = text[1:]
        if text and text[0] != "#":
            key, _, value = text.partition("=")
            pairs.append((key, value))
    return [(key, value) for key, value in pairs if key]


# Unicode's White_Space, as Go's unicode.IsSpace documents it.
GO_BLANKS = {
    chr(each)
    for each in (
        *range(9, 14),
        32,
        0x85,
        0xA0,
        0x1680,
        *range(0x2000, 0x200B),
        0x2028,
        0x2029,
        0x202F,
        0x205F,
        0x3000,
    )
}
LINES = st.lists(
    st.from_regex(r"[ \t\xa0]?[A-Za-z._-]{1,3}(=[^\n]*)?\r?", fullmatch=True)
    | st.sampled_from(["", "# note", "\ufeffA=1", "A=1"])
    | st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=10)
)


@given(LINES.map("\n".join))
def test_pairs_are_those_of_the_plainest_reading(text: str) -> None:
    pairs = read_as_kustomize(text.encode())
    read = parse_dotenv(text)
    if not read.diagnostics:
        assert [(each.key, each.value) for each in read.lines] == pairs
        return
    keyless = text.count("\n=") + text.count("=")
    wrong = [key for key, _ in pairs if not is_server_key(key)]
    assert len(wrong) <= len(read.diagnostics) <= len(wrong) + keyless


def is_server_key(key: str) -> bool:
    is_spelled = all(each.isascii() and (each.isalnum() or each in "-_.") for each in key)
    is_short = 0 < len(key) <= 253 and key != "." and not key.startswith("..")
    return is_spelled and is_short and is_text(key)


def random_files(count: int) -> list[str]:
    """Return files of odd lines, the same ones every time."""
    chance = random.Random(15)
    pieces = [
        "A",
        "B.c",
        "=",
        "=",
        " ",
        "\t",
        "#",
        "'",
        '"',
        "\r",
        "\ufeff",
        "\xa0",
        "\x85",
        "\u2028",
        "\u200b",
        "\x1c",
        "é",
        "export ",
        "\\",
        "$",
        "😀",
    ]

    def line() -> str:
        return "".join(chance.choices(pieces, k=chance.randrange(7)))

    return ["\n".join(line() for _ in range(chance.randrange(1, 4))) for _ in range(count)]


def built(folder: Path, files: list[str]) -> list[dict[str, str]]:
    """Return what kustomize reads of each file: Secrets carry any value, checked by nobody."""
    for index, text in enumerate(files):
        (folder / f"{index}.env").write_bytes(text.encode())
    generators = [{"name": f"s{index}", "envs": [f"{index}.env"]} for index in range(len(files))]
    page = {"secretGenerator": generators, "generatorOptions": {"disableNameSuffixHash": True}}
    (folder / "kustomization.yml").write_text(json.dumps(page), "utf-8")
    secrets = {each["metadata"]["name"]: each.get("data") or {} for each in build(folder)}
    return [
        {key: base64.b64decode(data).decode() for key, data in secrets[f"s{index}"].items()}
        for index in range(len(files))
    ]


def is_built(text: str) -> bool:
    """Check whether kustomize can: a key twice, or one with U+0085, fails the whole folder."""
    keys = [key for key, _ in read_as_kustomize(text.encode())]
    return len(keys) == len(set(keys)) and "\x85" not in "".join(keys)


def test_the_real_kustomize_reads_the_same(tmp_path: Path) -> None:
    files = [text for text, _ in ACCEPTED] + random_files(400)
    files = [each for each in files if is_built(each)]
    accepted = 0
    for text, data in zip(files, built(tmp_path, files), strict=True):
        assert data == dict(read_as_kustomize(text.encode()))
        lines, diagnostics = parse_dotenv(text)
        if diagnostics:
            assert not all(map(is_server_key, data)) or any(
                each.lstrip("".join(GO_BLANKS) + "\ufeff").startswith("=")
                for each in text.split("\n")
            )
            continue
        accepted += 1
        assert {each.key: each.value for each in lines} == data
    assert accepted > 50


def test_what_is_refused_would_be_lost_or_refused_later(tmp_path: Path) -> None:
    files = [text for text, _, _ in REFUSED]
    keys = [[key] if key else [] for _, key, _ in REFUSED]
    assert [list(data) for data in built(tmp_path, files)] == keys
    assert not any(map(is_server_key, itertools.chain(*keys)))

from __future__ import annotations

import os
import shlex
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.action import split_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ()),
        (" \t\n ", ()),
        ("cat /tmp/healthy", ("cat", "/tmp/healthy")),
        ("  a   b\tc\nd  ", ("a", "b", "c", "d")),
        ("sh -c 'test -f /a && test -f /b'", ("sh", "-c", "test -f /a && test -f /b")),
        ("a \"b c\" 'd e'", ("a", "b c", "d e")),
        ("a''b \"\" ''", ("ab", "", "")),
        ("a\\ b", ("a b",)),
        (r"a\\b \'c\'", (r"a\b", "'c'")),
        ("a\\\nb \\\n c", ("ab", "c")),
        (r'"a\"b\\c\$d\`e\f"', (r'a"b\c$d`e\f',)),
        ('"a\\\nb"', ("ab",)),
        ("'a\nb' \"c\nd\"", ("a\nb", "c\nd")),
        (r"'a\b'", (r"a\b",)),
        ("--user='a b'", ("--user=a b",)),
        # Nothing but quoting is the shell's: no variable, glob, comment or operator.
        (
            "a $HOME *.txt # b | c > d & e; f",
            ("a", "$HOME", "*.txt", "#", "b", "|", "c", ">", "d", "&", "e;", "f"),
        ),
        ("a\rb", ("a\rb",)),
        ("größe\u00a0x \u3000", ("größe\u00a0x", "\u3000")),
    ],
)
def test_split_words(text: str, words: tuple[str, ...]) -> None:
    assert split_words(text) == words


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("'", "expected a closing ', got '''"),
        ("sh -c 'true", "expected a closing ', got ''true' in 'sh -c 'true'"),
        ('a "b', "expected a closing \", got '\"b' in 'a \"b'"),
        (r'a "b\"', 'expected a closing ", got \'"b\\"\' in \'a "b\\"\''),
        ("it's", "expected a closing ', got ''s' in 'it's'"),
        ("a\\", "expected a character after the last '\\', got '\\' in 'a\\'"),
    ],
)
def test_split_words_refuses(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        split_words(text)
    assert str(caught.value) == message


@given(st.lists(st.text()))
def test_quoted_words_come_back(words: list[str]) -> None:
    assert list(split_words(shlex.join(words))) == words


SHELL = shutil.which("sh")


@pytest.mark.skipif(SHELL is None, reason="the shell is the oracle")
@given(st.text(alphabet="ab \t\n'\"\\", max_size=12))
def test_words_are_those_of_the_shell(text: str) -> None:
    try:
        words = split_words(text)
    except NotationError:
        # The shell, too, misses the quote; it takes a lone backslash at the end, which says
        # nothing. So only what is read here is compared.
        return
    assert list(words) == shell_words(text)


def shell_words(text: str) -> list[str]:
    # The words follow `set --` on its line, so a line end would end the command, not a word.
    script = f'set -- {blanks_for_line_ends(text)}\nprintf \'%s\\0\' "$#" "$@"'
    run = subprocess.run(
        [str(SHELL), "-c", script], capture_output=True, check=True, env={"PATH": os.defpath}
    )
    count, *words = run.stdout.decode().split("\0")[:-1]
    return words[: int(count)]


def blanks_for_line_ends(text: str) -> str:
    """Replace each line end outside quotes, which would end the shell's command."""
    kept, quote, is_escaped = "", "", False
    for each in text:
        kept += " " if each == "\n" and not quote and not is_escaped else each
        if is_escaped or (each == "\\" and quote != "'"):
            is_escaped = not is_escaped
        elif each in "'\"" and quote in {"", each}:
            quote = "" if quote else each
    return kept

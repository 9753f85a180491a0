"""What `kustomize_fault` refuses is what the real kustomize does not carry, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import build_resource, carried, read
from values import is_lost_text

from kustz_tpl.engine import write_yaml
from kustz_tpl.kustomize_text import kustomize_fault

ASTRAL = (0x10000, 0x1F600, 0x1FFFE, 0x1FFFF, 0x2FFFE, 0xE0001, 0xE0100, 0xF0000, 0xFFFFF, 0x10FFFF)
CHARACTERS = [chr(code) for code in (*range(0xD800), *range(0xE000, 0x10000), *ASTRAL)]
REFUSED = [character for character in CHARACTERS if kustomize_fault(character)]
CARRIED = [character for character in CHARACTERS if not kustomize_fault(character)]


def test_thirty_five_characters_are_refused() -> None:
    assert [*map(chr, range(0x7F, 0xA0)), "\ufffe", "\uffff"] == REFUSED


def test_every_other_character_is_carried() -> None:
    texts = [form for character in CARRIED for form in (character, f"a{character}b")]
    assert carried(texts) == texts
    assert carried([f"a\n{character}b\n" for character in CARRIED]) == [
        f"a\n{character}b\n" for character in CARRIED
    ]


def test_every_other_character_is_carried_in_a_key() -> None:
    maps = [{f"a{character}": character} for character in CARRIED]
    assert carried(maps) == maps


@pytest.mark.parametrize("character", REFUSED, ids=ascii)
def test_a_refused_character_is_not_carried(character: str) -> None:
    head = {"apiVersion": "example.com/v1", "kind": "Carried", "metadata": {"name": "carried"}}
    run = build_resource(write_yaml([{**head, "spec": f"a{character}b"}]))
    if character == "\x85":
        assert read(run.stdout)["spec"] == "a b"
    else:
        assert "control characters are not allowed" in run.stderr


def test_the_message_names_character_and_fate() -> None:
    assert kustomize_fault("a\x85") == "U+0085 is not supported: kustomize turns it into a space"
    assert kustomize_fault("\ufffe") == "U+FFFE is not supported: kustomize refuses it"
    assert kustomize_fault("\x00\t\n\u2028😀") is None


@given(st.text())
def test_a_text_is_refused_if_it_holds_a_refused_character(text: str) -> None:
    assert (kustomize_fault(text) is not None) == is_lost_text(text)

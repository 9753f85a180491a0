"""A rendering tells of the blocks that a template fills although its parents have none such."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import Environment
from pages import PAGE, Pages

BASE = "{% block a %}\na: 1\n{% endblock %}\n{% block b %}\nb: 1\n{% endblock %}\n"
EXTENDS = "{% extends '_base' %}\n"
BLOCK = "{{% block {} %}}\nc: 1\n{{% endblock %}}\n"


def found(text: str, cache: Path | None = None, **others: str) -> list[tuple[str, int, str, str]]:
    pages = Pages({"_base": BASE, PAGE: text, **others}, cache=cache)
    lost = pages.render(x=1).lost_blocks
    assert all(set(each.known) == {"a", "b"} for each in lost)
    return [(each.template, each.line, each.block, each.parent) for each in lost]


def test_lost_blocks_have_their_place() -> None:
    text = EXTENDS + BLOCK.format("a") + BLOCK.format("aa") + "\n" + BLOCK.format("bb")
    assert found(text) == [(PAGE, 5, "aa", "_base"), (PAGE, 9, "bb", "_base")]


def test_those_of_a_parent_are_told_of() -> None:
    middle = EXTENDS + BLOCK.format("aa")
    text = "{% extends '_middle' %}\n" + BLOCK.format("b") + BLOCK.format("bb")
    assert found(text, _middle=middle) == [
        (PAGE, 5, "bb", "_middle"),
        ("_middle", 2, "aa", "_base"),
    ]


def test_one_that_a_grandparent_has_is_not_lost() -> None:
    assert found("{% extends '_middle' %}\n" + BLOCK.format("b"), _middle=EXTENDS) == []


@pytest.mark.parametrize("call", ["self.mine() if self.mine is defined", "self['mine']()"])
def test_one_that_a_parent_calls_is_not_lost(call: str) -> None:
    middle = EXTENDS + "{% block a %}\na: {{ " + call + " }}\n{% endblock %}\n"
    assert found("{% extends '_middle' %}\n{% block mine %}x{% endblock %}", _middle=middle) == []


@pytest.mark.parametrize(
    "text",
    [
        BASE,
        EXTENDS,
        EXTENDS + "{% block a %}{% block inner %}{% endblock %}{% endblock %}",
        EXTENDS + "{% block a %}{{ self.mine() }}{% endblock %}{% block mine %}{% endblock %}",
        "{% if x %}" + EXTENDS + "{% endif %}" + BLOCK.format("mine"),
        "{% if not x %}" + EXTENDS + "{% endif %}" + BASE,
        "{% extends '_' ~ 'base' %}\n" + BLOCK.format("a"),
    ],
)
def test_a_block_that_has_a_place_is_not_lost(text: str) -> None:
    assert found(text) == []


NESTED = "{% block a %}\na:\n  {% block inner %}\n  b: 1\n  {% endblock %}\n{% endblock %}\n"
INNER = "{% block inner %}\nc: 1\n{% endblock %}\n"


@pytest.mark.parametrize(
    ("text", "middle", "lost"),
    [
        ("{% block a %}\na: 2\n{% endblock %}\n" + INNER, "", [(PAGE, 5, "inner", "a")]),
        (INNER, "{% block a %}\na: 2\n{% endblock %}", [(PAGE, 2, "inner", "a")]),
        ("{% block a %}\n{{ super() }}\nd: 2\n{% endblock %}\n" + INNER, "", []),
        ("{% block a %}\na: {{ self.inner() }}\n{% endblock %}\n" + INNER, "", []),
        ("{% block a %}\na: {{ self['inner']() }}\n{% endblock %}\n" + INNER, "", []),
        ("{% block a %}\na:\n  {% block inner %}{% endblock %}\n{% endblock %}\n", "", []),
        (INNER, "{% block a %}\na:\n  {% block inner %}{% endblock %}\n{% endblock %}\n", []),
        (INNER, "", []),
        ("{% block a %}\na: 2\n{% endblock %}\n", "", []),
    ],
)
def test_a_block_of_a_block_that_is_replaced(
    text: str, middle: str, lost: list[tuple[str, int, str, str]]
) -> None:
    pages = Pages(
        {
            "_base": NESTED,
            "_middle": EXTENDS + middle,
            PAGE: "{% extends '_middle' %}\n" + text,
        }
    )
    found = pages.render(x=1).lost_blocks
    assert [(each.template, each.line, each.block, each.holder) for each in found] == lost


def test_compiled_templates_of_a_cache_tell_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache" / "kustz-tpl"
    first = found(EXTENDS + BLOCK.format("aa"), cache)
    monkeypatch.setattr(Environment, "compile", None)
    assert found(EXTENDS + BLOCK.format("aa"), cache) == first == [(PAGE, 2, "aa", "_base")]

"""A template's own plain scalars mean what kustomize reads in them, dates and infinities apart."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import build_resource, is_same, read_as_go, render
from values import TRAPS, Data

from kustz_tpl.engine.scalar import typed

BATCH = 50_000
HEAD = "apiVersion: example.com/v1\nkind: Read\nmetadata: {name: read}\nspec:\n"
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*")
_NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def go_reads(scalars: list[str]) -> list[Data]:
    """Return what kustomize makes of plain scalars, each a key's value."""
    lines = [f"- k: {scalar}\n" for scalar in scalars]
    run = build_resource(HEAD + "".join(lines))
    assert run.returncode == 0, run.stderr[:2000]
    return [entry["k"] for entry in read_as_go(run.stdout)["spec"]]


def is_plain(text: str) -> bool:
    """Check whether a text is a plain scalar that stands for itself in PyYAML and in Go."""
    return re.fullmatch(r"[A-Za-z0-9.+=~<_-][A-Za-z0-9.+_:=,-]*", text) is not None and not (
        text.endswith(":") or text in ("-", "---", "...") or text.startswith("--- ")
    )


def is_ours(text: str) -> bool:
    return not (_DATE.fullmatch(text) or _NO_NUMBER.fullmatch(text) or text == "<<")


def check(scalars: list[str]) -> None:
    ours = [text for text in scalars if is_plain(text) and is_ours(text)]
    different = [
        (text, typed(text), go)
        for text, go in zip(ours, go_reads(ours), strict=True)
        if not same_number(typed(text), go)
    ]
    assert not different


def same_number(ours: Data, go: Data) -> bool:
    """Compare as Go does: an integer of more than 64 bits is a float to it."""
    if type(ours) is int and isinstance(go, float):
        return float(ours) == go
    if isinstance(go, float) and math.isinf(go):  # our reader's: Go left it a text
        return isinstance(ours, str)
    return is_same(ours, go)


def test_the_traps_are_read_as_kustomize_reads_them() -> None:
    check(list(TRAPS))
    check([".0_6", "._6", ".6_", ".0__6", ".5e1_0", ".5_e1", "-.5_0", "1_0.5_"])


number_like = st.text("0123456789+-.eExXoObB_:aAfF", min_size=1, max_size=8)


@pytest.mark.hypothesis
def test_what_looks_like_a_number_is_read_as_kustomize_reads_it() -> None:
    batch: list[str] = []

    @given(st.lists(number_like, min_size=20, max_size=20))
    def gather(texts: list[str]) -> None:
        batch.extend(texts)

    gather()
    for begin in range(0, len(batch), BATCH):
        check(batch[begin : begin + BATCH])


@pytest.mark.parametrize(
    "text", ["2001-01-01", "2001-1-1", "2001-01-01T00:00:00Z", ".inf", "-.Inf", ".NaN", "1e400"]
)
def test_dates_and_infinities_stay_text(text: str) -> None:
    assert render(f"k: {text}\n") == {"k": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("False", False),
        ("NULL", None),
        ("~", None),
        ("", None),
        ("yes", "yes"),
        ("off", "off"),
        ("y", "y"),
        ("0644", 0o644),
        ("0o17", 15),
        ("-0x1F", -31),
        ("0B11", 3),
        ("08", 8.0),
        ("1_000", 1000),
        ("1_000.5", 1000.5),
        ("1:20", "1:20"),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("+.5", 0.5),
        ("1.2.3", "1.2.3"),
        ("-", None),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_a_plain_scalar_is_typed(text: str, value: Data) -> None:
    template = f"- {text}\n" if text == "-" else f"- k: {text}\n"
    expected = [[value]] if text == "-" else [{"k": value}]
    assert is_same(render(template), expected)

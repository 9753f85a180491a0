from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kube import build, find_kubectl

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.keys import check_text_key

# What YAML 1.1 would read as something else is here, too, where kustomize takes it for text.
TEXT = """yes Yes y Y no NO n on off none None inf nan tRue nULL -inf - -- _ . a 1a a1 1e 1e- e3 0x 0xg
0b12 _1 1.2.3 1-1 12-34 1- 2001-01 2001-01-01a 20010-1-1 .a .e3 -. -a true.crt 1.crt ._5 .0__6 .06_ .5e_1""".split()  # noqa: SIM905
NOT_TEXT = """1 0 -0 -1 00 01 08 1. 0. .5 -.5 1.5 1e3 1E3 1.e3 1e-3 1e10 12345678e9 0x1F 0X1f 0o7 0O7 0b1
0B1 -0o7 -0x1 1_000 1__0 1_0.5 1_ true True TRUE false False FALSE null Null NULL .inf .Inf .INF -.inf
.nan .NaN .NAN 2001-01-01 2001-1-1 .0_6 .1_2_3 .0_6e1 .5e-1_0 -._06""".split()  # noqa: SIM905


@pytest.mark.parametrize("key", TEXT)
def test_a_text_is_a_key(key: str) -> None:
    assert check_text_key(key) == key


@pytest.mark.parametrize("key", NOT_TEXT)
def test_what_kustomize_reads_otherwise_is_refused(key: str) -> None:
    with pytest.raises(NotationError) as caught:
        check_text_key(key, within=f"{key}=x")
    assert str(caught.value) == (
        "expected a key that kustomize reads as a string, not as a number, date or word such as"
        f" true, got '{key}' in '{key}=x'"
    )


def write(folder: Path, keys: list[str]) -> None:
    (folder / "file").write_bytes(b"x")
    files = [f"{key}=file" for key in keys]
    page = {"configMapGenerator": [{"name": "a", "files": files}]}
    (folder / "kustomization.yml").write_text(json.dumps(page), "utf-8")


def test_the_real_kustomize_carries_what_is_a_key(tmp_path: Path) -> None:
    write(tmp_path, TEXT)
    assert build(tmp_path)[0]["data"] == dict.fromkeys(TEXT, "x")


@pytest.mark.parametrize("key", NOT_TEXT)
def test_the_real_kustomize_fails_at_what_is_none(tmp_path: Path, key: str) -> None:
    write(tmp_path, [key])
    command = [find_kubectl(), "kustomize", tmp_path]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "unsupported type" in run.stderr


@given(st.integers() | st.floats().map(lambda number: f"{number:f}".lower()))
def test_a_number_is_never_a_key(number: int | str) -> None:
    text = str(number)
    if text.lstrip("-") in {"inf", "nan"}:
        text = text.replace("inf", ".inf").replace("nan", ".nan")
    with pytest.raises(NotationError):
        check_text_key(text)

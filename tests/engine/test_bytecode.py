"""Compiled templates are kept between runs, and never a reason to fail or to be wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from jinja2 import Environment
from pages import PAGE, Pages

from kustz_tpl.engine import TemplateError
from kustz_tpl.engine.bytecode import compiled_templates


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "kustz-tpl"


def kept(cache: Path) -> list[Path]:
    return sorted(cache.glob("*.cache"))


def test_a_template_is_compiled_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    template = "{% macro m(x) -%}\n   a: {{ x }}\n{%- endmacro %}\n{{ m(1) }}\n"
    assert Pages(template, cache=cache).render().documents == [{"a": 1}]
    assert len(kept(cache)) == 1
    monkeypatch.setattr(Environment, "compile", None)
    assert Pages(template, cache=cache).render().documents == [{"a": 1}]


def test_places_are_those_of_the_template_in_use(cache: Path) -> None:
    for _ in range(2):
        pages = Pages("a: 1\nb: {{ x }}\nc: {{ y }}\n", cache=cache)
        with pytest.raises(TemplateError) as caught:
            pages.render(x=None, y=1)
        assert str(caught.value).startswith(f"{PAGE}:2: {{{{ x }}}}: no value")
        with pytest.raises(TemplateError) as caught:
            pages.render(x=1)
        assert str(caught.value) == f"{PAGE}:3: 'y' is undefined"


def test_another_text_is_another_template(cache: Path) -> None:
    assert Pages("a: 1\n", cache=cache).render().documents == [{"a": 1}]
    assert Pages("a: 2\n", cache=cache).render().documents == [{"a": 2}]
    assert len(kept(cache)) == 2


def test_another_filter_is_another_template(cache: Path) -> None:
    template = "a: {{ 1 | twice }}\n"
    twice = {"twice": lambda x: 2 * x}
    assert Pages(template, cache=cache, filters=twice).render().documents == [{"a": 2}]
    with pytest.raises(TemplateError, match="no filter named 'twice'"):
        Pages(template, cache=cache).render()


@pytest.mark.parametrize("content", [b"", b"x", b"j2\0\0", os.urandom(300)], ids=len)
def test_what_is_broken_is_compiled_again(content: bytes, cache: Path) -> None:
    Pages("a: 1\n", cache=cache).render()
    (file,) = kept(cache)
    file.write_bytes(content)
    assert Pages("a: 1\n", cache=cache).render().documents == [{"a": 1}]
    assert file.read_bytes() != content
    file.write_bytes(file.read_bytes()[:-20])
    assert Pages("a: 1\n", cache=cache).render().documents == [{"a": 1}]


def test_what_cannot_be_read_or_written_is_compiled_again(cache: Path) -> None:
    Pages("a: 1\n", cache=cache).render()
    (file,) = kept(cache)
    file.unlink()
    file.mkdir()
    assert Pages("a: 1\n", cache=cache).render().documents == [{"a": 1}]


def test_the_cache_begins_anew_where_many_templates_came_and_went(cache: Path) -> None:
    Pages("a: 1\n", cache=cache).render()
    for number in range(998):
        (cache / f"{number}.cache").touch()
    Pages("a: 2\n", cache=cache).render()
    assert len(kept(cache)) == 1_000
    Pages("a: 3\n", cache=cache).render()
    assert len(kept(cache)) == 1


def test_a_folder_that_others_can_write_is_not_used(cache: Path) -> None:
    cache.mkdir(parents=True)
    cache.chmod(0o777)
    assert compiled_templates(cache) is None
    assert Pages("a: 1\n", cache=cache).render().documents == [{"a": 1}]
    assert not kept(cache)


@pytest.mark.parametrize("mode", [0o777, 0o770])
def test_a_folder_that_others_can_replace_is_not_used(cache: Path, mode: int) -> None:
    Pages("a: 1\n", cache=cache).render()
    cache.parent.chmod(mode)
    assert compiled_templates(cache) is None
    cache.parent.chmod(mode | 0o1000)  # nobody replaces another's file in a sticky folder
    assert compiled_templates(cache) is not None


@pytest.mark.parametrize("mode", [0o666, 0o620])
def test_a_file_that_others_can_write_is_not_used(cache: Path, mode: int) -> None:
    Pages("a: 1\n", cache=cache).render()
    (file,) = kept(cache)
    file.chmod(mode)
    Pages("a: 1\n", cache=cache).render()
    (replaced,) = kept(cache)
    assert replaced.stat().st_mode & 0o777 == 0o600


def test_a_folder_of_another_user_is_not_used(cache: Path) -> None:
    if os.geteuid():
        pytest.skip("only root gives a folder away")
    Pages("a: 1\n", cache=cache).render()
    os.chown(cache.parent, 12345, 12345)
    assert compiled_templates(cache) is None


def test_a_folder_that_cannot_be_made_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert compiled_templates(tmp_path / "file" / "kustz-tpl") is None
    assert compiled_templates(tmp_path / "no" / "home" / "kustz-tpl") is None
    assert not (tmp_path / "no").exists()


def test_the_folder_is_the_users_own(cache: Path) -> None:
    assert compiled_templates(cache) is not None
    assert cache.stat().st_mode & 0o777 == 0o700


def test_where_there_are_no_owners(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "getuid")
    assert compiled_templates(cache) is not None

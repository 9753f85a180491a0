"""Templates are found in folders, the first folder that has a name wins."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2.exceptions import SecurityError
from pages import PAGE, Pages

from kustz_tpl.engine import DictLoader, Engine, Folder, FolderLoader, StringLoader, TemplateError


def folder(path: Path, **files: str) -> Path:
    for name, text in files.items():
        file = path / f"{name}.j2"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return path


@pytest.fixture
def folders(tmp_path: Path) -> list[Folder]:
    users = folder(tmp_path / "users", page="from: users\n")
    more = folder(tmp_path / "more", page="from: more\n", other="from: more\n")
    built_in = folder(tmp_path / "built-in", page="from: built-in\n", last="from: built-in\n")
    return [Folder(users), Folder(more), Folder(built_in, "kustz"), Folder(tmp_path / "absent")]


@pytest.mark.parametrize(
    ("name", "origin"),
    [
        ("page.j2", "users"),
        ("other.j2", "more"),
        ("last.j2", "built-in"),
        ("kustz/page.j2", "built-in"),
        ("kustz/last.j2", "built-in"),
    ],
)
def test_the_first_folder_wins(name: str, origin: str, folders: list[Folder]) -> None:
    assert Engine(FolderLoader(*folders)).render(name) == [{"from": origin}]


@pytest.mark.parametrize(
    "name", ["nope.j2", "kustz/other.j2", "page", "kustz", "kustz/nope/page.j2"]
)
def test_what_no_folder_has(name: str, folders: list[Folder]) -> None:
    assert FolderLoader(*folders).find(name) is None


def test_a_prefixed_name_stays_the_built_in_ones(folders: list[Folder]) -> None:
    folder(folders[0].path / "kustz", page="from: users below kustz\n", mine="from: users\n")
    assert Engine(FolderLoader(*folders)).render("kustz/page.j2") == [{"from": "built-in"}]
    assert Engine(FolderLoader(*folders)).render("kustz/mine.j2") == [{"from": "users"}]


def test_a_template_extends_the_built_in_one_of_its_name(folders: list[Folder]) -> None:
    folder(folders[2].path, page="from: built-in\n{% block b %}{% endblock %}\n")
    child = "{% extends 'kustz/page.j2' %}{% block b %}more: {{ 1 }}{% endblock %}"
    folder(folders[0].path, page=child)
    assert Engine(FolderLoader(*folders)).render("page.j2") == [{"from": "built-in", "more": 1}]


def test_pages_lie_directly_in_the_folders(folders: list[Folder]) -> None:
    folder(folders[0].path / "below", hidden="a: 1\n")
    (folders[0].path / "readme.txt").write_text("no template", "utf-8")
    (folders[0].path / "folder.j2").mkdir()
    assert FolderLoader(*folders).list_pages() == ["last.j2", "other.j2", "page.j2"]


def test_a_message_names_the_file_of_a_template(folders: list[Folder]) -> None:
    loader = FolderLoader(*folders)
    assert loader.describe("page.j2") == str(folders[0].path / "page.j2")
    assert loader.describe("kustz/page.j2") == "kustz/page.j2"
    assert loader.describe("last.j2") == "kustz/last.j2"
    assert loader.describe("nope.j2") == "nope.j2"
    assert loader.describe("../page.j2") == "../page.j2"


def test_a_name_that_leads_elsewhere_is_refused(folders: list[Folder]) -> None:
    with pytest.raises(SecurityError):
        FolderLoader(*folders).find("../users/page.j2")


def test_a_folder_without_templates() -> None:
    loader = FolderLoader(Pages({"a/b": ""}).path)
    assert loader.list_pages() == []
    assert loader.find(PAGE) is None


def test_templates_of_a_dict() -> None:
    engine = Engine(DictLoader({"page": "{% include 'part' %}\n", "part": "a: {{ x }}\r\n"}))
    assert engine.render("page", x=1) == [{"a": 1}]
    assert engine.render_text("page", x="1") == 'a: "1"\n'
    with pytest.raises(TemplateError, match="pag: no template pag; did you mean page"):
        engine.render_text("pag")
    with pytest.raises(TemplateError, match=r"page:1: U\+0000 cannot stand in a template"):
        Engine(DictLoader({"page": "\0"})).render("page")


def test_a_template_of_a_string() -> None:
    assert Engine(StringLoader("a: {{ x }}\n")).render("template", x=[1]) == [{"a": [1]}]
    with pytest.raises(TemplateError, match="shop:1: 'x' is undefined"):
        Engine(StringLoader("a: {{ x }}\n", "shop")).render("shop")


def test_filters_tests_and_globals_may_be_added() -> None:
    engine = Engine(StringLoader("a: {{ two | twice if two is even else none }}\n"))
    engine.filters["twice"] = lambda x: 2 * x
    engine.tests["even"] = lambda x: x == 2
    engine.globals["two"] = 2
    assert engine.render("template") == [{"a": 4}]
    assert engine.render("template", two=2, template=1, self=1) == [{"a": 4}]

"""A template reads plain data and its own folder, and nothing else."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from pages import PAGE, Pages

from kustz_tpl.engine import Engine, FolderLoader, Limits, TemplateError
from kustz_tpl.engine.loader import read_template

CONTEXT = {"items": [1, 2], "map": {"a": {"b": 1}}, "text": "web", "number": 5}

# Each is an expression; CVE-2024-56326 and CVE-2025-27516 among them.
WALKS = [
    "",
    "text.__class__",
    "text['__class__']",
    "text|attr('__class__')",
    "text|attr('__cl' ~ 'ass__')",
    "''.__class__.__mro__[1].__subclasses__()",
    "().__class__",
    "{}.__class__.__base__",
    "items.__init__",
    "map.__dir__()",
    "number.__add__(1)",
    "true.__doc__",
    "none.__class__",
    "'{0.__class__}'.format(text)",
    "'{x.__class__}'.format_map({'x': text})",
    "('{0.__class__}'.format)(text)",
    "'{0[__class__]}'.format(text)",
    "['{0.__class__}']|map('format', text)|list",
    "'{0.__class__}'|attr('format')(text)",
    "items|map(attribute='__class__')|list",
    "items|groupby('__class__')",
    "items|sort(attribute='__class__')",
    "items|selectattr('__class__')|list",
    "items|sum(attribute='__class__')",
    "items|map('attr', '__class__')|list",
    "range.__init__.__globals__",
    "range(3).__class__",
    "dict.__subclasses__()",
    "dict.mro()",
    "cycler.__init__.__globals__.os",
    "cycler(1).__init__",
    "joiner.__init__.__globals__",
    "namespace.__init__.__globals__",
    "namespace()._Namespace__attrs",
    "self.__init__.__globals__",
    "self._TemplateReference__context",
    "self.__dict__",
    "m.__globals__",
    "m._environment",
    "m()._parts",
    "m()|attr('_parts')",
    "m|attr('_func')",
    "m.__call__",
    "caller.__globals__",
    "loop.__class__",
    "(items|map('upper')).gi_frame",
    "nope.__class__",
    "(nope|default(text)).__class__",
    "map.get.__self__",
    "map.items().__class__",
    "map.keys().mapping.__class__",
    "items.append.__self__",
    "text.format.__self__",
    "lipsum.__globals__",
    "text.encode().__class__",
    "",
][1:-1]

CHANGES = [
    "",
    "items.append(3)",
    "items.extend([3])",
    "items.insert(0, 3)",
    "items.pop()",
    "items.clear()",
    "items.remove(1)",
    "items.reverse()",
    "items.sort()",
    "items|attr('append')(3)",
    "map.update({'b': 1})",
    "map.pop('a')",
    "map.popitem()",
    "map.clear()",
    "map.setdefault('b', 1)",
    "map.a.update(b=2)",
    "[items.append]|map('string')|first",
    "",
][1:-1]


@pytest.mark.parametrize("expression", WALKS)
def test_attributes_lead_nowhere(expression: str) -> None:
    template = f"{{% macro m() %}}x{{% endmacro %}}\na: {{{{ {expression} }}}}\n"
    with pytest.raises(TemplateError) as caught:
        Pages(template).render(**CONTEXT)
    assert (caught.value.template, caught.value.line) == (PAGE, 2)


@pytest.mark.parametrize("expression", CHANGES)
def test_the_context_cannot_be_changed(expression: str) -> None:
    context = {"items": [1, 2], "map": {"a": {"b": 1}}}
    with pytest.raises(TemplateError):
        Pages(f"a: {{{{ {expression} }}}}\n").render(**context)
    assert context == {"items": [1, 2], "map": {"a": {"b": 1}}}


@pytest.mark.parametrize(
    "statement",
    [
        "{% set map.a = 1 %}",
        "{% set items[0] = 1 %}",
        "{% set text = 'changed' %}",
        "{% for text in items %}{% endfor %}",
        "{% with map = {} %}{% endwith %}",
        "{% set map = {} %}",
    ],
)
def test_a_statement_cannot_change_the_context(statement: str) -> None:
    context = {"items": [1, 2], "map": {"a": {"b": 1}}, "text": "web"}
    with contextlib.suppress(TemplateError):
        Pages(statement + "\na: 1\n").render(**context)
    assert context == {"items": [1, 2], "map": {"a": {"b": 1}}, "text": "web"}


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("m", "Macro"),
        ("self", "TemplateReference"),
        ("self.b", "BlockReference"),
        ("range", "function"),
        ("dict", "type"),
        ("cycler(1)", "Cycler"),
        ("joiner()", "Joiner"),
        ("namespace(a=1)", "Namespace"),
        ("text.upper", "builtin_function_or_method"),
        ("text.encode()", "bytes"),
        ("[m]", "Macro"),
        ("{'a': [range]}", "function"),
        ("1j", None),
    ],
)
def test_only_plain_data_may_be_printed(expression: str, kind: str | None) -> None:
    template = (
        "{% block b %}{% endblock %}{% macro m() %}{% endmacro %}\n"
        f"a: {{{{ {expression} }}}}\n"
    )
    with pytest.raises(TemplateError) as caught:
        Pages(template).render(**CONTEXT)
    assert (caught.value.template, caught.value.line) == (PAGE, 2)
    if kind:
        assert caught.value.message == f"only plain data may be printed, this is a {kind}"


NAMES = [
    "../secret",
    "a/../../secret",
    "/etc/hostname",
    "./page.yml.j2",
    "a//b",
    "",
    "..",
    "a\\..\\secret",
    "C:/secret",
    "secret\0",
    "\0",
    "~/secret/..",
]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
@pytest.mark.parametrize("tag", ["include x", "extends x", "import x as y", "include [x, 'b']"])
def test_a_name_cannot_lead_out_of_the_folder(tag: str, name: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("password: hunter2\n", "utf-8")
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / PAGE).write_text(f"a: 1\n{{% {tag} %}}\n", "utf-8")
    with pytest.raises(TemplateError, match="is no name inside the template folder") as caught:
        Engine(FolderLoader(folder)).render(PAGE, x=name)
    assert (caught.value.template, caught.value.line) == (PAGE, 2)


@pytest.mark.parametrize("name", [None, 5, ["a"], {"a": 1}, 1.5, True], ids=repr)
def test_a_name_is_a_text(name: object) -> None:
    with pytest.raises(TemplateError) as caught:
        Pages("a: 1\n{% extends x %}\n").render(x=name)
    assert (caught.value.template, caught.value.line) == (PAGE, 2)


@pytest.mark.parametrize("link", ["folder", "file"])
def test_a_link_cannot_lead_out_of_the_folder(link: str, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("password: hunter2\n", "utf-8")
    folder = tmp_path / "templates"
    folder.mkdir()
    if link == "folder":
        (folder / "in").symlink_to(outside)
    else:
        (folder / "in").mkdir()
        (folder / "in" / "secret").symlink_to(outside / "secret")
    (folder / PAGE).write_text("{% include 'in/secret' ignore missing %}\n", "utf-8")
    with pytest.raises(TemplateError) as caught:
        Engine(FolderLoader(folder)).render(PAGE)
    assert str(caught.value) == (
        f"{PAGE}:1: not allowed in a template: 'in/secret' is a link out of the template folder"
    )


def test_a_link_inside_the_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("a: 1\n", "utf-8")
    (tmp_path / "linked").symlink_to("real")
    assert Engine(FolderLoader(tmp_path)).render("linked") == [{"a": 1}]


def test_a_linked_folder_of_templates_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / PAGE).write_text("a: 1\n", "utf-8")
    (tmp_path / "linked").symlink_to("real")
    assert Engine(FolderLoader(tmp_path / "linked")).render(PAGE) == [{"a": 1}]


# CVE-2024-56201: the name of a template came unquoted into the code made of it.
ATTACKS = [
    "'\"; __import__('os').mkdir('attacked') #",
    "\n__import__('os').mkdir('attacked')\n",
    "{__import__('os').mkdir('attacked')}",
    "{{ x }}",
    "n",
    "%s%d{}",
    "\udcff\udcfe",
    "é😀",
    "-",
]


@pytest.mark.parametrize("name", ATTACKS, ids=ascii)
def test_a_file_name_cannot_attack(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "templates"
    folder.mkdir()
    try:
        (folder / name).write_text("{% macro m() %}{{ nope }}{% endmacro %}\na: 1\n", "utf-8")
    except OSError:
        pytest.skip("the file system has no such names")
    engine = Engine(FolderLoader(folder))
    assert engine.render(name) == [{"a": 1}]
    (folder / PAGE).write_text("{% import x as x %}\na: {{ x.m() }}\n", "utf-8")
    with pytest.raises(TemplateError) as caught:
        engine.render(PAGE, x=name)
    assert (caught.value.template, caught.value.line) == (name, 1)
    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.parametrize("length", [300, 5000])
def test_a_name_that_no_file_can_have_is_not_found(length: int) -> None:
    with pytest.raises(TemplateError, match="no template aaa") as caught:
        Pages("{% include 'a' * x %}").render(x=length)
    assert (caught.value.template, caught.value.line) == (PAGE, 1)
    assert len(caught.value.message) <= 500


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"a: 1\nb: \xff\n", 2, "not valid UTF-8"),
        (b"a: 1\n\nb: \xed\xa0\x80\n", 3, "not valid UTF-8"),
        (b"\xff\xfea\0", 1, "not valid UTF-8"),
        ("a: 1\nb: \ue000\n", 2, "U+E000 to U+E004 are for the engine's own use"),
        ("a: 1\nb: {{ '\ue004' }}\n", 2, "U+E000 to U+E004 are for the engine's own use"),
        ("a: \0\n", 1, "U+0000 cannot stand in a template; write its escape in double quotes"),
        (
            "a\r\nb\rc\x0b\n",
            3,
            "U+000B cannot stand in a template; write its escape in double quotes",
        ),
        ("\n\x85\n", 2, "U+0085 cannot stand in a template; write its escape in double quotes"),
        ("# \u2028\n", 1, "U+2028 cannot stand in a template; write its escape in double quotes"),
        ("a: \ufffe\n", 1, "U+FFFE cannot stand in a template; write its escape in double quotes"),
    ],
)
def test_a_template_is_text_without_hidden_characters(
    content: str | bytes, line: int, message: str
) -> None:
    with pytest.raises(TemplateError) as caught:
        Pages(content).render()
    assert (caught.value.template, caught.value.line) == (PAGE, line)
    assert caught.value.message == message


def test_a_template_may_hold_a_mebibyte() -> None:
    size = 1 << 20
    text = "a: " + "x" * (size - 3)
    assert Pages(text).render().documents == [{"a": "x" * (size - 3)}]
    with pytest.raises(TemplateError, match="a template may have 1 MiB at most"):
        Pages(text + "x").render()


def test_an_unreadable_template(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"page\.yml\.j2: cannot be read: Is a directory"):
        read_template(tmp_path, PAGE)


def test_an_engine_may_refuse_no_text(tmp_path: Path) -> None:
    (tmp_path / PAGE).write_text("a: {{ x }}\n", "utf-8")
    assert Engine(FolderLoader(tmp_path)).render(PAGE, x="\x85") == [{"a": "\x85"}]


LOOPS = "{% for i in range(9**4) %}{% for j in range(9**5) %}{% endfor %}{% endfor %}"
ENDLESS = 1 << 60


@pytest.mark.parametrize(
    ("template", "limits", "message"),
    [
        (LOOPS, Limits(steps=100), "takes more than 100 steps"),
        (LOOPS, Limits(ENDLESS, seconds=0.1), "takes more than 0.1 s of processor time"),
        ("- a\n- b\n", Limits(nodes=3), "renders more than 3 nodes"),
        ("a: {{ 'a'.ljust(10**9) }}", Limits(memory_bytes=64 << 20), "takes more than 64 MiB of memory"),
        ("a: {{ 'a' * 100 }}", Limits(text_characters=99), "renders more than 99 characters"),
        ("a: 1\nb: {{ 1 }}\n", Limits(tokens=4), "a template of more than 4 names, signs and texts"),
    ],
)  # fmt: skip
def test_limits_are_the_callers(template: str, limits: Limits, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        Pages(template, limits=limits).render()
    assert caught.value.message == message


def test_an_engine_has_no_limits_by_default() -> None:
    template = "{% for i in range(3000) %}{% for j in range(1000) %}{% endfor %}{% endfor %}"
    assert Pages(template, limits=None).render().documents == []
    with pytest.raises(TemplateError):
        Pages(template).render()


@pytest.mark.parametrize("characters", [1_000, 10_000, 60_000])
def test_a_limit_that_strikes_inside_many_templates_is_an_error(characters: int) -> None:
    # Python itself dies of closing too many generators of generators.
    pages = Pages(
        "x" * 100 + f"{{% include '{PAGE}' %}}", limits=Limits(text_characters=characters)
    )

    def deeper(levels: int) -> None:
        if levels:
            deeper(levels - 1)
        else:
            pages.render()

    with pytest.raises(TemplateError):
        deeper(500)


def test_templates_may_be_nested(tmp_path: Path) -> None:
    for n in range(90):
        (tmp_path / f"{n}").write_text(f"a:\n  {{% include '{n + 1}' %}}\n", "utf-8")
    (tmp_path / "90").write_text("b: 1\n", "utf-8")
    (tree,) = Engine(FolderLoader(tmp_path)).render("10")
    for _ in range(80):
        tree = tree["a"]
    assert tree == {"b": 1}

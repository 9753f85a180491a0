"""Hostile templates from a user's folder, through the real command line.

Each ends in messages of one line within the limits, writes nothing and leaves nothing running.
"""

from __future__ import annotations

import os
import re
import resource
from contextlib import chdir
from pathlib import Path

import pytest
from command import fork

MEGABYTES = 660
MANIFEST = "apiVersion: v1\nkind: X\nmetadata:\n  name: x\nspec: "
LINE = re.compile(r"[^\x00-\x09\x0b-\x1f\x7f-\x9f]+")

# A line of a template, and a word of the message about it.
TEXTS = {
    "attribute of a text": ("{{ ''.__class__ }}", "unsafe"),
    "classes": ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "unsafe"),
    "globals of a function": ("{{ cycler.__init__.__globals__ }}", "unsafe"),
    "attr filter": ("{{ ''|attr('__class__') }}", "unsafe"),
    "item walk": ("{{ name['__class__'] }}", "__class__"),
    "format walk": ("{{ '{0.__class__.__mro__}'.format(name) }}", "unsafe"),
    "format_map walk": ("{{ '{a.__class__}'.format_map({'a': name}) }}", "unsafe"),
    "context of a macro": ("{{ self._TemplateReference__context }}", "unsafe"),
    "a block's own stack": ("{{ self.x.__func__ }}", ""),
    "a filter's module": ("{{ (name|upper).__class__.__init__ }}", "unsafe"),
    "changing the config": ("{{ service.update({'image': 'other'}) }}", "unsafe"),
    "changing a list": ("{{ service.ports.append(1) }}", "unsafe"),
    "map walk": ("{{ [name]|map(attribute='__class__')|list }}", "unsafe"),
    "sort walk": ("{{ [name]|groupby('__class__') }}", ""),
    "a module": ("{% import 'os' as os %}", "no template os"),
    "an absolute path": ("{% include '/etc/passwd' %}", "no name inside the template folder"),
    "a path up": ("{% include '../secret.txt' %}", "no name inside the template folder"),
    "a path up, hidden": (
        "{% include 'kustz/../../secret.txt' %}",
        "no name inside the template folder",
    ),
    "a path up, computed": (
        "{% include '.' ~ './secret.txt' %}",
        "no name inside the template folder",
    ),
    "a path with NUL": ("{% include 'a\\x00b' %}", "no name inside the template folder"),
    "a drive": ("{% include 'C:/secret.txt' %}", "no name inside the template folder"),
    "backslashes": ("{% include '..\\\\secret.txt' %}", "no name inside the template folder"),
    "a path up in a list": (
        "{% include ['a', '../secret.txt'] %}",
        "no name inside the template folder",
    ),
    "a path up in import": (
        "{% from '../secret.txt' import a %}",
        "no name inside the template folder",
    ),
    "a path up in extends": ("{% extends '../secret.txt' %}", "no name inside the template folder"),
    "itself": ("{% include 'x.yml.j2' %}", "nested deeper"),
    "its own parent": ("{% extends 'x.yml.j2' %}", "nested deeper"),
    "a macro without end": ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "nested deeper"),
    "10,000 includes": ("{% for i in range(10000) %}{% include '_p.j2' %}{% endfor %}" * 8, ""),
    "a loop": (
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "steps",
    ),
    "huge output": ("{% for a in range(99999) %}{{ 'x' * 9999 }}\n{% endfor %}", ""),
    "a huge text": ("{{ 'x' * 9999999999 }}", "characters"),
    "a huge number": ("{{ 9 ** 9 ** 9 }}", ""),
    "a huge range": ("{{ range(999999999)|list }}", ""),
    "doubling": ("{{ 'x'|replace('x', 'x' * 99999)|replace('x', 'x' * 99999) }}", "characters"),
    "a wide indent": ("{{ ('a\\nb'|indent(9999999999)) }}", ""),
    "a wide centre": ("{{ 'a'|center(9999999999) }}", ""),
    "a wide format": ("{{ '%9999999999d' % 1 }}", ""),
    "a wide format method": ("{{ '{:>9999999999}'.format(1) }}", ""),
    "an alias bomb": (
        "\n  a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(
            f"  {chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 10)}]\n"
            for n in range(9)
        ),
        "",
    ),
    "deep nesting": ("[" * 5000, ""),
    "deep parentheses": ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", ""),
    "a lone surrogate": ("{{ '\\ud800' }}", "surrogate"),
    "the engine's own marks": ("{{ name }}\ue0000\ue001", "own use"),
    "a python tag": ("!!python/object/apply:os.system ['id']", "tag"),
    "the removed debug": ("{% debug %}", ""),
    "an old escape": ("{{ lipsum.__globals__ }}", "undefined"),
    "no Jinja": ("{% for %}", ""),
    "unclosed": ("{{ name ", ""),
}
# File names that attack the loader, the messages, kustomization.yml or the output folder.
NAMES = [
    "a\nb.yml.j2",
    "a\x1b[31mb.yml.j2",
    "..yml.j2",
    "...j2",
    ".yml.j2",
    "a b.yml.j2",
    "a: b.yml.j2",
    "a#b.yml.j2",
    "- a.yml.j2",
    "\u202egpj.yml.j2",
    "a\\b.yml.j2",
    "A" * 246 + ".yml.j2",
    "{{ name }}.yml.j2",
    "kustomization.yaml.j2",
    "Kustomization.j2",
    "x.exe.j2",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("s3cret")
    home = tmp_path / "app"
    (home / "kustz-templates").mkdir(parents=True)
    (home / "kustz.yml").write_text("name: web\nservice: {image: nginx}\n")
    return home


def generate(folder: Path) -> tuple[int, str]:
    """Run generate as a process of its own with limited memory."""
    with chdir(folder):
        done = fork("generate", prepare=limit_memory)
    return done.returncode, done.stderr.decode()


def limit_memory() -> None:
    """Let this process use some more memory than it has."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + (MEGABYTES << 20)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def check_refused(folder: Path, word: str = "") -> str:
    code, errors = generate(folder)
    assert code == 1, errors
    assert word in errors
    assert "Traceback" not in errors
    assert "s3cret" not in errors
    assert all(LINE.fullmatch(line) for line in errors.splitlines()), errors
    assert not (folder / "manifests").exists()
    return errors


@pytest.mark.parametrize("case", TEXTS, ids=str)
def test_a_hostile_text_is_an_error(folder: Path, case: str) -> None:
    text, word = TEXTS[case]
    (folder / "kustz-templates" / "_p.j2").write_text("{{ name }}" * 100)
    (folder / "kustz-templates" / "x.yml.j2").write_text(MANIFEST + text + "\n", "utf-8")
    check_refused(folder, word)


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_hostile_file_name_does_no_harm(folder: Path, name: str) -> None:
    (folder / "kustz-templates" / name).write_text(MANIFEST + "{{ nothing }}\n")
    check_refused(folder)


def test_a_link_out_of_the_folder_is_not_followed(folder: Path) -> None:
    templates = folder / "kustz-templates"
    (templates / "x.yml.j2").symlink_to("../../secret.txt")
    check_refused(folder, "a link out of the template folder")
    (templates / "x.yml.j2").unlink()
    (templates / "sub").symlink_to("../..")
    (templates / "x.yml.j2").write_text(MANIFEST + "{% include 'sub/secret.txt' %}")
    check_refused(folder, "a link out of the template folder")


def test_what_is_no_file_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "kustz-templates" / "x.yml.j2")
    code, errors = generate(folder)
    assert code in (0, 1)
    assert "Traceback" not in errors
    assert generate(folder)[0] == code


@pytest.mark.parametrize("target", ["/dev/zero", "/dev/stdin", "x.yml.j2", "/nowhere"])
def test_a_link_to_a_device_or_to_itself_is_not_read(folder: Path, target: str) -> None:
    (folder / "kustz-templates" / "x.yml.j2").symlink_to(target)
    code, errors = generate(folder)
    assert code in (0, 1)
    assert "Traceback" not in errors


@pytest.mark.parametrize("content", [b"\xff\xfe", b"x" * (1 << 21), b"\0" * 99, b"a: \xed\xa0\x80"])
def test_what_is_no_text_is_refused(folder: Path, content: bytes) -> None:
    (folder / "kustz-templates" / "x.yml.j2").write_bytes(content)
    check_refused(folder)

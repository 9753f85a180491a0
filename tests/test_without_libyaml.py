"""Without libyaml, all files and all messages are the same."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from trees import read_tree

from kustz_tpl.engine.python_yaml import SafeLoader

CASES = Path(__file__).parent / "cases"
STORED = {".gitignore": "dot-gitignore", ".gitattributes": "dot-gitattributes"}
# Cases for each function that reads YAML, and for each kind of syntax error.
NAMES = [
    "anchors-and-merge-keys",
    "byte-order-mark-and-crlf",
    "configmaps-literals",
    "envs-files-and-pairs",
    "everything",
    "flow-style-json",
    "own-manifests",
    "passthrough-over-a-template",
    "patches",
    "probes-http",
    "refused-alias-bomb",
    "refused-bad-indentation",
    "refused-custom-tag",
    "refused-deep-nesting",
    "refused-duplicate-keys",
    "refused-missing-colon",
    "refused-null-for-a-string",
    "refused-own-manifests",
    "refused-patches",
    "refused-patches-that-do-not-fit",
    "refused-secret-in-the-open",
    "refused-several-documents",
    "refused-set-values",
    "refused-tab-indentation",
    "refused-template-duplicate-key",
    "refused-template-escape",
    "refused-template-no-yaml",
    "refused-unclosed-bracket",
    "refused-unclosed-quote",
    "refused-unknown-alias",
    "secrets-literals",
    "templates-override-a-block",
]
HIDING = """\
import sys


class Hiding:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "yaml._yaml":
            raise ImportError(name)


sys.meta_path.insert(0, Hiding)
"""
# Runs `generate` in each folder given, in one process; messages go to the file `said`.
RUNS = """\
import contextlib, os, shlex, sys, yaml
from pathlib import Path
from kustz_tpl.__main__ import main
assert not yaml.__with_libyaml__
for folder in map(Path, sys.argv[1:]):
    words = folder / "args"
    sys.argv = ["kustz-tpl", "generate", *shlex.split(words.read_text() if words.exists() else "")]
    variables = folder / "env"
    lines = variables.read_text().splitlines() if variables.exists() else []
    os.environ.update(line.split("=", 1) for line in lines)
    os.chdir(folder)
    with open("said", "w") as said, contextlib.redirect_stderr(said):
        with contextlib.suppress(SystemExit):
            main()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which every case was run without libyaml."""
    top = tmp_path_factory.mktemp("without")
    (top / "sitecustomize.py").write_text(HIDING)
    for name in NAMES:
        ignore = shutil.ignore_patterns("expected", "expected.*")
        shutil.copytree(CASES / name, top / name, ignore=ignore, symlinks=True)
    words = [sys.executable, "-c", RUNS, *(str(top / name) for name in NAMES)]
    done = subprocess.run(
        words, env={**os.environ, "PYTHONPATH": str(top)}, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return top


@pytest.mark.parametrize("name", NAMES)
def test_a_case_is_the_same(name: str, folder: Path) -> None:
    case, app = CASES / name, folder / name
    said = (app / "said").read_text()
    if (case / "expected.err").exists():
        assert said == (case / "expected.err").read_text("utf-8")
        return
    made = read_tree(app / "manifests")
    stored = {
        str(Path(path).with_name(STORED.get(Path(path).name, Path(path).name))): content
        for path, content in made.items()
    }
    assert stored == read_tree(case / "expected")


def test_set_changes_the_same_bytes(folder: Path) -> None:
    tests = CASES.parent / "test_editing.py"
    words = ["-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "-k", "not random", tests]
    where = {"PYTHONPATH": os.pathsep.join([str(folder), str(CASES.parent)])}
    done = subprocess.run(
        [sys.executable, *words], env={**os.environ, **where}, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout.decode()


def parsed(text: str, loader: Any) -> list[Any]:  # noqa: ANN401 - loaders have no class in common
    """Return the events of a text as values, and the error behind them."""
    found: list[Any] = []
    try:
        for event in yaml.parse(text, Loader=loader):
            mark = event.start_mark
            assert mark is not None
            ended = isinstance(event, (yaml.CollectionEndEvent, yaml.DocumentEndEvent))
            found.append((repr(event), None if ended else (mark.line, mark.column)))
    except yaml.MarkedYAMLError as error:
        marks = [
            mark and (mark.line, mark.column) for mark in (error.context_mark, error.problem_mark)
        ]
        found.append((error.context, error.problem, marks))
    return found


@pytest.mark.parametrize(
    "text",
    [
        "rules: [http://a.example/?tls=a, b?c]\n",
        "a:\t1\nb: [x,\ty]\t# c\n",
        "{a: , b: }\n[a: ]\n",
        "a: b\n c\n\n d\n",
        "- a\n---\n- b\n...\n",
        "a: [\n",
        "a: {b: c",
        'a: "b',
        'a: "\\uD800"',
        'a: "é\\U00110000"',
        'a: "\\q"',
        'a: "\\xZ"',
        "a: b\n\tc: d\n",
        "a: b: c",
        "a\nb: c",
        "- a\nb: c\n",
        "a: b\n- c\n",
        "a: - b",
        "a: @b",
        "a: |x\n",
        "a: |0\n",
        "a: !u!b c",
        "a: &",
        "a: *",
        "[a:,b]",
        "%YAML 2.0\n---\na",
        "'a\n---\n'",
    ],
)
def test_the_two_parsers_agree(text: str) -> None:
    assert parsed(text, SafeLoader) == parsed(text, yaml.CSafeLoader)

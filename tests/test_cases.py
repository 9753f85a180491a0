"""Run every folder of tests/cases through the command line.

A case has a kustz.yml and its data files, and either `expected/`, the whole tree that `generate`
writes, or `expected.err`, the exact messages. An `args` file adds arguments, an `env` file variables.
`make golden` rewrites the expected files.
"""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
import yaml
from command import Ended, run
from kube import OLDEST, build, validate
from language import key_paths, used_paths
from oracle import built_data, expected_data
from trees import Tree, read_tree, write_tree

CASES = Path(__file__).parent / "cases"
# Under its own name, git would obey secrets/.gitignore and not commit the expected secrets.
STORED = {".gitignore": "dot-gitignore", ".gitattributes": "dot-gitattributes"}
NOT_INPUT = ("args", "env", "expected", "expected.err", "expected.warn")


def names(pattern: str) -> list[str]:
    return sorted(found.parent.name for found in CASES.glob(f"*/{pattern}"))


def stored(path: str) -> str:
    parent, slash, name = path.rpartition("/")
    return parent + slash + STORED.get(name, name)


def stored_tree(tree: Tree) -> Tree:
    return {stored(path): content for path, content in tree.items()}


def state(folder: Path) -> list[tuple[str, int, int, int]]:
    """Return what a rewrite of any file would change, apart from its content."""
    return [
        (path.as_posix(), path.lstat().st_mode, path.lstat().st_ino, path.lstat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if not path.is_dir()
    ]


def warnings(messages: str) -> str:
    return "".join(line for line in messages.splitlines(keepends=True) if ": warning: " in line)


def arguments(case: str) -> list[str]:
    file = CASES / case / "args"
    return shlex.split(file.read_text("utf-8")) if file.exists() else []


def config(case: str) -> str:
    """Return the config that the case's `-c` names, or the default one."""
    words = arguments(case)
    return words[words.index("-c") + 1] if "-c" in words else "kustz.yml"


def generate(case: str, folder: Path, capfd: pytest.CaptureFixture[str]) -> Ended:
    return run(capfd, folder, "generate", *arguments(case))


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the case's input, so that nothing is written into the repository."""
    case = CASES / request.getfixturevalue("case")
    if (case / "env").exists():
        for line in (case / "env").read_text("utf-8").splitlines():
            name, _, value = line.partition("=")
            monkeypatch.setenv(name, value)
    ignore = shutil.ignore_patterns(*NOT_INPUT)
    return Path(shutil.copytree(case, tmp_path / "app", ignore=ignore, symlinks=True))


def rewrite(case: str, folder: Path, outcome: Ended) -> None:
    """Store the result of the case's run as its expected result."""
    home = CASES / case
    shutil.rmtree(home / "expected", ignore_errors=True)
    for name in ("expected.err", "expected.warn"):
        (home / name).unlink(missing_ok=True)
    if outcome.code:
        (home / "expected.err").write_text(outcome.err, "utf-8", newline="\n")
        return
    write_tree(home / "expected", stored_tree(read_tree(folder / "manifests")))
    if warned := warnings(outcome.err):
        (home / "expected.warn").write_text(warned, "utf-8", newline="\n")


@pytest.mark.parametrize("case", names("kustz.yml"))
def test_case(
    case: str, folder: Path, capfd: pytest.CaptureFixture[str], *, is_golden: bool
) -> None:
    before = read_tree(folder)
    outcome = generate(case, folder, capfd)
    if is_golden:
        rewrite(case, folder, outcome)
    if outcome.code:
        check_refused(case, outcome)
        assert read_tree(folder) == before, "a refused input writes nothing"
        return
    check_written(case, folder, outcome)
    check_second_run(case, folder, capfd)
    check_built(folder / config(case), folder / "manifests")


def check_refused(case: str, outcome: Ended) -> None:
    expected = CASES / case / "expected.err"
    assert expected.exists(), outcome.err
    assert outcome.err == expected.read_text("utf-8")
    assert (outcome.code, outcome.out) == (1, "")


def check_written(case: str, folder: Path, outcome: Ended) -> None:
    home = CASES / case
    warned = home / "expected.warn"
    assert not (home / "expected.err").exists(), "the input is no longer refused"
    assert warnings(outcome.err) == (warned.read_text("utf-8") if warned.exists() else "")
    written = read_tree(folder / "manifests")
    assert stored_tree(written) == read_tree(home / "expected")
    for path, content in written.items():
        check_file(folder / "manifests" / path, content)


def check_file(path: Path, content: bytes) -> None:
    if path.parent.parent.name == "secrets":
        assert path.stat().st_mode & 0o777 == 0o600
    if path.parent.name == "manifests":
        assert b"\r" not in content
        assert list(yaml.load_all(content, yaml.CSafeLoader))


def check_second_run(case: str, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = state(folder)
    ended = run(capfd, folder, "generate", "--build", *arguments(case))
    assert ended.code == 0, ended.err
    assert state(folder) == before, "a second run changes nothing"


def check_built(config: Path, output: Path) -> None:
    objects = build(output)
    document = yaml.load(config.read_bytes(), yaml.CBaseLoader)
    validate(objects, document.get("kubeVersion", OLDEST))
    has_hash = document.get("nameSuffixHash") == "true"
    assert built_data(objects, has_hash=has_hash) == expected_data(config)


def test_every_case_expects_one_thing() -> None:
    both: Iterable[str] = set(names("expected")) & set(names("expected.err"))
    assert not both
    assert set(names("kustz.yml")) == set(names("expected")) | set(names("expected.err"))


def test_every_key_has_a_good_case() -> None:
    files = [CASES / case / config(case) for case in names("expected")]
    documents = [yaml.load(file.read_bytes(), yaml.CBaseLoader) for file in files]
    used = {path[-1] for document in documents for path in used_paths(document)}
    backends = {
        "none",
        "sops",
        "age",
    }  # covered by other tests: sops writes a different file each time
    assert {path[-1] for path in key_paths()} - used - backends == set()

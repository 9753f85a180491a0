"""A template folder that cannot be read is an error; it is never treated as missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from command import WEB, obey_modes, start, write

FOLDER = Path("kustz-templates")
REFUSED = "permission denied; run chmod u+rx on it"
MODES = [0o000, 0o444, 0o111]
# Some generate, the others look at templates only; `SOME` has one of each.
COMMANDS = [
    ["generate"],
    ["generate", "--stdout"],
    ["validate"],
    ["check"],
    ["diff"],
    ["templates", "list"],
    ["templates", "show", "service"],
    ["templates", "status"],
    ["templates", "test"],
]
SOME = [["generate"], ["templates", "list"]]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write("kustz.yml", WEB)
    return tmp_path


@pytest.fixture
def closed() -> Iterator[Path]:
    write(FOLDER / "service.yml.j2", "{% fi %}")
    FOLDER.chmod(0)
    yield FOLDER
    FOLDER.chmod(0o755)


def errors_of(*words: str) -> list[str]:
    done = start(*words, preexec_fn=obey_modes)
    assert (done.returncode, done.stdout.replace(b"0 of 1 configs valid\n", b"")) == (1, b"")
    assert not Path("manifests").exists()
    return done.stderr.decode().splitlines()


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_beside_the_config(closed: Path, command: list[str]) -> None:
    assert errors_of(*command) == [f"{closed}: {REFUSED}"]


@pytest.mark.parametrize("mode", MODES, ids=oct)
@pytest.mark.parametrize("command", SOME, ids=" ".join)
def test_named_on_the_command_line(closed: Path, command: list[str], mode: int) -> None:
    closed.chmod(mode)
    closed.rename("own")
    try:
        assert errors_of(*command, "--templates", "own") == [f"own: {REFUSED}"]
    finally:
        Path("own").rename(closed)


def test_of_one_application_among_others(closed: Path) -> None:
    write("other/kustz.yml", WEB.replace("web", "other"))
    done = start("generate", ".", "other", "-o", "out/{name}", preexec_fn=obey_modes)
    assert (done.returncode, done.stdout.count(b"created")) == (1, 3)
    assert done.stderr.decode().splitlines()[0] == f"{closed}: {REFUSED}"
    assert [path.name for path in Path("out").iterdir()] == ["other"]


@pytest.mark.parametrize("command", SOME, ids=" ".join)
def test_what_is_no_folder(command: list[str]) -> None:
    FOLDER.symlink_to("gone")
    assert errors_of(*command) == [f"{FOLDER}: expected a folder, got a broken link"]
    FOLDER.unlink()
    FOLDER.write_text("")
    assert errors_of(*command) == [f"{FOLDER}: expected a folder, got a file"]


@pytest.mark.parametrize("command", SOME, ids=" ".join)
def test_a_named_folder_that_is_not_there(command: list[str]) -> None:
    done = start(*command, "--templates", "none")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"none: no such folder" in done.stderr

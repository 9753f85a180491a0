"""What the patterns of a project match, in any tree of folders and links."""

from __future__ import annotations

from glob import glob
from pathlib import Path

import pytest
from command import write

from kustz_tpl.data_files.matches import find_matches


@pytest.fixture(autouse=True)
def _tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for path in ("a/kustz.yml", "a/b/kustz.yml", "a/b/c/d.yml", "a.b/kustz.yml", ".h/kustz.yml"):
        write(path, "")
    write("a/.hidden/kustz.yml", "")
    write("a/[b]/kustz.yml", "")


@pytest.mark.parametrize(
    "pattern",
    [
        *("*", "**", "a/*", "a/**", "**/kustz.yml", "**/b/**", "a*/kustz.yml", "a/b/../b"),
        *("?", "[ab]", "a/[[]b]", ".*", "**/.hidden", "nope", "nope/*", "a/kustz.yml/*", "."),
        *("a/**/c/*", "**/**/c", "", "**/*.yml"),
    ],
)
def test_a_pattern_matches_what_a_shell_does(pattern: str) -> None:
    expected = {Path(each).as_posix() for each in glob(pattern, recursive=True)}  # noqa: PTH207 - a model
    assert find_matches(pattern) == sorted(expected)


def test_the_folder_is_not_part_of_what_is_found() -> None:
    assert find_matches("b/*", Path("a")) == ["b/c", "b/kustz.yml"]
    assert find_matches("*", Path("nope")) == []


def test_links_are_found_and_named_links_are_followed() -> None:
    Path("link").symlink_to("a")
    assert "link" in find_matches("*")
    assert "link" in find_matches("**")
    assert find_matches("*/b/kustz.yml") == ["a/b/kustz.yml", "link/b/kustz.yml"]
    assert find_matches("link/*") == ["link/[b]", "link/b", "link/kustz.yml"]
    assert find_matches("*/b/*") == ["a/b/c", "a/b/kustz.yml"]


@pytest.mark.parametrize("part", ["*/", "**/", "**/*/", "*/back/", "**/a/"])
def test_a_maze_of_links_and_stars_has_an_end(part: str) -> None:
    """Python's own glob takes each of the paths through these links, which are millions."""
    for name in ("one", "two", "three", "a/back", "a/b/back"):
        Path(name).symlink_to(Path.cwd())
    assert len(find_matches(f"{part * 40}**")) < 50

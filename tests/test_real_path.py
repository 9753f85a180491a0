import os
from pathlib import Path

import pytest

from kustz_tpl.data_files.real_path import real_path


@pytest.mark.parametrize(
    "path",
    [
        "a/b/file",
        "a/b",
        "a/link/file",
        "a/link/../file",
        "a/out",
        "a/loop/file",
        "a/loop",
        "a/nothing/at/all",
        "a/b/.",
        "a/b/",
        "a/./b//file",
        "../x",
        "",
        ".",
        "/",
        "/nothing",
        "//a",
        "a/up/b/file",
    ],
)
def test_a_path_is_resolved_as_python_does(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a/b").mkdir(parents=True)
    Path("a/b/file").touch()
    for link, target in {"link": "b", "out": "b/file", "loop": "loop", "up": "../a"}.items():
        Path("a", link).symlink_to(target)
    known: dict[str, str] = {}
    for each in (path, f"{tmp_path}/{path}", path):
        assert real_path(each, known) == os.path.realpath(each)

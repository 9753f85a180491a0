from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from generated import application, tree

from kustz_tpl.errors import InputError
from kustz_tpl.output.changes import Policy
from kustz_tpl.output.git import FileState, Repositories
from kustz_tpl.output.write import update

HERE = Path(__file__).parent
NOBODY = 65534
is_root = os.geteuid() == 0


@pytest.mark.parametrize("fault", ["kill", "fill", "freeze", "vanish"])
@pytest.mark.parametrize("scenario", ["first", "update", "shrink", "again"])
def test_a_run_broken_at_any_file_operation(scenario: str, fault: str) -> None:
    assert crash(scenario, fault) > 25


def test_a_run_killed_at_any_line() -> None:
    assert crash("update", "lines") > 25


def crash(scenario: str, fault: str) -> int:
    """Return at how many places a run was broken; the script has the assertions."""
    done = subprocess.run(
        [sys.executable, HERE / "crash.py", scenario, fault],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def in_child(work: Callable[[], None]) -> list[str]:
    """Return the problems of a run in a process that may drop its privileges."""
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        # The child ends before this function does and uses none of pytest's threads.
        warnings.simplefilter("ignore", DeprecationWarning)
        process = os.fork()
    if not process:
        with os.fdopen(writer, "w") as out:
            try:
                work()
            except InputError as error:
                out.write("\n".join(map(str, error.diagnostics)))
            except BaseException as error:  # noqa: BLE001 - reported to the parent
                out.write(f"bug: {error!r}")
        os._exit(0)
    os.close(writer)
    os.waitpid(process, 0)
    with os.fdopen(reader) as out:
        return out.read().splitlines()


def new_run(folder: Path) -> None:
    files = {"configmaps__web__key": b"x" * 50_000, "secrets__web__token": b"t"}
    update(application(deployment_yml=b"new: true\n", **files), folder, Policy())


@pytest.fixture
def public() -> Iterator[Path]:
    """Yield a folder that every user can reach."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_two_runs_at_once_do_not_mix(tmp_path: Path) -> None:
    (tmp_path / "kustz.yml").write_text("name: web\nservice: {image: x, ports: ['80']}\n")
    command = [sys.executable, "-m", "kustz_tpl", "generate", "--image"]
    results = []
    for image in ("one:1", "two:2"):
        subprocess.run([*command, image], cwd=tmp_path, check=True, capture_output=True)
        results.append(tree(tmp_path))
    for _ in range(5):
        runs = [
            subprocess.Popen(
                [*command, image],
                cwd=tmp_path,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for image in ("one:1", "two:2", "one:1")
        ]
        assert [run.wait() for run in runs] == [0, 0, 0]
        assert tree(tmp_path) in results


def test_a_read_only_folder(public: Path) -> None:
    folder = public / "manifests"
    update(application(), folder, Policy())
    folder.chmod(0o555)
    before = tree(folder)

    def work() -> None:
        if is_root:
            os.setuid(NOBODY)
        new_run(folder)

    assert in_child(work) == [f"{folder}: permission denied"]
    assert tree(folder) == before
    folder.chmod(0o755)
    new_run(folder)


def test_a_folder_that_cannot_be_made(public: Path) -> None:
    public.chmod(0o555)

    def work() -> None:
        if is_root:
            os.setuid(NOBODY)
        new_run(public / "deep/manifests")

    assert in_child(work) == [f"{public}/deep: permission denied"]
    assert not list(public.iterdir())


def test_an_unreadable_file(public: Path) -> None:
    folder = public / "manifests"
    update(application(), folder, Policy())
    (folder / "deployment.yml").chmod(0)
    (folder / "foreign.yml").write_bytes(b"mine")
    (folder / "foreign.yml").chmod(0)

    def work() -> None:
        if is_root:
            os.setuid(NOBODY)
        update(application(), folder, Policy())

    assert in_child(work) == [f"{folder}/deployment.yml: permission denied"]


@pytest.mark.parametrize("closed", ["manifests", "manifests/secrets", "manifests/secrets/web"])
def test_a_folder_nobody_may_enter_is_no_matter_of_git(public: Path, closed: str) -> None:
    new_run(public / "manifests")
    subprocess.run(["git", "init", "-q"], cwd=public, check=True)
    (public / closed).chmod(0)
    if is_root:
        subprocess.run(["chown", "-R", str(NOBODY), public], check=True)

    def work() -> None:
        if is_root:
            os.setuid(NOBODY)
        token = public / "manifests/secrets/web/token"
        assert Repositories().states([token]) == {token: FileState()}
        new_run(public / "manifests")

    assert in_child(work) == [f"{public / closed}: permission denied"]
    (public / closed).chmod(0o755)


def test_a_file_that_outgrows_the_limit(tmp_path: Path) -> None:
    folder = tmp_path / "manifests"
    update(application(), folder, Policy())
    before = tree(folder)

    def work(folder: Path) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
        new_run(folder)

    assert in_child(partial(work, folder)) == [f"{folder}: file too large"]
    assert tree(folder) == before
    new_run(folder)
    new = tmp_path / "new/folder"
    assert in_child(partial(work, new)) == [f"{new}: file too large"]
    assert not new.parent.exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Yield a file system of 256 KiB, where this machine lets us mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    if not is_root or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting needs root")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk(small_disk: Path) -> None:
    outcomes = {fits(small_disk, room) for room in range(0, 90_000, 4096)}
    assert outcomes == {True, False}


def fits(disk: Path, room: int) -> bool:
    """Return whether a run succeeds with so much room left; if not, with more."""
    folder = disk / "manifests"
    shutil.rmtree(folder, ignore_errors=True)
    update(application(), folder, Policy())
    before = tree(folder)
    fill(disk / "filler", room)
    diagnostics = attempt(folder)
    if diagnostics:
        assert diagnostics == [f"{folder}: no space left on device"]
        assert tree(folder) == before
    (disk / "filler").unlink()
    new_run(folder)
    assert (folder / "configmaps/web/key").stat().st_size == 50_000
    return not diagnostics


def attempt(folder: Path) -> list[str]:
    try:
        new_run(folder)
    except InputError as error:
        return [str(problem) for problem in error.diagnostics]
    return []


def fill(filler: Path, room: int) -> None:
    with filler.open("wb", buffering=0) as file:
        with suppress(OSError):
            while True:
                file.write(bytes(4096))
        file.truncate(file.tell() - room)

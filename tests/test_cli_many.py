from __future__ import annotations

import json
import os
import shutil
import subprocess
from functools import partial
from pathlib import Path

import pytest
import yaml
from command import Run, call, fork, on_terminal, write
from generated import tree

from kustz_tpl.cli.terminal import safe


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Run:
    return partial(call, capsys)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lay(*names: str, image: str = "nginx:1.27") -> list[str]:
    for name in names:
        write(f"services/{name}/kustz.yml", f"name: {name}\nservice: {{image: '{image}'}}\n")
    return [f"services/{name}/kustz.yml" for name in names]


def test_many_applications_each_into_its_folder(cli: Run) -> None:
    ended = cli("generate", *lay("a", "b"), "-o", "manifests/{name}")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        "created    manifests/a/deployment.yml",
        "created    manifests/a/kustomization.yml",
        "created    manifests/b/deployment.yml",
        "created    manifests/b/kustomization.yml",
    ]
    lay("b", image="nginx:1.28")
    ended = cli("generate", "services/a", "services/b", "-o", "manifests/{name}")
    assert ended.out == "changed    manifests/b/deployment.yml\nunchanged  3 files\n"


def test_each_into_its_own_folder_beside_it(cli: Run) -> None:
    assert cli("generate", *lay("a", "b"), "-o", "{dir}/manifests").code == 0
    assert Path("services/a/manifests/deployment.yml").exists()
    assert Path("services/b/manifests/deployment.yml").exists()


@pytest.mark.parametrize("pattern", ["manifests/{dir}", "{dir}"])
def test_a_config_that_is_not_below_the_current_folder_has_no_dir(
    cli: Run, here: Path, monkeypatch: pytest.MonkeyPatch, pattern: str
) -> None:
    lay("a", "b")
    monkeypatch.chdir(here / "services/b")
    before = tree(here)
    configs = ("../a", str(here / "services/a/kustz.yml"), "x/../../a/./kustz.yml")
    for config in configs:
        for command in ("generate", "check"):
            ended = cli(command, "kustz.yml", config, "-o", pattern)
            assert ended.code == 1
            assert ended.err == (
                f"{config.removesuffix('/kustz.yml')}/kustz.yml: expected a config below the "
                f"current folder for {{dir}} in {pattern}; use {{name}} instead\n"
            )
            assert cli(command, config, "-o", pattern).err == ended.err
    assert tree(here) == before


@pytest.mark.parametrize("name", [os.fsdecode(b"caf\xe9"), "a\nb", "a\x85b"])
def test_a_dir_that_no_manifest_can_name(cli: Run, name: str) -> None:
    write(f"{name}/kustz.yml", "name: a\nservice: {image: x}\n")
    for command in ("generate", "check"):
        ended = cli(command, name, *lay("b"), "-o", "m/{dir}", "--index")
        assert ended.code == 1
        assert ended.err == (
            f"{safe(name)}/kustz.yml: expected a path of UTF-8 without control characters "
            "for {dir} in m/{dir}; use {name} instead\n"
        )
    assert not Path("m").exists()
    assert cli("generate", name, "-o", "m/{name}").code == 0


def test_a_dir_is_relative_to_the_current_folder(
    cli: Run, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay("a")
    (here / "link").symlink_to(here)
    for config in (here / "services/a", "services/../services/a"):
        assert cli("generate", str(config), "-o", "out/{dir}").code == 0
    monkeypatch.chdir(here / "services")
    for config in ("a", "./a/kustz.yml", str(here / "link/services/a")):
        assert cli("generate", config, "-o", "../out/services/{dir}").code == 0
    folders = {Path(path).parent.as_posix() for path in tree(here / "out")}
    assert folders == {"services/a"}


def test_two_applications_in_one_folder_are_an_error_before_anything_is_written(
    cli: Run, here: Path
) -> None:
    configs = lay("a", "b", "c")
    before = tree(here)
    ended = cli("generate", *configs)
    assert ended.code == 1
    assert ended.err.splitlines() == [
        f"services/{name}/kustz.yml: services/a/kustz.yml is written to manifests too; "
        "put {name} or {dir} into -o"
        for name in ("b", "c")
    ]
    assert tree(here) == before


def test_folders_that_differ_in_case_alone_are_one_on_some_systems(cli: Run, here: Path) -> None:
    lay("a")
    write("services/A/kustz.yml", "name: b\nservice: {image: x}\n")
    before = tree(here)
    ended = cli("generate", "services/a", "services/A", "-o", "m/{dir}")
    assert ended.code == 1
    assert ended.err == (
        "services/A/kustz.yml: services/a/kustz.yml is written to m/services/a too, "
        "which may be the same as m/services/A; put {name} into -o\n"
    )
    assert tree(here) == before


@pytest.mark.parametrize(
    "text", ["name: a", "'name': \"a\" # same", "? name\n: a", "<<: {name: a}"]
)
def test_two_applications_of_one_name_are_found_however_it_is_written(
    cli: Run, here: Path, text: str
) -> None:
    (config,) = lay("a")
    write("other.yml", f"{text}\nservice: {{image: x}}\n")
    before = tree(here)
    ended = cli("generate", config, "other.yml", "-o", "out/{name}")
    assert ended.err == (
        "other.yml: services/a/kustz.yml is written to out/a too; "
        "both are named a, rename one or add {dir} to -o\n"
    )
    assert tree(here) == before


@pytest.mark.parametrize(
    ("pattern", "hint"),
    [
        ("out", "put {name} or {dir} into -o"),
        ("out/{dir}", "put {name} into -o"),
        ("out/{name}", "both are named a, rename one or add {dir} to -o"),
        ("out/{dir}/{name}", "both are named a, rename one"),
    ],
)
def test_two_applications_in_one_folder_hear_what_helps(cli: Run, pattern: str, hint: str) -> None:
    lay("a")
    write("services/a/other.yml", "name: a\nservice: {image: x}\n")
    ended = cli("generate", "services/a", "services/a/other.yml", "-o", pattern)
    assert ended.err.endswith(f" too; {hint}\n")


def test_names_that_run_into_other_words(cli: Run) -> None:
    write("one.yml", "name: bc\nnamespace: a\nservice: {image: x}\n")
    write("two.yml", "name: c\nnamespace: ab\nservice: {image: x}\n")
    ended = cli("generate", "one.yml", "two.yml", "-o", "{namespace}{name}")
    assert ended.err == (
        "two.yml: one.yml is written to abc too; "
        "use {name} as a folder in -o, such as manifests/{name}\n"
    )


def test_names_from_flags_clash_too(cli: Run) -> None:
    ended = cli("generate", *lay("a", "b"), "-o", "out/{name}", "--set", "name=c")
    assert ended.code == 1
    assert "is written to out/c too" in ended.err


def test_a_folder_of_another_applications_own_files_is_no_place(cli: Run) -> None:
    configs = lay("web", "secrets")
    write("services/web/kustz.yml", "name: web\nnamespace: .\nservice: {image: x}\n")
    ended = cli("generate", *configs, "-o", "services/secrets/../{name}")
    assert ended.code == 1
    write("services/kustz.yml", "name: services\nservice: {image: x}\n")
    ended = cli("generate", "services", "services/secrets", "-o", "{dir}")
    assert ended.code == 1
    assert ended.err == (
        "services/secrets/kustz.yml: services/secrets is a folder of services/kustz.yml's own files\n"
    )


def test_a_config_named_twice_is_one(cli: Run) -> None:
    configs = lay("a")
    ended = cli("generate", *configs, "services/a", "services/./a", "-o", "out")
    assert ended.code == 0


def test_one_bad_application_does_not_stop_the_others(cli: Run) -> None:
    configs = lay("a", "b", "c")
    write("services/b/kustz.yml", "name: b\nservice: {imag: x}\n")
    ended = cli("generate", *configs, "missing.yml", "-o", "out/{name}", "--index")
    assert ended.code == 1
    assert sorted(path.name for path in Path("out").iterdir()) == ["a", "c"]
    *diagnostics, last = ended.err.splitlines()
    assert {line.split(":")[0] for line in diagnostics} == {"services/b/kustz.yml", "missing.yml"}
    assert last == "2 of 4 applications failed"


@pytest.mark.parametrize("text", ["", "name:\n", "name: ~\n", "name: ../x\n", "name: [a]\n"])
def test_applications_without_a_name_take_no_folder(cli: Run, text: str) -> None:
    (config,) = lay("a")
    for name in ("b", "c"):
        write(f"services/{name}/kustz.yml", f"{text}service: {{image: x}}\n")
    ended = cli("generate", config, "services/b", "services/c", "-o", "out/{name}")
    assert ended.code == 1
    assert {line.split(":")[0] for line in ended.err.splitlines()} >= {
        "services/b/kustz.yml",
        "services/c/kustz.yml",
    }
    assert " too" not in ended.err
    assert [path.name for path in Path("out").iterdir()] == ["a"]


@pytest.mark.parametrize("fault", ["labels: [", "namespace: Shop", "name: other", "---\n"])
def test_one_that_is_broken_below_its_name_takes_no_folder(cli: Run, fault: str) -> None:
    configs = [*lay("a"), "services/b/kustz.yml"]
    write(configs[1], f"name: a\nservice: {{image: 'nginx:1.27'}}\n{fault}\n")
    ended = cli("generate", *configs, "-o", "manifests/{name}")
    is_broken = fault != "name: other"
    assert ended.code == 1
    assert ("is written to" not in ended.err) == is_broken
    assert Path("manifests/a/deployment.yml").exists() == is_broken


def test_an_index_lists_the_folders(cli: Run) -> None:
    configs = lay("b", "a")
    ended = cli("generate", *configs, "-o", "out/{name}", "--index")
    assert ended.err == "next: kubectl apply -k out/\n"
    index = yaml.safe_load(Path("out/kustomization.yml").read_bytes())
    assert index["resources"] == ["a", "b"]
    assert cli("generate", *reversed(configs), "-o", "out/{name}", "--index").out == (
        "unchanged  4 files\n"
    )
    assert cli("check", *configs, "-o", "out/{name}", "--index").code == 0
    ended = cli("check", *configs, *lay("c"), "-o", "out/{name}", "--index")
    assert "out/kustomization.yml: changed\n" in ended.out
    assert (
        "to fix, run: kustz-tpl generate services/c/kustz.yml -o 'out/{name}' --index\n"
        in ended.err
    )
    ended = cli("generate", "services/a", "-o", "out")
    assert ended.err.startswith("out: belongs to an index of applications; ")


def test_an_index_is_printed_with_the_manifests(cli: Run, here: Path) -> None:
    configs = lay("b", "a")
    before = tree(here)
    words = ("generate", *configs, "-o", "out/{name}", "--index")
    ended = cli(*words, "--stdout")
    assert (ended.code, ended.err) == (0, "")
    assert tree(here) == before
    cli(*words)
    printed = ended.out.partition("---\n# file: out/kustomization.yml\n")[2]
    assert printed == Path("out/kustomization.yml").read_text()
    write("services/a/kustz.yml", "name: a\nservice: {imag: x}\n")
    ended = cli(*words, "--stdout")
    assert (ended.code, "out/kustomization.yml" in ended.out) == (1, False)


@pytest.mark.parametrize(
    ("pattern", "folder", "listed"),
    [
        ("{dir}/manifests", ".", ["services/a/manifests", "services/b/manifests"]),
        ("x/y-{name}/z", "x", ["y-a/z", "y-b/z"]),
    ],
)
def test_an_index_stands_above_all_folders(
    cli: Run, pattern: str, folder: str, listed: list[str]
) -> None:
    cli("generate", *lay("a", "b"), "-o", pattern, "--index")
    index = yaml.safe_load((Path(folder) / "kustomization.yml").read_bytes())
    assert index["resources"] == listed


def test_an_application_that_a_run_does_not_name_stays_in_the_index(cli: Run, here: Path) -> None:
    options = ("-o", "m/{name}", "--index")
    cli("generate", *lay("a", "b", "c"), *options)
    before = tree(here)
    assert cli("check", "services/b", *options).code == 0
    ended = cli("generate", "services/b", *options)
    assert (ended.code, ended.out) == (0, "unchanged  2 files\n")
    assert tree(here) == before


def test_an_application_leaves_the_index_with_its_folder(cli: Run) -> None:
    options = ("-o", "m/{name}", "--index")
    cli("generate", *lay("a", "b", "c"), *options)
    shutil.rmtree("m/a")
    mark = "! m/kustomization.yml: a is removed from the index; a pruning apply (Argo CD, Flux) will delete it\n"
    ended = cli("check", "services/b", *options)
    assert (ended.code, ended.out) == (1, f"m/kustomization.yml: changed\n{mark}")
    breaking = json.loads(cli("check", "services/b", *options, "--format", "json").out)["index"]
    assert [each["path"] for each in breaking["breaking"]] == ["kustomization.yml"]
    assert cli("diff", "services/b", *options).out.startswith(mark)
    ended = cli("generate", "services/b", *options)
    assert mark in ended.out
    index = yaml.safe_load(Path("m/kustomization.yml").read_bytes())
    assert index["resources"] == ["b", "c"]


def test_what_stays_or_comes_does_not_leave_the_index(cli: Run) -> None:
    options = ("-o", "m/{name}", "--index")
    cli("generate", *lay("a"), *options)
    more = lay("a", "b", image="nginx:1.28")
    assert "!" not in cli("check", *more, *options).out
    assert cli("generate", *more, *options).err == "next: kubectl apply -k m/\n"


def test_a_run_without_an_index_leaves_it_as_it_is(cli: Run) -> None:
    cli("generate", *lay("a", "b"), "-o", "m/{name}", "--index")
    lay("a", image="nginx:1.28")
    assert "index" not in cli("check", "services/a", "-o", "m/{name}").out
    assert "index" not in cli("generate", "services/a", "-o", "m/{name}").err


@pytest.mark.parametrize("first", ["", "# Generated by kustz-tpl from x; do not edit.\n"])
@pytest.mark.parametrize(
    "resources",
    ["[./a/, ../x, a]", '["\\0", {a: b}, [c], ""]', f"[a, {'x' * 5000}]", "a", "", "{b: c}", "[/]"],
)
def test_an_index_that_somebody_wrote(cli: Run, first: str, resources: str) -> None:
    options = ("-o", "m/{name}", "--index")
    owner = "# Index of applications\n" if first else ""
    write("m/kustomization.yml", f"{first}{owner}kind: Kustomization\nresources: {resources}\n")
    flags = ("--force", "--adopt")
    assert cli("check", *lay("a"), *options).code == 1
    ended = cli("generate", "services/a", *options, *flags)
    assert (ended.code, ended.err) == (0, "next: kubectl apply -k m/\n")
    assert yaml.safe_load(Path("m/kustomization.yml").read_bytes())["resources"] == ["a"]


@pytest.mark.parametrize("command", ["generate", "check", "diff"])
def test_an_index_needs_a_pattern(cli: Run, here: Path, command: str) -> None:
    lay("a")
    before = tree(here)
    ended = cli(command, "services/a", "-o", "out", "--index")
    assert ended.code == 2
    assert ended.err.endswith(
        "--index: expected a pattern such as -o 'manifests/{name}', got out\n"
    )
    assert tree(here) == before


@pytest.mark.parametrize(
    ("pattern", "folder", "configs"),
    [
        ("{dir}", ".", ["services/a", "."]),
        ("out/{dir}", "out", ["kustz.yml"]),
        ("out/x{name}/../{dir}/", "out", [".", "services/a"]),
    ],
)
def test_the_folder_of_an_index_is_its_own(
    cli: Run, here: Path, pattern: str, folder: str, configs: list[str]
) -> None:
    lay("a")
    write("kustz.yml", "name: top\nservice: {image: x}\n")
    before = tree(here)
    for command in ("generate", "check"):
        ended = cli(command, *configs, "-o", pattern, "--index")
        assert ended.code == 1
        assert ended.err == f"kustz.yml: {folder} is the folder of the index; add {{name}} to -o\n"
    assert tree(here) == before


def test_a_namespace_is_needed_where_the_folder_says_so(cli: Run) -> None:
    ended = cli("generate", *lay("a", "b"), "-o", "{namespace}/{name}")
    assert ended.code == 1
    assert ended.err.startswith(
        "services/a/kustz.yml: namespace: expected a namespace for the output folder "
        "{namespace}/{name}, got none\n"
    )


def test_processes_do_the_same_in_the_same_order(here: Path) -> None:
    configs = lay(*(f"app{number:03}" for number in range(30)))
    write("services/app007/kustz.yml", "name: app007\nservice: {imag: x}\n")
    one = fork("generate", *configs, "-o", "one/{name}")
    two = fork("generate", *configs, "-o", "two/{name}", "--jobs", "2")
    assert (one.returncode, two.returncode) == (1, 1)
    assert two.stdout.replace(b"two/", b"one/") == one.stdout
    assert two.stderr == one.stderr
    assert tree(here / "one") == tree(here / "two")
    for command in ("check", "diff"):
        done = fork(command, *configs, "-o", "two/{name}", "--jobs", "2")
        assert done.returncode == 1
        assert done.stderr.splitlines() == one.stderr.splitlines()[:-1]
    done = fork("validate", *configs, "--jobs", "3", "--format", "json")
    assert len(json.loads(done.stdout)["applications"]) == 30


def test_a_progress_bar_on_a_terminal_of_a_long_run() -> None:
    configs = lay("a", "b", "c")
    Path(configs[0]).unlink()
    os.mkfifo(configs[0])
    # The bar appears after half a second. The run takes that long, as it waits for a config.
    feed = f"exec >{configs[0]}; sleep 1; echo '{{name: a, service: {{image: x}}}}'"
    with subprocess.Popen(["sh", "-c", feed]):
        code, text = on_terminal("validate", *configs)
    assert code == 0
    assert text.startswith("\r[##########....................] 1/3")
    assert text.endswith("/3\r\x1b[K3 of 3 configs valid\n")


def test_a_shared_file_that_fails_names_the_application(cli: Run) -> None:
    configs = lay("a", "b")
    write("services/b/kustz.yml", "name: b\nservice: {image: 'nginx:1.27'}\nvalues: {n: 0}\n")
    write("shared/service.yml.j2", "{% if values.n is defined %}{{ 1 / values.n }}{% endif %}\n")
    ended = cli("generate", *configs, "-t", "shared", "-o", "manifests/{name}")
    assert ended.code == 1
    assert ended.err.splitlines()[0] == (
        "shared/service.yml.j2:1:1: division by zero (in the application services/b/kustz.yml)"
    )
    ended = cli("generate", configs[1], "-t", "shared", "-o", "manifests/{name}")
    assert ended.err == "shared/service.yml.j2:1:1: division by zero\n"

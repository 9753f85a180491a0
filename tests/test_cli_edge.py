from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import pytest
from command import PROGRAM, WEB, fork, on_terminal, start, write
from generated import tree

from kustz_tpl.cli.excerpt import excerpt
from kustz_tpl.cli.terminal import safe
from kustz_tpl.errors import Diagnostic

BAD = "name: web\nservice:\n  image: x\n  imagePulPolicy: Always\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    write("kustz.yml", WEB)
    return tmp_path


def is_clean(stderr: bytes) -> bool:
    return b"Traceback" not in stderr and b"Exception ignored" not in stderr


@pytest.mark.parametrize("command", [["generate", "--stdout"], ["default"], ["--help"], ["diff"]])
def test_a_closed_pipe_ends_quietly(command: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = start(*command, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")


def test_a_closed_pipe_of_messages_ends_quietly() -> None:
    write("kustz.yml", BAD)
    reader, writer = os.pipe()
    os.close(reader)
    done = start("validate", stdout=subprocess.PIPE, stderr=writer)
    os.close(writer)
    assert (done.returncode, done.stdout) == (1, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("command", [["generate", "--stdout"], ["default"], ["--version"]])
def test_a_full_disk_behind_standard_output(command: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = start(*command, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert done.stderr == b"standard output: no space left on device\n"


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_closed_stream(number: int) -> None:
    line = f"exec {number}>&-; exec {' '.join(PROGRAM)} generate"
    done = subprocess.run(["sh", "-c", line], capture_output=True, check=False)
    assert done.returncode == 0
    assert is_clean(done.stderr)
    assert Path("manifests/service.yml").exists()


def test_standard_input_that_is_closed() -> None:
    line = f"exec 0<&-; exec {' '.join(PROGRAM)} validate -"
    done = subprocess.run(["sh", "-c", line], capture_output=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(b"standard input")
    assert is_clean(done.stderr)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_a_terminal_or_locale_that_is_not_utf_8(encoding: str) -> None:
    write("kustz.yml", WEB.replace("name: web", "name: wéb😀"))
    done = start("validate", env={"PYTHONIOENCODING": encoding, "LC_ALL": "C"})
    assert done.returncode == 1
    assert done.stderr.startswith(b"kustz.yml:1:7: name: ")
    write("kustz.yml", WEB + "annotations: {note: 'é😀'}\n")
    done = start("generate", "--stdout", env={"PYTHONIOENCODING": encoding, "LC_ALL": "C"})
    assert done.returncode == 0
    assert "note: é😀\n" in done.stdout.decode().replace('"', "")


def test_a_config_whose_name_is_not_utf_8(here: Path) -> None:
    name = os.fsdecode(b"caf\xe9.yml")
    write(name, WEB)
    assert fork("generate", "-c", name).returncode == 0
    (here / name).unlink()
    done = start("validate", "-c", name)
    assert (done.returncode, is_clean(done.stderr)) == (1, True)


def test_ctrl_c() -> None:
    """A run that waits for its config is interrupted."""
    os.mkfifo("pipe.yml")
    process = subprocess.Popen(
        [*PROGRAM, "generate", "-c", "pipe.yml"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with Path("pipe.yml").open("wb"):  # opens when the run does
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert (process.returncode, out, err) == (130, b"", b"")


class Stuck(NamedTuple):
    """A run in two processes, one of which waits for its config app1/kustz.yml, a pipe."""

    configs: list[str]
    process: subprocess.Popen[bytes]
    pipe: BinaryIO

    def run_again(self) -> None:
        """Assert that a run that is not stuck does the rest."""
        write_application(1)
        assert fork("generate", *self.configs, "-o", "out/{name}").returncode == 0
        assert len(list(Path("out").glob("*/kustomization.yml"))) == len(self.configs)


def write_application(number: int) -> str:
    config = Path(f"app{number}/kustz.yml")
    config.unlink(missing_ok=True)
    write(config, WEB.replace("name: web", f"name: app{number}"))
    return str(config)


@pytest.fixture
def stuck() -> Iterator[Stuck]:
    """Start a run of several applications and yield it while it generates one of them."""
    configs = [write_application(number) for number in range(4)]
    config = Path(configs[1])
    text = config.read_bytes()
    config.unlink()
    os.mkfifo(config)
    process = subprocess.Popen(
        [*PROGRAM, "generate", *configs, "-o", "out/{name}", "--jobs", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    with config.open("wb") as names:  # opens when the run reads the names
        os.mkfifo("next")
        Path("next").rename(config)
        names.write(text)
    with config.open("wb") as pipe:  # opens when the run generates
        yield Stuck(configs, process, pipe)


def test_a_worker_that_is_killed(stuck: Stuck) -> None:
    main = stuck.process.pid
    children = Path(f"/proc/{main}/task/{main}/children")
    if not children.exists():
        pytest.skip("needs Linux")
    os.kill(int(children.read_text().split()[-1]), signal.SIGKILL)
    _, err = stuck.process.communicate()
    assert stuck.process.returncode == 1
    message = "a process of this run was killed at app1/kustz.yml; run it again"
    assert err.decode() == f"kustz-tpl: {message} with fewer --jobs\n"
    stuck.run_again()


@pytest.mark.parametrize("number", range(3))
def test_a_worker_that_is_killed_names_its_application(number: int) -> None:
    configs = []
    for name in ("a", "b", "c", "d"):
        write(f"{name}/kustz.yml", WEB.replace("name: web", f"name: {name}"))
        configs.append(f"{name}/kustz.yml")
    deadly = f"name != {'abc'[number]!r} or os.kill(os.getpid(), 9)"
    write("t/filters.py", f"import os\n\ndef end(name):\n    return {deadly}\n")
    write("t/service.yml.j2", "{% if not name | end %}{% endif %}\n")
    words = ("-t", "t", "--allow-python-filters", "-o", "out/{name}", "--jobs", "2")
    ended = fork("generate", *configs, *words)
    assert ended.returncode == 1
    message = f"a process of this run was killed at {configs[number]}; run it again"
    assert ended.stderr.decode() == f"kustz-tpl: {message} with fewer --jobs\n"


def test_ctrl_c_with_many_processes(stuck: Stuck) -> None:
    os.killpg(stuck.process.pid, signal.SIGINT)
    _, err = stuck.process.communicate()
    assert (stuck.process.returncode, err) == (130, b"")
    stuck.run_again()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_no_process_outlives_a_run_that_is_killed(stuck: Stuck, number: signal.Signals) -> None:
    stuck.process.send_signal(number)
    stuck.pipe.close()
    # Its streams close when the last process that has them ends.
    _, err = stuck.process.communicate()
    # A run that can tidy up ends the processes itself, and then exits.
    code = -number if number is signal.SIGKILL else 128 + number
    assert (stuck.process.returncode, err) == (code, b"")
    stuck.run_again()


@pytest.mark.parametrize("command", [["generate"], ["validate"], ["check"], ["templates", "test"]])
def test_without_docstrings(command: list[str]) -> None:
    write("kustz.yml", WEB)
    done = start(*command, env={"PYTHONOPTIMIZE": "2"})
    assert done.returncode == 1
    assert done.stderr.decode() == (
        "kustz-tpl: expected Python with docstrings, which Cerberus reads, "
        "got -OO or PYTHONOPTIMIZE=2\n"
    )
    assert start(*command, env={"PYTHONOPTIMIZE": "1"}).stderr.count(b"docstrings") == 0


def test_what_python_filters_leave_for_the_end_is_done() -> None:
    write("kustz.yml", WEB)
    write(
        "kustz-templates/filters.py",
        "import atexit, pathlib\n"
        "atexit.register(pathlib.Path('log').write_text, 'ended')\n"
        "def shout(text):\n    return text.upper()\n",
    )
    write("kustz-templates/x.yml.j2", "{# {{ 'a' | shout }} #}")
    assert start("generate", "--allow-python-filters").returncode == 0
    assert Path("log").read_text() == "ended"


def test_a_bug_keeps_its_traceback() -> None:
    code = (
        "import sys; sys.argv = ['kustz-tpl', 'default']\n"
        "import pathlib; pathlib.Path.read_bytes = lambda self: 1 / 0\n"
        "from kustz_tpl.__main__ import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 1
    assert b"Traceback" in done.stderr
    assert b"ZeroDivisionError" in done.stderr


def test_a_problem_on_a_terminal_shows_its_line() -> None:
    write("kustz.yml", BAD)
    code, text = on_terminal("validate", NO_COLOR="1")
    assert code == 1
    assert text == (
        "kustz.yml:4:3: service.imagePulPolicy: unknown key; did you mean imagePullPolicy?\n"
        "    imagePulPolicy: Always\n"
        "    ^\n"
        "0 of 1 configs valid\n"
    )


def test_colour_is_for_terminals_that_want_it() -> None:
    write("kustz.yml", BAD)
    assert "\x1b[" in on_terminal("validate")[1]
    assert "\x1b[" not in on_terminal("validate", NO_COLOR="1")[1]
    assert "\x1b[" not in on_terminal("validate", TERM="dumb")[1]
    assert b"\x1b[" not in fork("validate").stderr


def test_no_control_character_reaches_the_terminal() -> None:
    write("kustz.yml", 'name: "a\\e]0;title\\a"\nservice: {image: x}\n"\\e[2J": 1\n')
    for text in (on_terminal("validate", NO_COLOR="1")[1], fork("validate").stderr.decode()):
        assert "\x1b" not in text
        assert "\x07" not in text
    write("kustz.yml", WEB)
    fork("generate")
    path = Path("manifests/deployment.yml")
    path.write_text(path.read_text() + "# \x1b[31mred\r\n")
    assert "\x1b" not in on_terminal("diff", NO_COLOR="1")[1]
    assert b"\x1b[31mred" in fork("diff").stdout


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 漢 😀", "plain é 漢 😀"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\tb\nc\x7f\x9b", "a\\x09b\\x0ac\\x7f\\x9b"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\udcff", "\\udcff"),
    ],
)
def test_safe(text: str, shown: str) -> None:
    assert safe(text) == shown


def shown(source: str, line: int, column: int, width: int = 40) -> list[str]:
    return excerpt(Diagnostic("standard input", line, column, "", ""), width, source.encode())


@pytest.mark.parametrize(
    ("source", "column", "lines"),
    [
        ("name: x", 7, ["  name: x", "        ^"]),
        ("name: x\r", 1, ["  name: x", "  ^"]),
        ("\tname: x", 2, ["      name: x", "      ^"]),
        ("漢字: x", 5, ["  漢字: x", "        ^"]),
        ("e\u0301: x", 5, ["  e\u0301: x", "     ^"]),
        ("a: \x1b[0m!", 8, ["  a: \\x1b[0m!", "            ^"]),
        ("name", 99, ["  name", "      ^"]),
    ],
)
def test_the_caret_stands_under_its_column(source: str, column: int, lines: list[str]) -> None:
    assert shown(source, 1, column) == lines


@pytest.mark.parametrize("column", [1, 20, 50, 180, 200])
@pytest.mark.parametrize("char", ["x", "漢"])
def test_a_long_line_is_cut_to_the_width_around_the_caret(char: str, column: int) -> None:
    marked = char * (column - 1) + "!" + char * (200 - column)
    text, caret = shown(marked, 1, column)
    widths = [sum(2 if letter == "漢" else 1 for letter in line) for line in (text, caret)]
    assert max(widths) <= 40
    before = text[: text.index("!")]
    assert sum(2 if letter == "漢" else 1 for letter in before) == len(caret) - 1


@pytest.mark.parametrize("columns", [80, 60, 20])
def test_a_line_of_the_terminals_width_keeps_the_caret_below_it(columns: int) -> None:
    for length in (columns - 9, columns - 8, columns - 7, 3 * columns):
        write("kustz.yml", f"name: web\nserv: {'x' * length}\nservice: {{image: x}}\n")
        _, text = on_terminal("validate", columns=columns, NO_COLOR="1")
        line, caret = text.splitlines()[1:3]
        assert line.startswith("  serv: xx")
        assert caret == "  ^"
        assert len(line) <= columns
        whole = 2 + len("serv: ") + length
        assert len(line) == min(whole, columns)
        assert line.endswith("...") == (whole > columns)


@pytest.mark.parametrize(
    "source",
    [
        "registries:\n  - auth: pass\n",
        "registries: [\n  {auth: pass}\n",
        "'secrets':\n# x\n\n- pass\n",
        "{name: x,\n registries: [{password: pass}]}\n",
    ],
)
def test_a_place_that_may_hold_a_secret_is_not_shown(source: str) -> None:
    for number in range(1, source.count("\n") + 1):
        assert "pass" not in "".join(shown(source, number, 1))
    assert shown("name: x\nservice: y", 2, 1)
    problem = Diagnostic("standard input", 1, 1, "", "", is_secret=True)
    assert excerpt(problem, 40, b"name: x") == []


def test_only_configs_and_templates_are_shown_again() -> None:
    write("data.env", "KEY=value\n")
    assert excerpt(Diagnostic("data.env", 1, 1, "", ""), 40) == []
    assert excerpt(Diagnostic("kustz.yml", 1, 1, "", ""), 40)
    assert excerpt(Diagnostic("kustz.yml", 99, 1, "", ""), 40) == []
    assert excerpt(Diagnostic("missing.yml", 1, 1, "", ""), 40) == []
    assert excerpt(Diagnostic("a\0.yml", 1, 1, "", ""), 40) == []


@pytest.mark.parametrize("command", [["--version"], ["generate"]])
def test_a_run_imports_nothing_that_it_does_not_need(command: list[str]) -> None:
    code = (
        "import sys; sys.argv[0] = 'kustz-tpl'\n"
        "from kustz_tpl.__main__ import main\n"
        "try: main()\n"
        "finally: print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, check=True)
    modules = set(done.stderr.decode().splitlines()[-1].split())
    unwanted = {
        "concurrent.futures",
        "importlib.metadata",
        "multiprocessing",
        "pydantic",
        "rich",
        "unicodedata",
    }
    assert modules & unwanted == set()
    assert ("jinja2" in modules) == (command != ["--version"])


@pytest.mark.parametrize(
    ("words", "offered"),
    [("kustz-tpl ge", {"generate"}), ("kustz-tpl check --fo", {"--format"})],
)
def test_shell_completion(words: str, offered: set[str]) -> None:
    environment = {
        "_KUSTZ_TPL_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(words.count(" ")),
    }
    done = start(env=environment)
    assert set(done.stdout.decode().split()) == offered


def test_a_read_only_or_missing_place_to_write(here: Path) -> None:
    before = tree(here)
    done = fork("generate", "-o", "/proc/nowhere")
    assert done.returncode == 1
    assert done.stderr == b"/proc/nowhere: no such file or directory\n"
    assert tree(here) == before


def test_a_name_that_is_too_long() -> None:
    for words in (["validate", "-c", "x" * 5000], ["generate", "-o", "x" * 5000]):
        done = fork(*words)
        assert done.returncode == 1
        assert done.stderr.endswith(b": file name too long\n")
        assert is_clean(done.stderr)


def test_the_help_on_a_terminal() -> None:
    for columns in (80, 120):
        code, text = on_terminal("generate", "--help", columns=columns)
        assert code == 0
        assert max(map(len, text.splitlines())) <= columns
        assert "\x1b" not in text


def test_a_page_that_is_no_yaml_shows_its_lines() -> None:
    write("kustz-templates/broken.yml.j2", "kind: X\nspec: {\nname: {{ name }}\n")
    done = fork("validate")
    assert done.returncode == 1
    first, *others = done.stderr.decode().splitlines()
    assert first.startswith("kustz-templates/broken.yml.j2:")
    assert any("spec: {" in line for line in others)
    assert all(line.startswith("  ") for line in others)
    assert "spec: {" in on_terminal("validate")[1]


def test_init_leaves_no_half_of_a_file() -> None:
    line = f"ulimit -f 0; exec {' '.join(PROGRAM)} init new.yml"
    done = subprocess.run(["sh", "-c", line], capture_output=True, check=False)
    assert done.returncode == 1
    assert done.stderr.endswith(b": file too large\n")
    assert not Path("new.yml").exists()

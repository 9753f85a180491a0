"""Every snippet in README.md and docs/ works as shown.

The line above a fenced block, or its language, says what the block is. Each heading starts with an
empty folder, except in a tutorial, which is one scene; a block without such a line is an error:

    **`PATH`**               the block is that file: below manifests/ it is compared with what was
                             generated, elsewhere it is written
    In **`kustz.yml`**:      the block is a part of a kustz.yml; name and image are added if they
                             are missing, and the manifests are generated
    In **`PATH`**:           the lines are in that file, at any indentation
    ```console               each line after a dollar is run; the lines below it are its output

A comment above the block overrides that:

    <!-- parses as KIND -->  the block is a valid file of that kind, see VALIDATORS
    <!-- not run: WHY -->    the block is not checked

`make golden` rewrites console blocks and files below manifests/.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from language import key_paths

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TUTORIALS = ["tutorial.md"]
HEADING = re.compile(r"(?m)^#+ (.+)$")
BLOCK = re.compile(
    r"(?ms)^(?:<!-- (?P<comment>[^\n]*?) -->\n)?(?:(?P<part>In )?\*\*`(?P<path>[^`\n]+)`\*\*:?\n)?"
    r"```(?P<language>\w*)\n(?P<text>.*?)^```$"
)
VALIDATORS = {
    "github-workflows": "check-jsonschema --builtin-schema vendor.github-workflows",
    "gitlab-ci": "check-jsonschema --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci",
    "renovate": "check-jsonschema --builtin-schema vendor.renovate",
    "pre-commit-config": "pre-commit validate-config",
}


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its role, its text, and the offset of the text in the page."""

    role: str
    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Scene:
    """The blocks under one heading."""

    page: Path
    heading: str
    blocks: tuple[Block, ...]

    def __str__(self) -> str:
        return f"{self.page.name}: {self.heading}"


def scenes() -> Iterator[Scene]:
    for page in PAGES:
        text = page.read_text("utf-8")
        # A comment in a snippet looks like a heading, so blank what is fenced.
        outline = BLOCK.sub(lambda block: re.sub(r"[^\n]", " ", block[0]), text)
        headings = [*HEADING.finditer(outline)][: 1 if page.name in TUTORIALS else None]
        ends = [heading.start() for heading in headings[1:]] + [len(text)]
        for heading, end in zip(headings, ends, strict=True):
            found = BLOCK.finditer(text, heading.end(), end)
            blocks = tuple(Block(role_of(each), each["text"], each.start("text")) for each in found)
            if blocks:
                yield Scene(page, heading[1], blocks)


def role_of(block: re.Match[str]) -> str:
    """Return what a block is, in the words that `play` knows."""
    path = block["path"]
    if block["comment"]:
        return block["comment"]
    if path and block["part"]:
        return "complete" if path == "kustz.yml" else f"part of {path}"
    if path:
        return f"{'shows' if path.startswith('manifests/') else 'write'} {path}"
    return "run" if block["language"] == "console" else ""


SCENES = list(scenes())


@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_snippets(scene: Scene, tmp_path: Path, *, is_golden: bool) -> None:
    if is_golden:  # rewriting an earlier scene may have moved this one
        scene = next(each for each in scenes() if str(each) == str(scene))
    folder = tmp_path / "repository"  # a tutorial also clones it, next to it
    folder.mkdir()
    wrong = [(block, true) for block in scene.blocks if (true := play(block, folder)) is not None]
    if is_golden and wrong:
        text = scene.page.read_text("utf-8")
        for block, true in reversed(wrong):  # last block first, so that the others do not move
            text = text[: block.start] + true + text[block.start + len(block.text) :]
        scene.page.write_text(text, "utf-8", newline="\n")
        return
    assert [true for _, true in wrong] == [block.text for block, _ in wrong]


def play(block: Block, folder: Path) -> str | None:
    """Do what the block says; return the text it should have if that differs."""
    role, _, detail = block.role.partition(" ")
    if role == "write":
        write(folder / detail, block.text)
    elif role == "complete":
        complete(block.text, folder)
    elif role == "part":
        assert is_part(block.text, (folder / detail.removeprefix("of ")).read_text("utf-8"))
    elif role == "parses":
        parse(block.text, detail.removeprefix("as "), folder)
    elif role in ("run", "shows"):
        true = show(block.text, folder) if role == "run" else (folder / detail).read_text("utf-8")
        return true if true != block.text else None
    else:
        assert re.fullmatch(r"not run: .+", block.role), f"what is this?\n{block.text}"
    return None


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")


def complete(text: str, folder: Path) -> None:
    """Complete a part of a kustz.yml, and generate its manifests."""
    whole = text if re.search(r"(?m)^name:", text) else f"name: shop\n{text}"
    if not re.search(r"(?m)^service:", whole):
        whole += "service:\n"
    if not re.search(r"(?m)^  image:", whole):
        whole = re.sub(r"(?m)^service:\n", "service:\n  image: nginx:1.29\n", whole)
    write(folder / "kustz.yml", whole)
    code, output = call("kustz-tpl generate", folder)
    assert code == 0, output


def parse(text: str, kind: str, folder: Path) -> None:
    """Validate the block with the tool for such files."""
    if kind == "manifests":
        for each in yaml.safe_load_all(text):
            assert {"apiVersion", "kind", "metadata", "spec"} == set(each)
        return
    write(folder / "file.yml", text)
    code, output = call(f"{VALIDATORS[kind]} file.yml", folder)
    assert code == 0, output


def show(text: str, folder: Path) -> str:
    """Return the block as it should be: each command with what it prints now."""
    commands = re.findall(r"(?m)^\$ (.*(?:\\\n.*)*)\n", text)
    assert commands, text
    return "".join(f"$ {command}\n{call(command, folder)[1]}" for command in commands)


def call(command: str, folder: Path) -> tuple[int, str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    git = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"}
    for role in ("AUTHOR", "COMMITTER"):
        git |= {f"GIT_{role}_NAME": "t", f"GIT_{role}_EMAIL": "t@example.com"}
    run = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env={**os.environ, **git, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return run.returncode, run.stdout


def is_part(text: str, whole: str) -> bool:
    """Return whether the lines are consecutive lines of the text, at any indentation."""
    lines = whole.splitlines()
    wanted = text.splitlines()
    windows = ("\n".join(lines[at : at + len(wanted)]) for at in range(len(lines)))
    return any(textwrap.dedent(window) == text.rstrip("\n") for window in windows)


def parsed(page: str) -> dict[str, str]:
    """Return the blocks of a page that are files of other tools, by their role."""
    return {
        block.role: block.text
        for scene in SCENES
        if scene.page.name == page
        for block in scene.blocks
        if block.role.startswith("parses as ")
    }


def check_of_hook(page: str) -> str:
    hook = yaml.safe_load(parsed(page)["parses as pre-commit-config"])["repos"][0]["hooks"][0]
    return shlex.join(["kustz-tpl", "check", *hook.get("args", [])])


def check_of_job(page: str) -> str:
    job = yaml.safe_load(parsed(page)["parses as github-workflows"])["jobs"]["check"]
    command: str = job["steps"][-1]["run"]
    return command


def checks_of_many() -> dict[str, str]:
    """Return the commands with which the CI examples check many applications."""
    script = yaml.safe_load(parsed("workflow.md")["parses as gitlab-ci"])["manifests"]["script"]
    return {
        "pre-commit": check_of_hook("workflow.md"),
        "GitHub": check_of_job("workflow.md"),
        "GitLab": script[-1],
    }


@pytest.mark.parametrize("example", checks_of_many())
def test_an_example_of_many_applications_checks_their_index(example: str, tmp_path: Path) -> None:
    for name in ("api", "web"):
        write(tmp_path / f"services/{name}/kustz.yml", f"name: {name}\nservice: {{image: x}}\n")
    command = checks_of_many()[example]
    generate = "kustz-tpl generate services/* -o 'manifests/{name}'"
    assert call(generate, tmp_path)[0] == 0
    code, output = call(command, tmp_path)
    assert (code, "manifests/kustomization.yml" in output) == (1, True), output
    assert call(f"{generate} --index", tmp_path)[0] == 0
    code, output = call(command, tmp_path)
    assert code == 0, output


@pytest.mark.parametrize(
    "command",
    [
        check_of_hook("environments.md"),
        check_of_job("environments.md"),
        check_of_job("tutorial.md"),
    ],
)
def test_an_example_of_a_project_checks_all_its_applications(command: str, tmp_path: Path) -> None:
    project = "applications: [services/*]\nenvironments: [dev, prod]\nindex: true\n"
    write(tmp_path / "kustz-project.yml", project)
    for name in ("api", "web"):
        write(tmp_path / f"services/{name}/kustz.yml", f"name: {name}\nservice: {{image: x}}\n")
    assert call("kustz-tpl generate", tmp_path)[0] == 0
    code, output = call(command, tmp_path)
    assert code == 0, output
    write(tmp_path / "services/web/kustz.prod.yml", "service: {replicas: 3}\n")
    code, output = call(command, tmp_path)
    assert (code, "manifests/prod/web/deployment.yml" in output) == (1, True), output


def test_the_readme_is_found_and_headings_tell_scenes_apart() -> None:
    assert PAGES[0] in {scene.page for scene in SCENES}
    assert len({str(scene) for scene in SCENES}) == len(SCENES)


def test_every_key_is_documented() -> None:
    page = (ROOT / "docs/language.md").read_text("utf-8")
    words = set(re.findall(r"[\w-]+", " ".join(re.findall(r"`([^`\n]+)`", page))))
    assert {path[-1] for path in key_paths()} - words == set()


def test_generated_parts_are_fresh_and_links_lead_somewhere() -> None:
    script = [sys.executable, str(ROOT / "scripts/docs.py"), "--check"]
    run = subprocess.run(script, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr

"""Update the generated parts of the documentation and check its links; --check does not write."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import reference
from typer.main import get_command

from kustz_tpl.cli import app
from kustz_tpl.kinds import FILTERS
from kustz_tpl.notation import CHECKS
from kustz_tpl.notation.dotenv import parse_dotenv
from kustz_tpl.template_admin.built_in import read_built_ins
from kustz_tpl.template_admin.ejection import blocks_of

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
PART = re.compile(r"(?ms)^(<!-- (\w+): ([\w .-]*) -->\n).*?^(<!-- end -->)$")
LINK = re.compile(r"\]\(([^()\s]+)\)")
FENCED = re.compile(r"(?ms)^```.*?^```$")
NOTATIONS: dict[str, Callable[[str], object]] = {**CHECKS, "dotenv": parse_dotenv}


def main() -> None:
    """Update every page, or report those that are out of date; then report broken links."""
    is_check = sys.argv[1:] == ["--check"]
    problems = [problem for page in PAGES for problem in update(page, is_check=is_check)]
    problems += [problem for page in PAGES for problem in broken_links(page)]
    if problems:
        sys.exit("\n".join(problems))


def update(page: Path, *, is_check: bool) -> Iterator[str]:
    """Update the generated parts of a page; yield a problem instead when checking."""
    text = page.read_text("utf-8")
    new = PART.sub(lambda part: f"{part[1]}{GENERATORS[part[2]](part[3])}{part[4]}", text)
    if new == text:
        return
    if is_check:
        yield f"{page.relative_to(ROOT)}: out of date; run make docs"
    else:
        page.write_text(new, "utf-8", newline="\n")


def notation(name: str) -> str:
    """Return the manual entry of a notation: its parser's docstring."""
    entry = inspect.getdoc(NOTATIONS[name]) or ""
    paragraphs = [
        paragraph if paragraph.startswith("|") else " ".join(paragraph.split())
        for paragraph in entry.split("\n\n")
    ]
    text = "\n\n".join(re.sub(r" Raises \w+\.$", "", paragraph) for paragraph in paragraphs)
    return re.sub(r"(Examples|Refused):", r"*\1:*", text.removeprefix("Read ")) + "\n"


def blocks(_all: str) -> str:
    """Return a table of the built-in templates and their blocks."""
    built_ins = read_built_ins(ROOT / "templates")
    found = {name: blocks_of(built_ins.chain(name)) for name in built_ins.current}
    rows = [
        f"| `{name}` | {', '.join(f'`{block}`' for block in blocks)} |"
        for name, blocks in found.items()
        if blocks
    ]
    return "\n".join(["| template | blocks |", "|---|---|", *rows, ""])


def filters(_all: str) -> str:
    """Return a table of our filters, from the first sentences of their docstrings."""
    rows = [f"| `{name}` | {first_sentence(each)} |" for name, each in sorted(FILTERS.items())]
    return "\n".join(["| filter | result |", "|---|---|", *rows, ""])


def first_sentence(function: Callable[..., object]) -> str:
    """Return the first sentence of a docstring, without its verb."""
    sentence = (inspect.getdoc(function) or "").partition("\n\n")[0].replace("\n", " ")
    return re.sub(r"^(Return|Read) ", "", sentence)


def commands(_all: str) -> str:
    """Return a section for every command, with its help text."""
    sections = [
        f"{'#' * (len(words) + 2)} {' '.join(['kustz-tpl', *words])}\n\n{usage(words)}"
        for words in [(), *command_words(get_command(app))]
    ]
    return "\n" + "\n".join(sections)


def command_words(group: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:  # noqa: ANN401 - Typer's own
    """Yield the words of every command, a group before its commands."""
    context = group.context_class(group)
    for name in group.list_commands(context):
        yield (*above, name)
        command = group.get_command(context, name)
        if hasattr(command, "list_commands"):
            yield from command_words(command, (*above, name))


def usage(words: tuple[str, ...]) -> str:
    """Return the help text of a command, as a fenced block."""
    environment = {**os.environ, "COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "kustz_tpl", *words, "--help"]
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    lines = [line.rstrip() for line in run.stdout.strip("\n").splitlines()]
    return "\n".join(["<!-- not run: it is generated -->", "```text", *lines, "```", ""])


GENERATORS: dict[str, Callable[[str], str]] = {
    "blocks": blocks,
    "commands": commands,
    "context": reference.context,
    "keys": reference.keys,
    "removed": reference.removed,
    "filters": filters,
    "notation": notation,
}


def broken_links(page: Path) -> Iterator[str]:
    """Yield a problem for each link to a missing file or heading of this repository."""
    for link in LINK.findall(FENCED.sub("", page.read_text("utf-8"))):
        if re.match(r"\w+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            yield f"{page.relative_to(ROOT)}: {link}: broken link"


def anchors(page: Path) -> set[str]:
    """Return the anchors that the page's headings get."""
    headings = re.findall(r"(?m)^#+ (.+)$", FENCED.sub("", page.read_text("utf-8")))
    return {
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }


if __name__ == "__main__":
    main()

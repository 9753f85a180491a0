"""Measure one run, many applications, and other tools; write docs/benchmark.md."""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus import write_applications, write_large_application
from cost import Cost, Work, lowest, measure

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs/benchmark.md"
PART = re.compile(r"(?s)(<!-- bench -->\n).*(<!-- end -->)")
BIN = Path(sys.executable).parent
TOOL = BIN / "kustz-tpl"
IMPORTS = "import yaml, jinja2, cerberus, typer"
START, GENERATE = "`python -c pass`", "`kustz-tpl generate`, into an empty folder"
RUNS = ((10, 1), (100, 1), (1_000, 1), (1_000, 2), (10_000, 1))
MANY = 1_000
MEBIBYTE = 1 << 20


def main() -> None:
    """Measure everything and put the tables into the page."""
    options = parse_options()
    os.environ.setdefault("REGISTRY_PASSWORD", "example-only")
    # Where Python keeps no bytecode, every run would compile all modules; an installed tool has it.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with TemporaryDirectory() as name:
        scratch = Path(name)
        one = measure_one(scratch, options.rounds)
        start, generate = one[START], one[GENERATE]
        many = measure_many(scratch, options.most)
        tables = [
            heading(options.rounds),
            table_one(one),
            table_many(many, start),
            table_beside(measure_beside(scratch, options.rounds), generate, many),
            table_imports(scratch),
        ]
    text = "\n".join(tables)
    page = options.page.read_text("utf-8")
    new = PART.sub(lambda part: f"{part[1]}{text}{part[2]}", page)
    options.page.write_text(new, "utf-8", newline="\n")
    print(text)


def parse_options() -> argparse.Namespace:
    """Return how long to measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="runs of each short command")
    parser.add_argument("--most", type=int, default=10_000, help="the most applications in a run")
    parser.add_argument("--page", type=Path, default=PAGE, help="the page that gets the tables")
    return parser.parse_args()


def measure_one(scratch: Path, rounds: int) -> dict[str, Cost]:
    """Return what Python, the libraries and each command for one application take."""
    [home] = write_applications(scratch / "one", 1)
    works = {
        START: always(sys.executable, "-c", "pass", folder=home),
        f"`python -c '{IMPORTS}'`": always(sys.executable, "-c", IMPORTS, folder=home),
        "`kustz-tpl --version`": always(TOOL, "--version", folder=home),
        "`kustz-tpl validate`": always(TOOL, "validate", folder=home),
        GENERATE: Work(lambda number: [TOOL, "generate", "-o", f"fresh-{number}"], home),
        "`kustz-tpl generate`, nothing changed": always(TOOL, "generate", folder=home),
        "`kustz-tpl check`": always(TOOL, "check", folder=home),
        "`kustz-tpl generate`, ten mounts, 40 variables, three containers": always(
            TOOL, "generate", folder=write_large_application(scratch / "large")
        ),
    }
    measure(always(TOOL, "generate", folder=home))
    return lowest(works, rounds)


def always(*command: str | Path, folder: Path) -> Work:
    """Return the work of a command that is the same in every round."""
    return Work(lambda _: list(command), folder)


def measure_many(scratch: Path, most: int) -> dict[tuple[int, int, str], Cost]:
    """Return {(applications, jobs, what): cost} of runs over many applications of a repository."""
    costs: dict[tuple[int, int, str], Cost] = {}
    for number, jobs in ((size, jobs) for size, jobs in RUNS if size <= most):
        folder = scratch / f"many-{number}-{jobs}"
        names = [home.name for home in write_applications(folder, number)]
        subprocess.run(["git", "init", "--quiet", folder], check=True)  # noqa: S607 - as PATH has it
        arguments = [*names, "--jobs", str(jobs), "-o"]
        rounds = 1 if number > MANY else 3
        fresh = lowest({"generate": Work(partial(into_new, arguments), folder)}, rounds)
        again = lowest(
            {
                name: always(TOOL, word, *arguments, "manifests-0/{name}", folder=folder)
                for name, word in (("generate, nothing changed", "generate"), ("check", "check"))
            },
            rounds,
        )
        costs |= {(number, jobs, what): cost for what, cost in (fresh | again).items()}
    return costs


def into_new(arguments: list[str], number: int) -> list[str | Path]:
    """Return the command that generates into the folders of a round."""
    return [TOOL, "generate", *arguments, f"manifests-{number}/{{name}}"]


def measure_beside(scratch: Path, rounds: int) -> dict[str, Cost]:
    """Return what the other tools that are on PATH take for the same application."""
    [home] = write_applications(scratch / "beside", 1)
    measure(always(TOOL, "generate", folder=home))
    works = {
        "`kubectl kustomize` of our manifests": always(
            BIN / "kubectl", "kustomize", "manifests", folder=home
        )
    }
    if helm := shutil.which("helm"):
        chart = ROOT / "bench/chart"
        works["`helm template` of a chart for the same"] = always(
            helm, "template", "shop", chart, folder=home
        )
    if kustz := shutil.which("kustz"):
        [other] = write_applications(scratch / "kustz", 1)
        works["the Go `kustz render`"] = always(kustz, "render", folder=other)
    return lowest(works, rounds)


def heading(rounds: int) -> str:
    """Return on what and how the figures came about."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return (
        f"\nMeasured by `make bench` on {platform.system()} {platform.machine()} with {os.cpu_count()} processors, "
        f"{python}; the lowest of {rounds} runs, over many applications of 3, over more than {MANY:,} once. Each round writes to a new folder."
        " Many applications are those of one git repository.\n"
    )


def table_one(costs: dict[str, Cost]) -> str:
    """Return the table of one application."""
    start, bare = list(costs.values())[:2]
    return table(
        "One application",
        ("command", "ms", "processor ms", "× Python's start", "× bare imports", "MiB"),
        (
            (
                name,
                f"{one.wall * 1e3:.0f}",
                f"{one.cpu * 1e3:.0f}",
                f"{one.wall / start.wall:.2f}",
                f"{one.wall / bare.wall:.2f}",
                f"{one.memory / MEBIBYTE:.0f}",
            )
            for name, one in costs.items()
        ),
    )


def table_many(costs: dict[tuple[int, int, str], Cost], start: Cost) -> str:
    """Return the table of many applications in one run."""
    return table(
        "Many applications in one run",
        (
            "applications",
            "jobs",
            "what",
            "s",
            "ms each",
            "processor ms each",
            "× Python's start, each",
            "processor × Python's start, each",
            "MiB",
        ),
        (
            (
                f"{number:,}",
                str(jobs),
                what,
                f"{one.wall:.2f}",
                f"{one.wall / number * 1e3:.2f}",
                f"{one.cpu / number * 1e3:.2f}",
                f"{one.wall / number / start.wall:.2f}",
                f"{one.cpu / number / start.cpu:.2f}",
                f"{one.memory / MEBIBYTE:.0f}",
            )
            for (number, jobs, what), one in costs.items()
        ),
    )


def table_beside(
    costs: dict[str, Cost], generate: Cost, many: dict[tuple[int, int, str], Cost]
) -> str:
    """Return the table of other tools; each takes one process an application."""
    number = max(key[0] for key in many)
    each = many[number, 1, "generate"].wall / number
    rows = {
        "`kustz-tpl generate`": generate.wall,
        f"`kustz-tpl generate`, each of {number:,} in one run": each,
        **{name: one.wall for name, one in costs.items()},
    }
    return table(
        "Other tools",
        ("for one application", "ms", "× `kustz-tpl generate`"),
        ((name, f"{wall * 1e3:.1f}", f"{wall / generate.wall:.2f}") for name, wall in rows.items()),
    )


def table_imports(scratch: Path) -> str:
    """Return where the time of one run's imports goes, by package or module of ours."""
    [home] = write_applications(scratch / "imports", 1)
    command = [sys.executable, "-X", "importtime", "-m", "kustz_tpl", "generate"]
    subprocess.run(command, cwd=home, capture_output=True, check=True)  # all is compiled now
    run = subprocess.run(command, cwd=home, capture_output=True, text=True, check=True)
    spent: dict[str, int] = {}
    for micros, module in re.findall(r"import time: +(\d+) \| +\d+ \| +(\S+)", run.stderr):
        package = ".".join(module.split(".")[: 2 if module.startswith("kustz_tpl") else 1])
        spent[package] = spent.get(package, 0) + int(micros)
    largest = sorted(spent.items(), key=lambda item: -item[1])[:16]
    return table(
        "Imports of one `generate`",
        ("package", "ms, itself"),
        ((f"`{package}`", f"{micros / 1e3:.1f}") for package, micros in largest),
    )


def table(title: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table in Markdown under its title."""
    lines = [f"| {' | '.join(cells)} |" for cells in (columns, ("---",) * len(columns), *rows)]
    return "\n".join([f"### {title}", "", *lines, ""])


if __name__ == "__main__":
    main()

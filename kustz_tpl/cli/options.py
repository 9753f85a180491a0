"""The options that several commands share."""

# No annotations from __future__ here: Typer evaluates them, text by text, several times each.

from typing import Annotated, NamedTuple

import typer

CONFIG = "kustz.yml"
OUTPUT = "manifests"
STDIN = "-"
STDIN_NAME = "standard input"

Configs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="CONFIG",
        help="Config files, or folders that hold a kustz.yml; instead of --config.",
        show_default=False,
    ),
]
Config = Annotated[
    str | None,
    typer.Option(
        "--config",
        "-c",
        metavar="FILE",
        help="The config; - is standard input.  [default: kustz.yml]",
        show_default=False,
    ),
]
Output = Annotated[
    str,
    typer.Option(
        "--output",
        "-o",
        metavar="DIR",
        help="The folder of the manifests; {name}, {namespace} and {dir} stand for those of "
        "each application.",
    ),
]
Templates = Annotated[
    list[str] | None,
    typer.Option(
        "--templates",
        "-t",
        metavar="DIR",
        help="A folder of templates that go before the built-in ones; repeatable, first wins.",
        show_default=False,
    ),
]
PythonFilters = Annotated[
    bool,
    typer.Option(
        "--allow-python-filters",
        help="Run filters.py beside the templates; it is Python and may do anything you may.",
    ),
]
Outside = Annotated[
    bool,
    typer.Option(
        "--allow-outside",
        help="Read data files outside the repository of the config.",
    ),
]
Image = Annotated[
    str | None,
    typer.Option("--image", metavar="REF", help="Use this image.", show_default=False),
]
Replicas = Annotated[
    str | None,
    typer.Option("--replicas", metavar="N", help="Use this number of pods.", show_default=False),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Put a value over the config, as in service.ports[0]=80:8080; repeatable.",
        show_default=False,
    ),
]
Jobs = Annotated[
    str | None,
    typer.Option(
        "--jobs",
        "-j",
        metavar="N",
        help="Processes for many applications.  [default: one per processor from 40 applications, "
        "else 1]",
        show_default=False,
    ),
]
Index = Annotated[
    bool,
    typer.Option(
        "--index",
        help="With a kustomization.yml above the applications' folders that lists them.",
    ),
]
Format = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="text, json, or github for workflow annotations.",
        autocompletion=lambda: ["text", "json", "github"],
    ),
]


class Shared(NamedTuple):
    """The options, as typed, of every command that generates."""

    configs: Configs = None
    config: Config = None
    output: Output = OUTPUT
    templates: Templates = None
    allow_python_filters: PythonFilters = False
    allow_outside: Outside = False
    image: Image = None
    replicas: Replicas = None
    values: Set = None
    jobs: Jobs = None
    has_index: Index = False

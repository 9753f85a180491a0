"""The options that several commands share."""

# No annotations from __future__ here: Typer evaluates each of them several times.

from typing import Annotated, NamedTuple

import typer

CONFIG = "kustz.yml"
OUTPUT = "manifests"
SERVER = "--server"
STDIN = "-"
FORMATS = ("text", "json", "github")
STDIN_NAME = "standard input"

Configs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="CONFIG",
        help="Configs, or folders with a kustz.yml; instead of --config. At the top of a project, "
        "the default is all of its applications.",
        show_default=False,
    ),
]
Config = Annotated[
    list[str] | None,
    typer.Option(
        "--config",
        "-c",
        metavar="FILE",
        help="Read this config; - is standard input.  [default: kustz.yml]",
        show_default=False,
    ),
]
Output = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="DIR",
        help="The folder of the manifests; {name}, {namespace}, {dir} and {env} are replaced "
        "for each application.  [default: the output of the project, else manifests, with "
        "environments manifests/{env}]",
        show_default=False,
    ),
]
Environments = Annotated[
    list[str] | None,
    typer.Option(
        "--env",
        "-e",
        metavar="ENV",
        help="Work on this environment only; repeatable.",
        show_default=False,
    ),
]
Templates = Annotated[
    list[str] | None,
    typer.Option(
        "--templates",
        "-t",
        metavar="DIR",
        help="Use the templates of this folder before the built-in ones; repeatable, the first "
        "folder takes precedence.",
        show_default=False,
    ),
]
PythonFilters = Annotated[
    bool,
    typer.Option(
        "--allow-python-filters",
        help="Run filters.py in the template folders. It can do anything that you can.",
    ),
]
Outside = Annotated[
    bool,
    typer.Option(
        "--allow-outside",
        help="Allow data files outside the repository of the config.",
    ),
]
Image = Annotated[
    str | None,
    typer.Option("--image", metavar="REF", help="Use this image.", show_default=False),
]
Replicas = Annotated[
    str | None,
    typer.Option(
        "--replicas",
        metavar="N",
        help="Run this number of pods; or a range, such as 2-10.",
        show_default=False,
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Override a value, for example service.ports[0]=80:8080; repeatable.",
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
        help="Include a kustomization.yml that lists the folders of all applications.",
    ),
]
Build = Annotated[
    bool,
    typer.Option(
        "--build",
        help="Build the manifests with kubectl kustomize and check the result.",
    ),
]
Server = Annotated[
    bool,
    typer.Option(
        SERVER,
        help="Like --build, and send the result to your cluster with kubectl apply --dry-run=server.",
    ),
]
Context = Annotated[
    str | None,
    typer.Option(
        "--context",
        metavar="NAME",
        help="The kubectl context for --server.  [default: the current context]",
        show_default=False,
    ),
]
Format = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="Print text, json, or github (workflow annotations).",
        autocompletion=lambda: list(FORMATS),
    ),
]


class Shared(NamedTuple):
    """The options, as typed, of every command that generates."""

    configs: Configs = None
    config: Config = None
    output: Output = None
    environments: Environments = None
    templates: Templates = None
    allow_python_filters: PythonFilters = False
    allow_outside: Outside = False
    image: Image = None
    replicas: Replicas = None
    values: Set = None
    jobs: Jobs = None
    has_index: Index = False

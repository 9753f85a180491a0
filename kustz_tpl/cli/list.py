"""The command `list`."""

# No annotations from __future__ here: Typer evaluates each of them several times.

import json
import os
from functools import partial
from typing import Annotated

import typer

from kustz_tpl.cli import options, request
from kustz_tpl.cli.command import Command, new_app, takes
from kustz_tpl.cli.inputs import config_file, read_file
from kustz_tpl.cli.layout import shown
from kustz_tpl.cli.options import STDIN
from kustz_tpl.cli.tasks import assign, expected_place
from kustz_tpl.cli.terminal import print_line, print_note, print_text
from kustz_tpl.messages import any_of
from kustz_tpl.source import find_identity

app = new_app()

EXAMPLES = """\b
Examples:
  kustz-tpl list
  kustz-tpl list -e prod --format json
"""

_FORMATS = ("text", "json")

Format = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="Print text or json.",
        autocompletion=lambda: list(_FORMATS),
    ),
]


@app.command("list", cls=Command, epilog=EXAMPLES)
@takes(
    options.Shared,
    without=(
        "templates",
        "allow_python_filters",
        "allow_outside",
        "image",
        "replicas",
        "values",
        "jobs",
        "has_index",
    ),
)
def list_(shared: options.Shared, *, format_: Format = "text") -> None:
    """List applications with their environments and folders."""
    if format_ not in _FORMATS:
        message = f"expected {any_of(_FORMATS)}, got {format_!r}"
        raise typer.BadParameter(message, param_hint="--format")
    asked = request.parse_request(shared)
    tasks = assign(asked)
    for config in dict.fromkeys(task.config for task in tasks):
        if config != STDIN and not os.path.lexists(config_file(config)):
            read_file(config_file(config))  # says what to do
    identify = partial(find_identity, needs_namespace=True)
    places = [expected_place(asked, identify, task) for task in tasks]
    rows = [
        (shown(task.config), task.environment or "", place.folder.as_posix() if place else "")
        for task, place in zip(tasks, places, strict=True)
    ]
    for config in dict.fromkeys(config for config, _, folder in rows if not folder):
        print_note(f"{config}: no folder; to see why, run kustz-tpl check")
    if format_ == "json":
        found = [
            {"config": config, "environment": name or None, "folder": folder or None}
            for config, name, folder in rows
        ]
        print_text(json.dumps({"applications": found}, indent=2) + "\n")
        return
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    for config, name, folder in rows:
        cells = [config.ljust(widths[0]), *([name.ljust(widths[1])] if widths[1] else []), folder]
        print_line("  ".join(cells).rstrip())

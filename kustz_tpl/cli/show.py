"""The command `show`."""

# No annotations from __future__ here: Typer evaluates each of them several times.

from kustz_tpl import schema
from kustz_tpl.cli import options, request
from kustz_tpl.cli.command import Command, new_app, takes
from kustz_tpl.cli.layout import shown
from kustz_tpl.cli.tasks import list_tasks, source_of
from kustz_tpl.cli.terminal import print_text
from kustz_tpl.errors import InputError
from kustz_tpl.source import Source, read_document
from kustz_tpl.yaml_source import Data
from kustz_tpl.yaml_source.text import write_document

app = new_app()

EXAMPLES = """\b
Examples:
  kustz-tpl show -e prod
  kustz-tpl show services/web
"""


@app.command(cls=Command, epilog=EXAMPLES)
@takes(
    options.Shared,
    without=(
        "output",
        "templates",
        "allow_python_filters",
        "allow_outside",
        "jobs",
        "has_index",
    ),
)
def show(shared: options.Shared) -> None:
    """Print the finished kustz.yml of each environment.

    A value from another file has a comment with its place.
    """
    asked = request.parse_request(shared)
    tasks = list_tasks(asked)
    for task in tasks:
        source = source_of(asked, task)
        document = read_document(source)
        _, judged = schema.normalise(document)
        if judged.diagnostics:
            raise InputError(*judged.diagnostics)
        if len(tasks) > 1:
            name = f", environment {task.environment}" if task.environment else ""
            print_text(f"---\n# {shown(task.config)}{name}\n")
        own = read_document(Source(source.file, source.text, source.folder)).data
        print_text(write_document(document._replace(data=_in_order(document.data, own))))


def _in_order(data: dict[str, Data], like: dict[str, Data]) -> dict[str, Data]:
    """Return data with its keys in the order of the config itself, and what it inherits last."""
    ordered: dict[str, Data] = {}
    for key in (*(key for key in like if key in data), *(key for key in data if key not in like)):
        value, own = data[key], like.get(key)
        if isinstance(value, dict) and isinstance(own, dict):
            value = _in_order(value, own)
        ordered[key] = value
    return ordered

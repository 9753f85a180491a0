"""The command `show`."""

# No annotations from __future__ here: Typer evaluates each of them several times.

from kustz_tpl import schema
from kustz_tpl.cli import options, request
from kustz_tpl.cli.command import Command, new_app, takes
from kustz_tpl.cli.layout import shown
from kustz_tpl.cli.tasks import list_tasks, source_of
from kustz_tpl.cli.terminal import print_text
from kustz_tpl.errors import InputError
from kustz_tpl.pipeline import read_document
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

    A comment says where a value is written that is not from the kustz.yml itself.
    """
    asked = request.parse_request(shared)
    tasks = list_tasks(asked)
    for task in tasks:
        document = read_document(source_of(asked, task))
        _, judged = schema.normalise(document)
        if judged.diagnostics:
            raise InputError(*judged.diagnostics)
        if len(tasks) > 1:
            name = f", environment {task.environment}" if task.environment else ""
            print_text(f"---\n# {shown(task.config)}{name}\n")
        print_text(write_document(document))

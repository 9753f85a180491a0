"""The command `default`."""

# No annotations from __future__ here: Typer evaluates each of them several times.

from kustz_tpl.cli.command import Command, new_app
from kustz_tpl.cli.starter import read_starter
from kustz_tpl.cli.terminal import put

app = new_app()

EXAMPLES = """\b
Example:
  kustz-tpl default > services/web/kustz.yml
"""


@app.command(cls=Command, epilog=EXAMPLES)
def default() -> None:
    """Print the starter kustz.yml."""
    put(read_starter().decode())

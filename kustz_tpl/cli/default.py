"""The command `default`, and the starter kustz.yml that it prints."""

# No annotations from __future__ here: Typer evaluates each of them several times.

from pathlib import Path

import kustz_tpl
from kustz_tpl.cli.command import Command, new_app
from kustz_tpl.cli.terminal import print_text

app = new_app()

EXAMPLES = """\b
Example:
  kustz-tpl default > services/web/kustz.yml
"""


@app.command(cls=Command, epilog=EXAMPLES)
def default() -> None:
    """Print the starter kustz.yml."""
    print_text(read_starter().decode())


def read_starter() -> bytes:
    """Return the commented config that a new user begins with."""
    return Path(kustz_tpl.__file__).with_name("starter.yml").read_bytes()

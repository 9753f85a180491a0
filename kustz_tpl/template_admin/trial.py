"""Renders every template with the bundled examples, to find mistakes before they matter."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kustz_tpl.errors import Diagnostic, InputError
from kustz_tpl.pipeline import Generator
from kustz_tpl.source import Override, Source

EXAMPLES = Path(__file__).parent / "examples"


def example_names() -> list[str]:
    """Return the names of the bundled examples."""
    return sorted(path.parent.name for path in EXAMPLES.glob("*/kustz.yml"))


def try_templates(generator: Generator, values: Mapping[str, Any]) -> list[Diagnostic]:
    """Return each problem of the templates once, with any of the examples.

    `values` are the user's own, which the examples do not have.
    """
    found: dict[Diagnostic, None] = {}
    for name in example_names():
        folder = EXAMPLES / name
        source = Source(
            f"example {name}",
            (folder / "kustz.yml").read_bytes(),
            folder,
            (Override("values", "values", json.dumps(values)),) if values else (),
        )
        try:
            found.update(dict.fromkeys(generator.generate(source).warnings))
        except InputError as error:
            found.update(dict.fromkeys(error.diagnostics))
    return list(found)

"""The engine is a package of its own: its README is true, and Jinja's internals are in one place."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ENGINE = Path(__file__).parents[2] / "kustz_tpl" / "engine"
INTERNALS = re.compile(
    r"jinja2\.(compiler|lexer|parser|idtracking|optimizer|environment)\b|root_render_func|new_context"
    r"|get_lexer|CodeGenerator|__jinja_template__|get_corresponding_lineno|def _(load_template|parse|compile)\b"
)


def test_the_readme_does_what_it_shows() -> None:
    (code,) = re.findall(r"(?ms)^```python\n(.*?)^```$", (ENGINE / "README.md").read_text("utf-8"))
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("module", sorted(ENGINE.glob("*.py")), ids=lambda path: path.name)
def test_jinjas_internals_are_in_one_module(module: Path) -> None:
    is_the_one = module.name == "jinja_internals.py"
    assert bool(INTERNALS.search(module.read_text("utf-8"))) == is_the_one


def test_the_engine_needs_nothing_else_of_kustz() -> None:
    code = (
        "import sys, kustz_tpl.engine; "
        "print([m for m in sys.modules if m.startswith('kustz_tpl.') "
        "and not m.startswith('kustz_tpl.engine')])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"

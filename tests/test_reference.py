"""The reference of templates names all that a template sees."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from command import run

from kustz_tpl.kinds import FILTERS
from kustz_tpl.schema import SCHEMA

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "reference.md").read_text("utf-8")
DOCUMENTED = set(re.findall(r"(?m)^\| `([\w.\[\]-]+)` \|", PAGE))


def test_every_key_of_the_language_is_named() -> None:
    assert set(SCHEMA) <= DOCUMENTED
    assert {"service.probes.liveness.action", "configmaps.envs[].files"} <= DOCUMENTED


def test_every_filter_and_every_block_is_named() -> None:
    assert set(FILTERS) <= DOCUMENTED
    for path in (ROOT / "templates").glob("[!_]*.j2"):
        # The block manifest is for the built-in templates themselves.
        blocks = [
            name for name in re.findall(r"{%-? block (\w+)", path.read_text()) if name != "manifest"
        ]
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{path.name}`"))
        assert [f"`{block}`" in row for block in blocks] == [True] * len(blocks)


def test_what_is_named_is_there_in_every_template_even_of_a_minimal_config(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    special = {"manifests", "accounts", "secret", *FILTERS}
    plain = [name for name in sorted(DOCUMENTED) if re.fullmatch(r"[a-zA-Z.]+", name)]
    paths = [
        name
        for name in plain
        if name not in special and not re.match(r"secretBackend\.|service\.probes\.\w+\.", name)
    ]
    assert len(paths) > 50
    lines = "".join(f"  {path}: {{{{ {path} is defined }}}}\n" for path in paths)
    (tmp_path / "kustz.yml").write_text("name: web\nservice: {image: nginx}\n")
    (tmp_path / "kustz-templates").mkdir()
    (tmp_path / "kustz-templates" / "x.json.j2").write_text(
        "apiVersion: example.com/v1\nkind: X\nmetadata: {name: x}\n"
        f"sources: {{{{ sources | list }}}}\nspec:\n{lines}"
    )
    assert run(capfd, tmp_path, "generate").code == 0

    made = json.loads((tmp_path / "manifests" / "x.json").read_text())
    assert [path for path, is_there in made["spec"].items() if is_there is not True] == []
    documented = {name.removeprefix("sources.") for name in plain if name.startswith("sources.")}
    assert set(made["sources"]) == documented

"""The Renovate configuration of docs/workflow.md finds the images of a kustz.yml and no others."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).parent.parent / "docs" / "workflow.md"
DIGEST = f"sha256:{'0123456789abcdef' * 4}"
CASES = Path(__file__).parent / "cases"


@pytest.fixture(scope="module")
def manager() -> dict[str, Any]:
    text = PAGE.read_text("utf-8")
    block = re.search(r"(?ms)^<!-- parses as renovate -->\n```json\n(.*?)^```$", text)
    assert block
    (manager,) = json.loads(block[1])["customManagers"]
    found: dict[str, Any] = manager
    return found


def images(manager: dict[str, Any], text: str) -> list[tuple[str, str, str | None]]:
    """Return what the pattern finds; JavaScript has the other form of named groups."""
    (pattern,) = manager["matchStrings"]
    found = re.finditer(pattern.replace("(?<", "(?P<"), text)
    return [(each["depName"], each["currentValue"], each["currentDigest"]) for each in found]


@pytest.mark.parametrize(
    ("line", "image"),
    [
        ("  image: nginx:1.29\n", ("nginx", "1.29", None)),
        ("  image: nginx:1.29  # by CI\n", ("nginx", "1.29", None)),
        ("  image: 'nginx:1.29'\n", ("nginx", "1.29", None)),
        ('  image: "ghcr.io/a/b:v1.2-alpine"\n', ("ghcr.io/a/b", "v1.2-alpine", None)),
        ("service: {image: nginx:1.29, ports: [80]}\n", ("nginx", "1.29", None)),
        ("service: {image: nginx:1.29}\n", ("nginx", "1.29", None)),
        ("  image: localhost:5000/shop:1.10\r\n", ("localhost:5000/shop", "1.10", None)),
        (f"  image: a.example.com:5000/b/c:1@{DIGEST}\n", ("a.example.com:5000/b/c", "1", DIGEST)),
    ],
)
def test_an_image_is_found(
    manager: dict[str, Any], line: str, image: tuple[str, str, str | None]
) -> None:
    assert images(manager, f"name: shop\n{line}") == [image]


@pytest.mark.parametrize(
    "line",
    [
        "  image: nginx\n",
        f"  image: nginx@{DIGEST}\n",
        "  imagePullPolicy: Always\n",
        "  mounts: {/models: 'image://registry.example.com/models:3'}\n",
        "  image: ~\n",
    ],
)
def test_nothing_else_is_found(manager: dict[str, Any], line: str) -> None:
    assert images(manager, line) == []


def test_the_main_image_of_every_case_is_found(manager: dict[str, Any]) -> None:
    configs = [each for each in CASES.glob("*/kustz.yml") if "refused" not in each.parent.name]
    texts = [each.read_text("utf-8-sig") for each in configs]
    plain = [re.search(r"(?m)^  image: ([a-z][a-z0-9./-]*):([\w.-]+)$", text) for text in texts]
    wanted = [(text, match) for text, match in zip(texts, plain, strict=True) if match]
    assert len(wanted) > 10
    for text, match in wanted:
        assert (match[1], match[2], None) in images(manager, text)


def test_the_files_are_configs_and_layers(manager: dict[str, Any]) -> None:
    (pattern,) = manager["managerFilePatterns"]
    files = re.compile(pattern.strip("/"))
    for name in ("kustz.yml", "kustz.prod.yml", "services/api/kustz.eu-west-1.yml"):
        assert files.search(name), name
    for name in ("manifests/deployment.yml", "kustz.yml.bak", "mykustz.yml", "kustz-project.yml"):
        assert not files.search(name), name

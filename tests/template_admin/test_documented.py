"""The manifests that docs/customise.md shows are valid."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from kube import validate

PAGE = Path(__file__).parent.parent.parent / "docs" / "customise.md"
SHOWN = re.compile(r"(?ms)^\*\*`manifests/\S+`\*\*\n```yaml\n(.*?)^```$")


def test_every_manifest_shown_is_valid() -> None:
    found = [yaml.safe_load(text) for text in SHOWN.findall(PAGE.read_text("utf-8"))]
    assert [each["kind"] for each in found] == [
        "NetworkPolicy",
        "ServiceMonitor",
        "ScaledObject",
    ]
    validate(found)

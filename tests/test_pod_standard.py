"""`security: restricted` is a promise: the finished pod, held against the standard's own verdicts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pod_changes import changed

from kustz_tpl.rules.pod_standard import find_breaches

RECORDED = json.loads((Path(__file__).parent / "data" / "pod-verdicts.json").read_text("utf-8"))


@pytest.mark.parametrize(("changes", "verdict"), RECORDED["verdicts"], ids=json.dumps)
def test_a_pod_is_judged_as_a_real_server_judges_it(changes: dict[str, Any], verdict: str) -> None:
    pod = changed(RECORDED["pod"], changes)
    found = list(find_breaches(pod["spec"], pod["metadata"]["annotations"]))
    assert bool(found) is (verdict == "refuse"), found

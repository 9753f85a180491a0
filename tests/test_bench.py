"""`make bench` runs and writes its tables; the figures in them are not tested."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_tables_are_written(tmp_path: Path) -> None:
    page = tmp_path / "benchmark.md"
    page.write_text("before\n<!-- bench -->\nstale\n<!-- end -->\nafter\n", "utf-8")
    options = ["--rounds", "1", "--most", "10", "--page", str(page)]
    run = subprocess.run(
        [sys.executable, str(ROOT / "bench/bench.py"), *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    text = page.read_text("utf-8")
    assert text.startswith("before\n<!-- bench -->\n\nMeasured by `make bench`")
    assert text.endswith("\n<!-- end -->\nafter\n")
    assert text.count("### ") == 4
    assert "stale" not in text

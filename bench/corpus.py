"""The applications that are measured: copies of the first example, each with its own name."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

EXAMPLE = Path(__file__).parent.parent / "examples/web"


def write_applications(folder: Path, number: int) -> list[Path]:
    """Return the folders of so many applications, written into the folder."""
    config = (EXAMPLE / "kustz.yml").read_text("utf-8")
    homes = [folder / f"app-{index:05}" for index in range(number)]
    for home in homes:
        home.mkdir(parents=True)
        text = re.sub(r"(?m)^name: .*", f"name: {home.name}", config)
        (home / "kustz.yml").write_text(text, "utf-8")
        for data in EXAMPLE.glob("*.env"):
            shutil.copy(data, home)
    return homes

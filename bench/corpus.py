"""The applications that are measured: copies of the first example, each with its own name."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

EXAMPLE = Path(__file__).parent.parent / "examples/web"


def write_large_application(home: Path) -> Path:
    """Return the folder of an application with ten mounts, 40 variables and three containers."""
    home.mkdir(parents=True)
    mounts = "".join(f"    /data/{index}: configmap://settings-{index}\n" for index in range(10))
    pairs = "".join(f"      VARIABLE_{index}: value {index}\n" for index in range(40))
    text = (
        "name: large\nservice:\n  image: registry.example.com/large:1.0\n"
        f'  ports: ["http=80:8080"]\n  mounts:\n{mounts}  envs:\n    pairs:\n{pairs}'
        "containers:\n  proxy: {image: 'envoyproxy/envoy:v1.33.0', ports: [proxy=9901]}\n"
        "initContainers:\n  migrate: {command: [large, migrate]}\n"
    )
    (home / "kustz.yml").write_text(text, "utf-8")
    return home


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

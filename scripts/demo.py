"""Show the first example: what a person writes, what kustz-tpl makes, what kubectl builds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

BIN = Path(sys.executable).parent
EXAMPLE = Path("examples/web/kustz.yml")
OUTPUT = Path("build/demo")
VARIABLE = "REGISTRY_PASSWORD"


def main() -> None:
    """Run the two commands of the README on the first example."""
    shutil.rmtree(OUTPUT, ignore_errors=True)
    title(f"# {EXAMPLE}: all that a person writes")
    print(EXAMPLE.read_text("utf-8"))
    # Whoever has a password of this name has it for something else, and it would be shown.
    os.environ[VARIABLE] = "example-only"
    run("kustz-tpl", "generate", "-c", EXAMPLE, "-o", OUTPUT)
    run("kubectl", "kustomize", OUTPUT)


def title(text: str) -> None:
    """Print a line that stands out."""
    is_plain = not sys.stdout.isatty() or os.environ.get("NO_COLOR")
    print(text if is_plain else f"\033[1m{text}\033[0m", flush=True)


def run(command: str, *arguments: str | Path) -> None:
    """Run a command of this environment as a person would, and show both."""
    setting = [f"{VARIABLE}={os.environ[VARIABLE]}"] if command == "kustz-tpl" else []
    title(" ".join(["$", *setting, command, *map(str, arguments)]))
    code = subprocess.run([BIN / command, *arguments], check=False).returncode
    if code:
        sys.exit(code)
    print(flush=True)


if __name__ == "__main__":
    main()

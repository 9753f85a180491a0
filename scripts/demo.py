"""Generate the manifests of the README's example and show the result on one screen."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

BIN = Path(sys.executable).parent
EXAMPLE = Path("examples/quickstart/kustz.yml")
OUTPUT = Path("build/demo")
MORE = f"""\
To see more:
  cat {OUTPUT}/*.yml
  .venv/bin/kubectl kustomize {OUTPUT}
  .venv/bin/kustz-tpl generate --stdout -c examples/worker/kustz.yml
  .venv/bin/kustz-tpl --help"""


def main() -> None:
    """Show the config, generate, and build the result with kubectl."""
    shutil.rmtree(OUTPUT, ignore_errors=True)
    print_title(f"# {EXAMPLE}")
    print(EXAMPLE.read_text("utf-8"))
    print_title(f"$ kustz-tpl generate -c {EXAMPLE} -o {OUTPUT}")
    run("kustz-tpl", "generate", "-c", EXAMPLE, "-o", OUTPUT)
    print_title(f"\n$ kubectl kustomize {OUTPUT} | grep ^kind:")
    built = run("kubectl", "kustomize", OUTPUT, stdout=subprocess.PIPE)
    print(*(line for line in built.splitlines() if line.startswith("kind:")), sep="\n")
    print(f"\n{MORE}")


def print_title(text: str) -> None:
    """Print a line, bold on a terminal."""
    is_plain = not sys.stdout.isatty() or os.environ.get("NO_COLOR")
    print(text if is_plain else f"\033[1m{text}\033[0m", flush=True)


def run(command: str, *arguments: str | Path, stdout: int | None = None) -> str:
    """Run a command of this environment; return its output if it is piped."""
    done = subprocess.run([BIN / command, *arguments], check=False, stdout=stdout, text=True)
    if done.returncode:
        sys.exit(done.returncode)
    return done.stdout or ""


if __name__ == "__main__":
    main()

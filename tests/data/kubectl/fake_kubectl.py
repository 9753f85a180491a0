"""A kubectl without a cluster, which prints what the real one has printed for the same arguments.

Its first arguments are the path of the real kubectl, the file with the recorded output, and `replay`
or `record`. `kubectl kustomize` always runs the real one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def main(real: str, file: Path, mode: str, words: list[str]) -> int:
    """Print what kubectl prints, and return its exit code."""
    if words[:1] == ["kustomize"]:
        os.execv(real, [real, *words])
    given = sys.stdin.buffer.read() if words[:1] == ["apply"] else b""
    asked = {"words": words, "objects": [*map(_name, _objects(given.decode()))]}
    calls = json.loads(file.read_text()) if file.exists() else []
    if mode == "record":
        calls.append(asked | _ask([real, *words], given))
        file.write_text(json.dumps(calls, indent=1) + "\n")
    found = [each for each in calls if asked.items() <= each.items()]
    if not found:
        sys.stderr.write(f"not recorded: {asked}\n")
        return 1
    sys.stdout.write(found[-1]["stdout"])
    sys.stderr.write(found[-1]["stderr"])
    return int(found[-1]["code"])


def _ask(command: list[str], given: bytes) -> dict[str, Any]:
    done = subprocess.run(command, input=given, capture_output=True, check=False)
    printed = {"stdout": done.stdout.decode(), "stderr": done.stderr.decode()}
    return {**printed, "code": done.returncode}


def _objects(text: str) -> list[dict[str, Any]]:
    decoder, found = json.JSONDecoder(), []
    while text.strip():
        one, end = decoder.raw_decode(text.lstrip())
        found.append(one)
        text = text.lstrip()[end:]
    return found


def _name(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    return f"{document['kind']} {metadata.get('namespace', '')}/{metadata['name']}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], sys.argv[4:]))

"""Derive whole-objects.json, objects and a real API server's verdict on each.

Usage: python extract_objects.py SOURCE > whole-objects.json

The source holds whole manifests, each with the verdict of a kube-apiserver 1.36 (dry run, strict
field validation). `a` is for accept, `r` for refuse.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main() -> None:
    """Print a verdict and its object per line."""
    cases = json.loads(Path(sys.argv[1]).read_bytes())["cases"]
    found = [["a" if each["verdict"] == "accept" else "r", each["object"]] for each in cases]
    lines = [json.dumps(each, separators=(",", ":")) for each in found]
    sys.stdout.write("[\n" + ",\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    main()

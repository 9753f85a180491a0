"""Ask the API server of a kubeconfig about the objects of tests/mutations.py: `python record_objects.py > object-verdicts.json`.

The file has a letter for each object of a base, in order: `a` for accept, `r` for refuse.
"""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))
from mutations import mutations

_PLURALS = {"NetworkPolicy": "networkpolicies", "Ingress": "ingresses"}


def main() -> None:
    """Print the verdicts as JSON, one base per line."""
    wanted = list(mutations())
    with ThreadPoolExecutor(8) as workers:
        verdicts = list(workers.map(lambda each: verdict(each[1]), wanted))
    found: dict[str, str] = {}
    for (name, _), letter in zip(wanted, verdicts, strict=True):
        base = name.partition(" ")[0]
        found[base] = found.get(base, "") + letter
    lines = [f"{json.dumps(base)}: {json.dumps(letters)}" for base, letters in found.items()]
    sys.stdout.write("{\n" + ",\n".join(lines) + "\n}\n")


def verdict(document: dict[str, Any]) -> str:
    """Return the letter of what the server says of an object; nothing is created."""
    version, kind = document["apiVersion"], document["kind"]
    plural = _PLURALS.get(kind, f"{kind.lower()}s")
    prefix = f"/apis/{version}" if "/" in version else f"/api/{version}"
    url = f"{prefix}/namespaces/default/{plural}?dryRun=All&fieldValidation=Strict"
    command = ["kubectl", "create", "--raw", url, "-f", "-"]
    page = json.dumps(document)
    run = subprocess.run(command, input=page, capture_output=True, text=True, check=False)
    if run.returncode and "(Bad Request)" not in run.stderr and "is invalid" not in run.stderr:
        refusals = ("cannot be handled", "is invalid", "BadRequest", "strict decoding error")
        if not any(each in run.stderr for each in refusals):
            raise SystemExit(f"{kind}: {run.stderr}")
    return "r" if run.returncode else "a"


if __name__ == "__main__":
    main()

"""Render one hostile template in a process of its own, and say how it ended and what it cost."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

from kustz_tpl.engine import Engine, Folder, Limits, TemplateError, write_json, write_yaml
from kustz_tpl.kustomize_text import kustomize_fault

CONTEXT = {
    "name": "web",
    "items": [1, 2, 3],
    "map": {"a": {"b": 1}},
    "long": "x" * 65536,
    "nothing": None,
}


def main() -> None:
    folder, page, seconds = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    end = _end(folder, page, seconds)
    used = resource.getrusage(resource.RUSAGE_SELF)
    end["mebibytes"] = used.ru_maxrss // (1024 if sys.platform == "linux" else 1024**2)
    json.dump(end, sys.stdout)


def _end(folder: Path, page: str, seconds: float) -> dict[str, Any]:
    engine = Engine([Folder(folder)], refuse=kustomize_fault, limits=Limits(seconds=seconds))
    try:
        tree = engine.render(page, CONTEXT)
    except TemplateError as error:
        return {"template": error.template, "line": error.line, "message": error.message}
    text = write_yaml(tree.documents, tree.comments)
    for document in tree.documents:
        write_json(document)
    return {"characters": len(text)}


if __name__ == "__main__":
    main()

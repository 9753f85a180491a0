"""The manifests of an application as one YAML stream, to look at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kustz_tpl.application import Generated, GeneratedFile
from kustz_tpl.output.finish import finish


def as_stream(generated: Generated, folder: Path) -> str:
    """Return every file that would be written; of data files the names alone."""
    files = finish(generated).items()
    return "".join(part for path, file in files for part in _parts(folder / path, file))


def _parts(path: Path, file: GeneratedFile) -> Iterator[str]:
    if file.kind == "manifest":
        yield f"---\n# file: {path.as_posix()}\n"
        yield file.content.decode()
    else:
        what = "a secret" if file.kind == "secret" else f"{len(file.content)} bytes as they are"
        yield f"---\n# file: {path.as_posix()} ({what}, not shown)\n"

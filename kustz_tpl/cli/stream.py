"""The manifests of an application as one YAML stream, to look at."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from kustz_tpl.output.headers import with_headers
from kustz_tpl.pipeline import Generated, GeneratedFile


def as_stream(generated: Generated, folder: Path, *, shows_secrets: bool = False) -> str:
    """Return every file that would be written; of data files the names alone."""
    shown = {"manifest", "secret"} if shows_secrets else {"manifest"}
    files = with_headers(generated).items()
    return "".join(part for path, file in files for part in _parts(folder / path, file, shown))


def _parts(path: Path, file: GeneratedFile, shown: Collection[str]) -> Iterator[str]:
    if file.kind == "secret" and file.kind in shown:
        yield f"---\n# file: {path.as_posix()}\n"
        yield from (f"# {line}\n" for line in file.content.decode(errors="replace").splitlines())
    elif file.kind in shown:
        yield f"---\n# file: {path.as_posix()}\n"
        yield file.content.decode()
    else:
        what = "a secret" if file.kind == "secret" else f"{len(file.content)} bytes as they are"
        yield f"---\n# file: {path.as_posix()} ({what}, not shown)\n"

"""Mark generated files as ours: the line of each manifest, the record in kustomization.yml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kustz_tpl.output import ownership
from kustz_tpl.output.ownership import KUSTOMIZATION, SECRETS, Record

if TYPE_CHECKING:
    from kustz_tpl.application import Generated, GeneratedFile


def finish(generated: Generated, kept: Record | None = None) -> dict[str, GeneratedFile]:
    """Return the files as they are written; `kept` records older files that stay."""
    files = dict(generated.files)
    if KUSTOMIZATION in files:
        record = own_record(generated).merged(kept or Record())
        body = ownership.with_record(files[KUSTOMIZATION].content, record)
        files[KUSTOMIZATION] = files[KUSTOMIZATION]._replace(content=body)
    for path, file in files.items():
        if is_marked(path, file.kind):
            content = ownership.stamp(file.content, generated.config_name)
            files[path] = file._replace(content=content)
    return files


def is_marked(path: str, kind: str) -> bool:
    """Return whether a file carries our line; JSON has no comments and is recorded instead."""
    return kind == "manifest" and not path.endswith(".json")


def own_record(generated: Generated) -> Record:
    """Return the record of what a run generates."""
    return Record(
        owner=generated.name,
        digests={
            path: frozenset({ownership.digest(file.content)})
            for path, file in generated.files.items()
            if file.kind != "secret" and not is_marked(path, file.kind)
        },
        has_secrets=any(file.kind == "secret" for file in generated.files.values())
        or any(path.startswith(f"{SECRETS}/") for path in generated.left),
    )

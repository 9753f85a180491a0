"""Between generating and comparing: encrypt, ask git."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kustz_tpl.errors import Diagnostic, InputError, ProgramError
from kustz_tpl.kinds.kustomization import KUSTOMIZATION_FILE
from kustz_tpl.output import disk
from kustz_tpl.output.headers import SECRETS
from kustz_tpl.yaml_source.loader import YAMLError, load

if TYPE_CHECKING:
    from kustz_tpl.output.git import Repositories
    from kustz_tpl.output.sops_manifests import Encryption
    from kustz_tpl.pipeline import Generated


def apply_guards(
    generated: Generated,
    folder: Path,
    repositories: Repositories | None,
    encryption: Encryption,
) -> Generated:
    """Return what may be written into a folder; InputError where a secret would get out.

    Git is asked in the repositories, not at all without them.
    """
    if generated.sealed:
        from kustz_tpl.output.sops_manifests import seal  # noqa: PLC0415 - seldom

        with disk.reported(folder):
            generated = seal(generated, folder, encryption)
    if repositories:
        _refuse_tracked(generated, folder, repositories)
    return generated


def _refuse_tracked(generated: Generated, folder: Path, repositories: Repositories) -> None:
    """Refuse secret files that git tracks, and all where git cannot say whether it does."""
    secrets = [folder / path for path, file in generated.files.items() if file.kind == "secret"]
    try:
        tracked = repositories.tracked(secrets)
    except ProgramError as error:
        message = f"cannot tell whether git tracks the secret files: {error}"
        raise InputError(Diagnostic((folder / SECRETS).as_posix(), 0, 0, "", message)) from None
    message = "git tracks this file; to stop tracking it, run git rm --cached"
    diagnostics = [
        Diagnostic(path.as_posix(), 0, 0, "", message) for path in secrets if path in tracked
    ]
    if diagnostics:
        raise InputError(*diagnostics)


def known_keys(folder: Path) -> dict[str, tuple[str, ...]]:
    """Return the keys of each Secret that the folder's kustomization.yml makes."""
    with disk.reported(folder):
        path = folder / KUSTOMIZATION_FILE
        content = disk.read(path) if disk.standing(path) == "file" else b""
    try:
        found = load(content)
        return {
            each["name"]: tuple(file.partition("=")[0] for file in each.get("files") or ())
            for each in found.get("secretGenerator") or ()
        }
    except (YAMLError, AttributeError, KeyError, TypeError):
        return {}

"""Between generating and comparing: encrypt, ask git."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kustz_tpl.errors import InputError, Problem
from kustz_tpl.git_command import GitError
from kustz_tpl.output import disk
from kustz_tpl.output.headers import KUSTOMIZATION, SECRETS

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

        generated = seal(generated, folder, encryption)
    if repositories:
        _refuse_tracked(generated, folder, repositories)
    return generated


def _refuse_tracked(generated: Generated, folder: Path, repositories: Repositories) -> None:
    """Refuse secret files that git tracks, and all where git cannot say whether it does."""
    secrets = [folder / path for path, file in generated.files.items() if file.kind == "secret"]
    try:
        states = repositories.states(secrets)
    except GitError as error:
        message = f"cannot tell whether git tracks the secret files: {error}"
        raise InputError(Problem((folder / SECRETS).as_posix(), 0, 0, "", message)) from None
    message = "git tracks this file; to stop tracking it, run git rm --cached"
    problems = [
        Problem(path.as_posix(), 0, 0, "", message)
        for path, state in states.items()
        if state.is_tracked
    ]
    if problems:
        raise InputError(*problems)


def known_keys(folder: Path) -> dict[str, tuple[str, ...]]:
    """Return the keys of each Secret that the folder's kustomization.yml makes."""
    import yaml  # noqa: PLC0415 - start-up time

    if disk.standing(folder / KUSTOMIZATION) != "file":
        return {}
    try:
        found = yaml.load(disk.read(folder / KUSTOMIZATION), yaml.CSafeLoader)
        return {
            each["name"]: tuple(file.partition("=")[0] for file in each.get("files") or ())
            for each in found.get("secretGenerator") or ()
        }
    except (yaml.YAMLError, AttributeError, KeyError, TypeError):
        return {}

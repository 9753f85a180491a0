"""Between generating and comparing: encrypt Secrets, and refuse secrets that git tracks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from kustz_tpl.errors import Diagnostic, InputError, ProgramError
from kustz_tpl.kinds.kustomization import KUSTOMIZATION_FILE
from kustz_tpl.output import disk
from kustz_tpl.output.headers import SECRETS, without_header
from kustz_tpl.yaml_source.loader import YAMLError, load

if TYPE_CHECKING:
    from kustz_tpl.generated import Generated, Sealing
    from kustz_tpl.output.git import Repositories

Encryption = Literal["never", "if changed", "always"]
"""When to encrypt; with `never` sops is not called at all."""

_KEPT = "cannot be decrypted here and is kept; to encrypt it again, use --rotate"
_NOT_COMPARED = "the encrypted values were not compared; only generate decrypts them"


def apply_guards(
    generated: Generated,
    folder: Path,
    repositories: Repositories | None,
    encryption: Encryption,
) -> Generated:
    """Return what may be written into a folder; raises InputError if a secret would get out.

    Without repositories, git is not asked.
    """
    if generated.sealed:
        with disk.reported(folder):
            generated = _seal(generated, folder, encryption)
    if repositories:
        _refuse_tracked(generated, folder, repositories)
    return generated


def _refuse_tracked(generated: Generated, folder: Path, repositories: Repositories) -> None:
    """Refuse secret files that git tracks; if git cannot answer, refuse all."""
    secrets = [folder / path for path, file in generated.files.items() if file.kind == "secret"]
    try:
        tracked = repositories.tracked(secrets)
    except ProgramError as error:
        message = f"cannot check whether git tracks the secret files: {error}"
        raise InputError(Diagnostic((folder / SECRETS).as_posix(), 0, 0, "", message)) from None
    message = "git tracks this file; to stop tracking it, run git rm --cached"
    diagnostics = [
        Diagnostic(path.as_posix(), 0, 0, "", message) for path in secrets if path in tracked
    ]
    if diagnostics:
        raise InputError(*diagnostics)


def known_keys(folder: Path) -> dict[str, tuple[str, ...]]:
    """Return the keys of each Secret that the folder's kustomization.yml generates."""
    with disk.reported(folder):
        path = folder / KUSTOMIZATION_FILE
        content = disk.read(path) if disk.file_type(path) == "file" else b""
    try:
        found = load(content)
        return {
            each["name"]: tuple(file.partition("=")[0] for file in each.get("files") or ())
            for each in found.get("secretGenerator") or ()
        }
    except (YAMLError, AttributeError, KeyError, TypeError):
        return {}


def _seal(generated: Generated, folder: Path, encryption: Encryption) -> Generated:
    """Return what was generated with its encrypted Secrets among the files.

    Encrypting the same values again gives different bytes, so a Secret in the folder is kept as
    long as its values are the same. Raises InputError if sops cannot encrypt.
    """
    from kustz_tpl.generated import GeneratedFile  # noqa: PLC0415 - the layer below

    files, warnings = dict(generated.files), list(generated.warnings)
    for path, sealing in generated.sealed.items():
        place = (folder / path).as_posix()
        try:
            content, warning = _content(folder / path, sealing, encryption)
        except ProgramError as error:
            raise InputError(Diagnostic(place, 0, 0, "", str(error))) from None
        files[path] = GeneratedFile(content, "manifest")
        if warning:
            warnings.append(Diagnostic(place, 0, 0, "", warning, severity="warning"))
    return generated._replace(files=files, sealed={}, warnings=tuple(warnings))


def _content(target: Path, sealing: Sealing, encryption: Encryption) -> tuple[bytes, str]:
    """Return the encrypted manifest, and a warning about it."""
    from kustz_tpl.secrets import sops  # noqa: PLC0415 - seldom
    from kustz_tpl.secrets.sops_rules import find_recipients  # noqa: PLC0415 - seldom

    wanted = json.loads(sealing.manifest)
    age = sealing.age or find_recipients(target)
    before = without_header(disk.read(target)) if disk.file_type(target) == "file" else b""
    held = sops.parse_encrypted(before)
    is_alike = (
        held is not None
        and sops.clear_part(held) == sops.clear_part(wanted)
        and sops.recipients_of(held) == set(age)
    )
    if encryption == "never":
        return (before, _NOT_COMPARED) if is_alike else (_outline(wanted, held or {}, age), "")
    if held and is_alike and encryption == "if changed":
        found = sops.decrypt(held)
        if found is None:
            return before, _KEPT
        if found == wanted:
            return before, ""
    return sops.encrypt(sealing.manifest, age), ""


def _outline(wanted: Mapping[str, Any], held: Mapping[str, Any], age: Sequence[str]) -> bytes:
    """Return what is known of an encrypted manifest without encrypting it."""
    import yaml  # noqa: PLC0415 - start-up time

    known = held.get("data") or {}
    data = {key: known.get(key, "ENC[by generate]") for key in wanted.get("data") or {}}
    recipients = {"age": [{"recipient": each} for each in age]}
    manifest = {**wanted, "data": data, "sops": recipients}
    return yaml.safe_dump(manifest, sort_keys=False, indent=4, width=2**20).encode()

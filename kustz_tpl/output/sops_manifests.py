"""Encrypt the Secrets that are committed encrypted; one whose values are the same stays."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from kustz_tpl.errors import Diagnostic, InputError, ProgramError
from kustz_tpl.output import disk
from kustz_tpl.output.headers import without_header

if TYPE_CHECKING:
    from kustz_tpl.pipeline import Generated, Sealing

Encryption = Literal["never", "if changed", "always"]
"""When to encrypt; with `never` sops is not called at all."""

_KEPT = "cannot be decrypted here and is kept; to encrypt it again, use --rotate"
_NOT_COMPARED = "the encrypted values were not compared; only generate decrypts them"


def seal(generated: Generated, folder: Path, encryption: Encryption) -> Generated:
    """Return what was generated with every sealed Secret among its files.

    Encrypting the same twice gives different bytes, so what lies in the folder is kept as long
    as it says the same. Raises InputError where sops cannot encrypt.
    """
    from kustz_tpl.pipeline import GeneratedFile  # noqa: PLC0415 - the layer below

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
    """Return the encrypted manifest, and what is to be said about it."""
    from kustz_tpl.secrets import sops  # noqa: PLC0415 - seldom
    from kustz_tpl.secrets.sops_rules import find_recipients  # noqa: PLC0415 - seldom

    wanted = json.loads(sealing.manifest)
    age = sealing.age or find_recipients(target)
    before = _read(target)
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


def _read(target: Path) -> bytes:
    """Return the existing file, without our own line."""
    if disk.standing(target) != "file":
        return b""
    return without_header(disk.read(target))


def _outline(wanted: Mapping[str, Any], held: Mapping[str, Any], age: Sequence[str]) -> bytes:
    """Return what is known of an encrypted manifest without encrypting it."""
    import yaml  # noqa: PLC0415 - start-up time

    known = held.get("data") or {}
    data = {key: known.get(key, "ENC[by generate]") for key in wanted.get("data") or {}}
    recipients = {"age": [{"recipient": each} for each in age]}
    manifest = {**wanted, "data": data, "sops": recipients}
    return yaml.safe_dump(manifest, sort_keys=False, indent=4, width=2**20).encode()

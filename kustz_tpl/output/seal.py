"""Encrypt the Secrets that are committed encrypted; one whose values are the same stays."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kustz_tpl.errors import InputError, Problem
from kustz_tpl.output import disk
from kustz_tpl.output.headers import without_header

if TYPE_CHECKING:
    from kustz_tpl.application import Generated, Sealing


def seal(generated: Generated, folder: Path, *, rotates: bool) -> Generated:
    """Return what was generated with every sealed Secret among its files.

    Encrypting the same twice gives different bytes, so what lies in the folder is kept as long
    as it says the same. Raises InputError where sops cannot encrypt.
    """
    from kustz_tpl.application import GeneratedFile  # noqa: PLC0415 - the layer below
    from kustz_tpl.credentials.sops import SopsError  # noqa: PLC0415 - seldom

    files, warnings = dict(generated.files), list(generated.warnings)
    for path, sealing in generated.sealed.items():
        place = (folder / path).as_posix()
        try:
            content, warning = _content(folder / path, sealing, rotates=rotates)
        except SopsError as error:
            raise InputError(Problem(place, 0, 0, "", str(error))) from None
        files[path] = GeneratedFile(content, "manifest")
        if warning:
            warnings.append(Problem(place, 0, 0, "", warning, severity="warning"))
    return generated._replace(files=files, sealed={}, warnings=tuple(warnings))


def _content(target: Path, sealing: Sealing, *, rotates: bool) -> tuple[bytes, str]:
    """Return the encrypted manifest, and what is to be said about it."""
    from kustz_tpl.credentials.sops import decrypt, encrypt  # noqa: PLC0415 - seldom

    wanted = json.loads(sealing.manifest)
    before = _read(target)
    if before and not rotates and _is_like(before, wanted, sealing.age):
        held = decrypt(before, target)
        if held is None:
            return before, "cannot be decrypted here and stays; --rotate encrypts it anew"
        if held == wanted:
            return before, ""
    return encrypt(sealing.manifest, target, sealing.age), ""


def _read(target: Path) -> bytes:
    """Return what lies there, without our own line."""
    if disk.standing(target) != "file":
        return b""
    return without_header(disk.read(target))


def _is_like(content: bytes, wanted: Mapping[str, Any], age: tuple[str, ...]) -> bool:
    """Tell whether an encrypted manifest has the wanted clear text, keys and recipients."""
    import yaml  # noqa: PLC0415 - start-up time

    try:
        held = yaml.load(content, yaml.CSafeLoader)
        sops = held.pop("sops")
        recipients = {each["recipient"] for each in sops.get("age") or ()}
    except (yaml.YAMLError, AttributeError, KeyError, TypeError):
        return False
    return _clear(held) == _clear(wanted) and (not age or recipients == set(age))


def _clear(manifest: Mapping[str, Any]) -> dict[str, Any]:
    data = manifest.get("data")
    return {**manifest, "data": sorted(data) if isinstance(data, dict) else data}

"""Encrypt and decrypt with the real sops; plaintext goes through pipes, never through a file."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_SECONDS = 120
_ENCRYPTED = "^(data|stringData)$"


class SopsError(Exception):
    """Say why sops did not do it, without a word of what it was given."""


def encrypt(manifest: bytes, target: Path, age: Sequence[str]) -> bytes:
    """Return a Secret's manifest, JSON, as YAML with its values encrypted.

    Without age keys the `.sops.yaml` above the target says who may decrypt it.
    """
    keys = ("--age", ",".join(age)) if age else ()
    words = ("encrypt", *keys, "--encrypted-regex", _ENCRYPTED)
    forms = ("--input-type", "json", "--output-type", "yaml")
    name = ("--filename-override", str(target.absolute()), "/dev/stdin")
    done = _run([*words, *forms, *name], manifest, _existing(target.absolute().parent))
    if done.returncode:
        raise SopsError(_reason(done.stderr.decode(errors="replace")))
    return done.stdout


def decrypt(content: bytes, target: Path) -> dict[str, Any] | None:
    """Return what an encrypted manifest holds, None where the keys for it are not here."""
    words = ("decrypt", "--input-type", "yaml", "--output-type", "json")
    name = ("--filename-override", str(target.absolute()), "/dev/stdin")
    done = _run([*words, *name], content, _existing(target.absolute().parent))
    if done.returncode:
        return None
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _run(words: Sequence[str], given: bytes, folder: Path) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603 - the program that the config asks for
            [_program(), *words],
            input=given,
            cwd=folder,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SopsError(f"sops did not end within {_SECONDS} s") from None


def _program() -> str:
    beside = Path(sys.executable).parent / "sops"
    found = shutil.which("sops") or (str(beside) if beside.exists() else None)
    if found is None:
        raise SopsError("expected the program sops on PATH; get it from https://getsops.io")
    return found


def _existing(folder: Path) -> Path:
    """Return a folder or the nearest one above it that is there: sops looks for its rules there."""
    while not folder.is_dir():
        folder = folder.parent
    return folder


def _reason(messages: str) -> str:
    if "no creation rules" in messages or "no matching creation rules" in messages:
        return "no rule of a .sops.yaml is for this file; write backend: {sops: {age: [age1…]}}"
    if "recipient" in messages or "age" in messages:
        return "sops refused the keys; check them with sops encrypt by hand"
    return "sops did not encrypt it; check its setup with sops encrypt by hand"

"""Encrypts and decrypts with sops; plain text goes through pipes, never through a file."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

from kustz_tpl.errors import ProgramError
from kustz_tpl.programs import find_program, run_program
from kustz_tpl.yaml_source.loader import YAMLError, load

_ENCRYPTED = "^(data|stringData)$"
_BY_HAND = "run sops encrypt to see why"

# No HOME and no credentials of cloud services: the file or rule of a stranger may name a server.
_ENVIRONMENT = ("PATH", "TMPDIR", "TMP", "TEMP", "LANG", "LC_ALL", "SYSTEMROOT")
_KEYS = ("SOPS_AGE_KEY", "SOPS_AGE_KEY_CMD", "SOPS_AGE_SSH_PRIVATE_KEY_FILE")
# What the `sops:` part of a file may have besides age; everything else names other keys.
_HARMLESS = {
    *("lastmodified", "mac", "version", "mac_only_encrypted", "encrypted_regex"),
    *("encrypted_suffix", "unencrypted_suffix", "unencrypted_regex"),
}


def parse_encrypted(content: bytes) -> dict[str, Any] | None:
    """Return a manifest that sops encrypted for age alone, None for anything else."""
    try:
        found = load(content)
        json.dumps(found)
        part = found["sops"]
        others = [key for key, value in part.items() if value and key not in {"age", *_HARMLESS}]
        recipients = recipients_of(found)
        keys = (found.get("data") or {}).items()
        is_secret = all(isinstance(key, str) for key, _ in keys)
    except (YAMLError, AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return None
    return found if recipients and is_secret and not others else None


def recipients_of(encrypted: Mapping[str, Any]) -> set[str]:
    """Return the age keys that a manifest is encrypted for."""
    return {each["recipient"] for each in encrypted["sops"]["age"]}


def encrypt(manifest: bytes, age: Sequence[str]) -> bytes:
    """Return the JSON manifest of a Secret as YAML, with its values encrypted for age keys."""
    words = ("encrypt", "--age", ",".join(age), "--encrypted-regex", _ENCRYPTED)
    done = _run([*words, *_forms("json", "yaml")], manifest, {})
    if done.returncode:
        is_key = re.search(rb"\b(recipients?|age)\b", done.stderr)
        raise ProgramError(
            f"sops {'refused the keys' if is_key else 'did not encrypt it'}; {_BY_HAND}"
        )
    found, wanted = parse_encrypted(done.stdout), json.loads(manifest)
    if found is None or not _is_encrypted(found, wanted, age):
        raise ProgramError(f"sops did not return an encrypted Secret; {_BY_HAND}")
    return done.stdout


def decrypt(encrypted: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the decrypted manifest, None without a key for it.

    sops gets what was parsed here, not the file, so it cannot see a second `sops:` in that.
    """
    given = json.dumps(encrypted).encode()
    done = _run(["decrypt", *_forms("json", "json")], given, _age_keys())
    if done.returncode:
        return None
    try:
        found = json.loads(done.stdout)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ProgramError("sops did not return the decrypted Secret; check it with sops decrypt")
    return found


def clear_part(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return what sops does not encrypt: everything but the values, and their keys."""
    data = manifest.get("data")
    clear = {key: each for key, each in manifest.items() if key != "sops"}
    return {**clear, "data": sorted(data) if isinstance(data, dict) else data}


def _is_encrypted(found: Mapping[str, Any], wanted: Mapping[str, Any], age: Sequence[str]) -> bool:
    values = (found.get("data") or {}).values()
    is_hidden = all(isinstance(value, str) and value.startswith("ENC[") for value in values)
    is_whole = bool(found["sops"].get("mac")) and recipients_of(found) == set(age)
    return is_hidden and is_whole and clear_part(found) == clear_part(wanted)


def _forms(given: str, wanted: str) -> tuple[str, ...]:
    forms = ("--input-type", given, "--output-type", wanted)
    return (*forms, "--filename-override", f"secret.{given}", "/dev/stdin")


def _age_keys() -> dict[str, str]:
    """Return where the user's age keys are, as sops would look for them with a HOME."""
    found = {key: os.environ[key] for key in _KEYS if key in os.environ}
    bases = [os.environ.get("XDG_CONFIG_HOME"), os.environ.get("APPDATA")]
    home = os.path.expanduser("~")  # noqa: PTH111 - Path's raises where there is no home
    bases += [f"{home}/Library/Application Support"] if sys.platform == "darwin" else []
    files = [f"{base}/sops/age/keys.txt" for base in (*bases, f"{home}/.config") if base]
    readable = (file for file in files if os.access(file, os.R_OK))
    file = os.environ.get("SOPS_AGE_KEY_FILE") or next(readable, None)
    return found | ({"SOPS_AGE_KEY_FILE": file} if file else {})


def _run(words: Sequence[str], given: bytes, keys: dict[str, str]) -> CompletedProcess[bytes]:
    # A sops that was installed into our own virtual environment need not be on PATH.
    own = Path(sys.executable).with_name("sops")
    sops = find_program("sops", "install it from https://getsops.io", own)
    environment = {key: os.environ[key] for key in _ENVIRONMENT if key in os.environ}
    return run_program([sops, "--config", os.devnull, *words], environment | keys, given)

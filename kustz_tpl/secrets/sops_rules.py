"""Reads the age keys of the `.sops.yaml` above a manifest, and nothing else of it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kustz_tpl.data_files.folder import DataFolder, read_data
from kustz_tpl.errors import NotationError, ProgramError
from kustz_tpl.git_command import find_repository
from kustz_tpl.notation.local import parse_age_recipient
from kustz_tpl.patterns import most_steps
from kustz_tpl.yaml_source.loader import YAMLError, load

FILE = ".sops.yaml"
_INSTEAD = "write backend: {sops: {age: [age1…]}}"
# What a rule may have besides age keys: it says how to encrypt, not for whom.
_HARMLESS = {
    *("path_regex", "encrypted_regex", "encrypted_suffix", "unencrypted_regex"),
    *("unencrypted_suffix", "mac_only_encrypted"),
}

_MOST_STEPS = 10**8


def find_recipients(target: Path) -> tuple[str, ...]:
    """Return the age keys of the first rule that matches a manifest; raises ProgramError.

    The nearest `.sops.yaml` above the manifest is used, but none outside its repository.
    """
    real = Path(os.path.realpath(target.parent)) / target.name
    top = find_repository(str(real.parent))
    for folder in real.parents:
        if os.path.lexists(folder / FILE):
            path = real.relative_to(folder).as_posix()
            return _recipients(DataFolder(folder, top or str(folder)), path)
        if str(folder) == top:
            break
    raise ProgramError(f"no {FILE} above this file; {_INSTEAD}")


def _recipients(folder: DataFolder, path: str) -> tuple[str, ...]:
    place = (folder.path / FILE).as_posix()
    try:
        rules = load(read_data(folder, FILE))["creation_rules"]
        rule = _first_match(rules, path)
        found = _age(rule, place) if rule else ()
    except NotationError as error:
        raise ProgramError(f"{place}: {error}") from None
    except (YAMLError, re.error, AttributeError, KeyError, TypeError, ValueError):
        raise ProgramError(f"{place}: expected creation_rules as sops reads them") from None
    if not found:
        raise ProgramError(f"no rule of {place} has age keys for this file; {_INSTEAD}")
    return found


def _first_match(rules: Iterable[Mapping[str, Any]], path: str) -> Mapping[str, Any] | None:
    """Return the first rule for a path."""
    left = _MOST_STEPS
    for rule in rules:
        pattern = rule.get("path_regex") or ""
        left -= most_steps(pattern, len(path))
        if left < 0:
            expected = "a path_regex with few * and +, and no repeated group"
            raise NotationError(expected, pattern, hint=_INSTEAD)
        if re.search(pattern, path):
            return rule
    return None


def _age(rule: Mapping[str, Any], place: str) -> tuple[str, ...]:
    others = [key for key, value in rule.items() if value and key not in {"age", *_HARMLESS}]
    if others:
        message = f"the rule for this file has {others[0]}, and kustz-tpl uses age keys only"
        raise ProgramError(f"{place}: {message}; {_INSTEAD}")
    age = rule.get("age") or ""
    words = age.split(",") if isinstance(age, str) else age
    return tuple(parse_age_recipient(word.strip()) for word in words if word.strip())

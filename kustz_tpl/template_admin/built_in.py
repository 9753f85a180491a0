"""Reads the built-in templates, and earlier releases of those that have changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from kustz_tpl.digests import digest
from kustz_tpl.engine.outline import outline

HISTORY = Path(__file__).parent / "history"
RENAMED = "renamed.json"


class BuiltIns(NamedTuple):
    """Hold the texts of the built-in templates by name, and the released ones by their digest.

    `renamed` maps a name of an earlier release to the name in the next one.
    """

    current: Mapping[str, str]
    past: Mapping[tuple[str, str], str]
    renamed: Mapping[str, str]

    def find(self, name: str, digest_: str) -> str | None:
        """Return the text of a built-in as it was released, None if it was never released."""
        text = self.current.get(name)
        if text is not None and digest(text.encode()) == digest_:
            return text
        return self.past.get((name, digest_))

    def chain(self, name: str) -> dict[str, str]:
        """Return a current built-in and those that it extends by name, the nearest first."""
        found: dict[str, str] = {}
        while name in self.current and name not in found:
            found[name] = self.current[name]
            name = outline(found[name], name).parent or ""
        return found

    def name_now(self, name: str) -> str | None:
        """Return the current name of a built-in template, None if it was removed."""
        seen: set[str] = set()
        while name not in self.current and name in self.renamed and name not in seen:
            seen.add(name)
            name = self.renamed[name]
        return name if name in self.current else None


def read_built_ins(templates: Path, history: Path = HISTORY) -> BuiltIns:
    """Return the built-ins of a folder, and the earlier ones of a history folder.

    A history holds `<name>/<digest>.j2`, and `renamed.json` if a built-in was renamed.
    """
    current = {path.name: _text(path) for path in sorted(templates.glob("*.j2"))}
    past = {(path.parent.name, path.stem): _text(path) for path in sorted(history.glob("*/*.j2"))}
    names = history / RENAMED
    renamed = json.loads(names.read_text("utf-8")) if names.is_file() else {}
    return BuiltIns(current, past, renamed)


def keep(templates: Path, history: Path = HISTORY) -> list[Path]:
    """Copy the built-ins that are not in the history into it, and return the new files.

    `scripts/keep_templates.py` runs this for every release, so that later changes can be merged
    into templates that were ejected from it.
    """
    made: list[Path] = []
    for path in sorted(templates.glob("*.j2")):
        text = _text(path)
        kept = history / path.name / f"{digest(text.encode())}.j2"
        if not kept.is_file():
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(text, "utf-8", newline="\n")
            made.append(kept)
    return made


def _text(path: Path) -> str:
    return path.read_bytes().decode().replace("\r\n", "\n")

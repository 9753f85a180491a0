"""Lists the templates, with the origin and the content of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from kustz_tpl.engine.errors import TemplateError
from kustz_tpl.engine.loader import LARGEST
from kustz_tpl.engine.outline import Outline, outline
from kustz_tpl.errors import Diagnostic
from kustz_tpl.render import no_block

PREFIX = "kustz/"


class Entry(NamedTuple):
    """Describe one template, which is `shown` as its file or `kustz/NAME`.

    `outline` is None if the template is not valid Jinja. `hides` is the template of the same
    name that it overrides, `hidden_by` the one that overrides it.
    """

    name: str
    shown: str
    outline: Outline | None
    hides: str | None = None
    hidden_by: str | None = None


def read_templates(folder: Path) -> dict[str, str]:
    """Return the texts of the templates directly in a folder, by name."""
    return {path.name: _read(path) for path in sorted(folder.glob("*.j2")) if path.is_file()}


def list_templates(
    folders: Mapping[str, Mapping[str, str]], built_ins: Mapping[str, str]
) -> list[Entry]:
    """Return every template, sorted by name; of one name, the one in use is first.

    `folders` has the texts of the user's templates by folder, in the order of search.
    """
    places = [*folders.items(), ("kustz", built_ins)]
    names = sorted({name for _, texts in places for name in texts})
    return [entry for name in names for entry in _entries(name, places)]


def find_lost_blocks(
    folders: Mapping[str, Mapping[str, str]], built_ins: Mapping[str, str]
) -> Iterator[Diagnostic]:
    """Yield the blocks that a user's template fills although the built-in it extends has none.

    Jinja says nothing of them, and they change nothing.
    """
    for folder, texts in folders.items():
        for name, text in texts.items():
            mine = _outline(name, text)
            parent = (mine.parent or "") if mine else ""
            built_in = built_ins.get(parent.removeprefix(PREFIX))
            if mine is None or built_in is None or not parent.startswith(PREFIX):
                continue
            known = outline(built_in, parent).blocks
            for block, line in mine.fills.items():
                if block not in known:
                    message = no_block(parent, block, known)
                    yield Diagnostic(f"{folder}/{name}", line, 1, "", message)


def _entries(name: str, places: Iterable[tuple[str, Mapping[str, str]]]) -> Iterator[Entry]:
    found = [(folder, texts[name]) for folder, texts in places if name in texts]
    shown = [f"{folder}/{name}" for folder, _ in found]
    for index, (_, text) in enumerate(found):
        yield Entry(
            name,
            shown[index],
            _outline(name, text),
            hides=shown[index + 1] if index + 1 < len(found) else None,
            hidden_by=shown[0] if index else None,
        )


def _outline(name: str, text: str) -> Outline | None:
    try:
        return outline(text, name)
    except TemplateError:
        return None


def _read(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(LARGEST).decode("utf-8-sig", errors="replace")

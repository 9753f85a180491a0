"""Lists the templates, with the origin and the content of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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

    `outline` is None if the template is not valid Jinja; a built-in's has what it extends too.
    `hides` is the template of the same name that it overrides, `hidden_by` the one that overrides
    it.
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
    entries = [entry for name in names for entry in _entries(name, places)]
    return [
        each._replace(outline=_chain(each.shown, [], built_ins))
        if each.shown == PREFIX + each.name
        else each
        for each in entries
    ]


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
            is_built_in = parent.startswith(PREFIX) and parent.removeprefix(PREFIX) in built_ins
            if mine is None or not is_built_in:
                continue
            known = _chain(parent, [*folders.values()], built_ins).blocks
            for block, line in mine.fills.items():
                if block not in known:
                    message = no_block(parent, block, known)
                    yield Diagnostic(f"{folder}/{name}", line, 1, "", message)


def _chain(
    name: str, folders: Sequence[Mapping[str, str]], built_ins: Mapping[str, str]
) -> Outline:
    """Return the outline of a built-in, with the blocks and names of those that it extends."""
    found = outline(built_ins[name.removeprefix(PREFIX)], name)
    parent, seen = found.parent, {name}
    while parent and parent not in seen:
        seen.add(parent)
        places = [built_ins] if parent.startswith(PREFIX) else [*folders, built_ins]
        plain = parent.removeprefix(PREFIX)
        text = next((each[plain] for each in places if plain in each), None)
        next_one = _outline(parent, text) if text is not None else None
        if next_one is None:
            break
        blocks = {**found.blocks, **next_one.blocks}
        names = tuple(sorted({*found.names, *next_one.names}))
        found, parent = found._replace(blocks=blocks, names=names), next_one.parent
    return found


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

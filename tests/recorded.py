"""The recorded verdicts of an API server: objects, each with the code and the message of a dry run."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterable, Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

RECORD = Path(__file__).parent / "data" / "verdicts.json.xz"
LONGEST_MESSAGE = 200

Object = dict[str, Any]
Change = tuple[list[str | int], list[Any]]
"""A path, and the value that is there; none if the field is gone."""


class Posted(NamedTuple):
    """Hold an object to post: the group it belongs to, what it is, and what it was made from."""

    group: str
    name: str
    document: Object
    base: str = ""


class Verdict(NamedTuple):
    """Hold a posted object, and the code and the message of the server."""

    posted: Posted
    code: int
    message: str

    @property
    def is_refusal(self) -> bool:
        """Check whether the server refuses the object."""
        return self.code >= 300


def read_record(*groups: str) -> list[Verdict]:
    """Return the recorded verdicts of some groups, or of all."""
    record = _record()
    bases: dict[str, Object] = record["bases"]
    return [
        Verdict(Posted(group, name, _changed(bases.get(base), changes), base), code, message)
        for group, name, base, changes, code, message in record["verdicts"]
        if not groups or group in groups
    ]


@cache
def _record() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(lzma.decompress(RECORD.read_bytes()))
    return found


def write_record(verdicts: Iterable[Verdict], bases: dict[str, Object], server: str) -> None:
    """Write verdicts, a line for each; an object is written as what differs from its base."""
    rows: list[list[Any]] = []
    for (group, name, document, base), code, message in verdicts:
        changes = list(_changes(bases[base], document)) if base else [([], [document])]
        rows.append([group, name, base, changes, code, message[:LONGEST_MESSAGE]])
    bases = {name: bases[name] for name in sorted({row[2] for row in rows if row[2]})}
    lines = ",\n".join(map(_text, rows))
    page = f'{{"server":{_text(server)},"bases":{_text(bases)},"verdicts":[\n{lines}\n]}}\n'
    RECORD.write_bytes(lzma.compress(page.encode(), preset=9))


def _text(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _changes(old: Any, new: Any, path: tuple[str | int, ...] = ()) -> Iterator[Change]:  # noqa: ANN401
    if isinstance(old, dict) and isinstance(new, dict):
        for key in old:
            if key not in new:
                yield [*path, key], []
        for key, value in new.items():
            if key in old:
                yield from _changes(old[key], value, (*path, key))
            else:
                yield [*path, key], [value]
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _changes(one, other, (*path, index))
    elif _text(old) != _text(new):
        yield list(path), [new]


def _changed(base: Object | None, changes: list[Change]) -> Object:
    found: Any = deepcopy(base)
    for path, value in changes:
        if not path:
            found = value[0]
            continue
        holder = found
        for step in path[:-1]:
            holder = holder[step]
        if value:
            holder[path[-1]] = value[0]
        else:
            del holder[path[-1]]
    return found  # type: ignore[no-any-return]

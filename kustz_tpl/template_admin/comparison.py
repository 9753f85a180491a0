"""Compares ejected templates with their built-in templates, and updates them."""

from __future__ import annotations

from difflib import unified_diff
from typing import Literal, NamedTuple

from kustz_tpl.digests import digest
from kustz_tpl.engine.errors import TemplateError
from kustz_tpl.engine.outline import outline
from kustz_tpl.errors import RefusedError
from kustz_tpl.template_admin.built_in import BuiltIns
from kustz_tpl.template_admin.ejection import (
    Origin,
    blocks_of,
    comment,
    eject,
    extend,
    parse_origin,
)
from kustz_tpl.template_admin.flat import flatten
from kustz_tpl.template_admin.merge import Labels, has_conflict, merge

Upstream = Literal["same", "moved", "renamed", "gone", "unknown"]


class Status(NamedTuple):
    """Hold the status of an ejected file.

    `upstream` says what happened to the built-in since: it is the "same", "moved" on, was "renamed"
    to `name_now`, is "gone", or "unknown" if the recorded one was never released. `lost_blocks`
    are blocks of the file that the built-in no longer has.
    """

    file: str
    origin: Origin
    is_edited: bool
    has_conflict: bool
    upstream: Upstream
    name_now: str | None
    lost_blocks: tuple[str, ...]


class Update(NamedTuple):
    """Hold the new text and name of a file, and whether it has conflict markers."""

    file: str
    new_file: str
    text: str
    has_conflict: bool


def compare(file: str, text: str, built_ins: BuiltIns) -> Status | None:
    """Return the status of a user's template, None if it was not ejected."""
    text = text.replace("\r\n", "\n")
    origin = parse_origin(text)
    if origin is None:
        return None
    base = base_of(origin, built_ins)
    name = built_ins.name_now(origin.name)
    return Status(
        file=file,
        origin=origin,
        is_edited=text != base,
        has_conflict=has_conflict(text),
        upstream=_upstream(origin, name, base, built_ins),
        name_now=name,
        lost_blocks=_lost_blocks(text, file, name, built_ins),
    )


def base_of(origin: Origin, built_ins: BuiltIns) -> str | None:
    """Return an ejected file as it was when it was ejected."""
    chain = _chain_of(origin, built_ins)
    return None if chain is None else eject(chain, is_whole=origin.is_whole)


def _chain_of(origin: Origin, built_ins: BuiltIns) -> dict[str, str] | None:
    """Return the built-ins that a file was ejected from, None if one is in no known release."""
    sources = ((origin.name, origin.digest), *origin.parents)
    texts = {name: text for name, sum_ in sources if (text := built_ins.find(name, sum_))}
    return texts if len(texts) == len(sources) else None


def update(file: str, text: str, built_ins: BuiltIns) -> Update:
    """Return an ejected file with the user's edits and the changes of the built-in since.

    Raises RefusedError if there is nothing to merge with, ProgramError without git.
    """
    plain = text.replace("\r\n", "\n")
    origin = parse_origin(plain)
    name = built_ins.name_now(origin.name) if origin else None
    if origin is None:
        raise RefusedError("was not ejected from a built-in template")
    if has_conflict(plain):
        raise RefusedError("has conflicts of an earlier update; resolve them first")
    if name is None:
        raise RefusedError(
            f"kustz/{origin.name} is no longer built in; remove the first line to keep the file"
        )
    merged = _merged(plain, origin, name, built_ins)
    folder, slash, last = file.rpartition("/")
    new_file = folder + slash + (name if last == origin.name else last)
    if "\r\n" in text:
        merged = merged.replace("\n", "\r\n")
    return Update(file, new_file, merged, has_conflict(merged))


def diff_of_user(file: str, text: str, built_ins: BuiltIns) -> str:
    """Return what the user changed since the file was ejected, as a unified diff."""
    origin = _known_origin(text, built_ins)
    base = base_of(origin, built_ins) or ""
    return _diff(base, text.replace("\r\n", "\n"), f"kustz/{origin.name} (ejected)", file)


def diff_of_built_in(text: str, built_ins: BuiltIns) -> str:
    """Return what changed in the built-in since the file was ejected, as a unified diff."""
    origin = _known_origin(text, built_ins)
    name = built_ins.name_now(origin.name)
    old = flatten([*(_chain_of(origin, built_ins) or {"": ""}).values()])
    new = flatten([*built_ins.chain(name).values()]) if name else ""
    label = f"kustz/{name}" if name else "/dev/null"
    return _diff(old, new, f"kustz/{origin.name} (ejected)", label)


def _merged(text: str, origin: Origin, name: str, built_ins: BuiltIns) -> str:
    old, new = _chain_of(origin, built_ins), built_ins.chain(name)
    if old is None:
        raise RefusedError(_unknown(origin))
    base, theirs = (eject(chain, is_whole=origin.is_whole) for chain in (old, new))
    labels = Labels("yours", f"kustz/{origin.name} (ejected)", f"kustz/{name}")
    if origin.is_whole or text == base:
        return merge(text, base, theirs, labels)
    # New blocks go to the end: where they belong, git would see a conflict with a filled neighbour.
    known, now = blocks_of(old), blocks_of(new)
    theirs = extend(new, (block for block in known if block in now))
    added = (block for block in now if block not in known and f"{{% block {block} " not in text)
    return merge(text, base, theirs, labels) + "".join(map(comment, added))


def _upstream(origin: Origin, name: str | None, base: str | None, built_ins: BuiltIns) -> Upstream:
    if name is None:
        return "gone"
    if base is None:
        return "unknown"
    if name != origin.name:
        return "renamed"
    now = [(each, digest(text.encode())) for each, text in built_ins.chain(name).items()]
    return "same" if now == [(name, origin.digest), *origin.parents] else "moved"


def _lost_blocks(text: str, file: str, name: str | None, built_ins: BuiltIns) -> tuple[str, ...]:
    """Return the blocks of a file that extends a built-in which the built-in does not have."""
    try:
        mine = outline(text, file)
        if name is None or mine.parent is None or not mine.parent.startswith("kustz/"):
            return ()
        known = blocks_of(built_ins.chain(name))
    except TemplateError:
        return ()
    return tuple(block for block in mine.fills if block not in known)


def _known_origin(text: str, built_ins: BuiltIns) -> Origin:
    origin = parse_origin(text.replace("\r\n", "\n"))
    if origin is None:
        raise RefusedError("was not ejected from a built-in template")
    if _chain_of(origin, built_ins) is None:
        raise RefusedError(_unknown(origin))
    return origin


def _unknown(origin: Origin) -> str:
    return (
        f"the kustz/{origin.name} it was ejected from is in no known release; "
        "use a newer kustz-tpl, or eject it again"
    )


def _diff(old: str, new: str, old_name: str, new_name: str) -> str:
    lines = unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), old_name, new_name
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)

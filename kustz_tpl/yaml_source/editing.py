"""Change one scalar of a YAML file, and no other byte."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kustz_tpl.engine.writer import quoted
from kustz_tpl.errors import Diagnostic, InputError, KeyPath, NotationError
from kustz_tpl.messages import Shown, with_hint
from kustz_tpl.yaml_source import put, read
from kustz_tpl.yaml_source.composition import MAX_DEPTH
from kustz_tpl.yaml_source.spans import Span, find_spans
from kustz_tpl.yaml_source.tree import (
    NULL,
    Data,
    Document,
    Place,
    Scalar,
    describe,
    show_path,
    to_plain,
)

_BREAK = re.compile(r"\r\n?|\n")
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_./][-A-Za-z0-9_./]*")
_INDENT = 2
_BY_HAND = "edit the file"
_FROM_ANCHOR = "comes from an anchor at line {line}; set it there"


class Change(NamedTuple):
    """A scalar to put at a path; None takes away what is there."""

    path: KeyPath
    value: Scalar | None


class _Splice(NamedTuple):
    """A part of the text, and what to put there."""

    start: int
    end: int
    text: str

    def apply(self, text: str) -> str:
        return f"{text[: self.start]}{self.text}{text[self.end :]}"


class _File(NamedTuple):
    """A text and what was read from it; `spot` is the deepest node on the path of a change.

    `above` are the nodes above the spot, `rest` is the part of the path that is missing.
    """

    text: str
    document: Document
    change: Change
    above: tuple[Span, ...] = ()
    spot: Span | None = None
    rest: KeyPath = ()

    @property
    def path(self) -> KeyPath:
        return self.change.path

    def refuse(self, at: Place, message: str | NotationError) -> InputError:
        hides = self.document.is_secret(str(self.path[0]))
        return InputError(Diagnostic.at(at, show_path(self.path), message, hides=hides))

    def place(self, offset: int) -> Place:
        return _Lines(self.text).place(self.document.file, offset)


def find(data: Data, path: KeyPath) -> Data | None:
    """Return what data has at a path, None where it has nothing."""
    for step in path:
        inner = None
        if isinstance(data, dict) and isinstance(step, str):
            inner = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            inner = data[step]
        if inner is None:
            return None
        data = inner
    return data


def edit(content: bytes, document: Document, change: Change) -> bytes:
    """Return the content of a file with one scalar changed; `document` was read from it.

    A scalar keeps its quotes, and a plain one gets quotes only where it needs them. A missing key
    goes to the end of its map, in the style of the map, together with missing maps above it. A
    scalar that is removed goes with its line. The result is read again: if anything but the
    path differs, the change is refused. Raises InputError for what it refuses.
    """
    if document.diagnostics:
        raise InputError(*document.diagnostics)
    bom, text = _decoded(content)
    file = _File(text, document, change)
    current = find(document.data, change.path)
    if current == change.value or (_is_null(current) and _is_null(change.value)):
        return content
    if len(change.path) > MAX_DEPTH:
        too_long = NotationError(f"a path of at most {MAX_DEPTH} keys", Shown(len(change.path)))
        raise file.refuse(Place(document.file, 0, 0), too_long)
    try:
        expected = put(document.data, change.path, 0, change.value or NULL)
    except NotationError as error:
        raise file.refuse(document.place(change.path), error) from None
    file = _located(file)
    _check(file, current)
    for splice in _splices(file):
        after = splice.apply(text)
        if _is_exact(file, splice, after, expected):
            return bom + after.encode()
    start = file.spot.start if file.spot else 0
    raise file.refuse(file.place(start), with_hint("cannot be changed on its own", _BY_HAND))


def _is_null(value: Data | None) -> bool:
    return isinstance(value, Scalar) and value.is_null


def _decoded(content: bytes) -> tuple[bytes, str]:
    text = content.decode()
    body = text.removeprefix("\ufeff")
    return text[: len(text) - len(body)].encode(), body


def _located(file: _File) -> _File:
    """Return the file with the deepest node of the path; raises InputError behind an alias."""
    root = find_spans(file.text)
    if root is None or (root.is_null and root.start == root.end):
        return file._replace(rest=file.path)
    above: list[Span] = []
    node = root
    for depth, step in enumerate(file.path):
        if node.kind == "alias":
            raise _repeated(file, node)
        found = _child(node, step)
        if found is None:
            if (place := file.document.key_places.get(file.path[: depth + 1])) is not None:
                raise _merged(file, node, place)
            return file._replace(above=tuple(above), spot=node, rest=file.path[depth:])
        above.append(node)
        node = found
    if node.kind == "alias":
        raise _repeated(file, node)
    return file._replace(above=tuple(above), spot=node)


def _child(node: Span, step: str | int) -> Span | None:
    if isinstance(step, int):
        return node.values[step] if node.kind == "list" and step < len(node.values) else None
    at = _index(node, step)
    return None if at is None else node.values[at]


def _index(node: Span, key: str) -> int | None:
    """Return the position of a key that a map itself writes."""
    for at, each in enumerate(node.keys):
        if each.kind == "scalar" and each.text == key and not _is_merge(each):
            return at
    return None


def _is_merge(key: Span) -> bool:
    return key.text == "<<" and not key.style


def _repeated(file: _File, alias: Span) -> InputError:
    line = file.place(alias.values[0].start).line
    return file.refuse(file.place(alias.start), _FROM_ANCHOR.format(line=line))


def _merged(file: _File, node: Span, place: Place) -> InputError:
    merge = next(filter(_is_merge, node.keys), node)
    return file.refuse(file.place(merge.start), _FROM_ANCHOR.format(line=place.line))


def _check(file: _File, current: Data | None) -> None:
    """Refuse to change what is no scalar on a line of its own, or what an alias repeats."""
    spot = file.spot
    if spot is None:
        return
    place = file.place(spot.start)
    if not file.rest and spot.kind != "scalar":
        inner = "items" if spot.kind == "list" else "keys"
        hint = _BY_HAND if file.change.value is None else f"set one of its {inner}"
        raise file.refuse(
            place, NotationError("a single value", Shown(describe(current)), hint=hint)
        )
    if not file.rest and spot.style in {"|", ">"}:
        message = NotationError("a value on one line", Shown("a block scalar"), hint=_BY_HAND)
        raise file.refuse(place, message)
    root = (*file.above, spot)[0]
    aliases = {id(each.values[0]): each for each in root.walk() if each.kind == "alias"}
    for node in (*file.above, spot):
        if alias := aliases.get(id(node)):
            where = f"*{alias.text} at line {file.place(alias.start).line}"
            raise file.refuse(place, f"{where} repeats it; {_BY_HAND}")


def _splices(file: _File) -> Iterator[_Splice]:
    """Yield the ways to make a change, the best one first."""
    value, spot = file.change.value, file.spot
    if value is None:
        yield from _removals(file)
        return
    is_new = bool(file.rest) or spot is None
    for text in _forms(value, "" if is_new or spot is None else spot.style):
        if not is_new and spot is not None:
            yield _Splice(spot.start, spot.end, _gap(file.text, spot) + text)
        else:
            yield from _additions(file, text)


def _gap(text: str, spot: Span) -> str:
    """Return the blank that must precede what fills an empty value."""
    is_empty = spot.start == spot.end and spot.start > 0
    return " " if is_empty and not text[spot.start - 1].isspace() else ""


def _forms(value: Scalar, style: str) -> Iterator[str]:
    """Yield how a scalar may be written, the best form first; a wrong one reads differently."""
    text = value.text
    if value.is_null:
        yield "~"
    elif not text.isprintable():  # readers differ about tabs
        yield quoted(text)
    else:
        is_string = isinstance(to_plain(Scalar(text, is_plain=True)), str)
        if style == "'":
            yield "'" + text.replace("'", "''") + "'"
        elif not style and (value.is_plain or is_string):
            yield text
        yield quoted(text)


def _additions(file: _File, value: str) -> Iterator[_Splice]:
    """Yield how a missing key or item is added to the deepest node on its path."""
    spot = file.spot
    if spot is None:
        yield from _added_lines(file, len(file.text), 0, value)
    elif spot.is_null:
        if spot.start == spot.end and not any(each.style for each in file.above):
            column = _column(file, file.above[-1]) + _step(file)
            yield from _added_lines(file, spot.end, column, value)
        yield _Splice(spot.start, spot.end, _gap(file.text, spot) + _flow(file.rest, value))
    elif spot.style:
        inner = _flow(file.rest, value)[1:-1]
        last = spot.values[-1].end if spot.values else spot.start + 1
        yield _Splice(last, last, f", {inner}" if spot.values else inner)
    else:
        yield from _added_lines(file, spot.end, _column(file, spot), value)


def _flow(path: KeyPath, value: str) -> str:
    """Return a value in the maps and lists above it, in flow style."""
    for step in reversed(path):
        value = f"[{value}]" if isinstance(step, int) else f"{{{_key(step)}: {value}}}"
    return value


def _key(key: str) -> str:
    is_plain = _PLAIN_KEY.fullmatch(key) and not Scalar(key, is_plain=True).is_null
    return key if is_plain else quoted(key)


def _added_lines(file: _File, end: int, column: int, value: str) -> Iterator[_Splice]:
    """Yield how lines that add a value follow the line in which a node ends."""
    text = file.text
    eol = _end_of_line(text, end)
    lines = _block(file.rest, column, _step(file), value)
    if end and text[end - 1] in "\r\n":  # a block scalar, which may not need its last blank lines
        yield _lines_at(text, _next_line(text, len(text[:end].rstrip())), lines, eol)
    yield _lines_at(text, _next_line(text, end), lines, eol)


def _lines_at(text: str, at: int, lines: list[str], eol: str) -> _Splice:
    if at == len(text) and text[-1:] not in {"\r", "\n", ""}:  # it still ends without a break
        return _Splice(at, at, "".join(f"{eol}{line}" for line in lines))
    return _Splice(at, at, "".join(f"{line}{eol}" for line in lines))


def _block(path: KeyPath, column: int, step: int, value: str) -> list[str]:
    """Return the lines of a value with the maps and lists above it, in block style."""
    lines = []
    line = " " * column
    for depth, key in enumerate(path, 1):
        if isinstance(key, int):
            line += "- "
            column += 2
        elif depth == len(path):
            line += f"{_key(key)}: "
        else:
            lines.append(f"{line}{_key(key)}:")
            column += step
            line = " " * column
    return [*lines, line + value]


def _next_line(text: str, end: int) -> int:
    """Return where the line behind the one in which a node ends begins, or the end of the text.

    A block scalar ends at the beginning of a line.
    """
    if end and text[end - 1] in "\r\n":
        return end
    match = _BREAK.search(text, end)
    return match.end() if match else len(text)


def _end_of_line(text: str, end: int) -> str:
    match = _BREAK.search(text, max(end - 2, 0)) or _BREAK.search(text)
    return match[0] if match else "\n"


def _column(file: _File, node: Span) -> int:
    """Return the column of the keys of a map, or of the dashes of a list, in block style."""
    start = node.keys[0].start if node.kind == "map" else node.start
    return file.place(start).column - 1


def _step(file: _File) -> int:
    """Return how far the file indents a map in a map."""
    root = (*file.above, file.spot)[0]
    for node in root.walk() if root else ():
        for each in node.values if node.kind == "map" and not node.style else ():
            if each.kind == "map" and not each.style:
                return _column(file, each) - _column(file, node)
    return _INDENT


def _removals(file: _File) -> Iterator[_Splice]:
    """Yield how a scalar is removed: with its line, or out of a map or list in flow style."""
    assert file.spot is not None  # noqa: S101 - what is not there is not removed
    owner = file.above[-1]
    at = owner.values.index(file.spot)
    starts = [each.start for each in owner.keys or owner.values]
    start, end = starts[at], file.spot.end
    behind = starts[at + 1] if at + 1 < len(starts) else None
    if owner.style:
        yield from _flow_removals(file, owner, at, (start, end, behind))
        return
    line = _line_start(file.text, start)
    before = file.text[line:start]
    if re.fullmatch(r" *" if owner.kind == "map" else r" *-[ \t]*(?:&\S+[ \t]+)?", before):
        yield from _without_lines(file.text, line, end)
    elif behind is not None and "#" not in file.text[end:behind]:
        yield _Splice(start, behind, "")


def _flow_removals(
    file: _File, owner: Span, at: int, around: tuple[int, int, int | None]
) -> Iterator[_Splice]:
    start, end, behind = around
    if behind is not None:
        if "#" not in file.text[end:behind]:
            yield _Splice(start, behind, "")
    elif at:
        before = owner.values[at - 1].end
        if "#" not in file.text[before:start]:
            yield _Splice(before, end, "")
    else:
        yield _Splice(start, end, "")


def _line_start(text: str, offset: int) -> int:
    return max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1


def _without_lines(text: str, line: int, end: int) -> Iterator[_Splice]:
    behind = _next_line(text, end)
    if behind == len(text) and text[-1] not in "\r\n" and line:  # it still ends without a break
        size = 2 if text[line - 2 : line] == "\r\n" else 1
        yield _Splice(line - size, behind, "")
    yield _Splice(line, behind, "")


class _Lines:
    """Convert between the offsets of a text and places."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in _BREAK.finditer(text))]

    def place(self, file: str, offset: int) -> Place:
        line = bisect_right(self._starts, offset)
        return Place(file, line, offset - self._starts[line - 1] + 1)

    def offset(self, place: Place) -> int:
        return self._starts[place.line - 1] + place.column - 1


def _is_exact(file: _File, splice: _Splice, after: str, expected: Data) -> bool:
    """Check whether the text reads as before, apart from the path; its places as before too."""
    before = file.document
    try:
        document = read(after.encode(), before.file, before.is_secret)
    except (InputError, UnicodeEncodeError):
        return False
    if document.diagnostics or not _has_data(file, document.data, expected):
        return False
    lines = _Lines(file.text), _Lines(after)
    pairs = (before.places, document.places), (before.key_places, document.key_places)
    return all(_are_kept(file, splice, lines, *pair) for pair in pairs)


def _has_data(file: _File, found: Data, expected: Data) -> bool:
    """Check whether what was read is as expected; a map without its last key may become null."""
    value, path = file.change.value, file.path
    if value is not None:
        written = find(found, path)
        is_text = isinstance(written, Scalar) and written.text == value.text
        is_right = is_text and _is_null(written) == value.is_null
        return is_right and put(found, path, 0, value) == expected
    *above, last = path
    owner, rest = find(expected, path[:-1]), find(found, path[:-1])
    left: Data = {}
    if isinstance(owner, dict):
        left = {key: each for key, each in owner.items() if key != last}
    elif isinstance(owner, list):
        left = [each for at, each in enumerate(owner) if at != last]
    if rest != left and (left or rest != NULL):
        return False
    return not above or put(found, path[:-1], 0, NULL) == put(expected, path[:-1], 0, NULL)


def _are_kept(
    file: _File,
    splice: _Splice,
    lines: tuple[_Lines, _Lines],
    before: Mapping[KeyPath, Place],
    after: Mapping[KeyPath, Place],
) -> bool:
    """Check whether what is not on the path is where it was, but for the shift."""
    old, new = lines
    shift = len(splice.text) - (splice.end - splice.start)
    for path, place in before.items():
        if path[: len(file.path)] == file.path or path == file.path[: len(path)]:
            continue
        offset = old.offset(place)
        moved = after.get(_renumbered(path, file))
        allowed = {offset} if offset <= splice.start else set()
        allowed |= {offset + shift} if offset >= splice.end else set()
        if moved is None or new.offset(moved) not in allowed:
            return False
    return True


def _renumbered(path: KeyPath, file: _File) -> KeyPath:
    """Return where a path is once an item of a list before it is gone."""
    *above, last = file.path
    depth = len(above)
    if file.change.value is None and isinstance(last, int) and path[:depth] == tuple(above):
        step = path[depth]
        if isinstance(step, int) and step > last:
            return (*above, step - 1, *path[depth + 1 :])
    return path

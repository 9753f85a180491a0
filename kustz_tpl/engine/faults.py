"""Says where in its templates a page is at fault."""

from __future__ import annotations

from typing import NamedTuple

import yaml

from kustz_tpl.engine.errors import TemplateError
from kustz_tpl.engine.page import INSIDE, JOINING, WHOLE, Page
from kustz_tpl.engine.parts import Placeholder
from kustz_tpl.engine.value import ALONE, DEEPEST, NO_ITEMS, NO_KEYS

_LINES_AROUND = 2
_TOO_DEEP = "exceeded maximum nesting depth"
"""What libyaml says from 0.2.6 on where it gives up before we do."""
_TEXT_WITH_KEY = "mapping values are not allowed in this context"
# What libyaml says of these misleads, or names nothing that one could write instead.
_PHRASES = {
    "found invalid Unicode character escape code": (
        "the escape is of no character; write the character itself, or \\U and its 8 digits"
    ),
    "did not find expected hexdecimal number": (
        "an escape \\x, \\u or \\U has 2, 4 or 8 hexadecimal digits"
    ),
    "found unknown escape character": "an escape that YAML does not know; write \\\\ for a backslash",
}


def fault_at(page: Page, line: int, message: str) -> TemplateError:
    """Return a fault of a line of a page, counted from 0."""
    place = page.place(line)
    return TemplateError(message, place.template, place.line)


class Misfit(NamedTuple):
    """Hold what is printed among siblings of another kind, and its line of the page."""

    placeholder: Placeholder
    line: int
    message: str


def find_misfit(page: Page, error: yaml.MarkedYAMLError) -> Misfit | None:
    """Return the scalar, list or mapping among other siblings for which a page is no YAML."""
    lines = page.text.split("\n")
    marks = [each for each in (error.context_mark, error.problem_mark) if each]
    marks = [each for each in marks if each.line < len(lines)]
    at = [mark.line for mark in marks]
    # Of a text with a key in it, the text may be what is above the key.
    above = [line - 1 for line in at if line and error.problem == _TEXT_WITH_KEY]
    for line in (*at, *above):
        if found := WHOLE.fullmatch(lines[line].strip()):
            return Misfit(page.placeholders[int(found[1])], line, ALONE)
    if len(at) == 1 or len({mark.column for mark in marks}) > 1:
        return None
    texts = [lines[mark.line][mark.column :] for mark in marks]
    for line, text, other in zip(at, texts, reversed(texts), strict=True):
        found = JOINING.match(text.removeprefix("- "))
        is_item, is_among_items = text.startswith("- "), other.startswith("- ")
        if found and (found[1] == "-") == is_item != is_among_items:
            return Misfit(page.placeholders[int(found[2])], line, NO_KEYS if is_item else NO_ITEMS)
    return None


def no_yaml(page: Page, error: yaml.MarkedYAMLError) -> TemplateError:
    """Return the fault of a page that is no YAML, with the rendered lines around it."""
    mark = error.problem_mark or error.context_mark
    line = min(mark.line if mark else 0, page.text.rstrip("\n").count("\n"))
    place = page.place(line)
    what = error.problem or error.context or "not understood"
    if what == _TOO_DEEP:
        return TemplateError(f"nested deeper than {DEEPEST} levels", place.template, place.line)
    what = _PHRASES.get(what, what)
    opened = error.context_mark
    if opened and opened.line < line:
        begin = page.place(opened.line)
        where = "" if begin.template == place.template else f" of {begin.template}"
        what += f", {error.context} that begins on line {begin.line}{where}"
    excerpt = _excerpt(page.text, line)
    return TemplateError(f"no YAML: {what}", place.template, place.line, excerpt=excerpt)


def _excerpt(text: str, line: int) -> str:
    """Return the rendered lines around a fault; values show as `{{ … }}`."""
    lines = text.rstrip("\n").split("\n")
    first = max(0, line - _LINES_AROUND)
    return "\n".join(
        f"{'>' if number == line else ' '} {INSIDE.sub('{{ … }}', lines[number])}".rstrip()
        for number in range(first, min(len(lines), line + _LINES_AROUND + 1))
    )

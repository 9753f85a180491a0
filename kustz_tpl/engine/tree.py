"""Turns what a template yielded into plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from kustz_tpl.engine.errors import TemplateError, ValueFaultError
from kustz_tpl.engine.events import Events
from kustz_tpl.engine.page import INSIDE, Page, assemble
from kustz_tpl.engine.parts import LEFT, Fragment, Hole, fragment_parts
from kustz_tpl.engine.reader import PageReader
from kustz_tpl.engine.splicing import fragment_text
from kustz_tpl.engine.value import DEEPEST, Values, kind_of

if TYPE_CHECKING:
    from kustz_tpl.engine.lost_blocks import LostBlock

# What a node costs in the output beside its text: a dash or a colon, a quote, a line break.
_NODE = 4


class Tree(NamedTuple):
    """The documents of a page as plain data, and the comments before the first key."""

    documents: list[Any]
    comments: list[str]
    lost_blocks: tuple[LostBlock, ...] = ()


class TreeBuilder:
    """Turn what a template yielded into data; one builder serves one rendering."""

    def __init__(self, values: Values, events: Events) -> None:
        """Check values with `values`, and parse pages with `events`."""
        self.values = values
        self._events = events
        # The fragment is kept beside its tree so that its identity stays its own.
        self._fragments: dict[int, tuple[Fragment, Tree | TemplateError]] = {}

    def build(self, fragment: Fragment) -> Tree:
        """Return the tree of a whole template."""
        page = assemble(fragment_parts(fragment), self.kind)
        return Tree(PageReader(page, self, self._events).documents(), list(self._comments(page)))

    def value(self, hole: Hole) -> Any:  # noqa: ANN401 - any plain data
        """Return what stands alone in a node."""
        if isinstance(hole.value, Fragment):
            documents = self._fragment(hole.value).documents
            return documents[0] if documents else None
        return self.values.plain(hole)

    def spliced(self, hole: Hole, column: int) -> str:
        """Return the text that goes into a longer scalar, at a column of it."""
        if isinstance(hole.value, Fragment):
            return fragment_text(hole.value, self, column)
        return self.values.text(hole)

    def kind(self, hole: Hole) -> str:
        """Tell "mapping", "sequence", "scalar" or, of a fragment, "comment" of a hole."""
        if hole.value is None:
            self.values.plain(hole)
        if not isinstance(hole.value, Fragment):
            return kind_of(hole.value)
        try:
            documents = self._fragment(hole.value).documents
        except ValueFaultError:
            raise
        except TemplateError:  # no YAML of its own: it may be a line of a block scalar
            return "scalar"
        return kind_of(documents[0]) if documents else "comment"

    def _comments(self, page: Page) -> Iterator[str]:
        """Yield the comment lines before the first key; one with a value in it is not kept."""
        lines = (line.strip() for line in page.text.split("\n"))
        may_open = True
        for line in filter(None, lines):
            if match := INSIDE.fullmatch(line):
                fragment = page.holes[int(match[match.lastindex or 0])].value
                yield from (
                    self._fragment(fragment).comments if isinstance(fragment, Fragment) else ()
                )
            elif line.startswith("#") and LEFT not in line:
                yield line
            if line == "---" and may_open:
                may_open = False
            elif not line.startswith("#"):
                return

    def _fragment(self, fragment: Fragment) -> Tree:
        found = self._fragments.get(id(fragment))
        if found is None:
            found = self._fragments[id(fragment)] = fragment, self._build_fragment(fragment)
        if isinstance(found[1], TemplateError):
            raise found[1]
        return found[1]

    def _build_fragment(self, fragment: Fragment) -> Tree | TemplateError:
        try:
            tree = self.build(fragment)
        except TemplateError as error:
            return error
        if len(tree.documents) > 1:
            first = fragment_parts(fragment)[0]
            return TemplateError("a fragment of several documents", first.template, first.line)
        return tree


def check_size(documents: Iterable[Any], largest: int) -> None:
    """Raise OverflowError if documents, written out, would be too large or too deep.

    Aliases and fragments that are printed more than once let a small page stand for a large one.
    """
    left = largest
    stack: list[tuple[Any, int]] = [(list(documents), 0)]
    while stack:
        collection, depth = stack.pop()
        if depth > DEEPEST:
            raise OverflowError(f"nested deeper than {DEEPEST} levels")
        items = collection
        if isinstance(collection, dict):
            left -= sum(map(len, collection))
            items = collection.values()
        left -= (2 * _NODE + 2 * depth) * len(collection)
        for item in items:
            if isinstance(item, str):
                left -= len(item)
                if "\n" in item:
                    left -= 2 * depth * item.count("\n")
            elif isinstance(item, (dict, list)):
                stack.append((item, depth + 1))
        if left < 0:
            raise OverflowError(f"renders more than {largest} characters")

"""Turns what a template yielded into plain data."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, NamedTuple

from kustz_tpl.engine.errors import TemplateError
from kustz_tpl.engine.events import Events
from kustz_tpl.engine.limits import WORK
from kustz_tpl.engine.page import INSIDE, ONLY_HOLES, Page, assemble
from kustz_tpl.engine.parts import LEFT, Fragment, Placeholder, fragment_parts
from kustz_tpl.engine.reader import PageReader
from kustz_tpl.engine.splicing import fragment_text
from kustz_tpl.engine.value import DEEPEST, Values, kind_of

if TYPE_CHECKING:
    from kustz_tpl.engine.lost_blocks import LostBlock

# What a node costs in the output next to its text: a dash or a colon, a quote, a line break.
_NODE = 4


class Tree(NamedTuple):
    """The documents of a page as plain data, and the comments before the first key.

    `names` are those that the page's templates have taken from the context; `templates` are the
    names of these templates.
    """

    documents: list[Any]
    comments: list[str]
    lost_blocks: tuple[LostBlock, ...] = ()
    names: AbstractSet[str] = frozenset()
    templates: AbstractSet[str] = frozenset()


class TreeBuilder:
    """Turn what a template yielded into data; one builder serves one rendering."""

    def __init__(self, values: Values, events: Events) -> None:
        """Check values with `values`, and parse pages with `events`."""
        self.values = values
        self._events = events
        self._captured: dict[int, _Captured] = {}

    def build(self, fragment: Fragment) -> Tree:
        """Return the tree of a whole template."""
        reader = self._reader(fragment)
        return Tree(reader.documents(), list(self._comments(reader.page)))

    def value(self, placeholder: Placeholder) -> Any:  # noqa: ANN401 - any plain data
        """Return what stands alone in a node."""
        if not isinstance(placeholder.value, Fragment):
            return self.values.plain(placeholder)
        found = self._capture(placeholder.value)
        if found.fault:
            raise found.fault
        return found.value

    def spliced(self, placeholder: Placeholder, column: int) -> str:
        """Return the text that goes into a longer scalar, at a column of it."""
        if isinstance(placeholder.value, Fragment):
            return fragment_text(placeholder.value, self, column)
        return self.values.text(placeholder)

    def kind(self, placeholder: Placeholder) -> str:
        """Return "mapping", "sequence", "scalar" or, of a fragment, "comment"."""
        if placeholder.value is None:
            self.values.plain(placeholder)
        if isinstance(placeholder.value, Fragment):
            return self._capture(placeholder.value).kind
        return kind_of(placeholder.value)

    def is_written(self, placeholder: Placeholder) -> bool:
        """Check whether the template's own text makes a placeholder what it is, and not a value."""
        return (
            isinstance(placeholder.value, Fragment) and self._capture(placeholder.value).is_written
        )

    def _comments(self, page: Page) -> Iterator[str]:
        """Yield the comment lines before the first key; one with a value in it is not kept."""
        lines = (line.strip() for line in page.text.split("\n"))
        may_open = True
        for line in filter(None, lines):
            if match := INSIDE.fullmatch(line):
                fragment = page.placeholders[int(match[match.lastindex or 0])].value
                if isinstance(fragment, Fragment):
                    WORK.get().step(1)  # one may be printed twice in one that is printed twice …
                    yield from self._comments(self._capture(fragment).page)
            elif line.startswith("#") and LEFT not in line:
                yield line
            if line == "---" and may_open:
                may_open = False
            elif not line.startswith("#"):
                return

    def _reader(self, fragment: Fragment) -> PageReader:
        return PageReader(assemble(fragment_parts(fragment), self.kind), self, self._events)

    def _capture(self, fragment: Fragment) -> _Captured:
        found = self._captured.get(id(fragment))
        if found is None:
            found = self._captured[id(fragment)] = self._read(fragment)
        return found

    def _read(self, fragment: Fragment) -> _Captured:
        """Read a fragment, inner ones first; a fault is of no account where it is spliced."""
        reader = self._reader(fragment)
        page, kind = reader.page, reader.kind()
        is_written = not ONLY_HOLES.fullmatch(page.text) or any(
            map(self.is_written, page.placeholders)
        )
        try:
            documents = reader.documents()
        except TemplateError as error:
            return _Captured(fragment, page, kind, is_written, None, error)
        if len(documents) > 1:
            first = fragment_parts(fragment)[0]
            fault = TemplateError("a fragment of several documents", first.template, first.line)
            return _Captured(fragment, page, kind, is_written, None, fault)
        value = documents[0] if documents else None
        return _Captured(fragment, page, kind, is_written, value, None)


class _Captured(NamedTuple):
    """A fragment, which is kept so that its identity stays its own, and what it is."""

    fragment: Fragment
    page: Page
    kind: str
    is_written: bool
    value: Any
    fault: TemplateError | None


def finish(documents: list[Any], largest: int) -> None:
    """Make a copy of its own, in place, of every alias and of a fragment printed again.

    Raises OverflowError if documents, written out, would be too large or too deep: with these a
    small page stands for a large one. What is within these bounds may be copied.
    """
    left = largest
    seen: set[int] = set()
    visited = 0
    stack: list[tuple[Any, int]] = [(documents, 0)]
    while stack:
        collection, depth = stack.pop()
        visited += 1
        seen.add(id(collection))
        if depth > DEEPEST:
            raise OverflowError(f"nested deeper than {DEEPEST} levels")
        items = collection
        if type(collection) is dict:
            left -= sum(map(len, collection))
            items = collection.values()
        left -= (2 * _NODE + 2 * depth) * len(collection)
        for item in items:
            kind = type(item)  # of plain data there are no subclasses
            if kind is str:
                left -= len(item)
                if "\n" in item:
                    left -= 2 * depth * item.count("\n")
            elif kind is dict or kind is list:
                stack.append((item, depth + 1))
        if left < 0:
            raise OverflowError(f"renders more than {largest} characters")
    if len(seen) < visited:
        _separate(documents)


def _separate(documents: list[Any]) -> None:
    """Put a copy in the place of each collection that has been met before."""
    met: set[int] = set()
    stack: list[Any] = [documents]
    while stack:
        collection = stack.pop()
        is_dict = isinstance(collection, dict)
        for key, item in list(collection.items() if is_dict else enumerate(collection)):
            if isinstance(item, (dict, list)):
                own = item.copy() if id(item) in met else item
                met.add(id(own))
                collection[key] = own
                stack.append(own)

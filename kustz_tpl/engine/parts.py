"""What a rendered template is made of before it is a page: text, printed values, fragments."""

from __future__ import annotations

from typing import Any, NamedTuple

from jinja2.exceptions import TemplateRuntimeError

# A region stands between these two: text that takes its place at its tag's column.
BEGIN, END = "\ue000", "\ue001"
# Jinja's trimming does not reach over it; a line of nothing but edges vanishes.
EDGE = "\ue002"
# A hole's number stands between these two.
LEFT, RIGHT = "\ue003", "\ue004"
MARKS = BEGIN + END + EDGE + LEFT + RIGHT

ONLY_PRINTED = (
    "text captured by a macro, call or set block may only be printed; "
    "use {{ }} with the value itself"
)
_BLANKS = " \t\n" + MARKS


class Text(NamedTuple):
    """Text that the template's author wrote, and where it begins."""

    template: str
    line: int
    text: str


class Hole(NamedTuple):
    """A printed value or fragment and where it was printed.

    `ordinal` counts the prints of its template in the order of the source; below 0 it is none
    of them.
    """

    value: Any
    template: str
    line: int
    ordinal: int


Part = Text | Hole


class Fragment:
    """Text that a template captured; a piece of YAML that may be printed and nothing else."""

    __slots__ = ("_parts",)

    def __init__(self, parts: list[Part]) -> None:
        """Keep the parts in their order."""
        self._parts = parts

    def __bool__(self) -> bool:
        """Tell whether there is anything but blanks."""
        return not all(map(_is_blank, self._parts))

    def __str__(self) -> str:
        """Refuse: joined with data it would no longer be a fragment."""
        raise TemplateRuntimeError(ONLY_PRINTED)

    __repr__ = __str__

    def __hash__(self) -> int:
        """Refuse: there is no text to compare yet."""
        raise TemplateRuntimeError(ONLY_PRINTED)

    def __eq__(self, other: object) -> bool:
        """Refuse, as above."""
        raise TemplateRuntimeError(ONLY_PRINTED)

    def __len__(self) -> int:
        """Refuse, for the filters that ask for a length."""
        raise TemplateRuntimeError(ONLY_PRINTED)

    def __iter__(self) -> None:
        """Refuse, for the filters that iterate."""
        raise TemplateRuntimeError(ONLY_PRINTED)


def fragment_parts(fragment: Fragment) -> list[Part]:
    """Return what a fragment was captured from; templates have no way to it."""
    return fragment._parts  # noqa: SLF001 - the underscore is what hides it from templates


def _is_blank(part: Part) -> bool:
    if isinstance(part, Text):
        return not part.text.strip(_BLANKS)
    return isinstance(part.value, Fragment) and not part.value

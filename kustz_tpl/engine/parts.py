"""What a rendered template is made of before it is a page: text, printed values, fragments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from jinja2.exceptions import TemplateRuntimeError

# A region stands between these two: text that takes its place at its tag's column.
BEGIN, END = "\ue000", "\ue001"
# A hole's number stands between these two.
LEFT, RIGHT = "\ue002", "\ue003"
MARKS = frozenset((BEGIN, END, LEFT, RIGHT))

ONLY_PRINTED = (
    "text captured by a macro, call, set or filter block may only be printed; "
    "use {{ }} with the value itself"
)


class Text(NamedTuple):
    """Text that the template's author wrote, and where it begins."""

    template: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Hole:
    """A printed value and where it was printed; `ordinal` counts the prints of one line."""

    value: object
    template: str
    line: int
    ordinal: int


class Fragment:
    """Text that a template captured; a piece of YAML that may be printed and nothing else."""

    __slots__ = ("_parts",)

    def __init__(self, parts: list[Part]) -> None:
        """Keep the parts in their order."""
        self._parts = parts

    def __bool__(self) -> bool:
        """Tell whether there is anything but blanks."""
        return any(not isinstance(part, Text) or part.text.strip() for part in self._parts)

    def __str__(self) -> str:
        """Refuse: joined with data it would no longer be a fragment."""
        raise TemplateRuntimeError(ONLY_PRINTED)

    __repr__ = __str__
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        """Refuse: there is no text to compare yet."""
        raise TemplateRuntimeError(ONLY_PRINTED)

    def __len__(self) -> int:
        """Refuse, for the filters that ask for a length."""
        raise TemplateRuntimeError(ONLY_PRINTED)

    def __iter__(self) -> None:
        """Refuse, for the filters that iterate."""
        raise TemplateRuntimeError(ONLY_PRINTED)


Part = Text | Hole | Fragment


def fragment_parts(fragment: Fragment) -> list[Part]:
    """Return what a fragment was captured from; templates have no way to it."""
    return fragment._parts  # noqa: SLF001 - the underscore is what hides it from templates

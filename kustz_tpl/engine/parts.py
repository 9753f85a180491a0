"""What a rendered template is made of before it is a page: text, printed values, fragments."""

from __future__ import annotations

from typing import Any, NamedTuple, NoReturn

from jinja2.exceptions import TemplateRuntimeError

# A region stands between these two: text that takes its place at its tag's column.
BEGIN, END = "\ue000", "\ue001"
# Jinja's trimming does not reach over it; a line of nothing but edges vanishes.
EDGE = "\ue002"
# A placeholder's number stands between these two.
LEFT, RIGHT = "\ue003", "\ue004"
MARKS = BEGIN + END + EDGE + LEFT + RIGHT
RESERVED = f"U+{ord(MARKS[0]):04X} to U+{ord(MARKS[-1]):04X} are for the engine's own use"

ONLY_PRINTED = (
    "text captured by a macro, block, call or set block may only be printed; "
    "for a value to compute with, write {% set x = value %}"
)
BLANKS = " \t\n" + MARKS


class Text(NamedTuple):
    """Text that the template's author wrote, and where it begins."""

    template: str
    line: int
    text: str


class Placeholder(NamedTuple):
    """A printed value or fragment and where it was printed.

    `ordinal` counts the prints of its template in the order of the source; below 0 it is none
    of them.
    """

    value: Any
    template: str
    line: int
    ordinal: int


Part = Text | Placeholder


class Fragment:
    """Text that a template captured; a piece of YAML that may be printed and nothing else."""

    __slots__ = ("_parts",)

    def __init__(self, parts: list[Part]) -> None:
        """Keep the parts in their order."""
        self._parts = parts

    def __bool__(self) -> bool:
        """Check whether there is anything but blanks."""
        return not all(map(_is_blank, self._parts))

    def _refuse(self, *_: object) -> NoReturn:
        """Refuse whatever else Python can do: captured text has no value before it is parsed."""
        refuse_use()

    __str__ = __repr__ = __format__ = __hash__ = _refuse
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __len__ = __iter__ = __contains__ = __getitem__ = __call__ = _refuse
    __add__ = __sub__ = __mul__ = __truediv__ = __floordiv__ = __mod__ = __pow__ = _refuse
    __radd__ = __rsub__ = __rmul__ = __rtruediv__ = __rfloordiv__ = __rmod__ = __rpow__ = _refuse
    __neg__ = __pos__ = __abs__ = __round__ = __int__ = __float__ = __index__ = _refuse


class UseError(TemplateRuntimeError):
    """Refuse what an expression does with a value."""


def refuse_use() -> NoReturn:
    """Refuse any use of captured text but to print it."""
    raise UseError(ONLY_PRINTED)


def fragment_parts(fragment: Fragment) -> list[Part]:
    """Return what a fragment was captured from; templates have no way to it."""
    return fragment._parts  # noqa: SLF001 - the underscore is what hides it from templates


def _is_blank(part: Part) -> bool:
    if isinstance(part, Text):
        return not part.text.strip(BLANKS)
    return isinstance(part.value, Fragment) and not part.value

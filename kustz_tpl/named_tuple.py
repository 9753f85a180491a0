"""Named tuples as `typing.NamedTuple` makes them, in half the time.

`typing.NamedTuple` compiles every annotation, of which no code of ours asks: 5 % of the
processor time of a short run.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any

__all__ = ["NamedTuple"]

if TYPE_CHECKING:
    from typing import NamedTuple
else:

    class _NamedTupleMeta(type):
        def __new__(
            cls, name: str, bases: tuple[type, ...], body: dict[str, Any], *, is_root: bool = False
        ) -> type:
            if is_root:
                return super().__new__(cls, name, bases, body)
            fields = body["__annotations__"]
            defaults = [body.pop(field) for field in fields if field in body]
            base = namedtuple(name, fields, defaults=defaults)  # noqa: PYI024 - typed above
            generic = (each for each in bases if each is not NamedTuple)
            return type(name, (base, *generic), {**body, "__slots__": ()})

    class NamedTuple(metaclass=_NamedTupleMeta, is_root=True):
        """Make a subclass a named tuple of its annotated fields."""

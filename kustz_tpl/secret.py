"""A text that no message, log or traceback may show."""

from __future__ import annotations

REDACTED = "<secret>"


def partial_repr(value: object, *fields: str) -> str:
    """Return a `repr` of these fields alone, for a value that holds secret ones."""
    shown = ", ".join(f"{field}={getattr(value, field)!r}" for field in fields)
    return f"{type(value).__name__}({shown})"


class Secret:
    """Carry a secret text whose every text form is redacted; `reveal` alone gives it back."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Take the text."""
        self._text = text

    def reveal(self) -> str:
        """Return the text, for the one place that writes it."""
        return self._text

    def __repr__(self) -> str:
        """Return the same for every secret."""
        return REDACTED

    __str__ = __repr__

    def __format__(self, _spec: str) -> str:
        """Return the same for every format."""
        return REDACTED

    def __eq__(self, other: object) -> bool:
        """Compare the texts."""
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        """Hash the text."""
        return hash(self._text)

    def __reduce__(self) -> tuple[object, ...]:
        """Refuse to be pickled, which would write the text somewhere."""
        raise TypeError("a secret is not pickled")

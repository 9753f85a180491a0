"""A string that no message, log or traceback may show."""

from __future__ import annotations

REDACTED = "<secret>"


def partial_repr(value: object, *fields: str) -> str:
    """Return a `repr` of only these fields, for a value with secret fields."""
    shown = ", ".join(f"{field}={getattr(value, field)!r}" for field in fields)
    return f"{type(value).__name__}({shown})"


class SecretString:
    """Hold a secret string that is redacted wherever it is printed; only `reveal` returns it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Take the string."""
        self._text = text

    def reveal(self) -> str:
        """Return the string, for the one place that writes it."""
        return self._text

    def __repr__(self) -> str:
        """Return the same for every secret."""
        return REDACTED

    __str__ = __repr__

    def __format__(self, _spec: str) -> str:
        """Return the same for every format."""
        return REDACTED

    def __eq__(self, other: object) -> bool:
        """Compare the strings."""
        return isinstance(other, SecretString) and self._text == other._text

    def __hash__(self) -> int:
        """Hash the string."""
        return hash(self._text)

    def __reduce__(self) -> tuple[object, ...]:
        """Refuse to be pickled, which would write the string to a pipe or file."""
        raise TypeError("a secret is not pickled")

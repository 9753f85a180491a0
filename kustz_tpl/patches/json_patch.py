"""JSON patches, RFC 6902, as kustomize's library applies them.

It counts negative indices from the end. If a mapping has no such key, a copy or a test finds null,
and a replacement adds the key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

from kustz_tpl.errors import RefusedError
from kustz_tpl.messages import quoted

Operation: TypeAlias = Mapping[str, Any]

_MOST = 3 * 2**20
"""What an API server takes in one request."""
_INDEX = r"[-+]?[0-9]{1,18}"
# Strings that Go may read as a number or a boolean, but PyYAML does not.
_DOUBTFUL = r"[-+.]?[0-9]|[yYnN]\Z"


class _Location(NamedTuple):
    """Name a value in a mapping or a list; `head` is the pointer to the mapping or list."""

    holder: Any
    key: str
    head: str

    def read(self) -> Any:  # noqa: ANN401 - any part of a document
        if isinstance(self.holder, dict):
            return self.holder.get(self.key)
        return self.holder[self._index(len(self.holder))]

    def add(self, value: object) -> None:
        if isinstance(self.holder, dict):
            self.holder[self.key] = value
        elif self.key == "-":
            self.holder.append(value)
        else:
            self.holder.insert(self._index(len(self.holder) + 1), value)

    def replace(self, value: object) -> None:
        is_map = isinstance(self.holder, dict)
        self.holder[self.key if is_map else self._index(len(self.holder))] = value

    def remove(self) -> None:
        if not isinstance(self.holder, dict):
            del self.holder[self._index(len(self.holder))]
        elif self.key in self.holder:
            del self.holder[self.key]
        else:
            raise RefusedError(f"expected a value at {self.pointer}, got nothing")

    @property
    def pointer(self) -> str:
        """Return the place as messages name it."""
        return quoted(f"{self.head}/{self.key.replace('~', '~0').replace('/', '~1')}")

    def _index(self, size: int) -> int:
        """Return an index from the start of a list of `size` items."""
        index = int(self.key) if re.fullmatch(_INDEX, self.key) else size
        if -size <= index < size:
            return index % size
        expected = f"an index up to {size - 1}" if size else "an item"
        got = quoted(self.key) if size else "an empty list"
        raise RefusedError(f"expected {expected} in {quoted(self.head)}, got {got}")


def apply(operation: Operation, document: Any) -> None:  # noqa: ANN401 - any document
    """Change a document in place; raises RefusedError for an operation that does not fit it."""
    place = _find(document, operation["from" if operation["op"] in ("move", "copy") else "path"])
    match operation["op"]:
        case "add":
            place.add(copied(operation.get("value")))
        case "remove":
            place.remove()
        case "replace":
            place.replace(copied(operation.get("value")))
        case "move":
            value = place.read()
            place.remove()
            _find(document, operation["path"]).add(value)
        case "copy":
            value = copied(place.read())
            _find(document, operation["path"]).add(value)
            if _size(document) > _MOST:  # a few copies of copies would fill all memory
                raise RefusedError(f"expected an object of at most {_MOST} bytes")
        case "test":
            value = place.read()
            if _differs(value, operation.get("value")):
                got = "nothing" if value is None else "another"
                message = f"expected the value of the test at {place.pointer}, got {got}"
                raise RefusedError(message)


def _size(data: Any) -> int:  # noqa: ANN401 - any part of a document
    """Return about how many characters data has as JSON."""
    if isinstance(data, dict):
        return 2 + sum(len(key) + 4 + _size(value) for key, value in data.items())
    if isinstance(data, list):
        return 2 + sum(1 + _size(item) for item in data)
    return len(str(data))


def copied(data: Any) -> Any:  # noqa: ANN401 - any part of a document
    """Return a deep copy in which no two values are shared."""
    if isinstance(data, dict):
        return {key: copied(value) for key, value in data.items()}
    return [copied(item) for item in data] if isinstance(data, list) else data


def _find(document: Any, pointer: str) -> _Location:  # noqa: ANN401
    """Return the place that a pointer names; the mapping or list around it must exist."""
    *steps, last = pointer.split("/")[1:]
    holder, head = document, ""
    for step in steps:
        holder = _Location(holder, _decoded(step), head).read()
        head += f"/{step}"
        if not isinstance(holder, (dict, list)):
            got = "nothing" if holder is None else "a single value"
            raise RefusedError(f"expected a mapping or a list at {quoted(head)}, got {got}")
    return _Location(holder, _decoded(last), head)


def _decoded(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")


def _differs(one: Any, other: Any) -> bool:  # noqa: ANN401
    """Check whether two values differ for certain."""
    if one is None or other is None:
        return one is not other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() != other.keys() or any(_differs(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        # In a list, null equals nothing, not even null.
        return None in one or len(one) != len(other) or any(map(_differs, one, other))
    if isinstance(one, (dict, list)) or isinstance(other, (dict, list)):
        return True
    if isinstance(one, str) is isinstance(other, str):
        return isinstance(one, bool) is not isinstance(other, bool) or bool(one != other)
    return not re.match(_DOUBTFUL, one if isinstance(one, str) else other)

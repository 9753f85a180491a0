"""What text `kubectl kustomize` carries unchanged in a resource, found by trying kustomize 5.8."""

from __future__ import annotations

import re

_BLANKED = "\x85"
_REFUSED = re.compile("[\x7f-\x9f\ufffe\uffff]")


def kustomize_fault(text: str) -> str | None:
    """Say why kustomize cannot carry a text in a resource's key or value, None if it can."""
    if text.isprintable():
        return None
    found = _REFUSED.search(text)
    if found is None:
        return None
    fate = "turns it into a blank" if found[0] == _BLANKED else "refuses it"
    return f"U+{ord(found[0]):04X} cannot be carried: kustomize {fate}"

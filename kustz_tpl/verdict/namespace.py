"""The rules of Namespaces."""

from __future__ import annotations

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.verdict.checks import Fields, Findings, Rules, about, each_read_by, items, parse_key
from kustz_tpl.verdict.metadata import FINALIZERS


def _check_namespace(spec: Fields, path: KeyPath) -> Findings:
    for index, text in items(spec, "finalizers"):
        if text not in FINALIZERS and "/" not in text:
            at = (*path, "finalizers", index)
            yield about(at, NotationError("a name such as example.com/done", text))


RULES: Rules = {
    "NamespaceSpec": (each_read_by(parse_key, "finalizers"), _check_namespace),
}
"""The checks of the types of a Namespace."""

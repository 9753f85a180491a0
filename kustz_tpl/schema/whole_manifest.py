"""A Kubernetes manifest in place of a kustz.yml."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kustz_tpl.errors import Diagnostic, InputError, NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.yaml_source.tree import Data, Scalar

TELLTALE_KEYS = ("apiVersion", "kind", "name")
"""The keys at the top that tell a manifest from a kustz.yml."""

_HINT = "write a kustz.yml, which can list it in resources"


def refuse_manifest(top: Mapping[str, Data], file: str) -> None:
    """Raise InputError, with one problem, for a file whose top mapping is that of a manifest.

    It has a kind and the apiVersion of something else, and its name is not at the top.
    """
    version, kind = top.get("apiVersion"), top.get("kind")
    if "name" in top or not isinstance(version, Scalar) or not isinstance(kind, Scalar):
        return
    if version.text.startswith("kustz") or not re.fullmatch(r"\w{1,80}", kind.text):
        return
    got = Shown(f"a manifest of kind {kind.text}")
    refusal = NotationError("a kustz.yml", got, hint=_HINT)
    raise InputError(Diagnostic.at((file, 1, 1), "", refusal))

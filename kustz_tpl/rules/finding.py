"""What a rule finds: a path of the config and what is wrong there."""

from __future__ import annotations

from typing import NamedTuple

from kustz_tpl.errors import Message, Severity
from kustz_tpl.yaml_source.tree import Path


class Finding(NamedTuple):
    """State what is wrong at a path, and the path of what it clashes with, if there is one.

    `relies_on` are further paths of which the finding holds only as long as their content is
    known.
    """

    path: Path
    message: Message
    other: Path | None = None
    is_about_key: bool = False
    severity: Severity = "error"
    relies_on: tuple[Path, ...] = ()

"""The starter kustz.yml."""

from __future__ import annotations

from pathlib import Path

import kustz_tpl


def read_starter() -> bytes:
    """Return the commented config that a new user begins with."""
    return Path(kustz_tpl.__file__).with_name("starter.yml").read_bytes()

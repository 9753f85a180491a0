"""The image pull policy, in any case."""

from __future__ import annotations

from typing import Literal

from kustz_tpl.errors import NotationError
from kustz_tpl.messages import closest

PullPolicy = Literal["Always", "Never", "IfNotPresent"]

_POLICIES: dict[str, PullPolicy] = {
    "always": "Always",
    "never": "Never",
    "ifnotpresent": "IfNotPresent",
}


def parse_pull_policy(text: str) -> PullPolicy:
    """Read `Always`, `Never` or `IfNotPresent`, in any case.

    Examples: `Always`, `ifNotPresent`. Refused: any other word.
    """
    policy = _POLICIES.get(text.lower())
    if policy is None:
        hint = closest(text, _POLICIES.values())
        raise NotationError("Always, Never or IfNotPresent", text, hint=hint)
    return policy

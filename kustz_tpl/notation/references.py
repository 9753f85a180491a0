"""References to ConfigMaps and Secrets."""

from __future__ import annotations

from typing import NamedTuple

from kustz_tpl.errors import NotationError
from kustz_tpl.messages import closest
from kustz_tpl.notation.names import parse_dns_subdomain

_WORDS = {"true": True, "false": False}


class EnvSource(NamedTuple):
    """Name a ConfigMap or Secret; without `optional` a pod waits until it exists."""

    name: str
    optional: bool


def parse_env_source(text: str) -> EnvSource:
    """Read `name[:optional]`; optional is `true` or `false`, by default `false`.

    Examples: `web-envs`, `web-envs:true`. Refused: another word after the colon, a name that is
    no DNS subdomain.
    """
    name, colon, word = text.partition(":")
    parse_dns_subdomain(name, within=text)
    if not colon:
        return EnvSource(name, optional=False)
    if word not in _WORDS:
        raise NotationError(
            "true or false after the ':'", word, within=text, hint=closest(word, _WORDS)
        )
    return EnvSource(name, optional=_WORDS[word])

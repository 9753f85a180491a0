"""Put an account into a docker config, as `docker login` without a credential helper does."""

from __future__ import annotations

import json
from typing import Any

from kustz_tpl.errors import NotationError
from kustz_tpl.registry.docker_config import Account, encode_auth, parse_json
from kustz_tpl.registry.server import canonical_server


def with_account(content: bytes | None, account: Account) -> bytes:
    """Return a docker config, or a new one, with an account; everything else stays.

    Raises NotationError, without a word of the content, if that is no docker config.
    """
    data: Any = {} if content is None else parse_json(content)
    auths = data.setdefault("auths", {}) if isinstance(data, dict) else None
    if not isinstance(auths, dict):
        raise NotationError("a docker config: a JSON object with auths")
    for server in [each for each in auths if canonical_server(each) == account.server]:
        del auths[server]
    auths[account.server] = {"auth": encode_auth(account)}
    return (json.dumps(data, indent="\t", ensure_ascii=False) + "\n").encode()

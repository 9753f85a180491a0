"""Builds docker configs: from accounts with a template, or by adding an account to a file."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any

from kustz_tpl.engine import Engine, TemplateError
from kustz_tpl.errors import NotationError
from kustz_tpl.registry.docker_config import Account, Kind, parse_json
from kustz_tpl.registry.server import canonical_server

_ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def docker_config(engine: Engine, kind: Kind, accounts: Iterable[Account]) -> bytes:
    """Return what `kubectl create secret docker-registry` makes of an account.

    The fields are those that the template `_dockerconfigjson.json.j2` names, in its order.
    """
    plain = [
        {
            "server": account.server,
            "username": account.username,
            "password": account.password.reveal(),
        }
        for account in accounts
    ]
    return go_json(render_one(engine, f"_{kind}.json.j2", {"accounts": plain})).encode()


def render_one(engine: Engine, template: str, context: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """Return the one document of a template; raises TemplateError."""
    documents = engine.render(template, **context)
    if len(documents) != 1:
        raise TemplateError(f"expected one document, got {len(documents)}", template)
    return documents[0]


def go_json(value: object) -> str:
    """Return compact JSON with the keys in their order.

    Besides what JSON requires, Go escapes only `<`, `>`, `&`, U+2028 and U+2029.
    """
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return text.translate(_ESCAPES)


def with_account(content: bytes | None, account: Account) -> bytes:
    """Return a docker config, or a new one, with an account, as `docker login` writes it.

    Everything else stays, and no credential helper is called. Raises NotationError, without a word of the content, if that is not a
    docker config.
    """
    data: Any = {} if content is None else parse_json(content)
    auths = data.setdefault("auths", {}) if isinstance(data, dict) else None
    if not isinstance(auths, dict):
        raise NotationError("a docker config: a JSON object with auths")
    for server in [each for each in auths if canonical_server(each) == account.server]:
        del auths[server]
    pair = f"{account.username}:{account.password.reveal()}".encode()
    auths[account.server] = {"auth": base64.b64encode(pair).decode()}
    return (json.dumps(data, indent="\t", ensure_ascii=False) + "\n").encode()

"""Build a docker config from accounts, through its template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kustz_tpl.engine import Engine, TemplateError
from kustz_tpl.registry.docker_config import Account, Kind
from kustz_tpl.registry.go_json import go_json


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

"""Build a docker config from accounts, through its template."""

from __future__ import annotations

from collections.abc import Iterable

from kustz_tpl.engine import Engine
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
    tree = engine.render(f"_{kind}.json.j2", {"accounts": plain})
    return go_json(tree.documents[0]).encode()

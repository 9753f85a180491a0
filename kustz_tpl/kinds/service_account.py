"""The ServiceAccount that the pods run as."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kustz_tpl.kinds.kind import Kind


def account_name(account: Mapping[str, Any], name: str) -> str | None:
    """Return the name of the ServiceAccount, None if the cluster's default is used.

    `name` is the application's, which a new account has by default.
    """
    written: str | None = account["name"]
    return written or (name if account["create"] else None)


SERVICE_ACCOUNT = Kind(
    name="ServiceAccount",
    keys=("serviceAccount",),
    template="serviceaccount.yml",
    needs=("serviceAccount", "create"),
    filters={"account_name": account_name},
)

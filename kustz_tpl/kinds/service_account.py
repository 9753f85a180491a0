"""The ServiceAccount that the pods run as."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kustz_tpl.errors import Diagnostic
from kustz_tpl.kinds.kind import Config, Kind

_IN_POD = ("serviceAccountName", "serviceAccount")


def account_name(account: Mapping[str, Any], name: str) -> str | None:
    """Return the name of the ServiceAccount, None if the cluster's default is used.

    `name` is the application's, which a new account has by default.
    """
    written: str | None = account["name"]
    return written or (name if account["create"] else None)


def check_account(config: Config) -> Iterator[Diagnostic]:
    """Find annotations for an account that is not made, and the same field in the pod."""
    account = config["serviceAccount"]
    if account["annotations"] and account["create"] is False:
        message = "expected create: true with annotations: kustz-tpl does not change a ServiceAccount that exists"
        path = ("serviceAccount", "annotations")
        depends_on = (("serviceAccount", "create"),)
        yield Diagnostic.about(path, message, is_about_key=True, depends_on=depends_on)
    for key in _IN_POD if account["create"] or account["name"] else ():
        if key in config["pod"]:
            message = "set by serviceAccount; write it there"
            yield Diagnostic.about(("pod", key), message, is_about_key=True)


SERVICE_ACCOUNT = Kind(
    name="ServiceAccount",
    keys=("serviceAccount",),
    template="serviceaccount.yml",
    needs=("serviceAccount", "create"),
    is_of_workload=True,
    filters={"account_name": account_name},
    rules=(check_account,),
)

"""The ExternalSecrets: what the operator fetches, and the Secret it makes of it.

The values stay in the store. The text under `target.template` is in the operator's own
template language; it is data here and no template of ours ever reads it.
Source: external-secrets.io/v1, https://external-secrets.io/latest/api/spec/.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kustz_tpl.kinds.kind import Config, Kind, present

Spec = dict[str, Any]
BACKEND = "external-secret"


def keys_spec(entry: Config, store: Config) -> Spec:
    """Return the spec of an entry of `secrets`: each key is one value of the store."""
    data = [_fetch(key, place) for key, place in entry["keys"].items()]
    template = {} if entry["type"] == "Opaque" else {"template": {"type": entry["type"]}}
    return _spec(entry["name"], store, template, data)


def registry_spec(entry: Config, store: Config) -> Spec:
    """Return the spec of a registry: the operator assembles the docker config."""
    kind = entry["type"]
    if entry["file"] is not None:
        data, text = [_fetch("config", entry["file"])], "{{ .config | toString }}"
    else:
        data, text = _accounts(entry["auths"], kind)
    template = {
        "engineVersion": "v2",
        "type": f"kubernetes.io/{kind}",
        "data": {f".{kind}": text},
    }
    return _spec(entry["name"], store, {"template": template}, data)


def secret_metadata(spec: Spec, labels: Mapping[str, str], annotations: Mapping[str, str]) -> Spec:
    """Return an ExternalSecret's spec whose Secret has these labels and annotations.

    The operator gives a Secret those of its ExternalSecret only where there is no template.
    """
    metadata = present({"labels": labels, "annotations": annotations})
    target = spec["target"]
    template = {"metadata": metadata, **target.get("template", {})}
    return {**spec, "target": {**target, "template": template}}


EXTERNAL_SECRET = Kind(
    name="ExternalSecret",
    template="external-secrets.yml",
    filters={"secret_metadata": secret_metadata},
    needs=("sources", "externalSecrets"),
    has_many=True,
    twin="Secret",
)


def _spec(name: str, store: Config, template: Spec, data: list[Spec]) -> Spec:
    return {
        "refreshInterval": store["refreshInterval"],
        "secretStoreRef": {"kind": store["kind"], "name": store["store"]},
        "target": {"name": name, "creationPolicy": "Owner", **template},
        "data": data,
    }


def _fetch(key: str, place: Config) -> Spec:
    reference = {"key": place["remote"]}
    if place["property"] is not None:
        reference["property"] = place["property"]
    return {"secretKey": key, "remoteRef": reference}


def _accounts(auths: Config, kind: str) -> tuple[list[Spec], str]:
    """Return what is fetched for the accounts, and the template of their docker config."""
    from kustz_tpl.registry.build import go_json  # noqa: PLC0415 - start-up time

    data: list[Spec] = []
    entries: list[str] = []
    for number, (server, account) in enumerate(auths.items()):
        names = {}
        for role in ("username", "password"):
            names[role] = _operand(account[role], f"{role}{number}")
            if not isinstance(account[role], str):
                data.append(_fetch(f"{role}{number}", account[role]))
        entries.append(f"{_text(go_json(server))}:{_entry(names['username'], names['password'])}")
    inner = "{" + ",".join(entries) + "}"
    return data, inner if kind == "dockercfg" else f'{{"auths":{inner}}}'


def _operand(value: object, name: str) -> str:
    """Return how the operator's template names a value: a field, or a literal of Go."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return f".{name}"


def _entry(username: str, password: str) -> str:
    auth = f'{{{{ printf "%s:%s" {username} {password} | b64enc | toJson }}}}'
    return (
        f'{{"username":{{{{ {username} | toJson }}}},'
        f'"password":{{{{ {password} | toJson }}}},"auth":{auth}}}'
    )


def _text(text: str) -> str:
    """Return a Go template that prints a string unchanged."""
    return text.replace("{{", '{{ "{{" }}')

"""The schema of `registries`, of a backend and of a secret value, as literal values."""

from __future__ import annotations

from typing import Any

BACKENDS = ("file", "external-secret", "sops", "none")

_TEXT = {"coerce": "text", "type": "string"}
_MAP = {"coerce": "map", "type": "dict"}
_OPTIONAL = {"nullable": True, "default": None}
_REQUIRED = {"nullable": False, "default": None}

_STORE = {
    "store": {**_TEXT, **_REQUIRED, "notation": "dns_subdomain"},
    "kind": {**_TEXT, "default": "SecretStore", "allowed": ["SecretStore", "ClusterSecretStore"]},
    "refreshInterval": {**_TEXT, "default": "1h", "notation": "duration"},
}
_AGE = {
    "age": {"coerce": "texts", "type": "list", "default": [], "each": "age_recipient"},
}

BACKEND: dict[str, Any] = {
    "coerce": "backend",
    "type": "backend",
    **_OPTIONAL,
    "schema": {
        "file": {**_MAP, **_OPTIONAL, "schema": {}},
        "external-secret": {**_MAP, **_OPTIONAL, "schema": _STORE},
        "sops": {**_MAP, **_OPTIONAL, "schema": _AGE},
        "none": {**_MAP, **_OPTIONAL, "schema": {}},
    },
}

_REMOTE = {
    "remote": {**_TEXT, **_OPTIONAL, "empty": False},
    "property": {**_TEXT, **_OPTIONAL, "empty": False},
}
_VALUE = {
    "env": {**_TEXT, **_OPTIONAL, "notation": "variable"},
    "file": {**_TEXT, **_OPTIONAL, "notation": "data_path"},
    **_REMOTE,
}

KEYS: dict[str, Any] = {
    **_MAP,
    "default": {},
    "keys": "data_key",
    "valuesrules": {**_MAP, "schema": _REMOTE},
}

_ACCOUNT = {
    "username": {"coerce": "text_or_map", **_REQUIRED, "source": "username", "schema": _VALUE},
    "password": {"coerce": "map", **_REQUIRED, "source": "password", "schema": _VALUE},
}

REGISTRY: dict[str, Any] = {
    "name": {**_TEXT, **_REQUIRED, "notation": "dns_subdomain"},
    "type": {
        **_TEXT,
        "default": "dockerconfigjson",
        "allowed": ["dockerconfigjson", "dockercfg"],
    },
    "backend": BACKEND,
    "file": {"coerce": "text_or_map", **_OPTIONAL, "source": "file", "schema": _REMOTE},
    "auths": {**_MAP, "default": {}, "valuesrules": {**_MAP, "schema": _ACCOUNT}},
}

REGISTRIES: dict[str, Any] = {
    "coerce": "list",
    "type": "list",
    "default": [],
    "schema": {**_MAP, "schema": REGISTRY},
}

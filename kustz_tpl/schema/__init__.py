"""The language's schema as a literal value, and the way from a document to its config."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from kustz_tpl.errors import InputError, Problem
from kustz_tpl.registry.language import BACKEND, KEYS, REGISTRIES
from kustz_tpl.schema.subset import completed, fitted
from kustz_tpl.yaml_source.tree import Document, Path

if TYPE_CHECKING:
    from cerberus.errors import ValidationError

    from kustz_tpl.schema.validator import LanguageValidator

Config: TypeAlias = "dict[str, Any]"

_SECRET_KEYS = ("secrets", "registries")
_STRIPPED = "expected Python with docstrings, which Cerberus reads, got -OO or PYTHONOPTIMIZE=2"
_MAX_INT32 = 2**31 - 1

_REQUIRED = {"nullable": False, "default": None}
_OPTIONAL = {"nullable": True, "default": None}

_TEXT = {"coerce": "text", "type": "string"}
_TEXTS = {"coerce": "texts", "type": "list", "default": []}
_TEXT_MAP = {"coerce": "text_map", "type": "dict", "default": {}}
_MAP = {"coerce": "map", "type": "dict", "default": {}}
_PLAIN_MAP = {"coerce": "plain_map", "type": "dict", "default": {}}
_LIST = {"coerce": "list", "type": "list", "default": []}
_COUNT = {"coerce": "integer", "type": "integer", "min": 0, "max": _MAX_INT32}

_LABELS = {**_TEXT_MAP, "keys": "label_key", "values": "label_value"}
_ANNOTATIONS = {**_TEXT_MAP, "keys": "annotation_key", "values": "text"}

_PROBE = {
    "coerce": "map_or_none",
    "type": "dict",
    **_OPTIONAL,
    "schema": {
        "action": {
            "coerce": "text_or_texts",
            "type": ["string", "list"],
            **_REQUIRED,
            "notation": "action",
        },
        "headers": {**_TEXT_MAP, "keys": "header_name", "values": "text"},
        "initialDelaySeconds": {**_COUNT, **_OPTIONAL},
        "timeoutSeconds": {**_COUNT, **_OPTIONAL},
        "periodSeconds": {**_COUNT, **_OPTIONAL},
        "successThreshold": {**_COUNT, **_OPTIONAL},
        "failureThreshold": {**_COUNT, **_OPTIONAL},
        "terminationGracePeriodSeconds": {**_COUNT, **_OPTIONAL, "min": 1},
    },
}

_SERVICE = {
    "name": {**_TEXT, **_OPTIONAL, "notation": "dns_label"},
    "image": {**_TEXT, **_REQUIRED, "notation": "image"},
    "replicas": {**_COUNT, "default": 1},
    "command": {**_TEXTS, "each": "text"},
    "args": {**_TEXTS, "each": "text"},
    "imagePullPolicy": {
        "coerce": "pull_policy",
        "type": "string",
        **_OPTIONAL,
        "notation": "pull_policy",
    },
    "imagePullSecrets": {**_TEXTS, "each": "dns_subdomain"},
    "ports": {**_TEXTS, "each": "port"},
    "envs": {
        **_MAP,
        "schema": {
            "files": {**_TEXTS, "each": "data_path"},
            "pairs": {**_TEXT_MAP, "keys": "env_name", "values": "text"},
            "configmaps": {**_TEXTS, "each": "env_source"},
            "secrets": {**_TEXTS, "each": "env_source"},
        },
    },
    "resources": {**_TEXT_MAP, "keys": "text", "values": "resource"},
    "probes": {**_MAP, "schema": {"liveness": _PROBE, "readiness": _PROBE, "startup": _PROBE}},
    "container": _PLAIN_MAP,
}

_DNS = {
    "config": {
        **_MAP,
        "schema": {
            "nameservers": {**_TEXTS, "each": "nameserver"},
            "searches": {**_TEXTS, "each": "search"},
            "options": {**_TEXTS, "each": "dns_option"},
        },
    },
    "policy": {"coerce": "dns_policy", "type": "string", **_OPTIONAL, "notation": "dns_policy"},
}

_INGRESS = {
    "rules": {**_TEXTS, "each": "ingress_rule"},
    "annotations": _ANNOTATIONS,
    "class": {**_TEXT, **_OPTIONAL, "notation": "dns_subdomain"},
}


def _generators(file: str, **more: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a list of ConfigMaps or Secrets, whose files are in one notation."""
    entry = {
        "name": {**_TEXT, **_REQUIRED, "notation": "dns_subdomain"},
        "files": {**_TEXTS, "each": file},
        **more,
    }
    return {**_LIST, "schema": {"coerce": "map", "type": "dict", "schema": entry}}


_SECRET = {
    "type": {**_TEXT, "default": "Opaque", "empty": False},
    "backend": BACKEND,
    "keys": KEYS,
}

_CONFIGMAPS = {
    "envs": _generators("data_path"),
    "files": _generators("data_file"),
    "literals": _generators("data_path"),
}
_SECRETS = {
    "envs": _generators("data_path", **_SECRET),
    "files": _generators("data_file", **_SECRET),
    "literals": _generators("data_path", **_SECRET),
    "public": {**_TEXTS, "each": "secret_key"},
}

_PATCH = {
    "patch": {**_TEXT, **_OPTIONAL, "empty": False},
    "path": {**_TEXT, **_OPTIONAL, "notation": "data_path"},
    "target": {
        **_MAP,
        "schema": {
            "group": {**_TEXT, **_OPTIONAL},
            "version": {**_TEXT, **_OPTIONAL},
            "kind": {**_TEXT, **_OPTIONAL},
            "name": {**_TEXT, **_OPTIONAL},
            "namespace": {**_TEXT, **_OPTIONAL},
            "labelSelector": {**_TEXT, **_OPTIONAL},
            "annotationSelector": {**_TEXT, **_OPTIONAL},
        },
    },
    "options": {
        **_MAP,
        "schema": {
            "allowNameChange": {"coerce": "boolean", "type": "boolean", "default": False},
            "allowKindChange": {"coerce": "boolean", "type": "boolean", "default": False},
        },
    },
}

SCHEMA: dict[str, dict[str, Any]] = {
    "apiVersion": {**_TEXT, "default": "kustz/v1", "allowed": ["kustz/v1"]},
    "name": {**_TEXT, **_REQUIRED, "notation": "dns_label"},
    "namespace": {**_TEXT, **_OPTIONAL, "notation": "dns_label"},
    "labels": _LABELS,
    "annotations": _ANNOTATIONS,
    "values": _PLAIN_MAP,
    "nameSuffixHash": {"coerce": "boolean", "type": "boolean", "default": False},
    "service": {**_MAP, "schema": _SERVICE},
    "dns": {**_MAP, "schema": _DNS},
    "ingress": {**_MAP, "schema": _INGRESS},
    "configmaps": {**_MAP, "schema": _CONFIGMAPS},
    "secrets": {**_MAP, "schema": _SECRETS},
    "registries": REGISTRIES,
    "secretBackend": BACKEND,
    "pod": _PLAIN_MAP,
    "deployment": _PLAIN_MAP,
    "patches": {**_LIST, "schema": {"coerce": "map", "type": "dict", "schema": _PATCH}},
    "resources": {**_TEXTS, "each": "data_path"},
}


def is_secret(key: str | None) -> bool:
    """Check whether the value of a top-level key is never shown."""
    return key in _SECRET_KEYS


def normalise(document: Document) -> tuple[Config, Document]:
    """Return the config, where every key of the language exists, and the document judged.

    The document has what is wrong with it as further problems, and those places are unsure.

    What is wrong has its default in the config, or None as an item of a list or map, so that
    further checks can find other problems.
    """
    config, validator = _normalised(document.data)
    validator.validate(config, normalize=False)
    found = validator._errors  # noqa: SLF001 - the public `errors` are words already
    problems = _complaints(found, document) if found else {}
    if problems:
        config, _ = _normalised(_without(document.data, problems.keys()))
        document = _judged(document, problems)
    return _derived(completed(SCHEMA, config)), document


def _complaints(
    found: Iterable[ValidationError], document: Document
) -> Mapping[Path, Problem | None]:
    from kustz_tpl.schema.error_messages import complain  # noqa: PLC0415 - start-up time

    return complain(found, document, SCHEMA, _SECRET_KEYS)


def _normalised(data: dict[str, Any]) -> tuple[Config, LanguageValidator]:
    if sys.flags.optimize > 1:
        raise InputError(Problem("kustz-tpl", 0, 0, "", _STRIPPED))
    from kustz_tpl.schema.validator import LanguageValidator, PreparedSchema  # noqa: PLC0415 - slow

    validator = LanguageValidator(PreparedSchema(fitted(SCHEMA, data)))
    return validator.normalized(data, always_return_document=True), validator


def _derived(config: Config) -> Config:
    """Fill in what depends on another key."""
    service, dns = config["service"], config["dns"]
    if service["name"] is None:
        service["name"] = config["name"]
    if dns["policy"] is None and any(dns["config"].values()):
        dns["policy"] = "None"
    return config


def _judged(document: Document, problems: Mapping[Path, Problem | None]) -> Document:
    found = (each for each in problems.values() if each)
    return document._replace(
        problems=(*document.problems, *found),
        unsure=document.unsure | problems.keys(),
    )


def _without(data: Any, paths: Collection[Path], at: Path = ()) -> Any:  # noqa: ANN401 - a tree with holes
    """Return a copy of data with None at the paths."""
    if at in paths:
        return None
    if isinstance(data, dict):
        return {key: _without(each, paths, (*at, key)) for key, each in data.items()}
    if isinstance(data, list):
        return [_without(each, paths, (*at, i)) for i, each in enumerate(data)]
    return data

"""The keys of kustz-project.yml, with rules for Cerberus as the language's own."""

from __future__ import annotations

from typing import Any

from kustz_tpl.schema.language import SCHEMA

_TEXT = {"coerce": "text", "type": "string", "nullable": True, "default": None}
_TEXTS = {"coerce": "texts", "type": "list", "default": [], "each": "text"}

PROJECT: dict[str, dict[str, Any]] = {
    "apiVersion": SCHEMA["apiVersion"],
    "applications": {
        **_TEXTS,
        "meta": "folders with a kustz.yml, or configs; `*` and `**` match names, and an entry "
        "that starts with `!` takes away what it matches",
    },
    "output": {
        **_TEXT,
        "empty": False,
        "meta": "as `--output`, from the folder of the project; by default `manifests/{name}`, "
        "with environments `manifests/{env}/{name}`",
    },
    "index": {
        "coerce": "boolean",
        "type": "boolean",
        "default": False,
        "meta": "as `--index`",
    },
    "environments": {
        **SCHEMA["environments"],
        "meta": "those of every application that does not list its own",
    },
    "kubeVersion": {
        **_TEXT,
        "notation": "kube_version",
        "meta": "that of every application that does not say its own",
    },
    "templates": {
        **_TEXTS,
        "meta": "folders of templates, or `package:NAME` for an installed Python package; they are "
        "used before the built-in ones, after those of `-t` and of the application, and before "
        "`kustz-templates` next to the project file",
    },
    "defaults": {
        "coerce": "map",
        "type": "dict",
        "default": {},
        "meta": "what every application has unless it says otherwise: any key of kustz.yml but "
        "`apiVersion`, `name`, `selector` and `environments`",
    },
}

OF_ENVIRONMENT = ("apiVersion", "kubeVersion", "defaults")
"""The keys of kustz-project.ENV.yml."""

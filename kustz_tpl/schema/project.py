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
        "that starts with `!` excludes what it matches",
    },
    "output": {
        **_TEXT,
        "empty": False,
        "meta": "like `--output`, relative to the project file; the default is `manifests/{name}`, "
        "with environments `manifests/{env}/{name}`",
    },
    "index": {
        "coerce": "boolean",
        "type": "boolean",
        "default": False,
        "meta": "like `--index`",
    },
    "environments": {
        **SCHEMA["environments"],
        "meta": "the environments of applications that do not list their own",
    },
    "kubeVersion": {
        **_TEXT,
        "notation": "kube_version",
        "meta": "the `kubeVersion` of applications that do not set their own",
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
        "meta": "values of applications that do not set their own: any key of kustz.yml except "
        "`apiVersion`, `name`, `selector` and `environments`",
    },
}

OF_ENVIRONMENT = ("apiVersion", "kubeVersion", "defaults")
"""The keys of kustz-project.ENV.yml."""
